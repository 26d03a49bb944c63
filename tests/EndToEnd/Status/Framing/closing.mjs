// How sockets end, as ws from npm sees it; one argument of JSON: url, token, bad (a token that is refused), expired.
// Run in the folder that has ws under node_modules. Prints one line for each exchange: its name and the code.
import { createRequire } from 'node:module'

const WebSocket = createRequire(`${process.cwd()}/`)('ws')
const { url, token, bad, expired } = JSON.parse(process.argv[2])
const bearer = jwt => `bearer.${Buffer.from(jwt).toString('base64url')}`

const ends = (name, protocols, options, act) => new Promise((resolve, reject) => {
  const socket = new WebSocket(url, protocols, options)
  socket.on('message', data => { if (JSON.parse(data).op === 'hello') act?.(socket) })
  socket.on('unexpected-response', (_, answer) => resolve(console.log(`${name} ${answer.statusCode}`)))
  socket.on('close', code => resolve(console.log(`${name} ${code}`)))
  socket.on('error', reject)
})

const header = { headers: { authorization: `Bearer ${token}` } }
await ends('own-code', ['ingestion.v1'], header, socket => socket.close(3005, 'done'))
await ends('no-code', ['ingestion.v1'], header, socket => socket.close())
await ends('no-json', ['ingestion.v1'], header, socket => socket.send('x'))
await ends('binary', ['ingestion.v1'], header, socket => socket.send(Buffer.from('{}')))
await ends('page', ['ingestion.v1', bearer(token)], {}, socket => socket.close(4321))
await ends('page-bad', ['ingestion.v1', bearer(bad)], {})
await ends('page-expired', ['ingestion.v1', bearer(expired)], {})
await ends('page-forgets', ['ingestion.v1'], { origin: 'https://videos.example.org' })
await ends('header-bad', ['ingestion.v1'], { headers: { authorization: `Bearer ${bad}` } })
// The connection of the last answer is kept alive.
process.exit(0)
