// Uploads a file with Uppy in Chromium, on a page of another origin, as an application would. One argument of JSON:
//   chromium (program), uppy and puppeteer (folders that have them under node_modules), api, token, file, name, mode (tus or direct), bytesPerSecond
// Prints one line of JSON at a time: {"sent": bytes} as the upload goes on, then {"done": address} or {"failed": reason}.
import { readFileSync } from 'node:fs'
import { openPage } from '../../Infrastructure/chromium.mjs'

const settings = JSON.parse(process.argv[2])
const { page, close } = await openPage(settings, {
  '/': ['text/html', '<!doctype html><meta charset="utf-8"><title>upload</title><script src="/uppy.js"></script>'],
  '/uppy.js': ['text/javascript', readFileSync(`${settings.uppy}/node_modules/uppy/dist/uppy.min.js`)],
  '/file': ['video/mp4', readFileSync(settings.file)],
})
await page.exposeFunction('report', line => console.log(JSON.stringify(line)))
const file = await page.evaluateHandle(async () => await (await fetch('/file')).blob())
if (settings.bytesPerSecond)
  await page.emulateNetworkConditions({ offline: false, upload: settings.bytesPerSecond, download: 100_000_000, latency: 0 })

await page.evaluate(async (data, { api, token, name, mode }) => {
  const { Uppy: Core, Tus, AwsS3 } = window.Uppy
  const headers = { Authorization: `Bearer ${token}` }
  const uppy = new Core()
  if (mode === 'tus') {
    uppy.use(Tus, { endpoint: `${api}/api/uploads`, headers, retryDelays: Array(120).fill(500) })
  } else {
    // As in docs/use/direct.md.
    const PART = 5 * 1024 * 1024
    const partSize = file => Math.max(PART, Math.ceil(file.size / 10000))
    const post = (path, body) => fetch(api + path, {
      method: 'POST', headers: { ...headers, 'Content-Type': 'application/json' }, body: JSON.stringify(body),
    }).then(answer => answer.ok ? answer.json() : Promise.reject(new Error(answer.statusText)))
    uppy.use(AwsS3, {
      shouldUseMultipart: true,
      getChunkSize: partSize,
      createMultipartUpload: async file => {
        const upload = await post('/api/uploads/direct', { size: file.size, name: file.name, type: file.type, part_size: partSize(file) })
        return { uploadId: upload.id, key: upload.id }
      },
      signPart: async (file, { uploadId, partNumber }) => {
        const { parts: [part] } = await post(`/api/uploads/${uploadId}/parts`, { numbers: [partNumber] })
        return { url: part.url }
      },
      listParts: async (file, { uploadId }) => {
        const answer = await fetch(`${api}/api/uploads/${uploadId}/parts`, { headers })
        return (await answer.json()).parts.map(part => ({ PartNumber: part.number, Size: part.size, ETag: part.etag }))
      },
      completeMultipartUpload: async (file, { uploadId, parts }) => {
        const video = await post(`/api/uploads/${uploadId}/complete`, { parts: parts.map(part => ({ number: part.PartNumber, etag: part.ETag })) })
        return { location: video.links.self }
      },
      abortMultipartUpload: (file, { uploadId }) => fetch(`${api}/api/uploads/${uploadId}`, { method: 'DELETE', headers }),
    })
  }
  uppy.addFile({ name, type: 'video/mp4', data })
  uppy.on('upload-progress', (file, progress) => window.report({ sent: progress.bytesUploaded }))
  const { successful, failed } = await uppy.upload()
  await window.report(successful?.length ? { done: successful[0].uploadURL ?? successful[0].response?.uploadURL } : { failed: String(failed?.[0]?.error) })
}, file, settings)
await close()
