// A page in Chromium that follows live status. One argument of JSON: chromium, puppeteer, api (the silo's origin, which is not the page's).
// A line of JSON on stdin calls a function, {"function","argument"}, of the page or of this script; the answer is {"result"} or {"failed"}.
// /as/{token}/… is a backend of the page's own, as many applications have: it passes requests on with the token. While no silo answers it breaks off, as a
// network does; an EventSource comes back after that by itself.
import { readFileSync } from 'node:fs'
import { request as send } from 'node:http'
import { openPage, serve } from '../../Infrastructure/chromium.mjs'

const settings = JSON.parse(process.argv[2])
// Requests for streams that came through the backend: where they began, and the newest id that went to the page.
const streams = []
let away = false

const { page } = await openPage(settings, {
  '/': ['text/html', '<!doctype html><meta charset="utf-8"><title>status</title><script type="module" src="/page.mjs"></script>'],
  '/page.mjs': ['text/javascript', readFileSync(new URL('page.mjs', import.meta.url))],
}, (request, response) => {
  const [, token, path] = /^\/as\/([^/]+)(\/.*)/.exec(request.url) ?? []
  if (!token || away) return response.destroy()
  const stream = { since: request.headers['last-event-id'] ?? null, id: null }
  const silo = send(settings.api + path, { headers: { ...request.headers, authorization: `Bearer ${token}` } }, answer => {
    streams.push(stream)
    response.writeHead(answer.statusCode, answer.headers)
    answer.on('data', data => {
      stream.id = [...data.toString().matchAll(/^id: (.*)$/mg)].at(-1)?.[1] ?? stream.id
      response.write(data)
    })
    answer.on('close', () => response.destroy())
  })
  silo.on('error', () => response.destroy())
  response.on('close', () => silo.destroy())
  silo.end()
})

const own = {
  streams: () => streams,
  leave: value => { away = value },
}
await serve((name, argument) => own[name] ? own[name](argument) : page.evaluate((name, argument) => window.live[name](argument), name, argument))
