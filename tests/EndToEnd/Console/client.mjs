// The client module in Node, as an application uses it. One argument of JSON: url, tokens (each is used until it is refused or ends), transport, ws (folder that
// has the package under node_modules). A line of JSON on stdin calls a function of `own`.
import { openAsBlob } from 'node:fs'
import { createRequire } from 'node:module'
import { serve } from '../Infrastructure/chromium.mjs'
import { Ingestion } from '../clients/typescript/src/index.js'

const settings = JSON.parse(process.argv[2])
const webSocket = settings.ws ? createRequire(`${settings.ws}/`)('ws') : undefined
let used = 0
const ingestion = new Ingestion({
  url: settings.url, token: () => settings.tokens[Math.min(used++, settings.tokens.length - 1)], transport: settings.transport, webSocket,
})
const [events, states, hellos] = [[], [], []]
let upload, watch, ready, failed

const own = {
  /** Sends a file; slowly, so that a silo can die meanwhile. */
  upload: async ({ file, bytesPerSecond, chunkSize, ...options }) => {
    const content = await openAsBlob(file, { type: 'video/mp4' })
    upload = ingestion.upload(bytesPerSecond ? slowed(content, bytesPerSecond) : content, { storage: null, chunkSize, ...options })
    upload.ready().then(video => { ready = video }, error => { failed = error.code })
  },
  pause: () => upload.pause(),
  resume: () => { upload.resume() },
  cancel: () => upload.cancel(),
  progress: () => ({ ...upload.progress, state: upload.state, url: upload.url, id: upload.id, ready: ready ?? null, failed: failed ?? null }),
  watch: ({ since, channels }) => {
    watch = ingestion.watch({ since, channels })
    watch.on('state', state => states.push(state.name))
    watch.on('frame', frame => { if (frame.startsWith('{"op":"hello"')) hellos.push(frame) })
    follow()
  },
  unwatch: () => watch.close(),
  events: () => events,
  states: () => states,
  connections: () => hellos.length,
  cursor: () => watch.cursor,
  transport: () => watch.transport,
  call: async ({ group, method, args }) => {
    try {
      return await ingestion[group][method](...args)
    } catch (error) {
      return { code: error.code, status: error.status, retryAfter: error.retryAfter }
    }
  },
  tokens: () => used,
}
await serve((name, argument) => own[name](argument))

async function follow() {
  try {
    for await (const { cursor, type, video, state, snapshot, replayed } of watch) events.push({ cursor, type, video, state, snapshot, replayed })
  } catch (error) {
    states.push(error.code)
  }
}

/** The same bytes, no faster than that. */
function slowed(content, bytesPerSecond) {
  const slice = content.slice.bind(content)
  content.slice = (from, to) => {
    const part = slice(from, to)
    const stream = part.stream.bind(part)
    part.stream = () => stream().pipeThrough(new TransformStream({
      transform: (chunk, control) => new Promise(resolve => setTimeout(() => { control.enqueue(chunk); resolve() }, chunk.length / bytesPerSecond * 1000)),
    }))
    return part
  }
  return content
}
