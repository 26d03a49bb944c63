import { afterClose } from './closing.js'
import { isSeen } from './cursor.js'
import { Emitter } from './emitter.js'
import { IngestionError } from './errors.js'
import { backOff, pause } from './pause.js'
import { overPoll } from './poll.js'
import { overSocket } from './socket.js'
import { overStream } from './stream.js'

const transports = { ws: overSocket, sse: overStream, poll: overPoll }

// Beyond these the connection is given up until the application has caught up: the journal keeps the rest.
const mostWaiting = 1_000
// A connection that lasted so long was a good one.
const goodMilliseconds = 10_000
const mostBlocked = 2

/** Live status: every event once, in order, over broken connections and restarts. An iteration acknowledges them one by one. */
export class Watch extends Emitter {
  #transport
  #Socket
  #stop = new AbortController()
  #connection = []
  #taken = null
  #queue = null
  #wake = null
  #drained = null
  #openedAt = 0
  #left = 0
  #isFull = false
  #blocked = 0

  constructor(http, options = {}) {
    super()
    this.http = http
    this.channels = options.channels ?? [options.video ? `video:${options.video}` : 'user']
    this.heartbeat = options.heartbeat
    /** The place to come back from: everything before it has been taken by the application. */
    this.cursor = options.since ?? null
    this.state = { name: 'connecting' }
    /** Of the connection: everything before it has come. */
    this.seen = this.cursor
    /** The newest broadcast. */
    this.broadcast = null
    /** A token that was refused. */
    this.refused = undefined
    this.#Socket = options.webSocket ?? globalThis.WebSocket
    this.#transport = options.transport ?? 'auto'
    if (this.#transport === 'ws' && !this.#Socket) throw new IngestionError('transport_unavailable', 'There is no WebSocket here: pass one as webSocket.')
    globalThis.addEventListener?.('online', () => this.retryNow(), { signal: this.#stop.signal })
    queueMicrotask(() => this.#run())
  }

  get transport() {
    if (this.#transport !== 'auto') return this.#transport
    return this.#Socket ? 'ws' : 'sse'
  }

  retryNow() { this.#wake?.() }

  close(error) {
    if (this.state.name === 'closed') return
    this.#stop.abort()
    this.#connection.forEach(stop => stop())
    this.#become({ name: 'closed', ...error && { error } })
    if (error) this.emit('error', error)
    this.#wake?.()
    this.#drained?.()
    this.#queue?.wake?.()
  }

  async * [Symbol.asyncIterator]() {
    const queue = this.#queue = { items: [], wake: null, isTaking: false }
    try {
      for (;;) {
        while (queue.items.length === 0) {
          if (this.state.name === 'closed') {
            if (this.state.error) throw this.state.error
            return
          }

          await new Promise(resolve => { queue.wake = resolve })
        }

        const { item, via } = queue.items.shift()
        queue.isTaking = true
        yield item
        queue.isTaking = false
        this.#take(item, via)
        if (queue.items.length === 0) this.#drained?.()
      }
    } finally {
      this.#queue = null
      this.close()
    }
  }

  // What follows is for transports.

  get isClosed() { return this.#stop.signal.aborted }

  get hasWaiting() { return this.#queue !== null && (this.#queue.isTaking || this.#queue.items.length > 0) }

  onStop(stop) { this.#connection.push(stop) }

  onTaken(listener) { this.#taken = listener }

  opened() { this.#openedAt = Date.now() }

  began(mode, left) {
    this.emit('began', { mode })
    this.#left = -1
    this.left(left)
  }

  left(count) {
    if (count === 0 ? this.state.name !== 'live' : count !== this.#left)
      this.#become(count === 0 ? { name: 'live' } : { name: 'replaying', left: count })
    this.#left = count
  }

  expired() { this.#become({ name: 'token expired' }) }

  renewed() { if (this.state.name === 'token expired') this.#become({ name: 'live' }) }

  frame(text) { this.emit('frame', text) }

  deliver(item, via) {
    if (item.cursor) this.seen = item.cursor
    this.emit('event', item)
    if (!this.#queue) return this.#take(item, via)
    this.#queue.items.push({ item, via })
    this.#queue.wake?.()
    if (this.#queue.items.length === mostWaiting) {
      this.#isFull = true
      this.#connection.forEach(stop => stop())
    }
  }

  /** A place that stands for no event. */
  reached(cursor) {
    this.seen = cursor
    if (!this.hasWaiting) this.cursor = cursor
  }

  #take(item, via) {
    if (!item.cursor) return
    if (!isSeen(item.cursor, this.cursor)) this.cursor = item.cursor
    if (via) this.#taken?.({ cursor: item.cursor, via })
  }

  async #run() {
    for (let failures = 0; !this.#stop.signal.aborted;) {
      this.#become({ name: 'connecting' })
      this.#openedAt = 0
      this.#isFull = false
      const end = await this.#connect()
      this.#connection = []
      this.#taken = null
      if (this.#stop.signal.aborted) return
      if (this.#isFull) {
        if (this.#queue?.items.length) await new Promise(resolve => { this.#drained = resolve })
        this.#drained = null
        continue
      }

      const wasGood = this.#openedAt > 0 && Date.now() - this.#openedAt > goodMilliseconds
      const next = afterClose(end)
      if (next.kind === 'stop') return this.close(next.error)
      failures = wasGood ? 0 : failures + 1
      if (next.kind === 'renew') {
        this.#become({ name: 'token expired' })
        if (!await this.#renews()) return
      }

      if (this.transport === 'ws') await this.#countBlocked(failures)
      await this.#wait(next, failures, end.error)
    }
  }

  #connect() {
    return transports[this.transport](this, this.#Socket).catch(error => {
      if (error.code === 'token_expired') return { code: 4001, error }
      return { code: 1006, error: IngestionError.ofCause(error) }
    })
  }

  /** Where the same token comes again, the next attempt shows whether it is good after all. */
  async #renews() {
    try {
      await this.http.tokens.get(this.refused)
      return true
    } catch (error) {
      this.close(IngestionError.ofCause(error))
      return false
    }
  }

  /** Where the service answers and no socket comes through, twice, events come by a stream from now on. */
  async #countBlocked(failures) {
    const isBlocked = this.#openedAt === 0 && failures > 1 && await this.#isReachable()
    this.#blocked = isBlocked ? this.#blocked + 1 : 0
    if (this.#blocked >= mostBlocked && this.#transport === 'auto') this.#transport = 'sse'
  }

  async #isReachable() {
    try {
      await this.http.request('GET', '/api/usage', { signal: this.#stop.signal })
      return true
    } catch (error) {
      return error.status === 403
    }
  }

  async #wait({ kind, retryMs }, failures, error) {
    const isSoon = kind !== 'later' && failures <= 1
    const delay = isSoon ? retryMs ?? Math.random() * 200 : Math.max(retryMs ?? 0, backOff(Math.max(1, failures)))
    if (delay > 250) this.#become({ name: 'offline', retryAt: Date.now() + delay, ...error && { error } })
    await Promise.race([pause(delay, this.#stop.signal).catch(() => {}), new Promise(resolve => { this.#wake = resolve })])
    this.#wake = null
  }

  #become(state) {
    if (this.state.name === 'closed') return
    this.state = { ...state, transport: this.transport }
    this.emit('state', this.state)
  }
}
