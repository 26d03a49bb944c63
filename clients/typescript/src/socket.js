import { closeCode } from './closing.js'
import { distance, isSeen } from './cursor.js'
import { IngestionError } from './errors.js'

const ackEvery = 32
const ackMilliseconds = 1_000
// The server pings after `hello.ping`; what is late by this is lost.
const patience = 10_000
const renewBefore = 60_000
const mostResubscriptions = 3

/** One WebSocket: the subprotocol `ingestion.v1`. */
export async function overSocket(session, Socket) {
  const token = await session.http.tokens.get(session.refused)
  if (session.isClosed) return { code: closeCode.normal }
  return await new Promise(end => new Connection(session, Socket, token, end))
}

class Connection {
  #session
  #socket
  #end
  #token
  #chain = null
  #subscription = 0
  #resubscriptions = 0
  #waits = true
  #until = null
  #acked = 0
  #unacked = null
  #ackTimer
  #deafTimer
  #renewTimer
  #ping = 25_000
  #retryMs = null

  constructor(session, Socket, token, end) {
    this.#session = session
    this.#token = token
    this.#end = end
    const url = session.http.address('/ws')
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
    this.#socket = new Socket(url.href, ['ingestion.v1', `bearer.${encode(token)}`])
    this.#socket.onopen = () => this.#open()
    this.#socket.onmessage = e => this.#take(e.data)
    this.#socket.onclose = e => this.#close({ code: e.code, retryMs: this.#retryMs })
    this.#socket.onerror = () => {}
    session.onStop(() => this.#leave({ code: closeCode.normal }))
    session.onTaken(cursor => this.#acknowledge(cursor))
  }

  #open() {
    this.#session.opened()
    this.#subscribe()
    this.#listen()
  }

  #subscribe() {
    const { channels, seen, broadcast, heartbeat } = this.#session
    this.#waits = true
    const place = { ...seen && { since: seen }, ...broadcast !== null && { bc: broadcast } }
    this.#send({ op: 'sub', id: ++this.#subscription, ch: channels, ...place, ...heartbeat && { heartbeat } })
  }

  #take(data) {
    this.#listen()
    this.#session.frame(data)
    let frame
    try {
      frame = JSON.parse(data)
    } catch {
      return this.#leave({ code: 1007 })
    }

    this[`_${frame.op}`]?.(frame)
  }

  _hello(frame) {
    this.#ping = frame.ping
    this.#renewAt(frame.exp)
  }

  _subd(frame) {
    if (frame.id !== this.#subscription) return
    this.#waits = false
    if (frame.ping) this.#ping = frame.ping
    if (typeof frame.bc === 'number') this.#session.broadcast = frame.bc
    this.#until = frame.end
    if (frame.mode !== 'replay') return this.#session.began(frame.mode, 0)
    this.#chain = frame.cur
    this.#session.began('replay', distance(frame.cur, frame.end))
  }

  _snap(frame) {
    if (this.#waits) return
    for (const item of frame.data) this.#session.deliver(itemOf(item, { snapshot: true, cursor: null }))
    if (!frame.fin) return
    this.#chain = frame.cur
    this.#session.reached(frame.cur)
    this.#received(frame.cur)
  }

  _evt(frame) {
    if (this.#waits) return
    if (!frame.cur) return this.#passing(frame)
    if (isSeen(frame.cur, this.#session.seen)) return
    if (frame.prev !== this.#chain) return this.#again()
    this.#chain = frame.cur
    this.#resubscriptions = 0
    const left = distance(frame.cur, this.#until)
    this.#session.deliver(itemOf(frame, { cursor: frame.cur, replayed: isSeen(frame.cur, this.#until) }), this)
    this.#session.left(left)
  }

  /** Progress and broadcasts: they are in no journal. */
  #passing(frame) {
    if (typeof frame.bc === 'number') {
      if (frame.bc <= (this.#session.broadcast ?? -1)) return
      this.#session.broadcast = frame.bc
    }

    this.#session.deliver(itemOf(frame, { cursor: null }))
  }

  _ping(frame) {
    // With events that the application has not taken yet this would acknowledge too much.
    const isFree = frame.cur && !this.#session.hasWaiting
    this.#send({ op: 'pong', ts: frame.ts, ...isFree && { cur: frame.cur } })
    if (frame.cur && !this.#waits) this.#session.reached(frame.cur)
  }

  _err(frame) {
    if (frame.code === 'token_expired') {
      this.#session.expired()
      this.#renew()
    } else if (frame.code === 'unavailable') {
      this.#renewTimer = setTimeout(() => this.#renew(), ackMilliseconds)
    } else if (this.#waits && frame.id === this.#subscription) {
      this.#leave({ code: frame.retry ? closeCode.lost : 4003, error: new IngestionError(frame.code, `The channels were refused: ${frame.code}.`) })
    }
  }

  _authd(frame) {
    this.#renewAt(frame.exp)
    this.#session.renewed()
  }

  _bye(frame) {
    this.#retryMs = frame.retry_ms ?? null
  }

  /** What follows is not what came before: the server has more of it. */
  #again() {
    if (++this.#resubscriptions > mostResubscriptions) return this.#leave({ code: closeCode.lost })
    this.#subscribe()
  }

  #acknowledge({ cursor, via }) {
    if (via === this) this.#received(cursor)
  }

  #received(cursor) {
    this.#unacked = cursor
    if (++this.#acked % ackEvery === 0) this.#ack()
    else this.#ackTimer ??= setTimeout(() => this.#ack(), ackMilliseconds)
  }

  #ack() {
    clearTimeout(this.#ackTimer)
    this.#ackTimer = undefined
    if (this.#unacked) this.#send({ op: 'ack', cur: this.#unacked })
    this.#unacked = null
  }

  #renewAt(seconds) {
    clearTimeout(this.#renewTimer)
    // Timers hold 31 bits of milliseconds; a token of more days is renewed with its next connection.
    const wait = seconds * 1000 - Date.now() - renewBefore
    if (wait < 2 ** 31) this.#renewTimer = setTimeout(() => this.#renew(), Math.max(0, wait))
  }

  /** An early one that brings no other token is repeated when the server asks for one. */
  async #renew() {
    try {
      const token = await this.#session.http.tokens.get(this.#token)
      if (token === this.#token) return
      this.#token = token
      this.#send({ op: 'auth', token })
    } catch {
      // The server closes the socket when the token is over, and the next connection shows what is wrong.
    }
  }

  #listen() {
    clearTimeout(this.#deafTimer)
    this.#deafTimer = setTimeout(() => this.#leave({ code: closeCode.lost }), this.#ping + patience)
  }

  #send(frame) {
    if (this.#socket.readyState === 1) this.#socket.send(JSON.stringify(frame))
  }

  /** The close of a connection that is dead may take minutes: it is not waited for. */
  #leave(end) {
    this.#ack()
    this.#socket.onclose = this.#socket.onmessage = this.#socket.onopen = null
    this.#socket.close()
    this.#close(end)
  }

  #close(end) {
    for (const timer of [this.#ackTimer, this.#deafTimer, this.#renewTimer]) clearTimeout(timer)
    this.#session.refused = end.code === closeCode.tokenExpired || end.code === closeCode.tokenInvalid ? this.#token : undefined
    this.#end(end)
  }
}

function itemOf(frame, { cursor, snapshot = false, replayed = false }) {
  return { ...bare(frame.data), at: frame.ts, channel: frame.ch, cursor, snapshot, replayed }
}

export const bare = event => ({
  id: event.id, type: event.type, video: event.data?.video_id ?? null, state: event.data?.state ?? null, at: Date.parse(event.time),
  channel: event.channel ?? (event.data?.video_id ? `video:${event.data.video_id}` : 'user'), cursor: event.cursor ?? null, data: event.data ?? {}, event,
  snapshot: false, replayed: false,
})

const encode = token => btoa(token).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
