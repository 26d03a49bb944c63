import { closeCode, endOf } from './closing.js'
import { IngestionError } from './errors.js'
import { bare } from './socket.js'

const waitSeconds = 25
// The server answers within 45 s.
const patience = 60_000

/** Long polls, one after the other: for networks that keep nothing open. There is no progress in them. */
export async function overPoll(session) {
  const abort = new AbortController()
  session.onStop(() => abort.abort())
  try {
    // The first one waits for nothing: its answer shows that the service is there, and has what was missed.
    for (let wait = 0; ; wait = waitSeconds) {
      const bye = await poll(session, wait, abort)
      if (bye) return { code: bye.code, retryMs: bye.retry_ms ?? null }
    }
  } catch (error) {
    return abort.signal.aborted ? { code: closeCode.lost } : endOf(IngestionError.ofCause(error))
  }
}

async function poll(session, wait, abort) {
  const deaf = setTimeout(() => abort.abort(), patience)
  try {
    const query = new URLSearchParams({ ch: session.channels.join(','), wait, ...session.seen && { after: session.seen } })
    const answer = await session.http.request('GET', `/api/events/poll?${query}`, { signal: abort.signal })
    const text = await answer.text()
    const { mode, cursor, events, bye } = JSON.parse(text)
    if (wait === 0) session.opened()
    if (wait === 0 || mode !== 'replay') session.began(mode, 0)
    session.frame(text)
    for (const item of events.map(bare)) {
      const isSnapshot = item.cursor === null
      session.deliver({ ...item, snapshot: isSnapshot, replayed: wait === 0 && !isSnapshot })
    }

    session.reached(cursor)
    return bye
  } finally {
    clearTimeout(deaf)
  }
}
