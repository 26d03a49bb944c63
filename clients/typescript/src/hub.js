import { Emitter } from './emitter.js'
import { IngestionError } from './errors.js'
import { backOff, pause } from './pause.js'
import { Watch } from './watch.js'

const lingerMilliseconds = 10_000
const ends = new Set(['ready', 'failed', 'deleted', 'cancelled', 'expired'])

/**
 * One subscription for all parts of a program. It is open while somebody listens. Events: `event` ({@link import('./watch.js').LiveEvent}), `state`, `frame`,
 * `error`.
 */
export class Hub extends Emitter {
  #http
  #options
  #watch
  #byVideo = new Map()
  #holders = 0
  #closing

  constructor(http, options) {
    super()
    this.#http = http
    this.#options = options
  }

  /** @type {import('./watch.js').WatchState} */
  get state() { return this.#watch?.state ?? { name: 'closed' } }

  /** The place to come back from. */
  get cursor() { return this.#watch?.cursor ?? this.#options.since ?? null }

  /** Connects at once where it waits. */
  retryNow() { this.#watch?.retryNow() }

  /** Keeps the subscription open. @returns {() => void} Lets it go. */
  hold() {
    this.#holders++
    clearTimeout(this.#closing)
    if (!this.#watch || this.#watch.isClosed) this.#open()
    let isHeld = true
    return () => {
      if (!isHeld) return
      isHeld = false
      if (--this.#holders > 0) return
      this.#closing = setTimeout(() => this.close(), lingerMilliseconds)
      this.#closing.unref?.()
    }
  }

  /** Closes it whoever listens. */
  close() {
    this.#options = { ...this.#options, since: this.cursor }
    this.#watch?.close()
    this.#watch = undefined
  }

  /** @returns {() => void} Removes the listener. */
  listen(video, listener) {
    const release = this.hold()
    const all = this.#byVideo.get(video) ?? new Set()
    this.#byVideo.set(video, all.add(listener))
    return () => {
      all.delete(listener)
      if (all.size === 0) this.#byVideo.delete(video)
      release()
    }
  }

  /** The record of a video once it is ready. @throws {IngestionError} It failed, or was removed. */
  async settled(id) {
    const abort = new AbortController()
    const news = new Promise((resolve, reject) => {
      const stops = [
        this.listen(id, event => { if (ends.has(event.state)) resolve(event.state) }),
        this.on('error', reject),
      ]
      abort.signal.addEventListener('abort', () => stops.forEach(stop => stop()))
    })
    try {
      const early = await this.#look(id, abort.signal)
      if (ends.has(early?.status)) return settle(early)
      const state = await news
      if (state !== 'ready' && state !== 'failed') throw new IngestionError(state, `The video was removed: ${state}.`)
      return settle(await this.#look(id, abort.signal))
    } finally {
      news.catch(() => {})
      abort.abort()
    }
  }

  /** Null: there is none, or not yet. */
  async #look(id, signal) {
    for (let failures = 0; ;) {
      try {
        return await this.#http.json('GET', `/api/videos/${id}`, { signal })
      } catch (error) {
        if (error.status === 404) return null
        if (error.code !== 'network' && error.status < 500) throw error
        await pause(backOff(++failures), signal)
      }
    }
  }

  #open() {
    this.#watch = new Watch(this.#http, this.#options)
    for (const name of ['state', 'frame', 'error', 'began']) this.#watch.on(name, value => this.emit(name, value))
    this.#watch.on('event', event => {
      this.emit('event', event)
      for (const listener of [...this.#byVideo.get(event.video) ?? []]) listener(event)
    })
  }
}

function settle(record) {
  if (record?.status === 'ready') return record
  throw new IngestionError(record?.error?.code ?? record?.status ?? 'not_found', record?.error?.message ?? 'The video is not there any more.')
}
