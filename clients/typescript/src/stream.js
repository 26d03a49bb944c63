import { closeCode, endOf } from './closing.js'
import { isSeen } from './cursor.js'
import { IngestionError } from './errors.js'
import { bare } from './socket.js'

// The server shows a sign of life every 10 s.
const patience = 25_000

/** One event stream, read with fetch: it carries the token, which an EventSource cannot. */
export async function overStream(session) {
  const abort = new AbortController()
  let isDeaf = false
  let deaf
  const listen = () => {
    clearTimeout(deaf)
    deaf = setTimeout(() => { isDeaf = true; abort.abort() }, patience)
  }
  session.onStop(() => abort.abort())
  try {
    listen()
    const query = new URLSearchParams({ ch: session.channels.join(','), ...session.seen && { after: session.seen } })
    const answer = await session.http.request('GET', `/api/events?${query}`, { headers: { Accept: 'text/event-stream' }, signal: abort.signal })
    session.opened()
    return await readAll(session, answer.body, listen)
  } catch (error) {
    if (isDeaf || error?.name === 'AbortError') return { code: closeCode.lost }
    return endOf(IngestionError.ofCause(error))
  } finally {
    clearTimeout(deaf)
    abort.abort()
  }
}

async function readAll(session, body, listen) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  for (let hasBegun = false; ;) {
    const { value, done } = await reader.read()
    if (done) return { code: closeCode.lost }
    listen()
    text += value
    const blocks = text.split('\n\n')
    text = blocks.pop()
    for (const block of blocks) {
      const { event, id, data } = fieldsOf(block)
      if (!data) {
        if (!hasBegun && id) session.began('replay', 0)
        hasBegun ||= id !== null
        if (id) session.reached(id)
        continue
      }

      session.frame(block)
      const content = JSON.parse(data)
      if (event === 'bye') return { code: content.code, retryMs: content.retry_ms ?? null }
      if (event === 'snapshot' || event === 'reset') {
        session.began(event, 0)
        for (const item of content) session.deliver({ ...bare(item), snapshot: true })
        session.reached(id)
      } else {
        if (!hasBegun) session.began('replay', 0)
        if (id === null || event === 'system.broadcast' || !isSeen(id, session.seen)) session.deliver({ ...bare(content), cursor: id })
      }

      hasBegun = true
    }
  }
}

function fieldsOf(block) {
  const fields = { event: 'message', id: null, data: '' }
  for (const line of block.split('\n')) {
    const at = line.indexOf(': ')
    if (at > 0) fields[line.slice(0, at)] = line.slice(at + 2)
  }

  return fields
}
