import { Emitter } from './emitter.js'
import { IngestionError } from './errors.js'
import { backOff, pause } from './pause.js'
import { Watch } from './watch.js'

const lingerMilliseconds = 10_000
const ends = new Set(['ready', 'failed', 'deleted', 'cancelled', 'expired'])

export class Hub extends Emitter {
  #http
  #options
  #watch
  #byVideo = new Map()
  #holders = 0
  #closing
  frame = ''

  constructor(http, options) {
    super()
    this.#http = http
    this.#options = options
  }

  get state() { return this.#watch?.state ?? { name: 'closed' } }

  get cursor() { return this.#watch?.cursor ?? this.#options.since ?? null }

  retryNow() { this.#watch?.retryNow() }

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

  get transport() { return this.#options.transport ?? 'auto' }

  /** It connects again, by this one, and misses nothing. */
  set transport(transport) {
    const isOpen = this.#watch && !this.#watch.isClosed
    this.close()
    this.#options = { ...this.#options, transport }
    if (isOpen) this.#open()
  }

  close() {
    this.#options = { ...this.#options, since: this.cursor }
    this.#watch?.close()
    this.#watch = undefined
  }

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
    this.#watch.on('frame', frame => { this.frame = frame })
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
