// Uploads a file with tus-js-client as an application would. Run in the folder that has it under node_modules; one argument of JSON:
//   endpoint, token, file, storage (file of remembered uploads), options (of tus-js-client),
//   cutAfter (bytes after which the first connection is torn), dieAfter (chunks after which this process is gone), terminate (delete it after the first chunk)
// Prints JSON: the address of the upload and every request with its status.
import { createReadStream, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import net from 'node:net'
import { PassThrough } from 'node:stream'

const tus = createRequire(`${process.cwd()}/`)('tus-js-client')
const settings = JSON.parse(process.argv[2])
const requests = []
let chunks = 0

function print(upload) {
  console.log(JSON.stringify({ url: upload.url, requests }))
  // Connections that are kept alive would keep us alive too.
  process.exit(0)
}

// A network that tears the first connection after some bytes, and is fine from then on.
async function tearing(address, bytes) {
  const { hostname, port, pathname } = new URL(address)
  let left = bytes
  const proxy = net.createServer(client => {
    const server = net.connect(Number(port), hostname)
    client.on('data', data => {
      const torn = left > 0 && data.length >= left
      server.write(torn ? data.subarray(0, left) : data, () => {
        if (torn) {
          client.resetAndDestroy()
          server.resetAndDestroy()
        }
      })
      left -= data.length
    })
    server.pipe(client)
    client.on('error', () => server.destroy())
    server.on('error', () => client.destroy())
    client.on('close', () => server.destroy())
  })
  await new Promise(resolve => proxy.listen(0, '127.0.0.1', resolve))
  proxy.unref()
  return `http://127.0.0.1:${proxy.address().port}${pathname}`
}

// Of a file's own stream the client would know the length, and promise more bytes than there are.
const source = settings.options?.uploadLengthDeferred ? createReadStream(settings.file).pipe(new PassThrough()) : readFileSync(settings.file)
const upload = new tus.Upload(source, {
  endpoint: settings.cutAfter ? await tearing(settings.endpoint, settings.cutAfter) : settings.endpoint,
  headers: { Authorization: `Bearer ${settings.token}` },
  metadata: { filename: 'from-js видео 🎬.mp4', filetype: 'video/mp4' },
  retryDelays: [0, 100, 500, 1000, 3000],
  ...(settings.storage ? { urlStorage: new tus.FileUrlStorage(settings.storage), fingerprint: () => Promise.resolve(settings.file) } : {}),
  ...settings.options,
  onAfterResponse: (request, response) => {
    requests.push({ method: request.getHeader('X-HTTP-Method-Override') ?? request.getMethod(), actual: request.getMethod(), status: response.getStatus() })
  },
  onChunkComplete: () => {
    chunks++
    if (settings.dieAfter === chunks) {
      print(upload)
    }
    if (settings.terminate && chunks === 1) {
      upload.abort(true).then(() => print(upload))
    }
  },
  onError: error => {
    console.error(String(error))
    process.exit(1)
  },
  onSuccess: () => print(upload),
})

const previous = settings.storage ? await upload.findPreviousUploads() : []
if (previous.length > 0) {
  upload.resumeFromPreviousUpload(previous[0])
}
upload.start()
