import { Emitter } from './emitter.js'
import { IngestionError } from './errors.js'
import { backOff, pause } from './pause.js'
import { Rate } from './rate.js'
import { Resumption } from './resumption.js'
import { showsProgress, transfer } from './transfer.js'

const tus = { 'Tus-Resumable': '1.0.0' }
const chunkWithoutProgress = 8 * 1024 * 1024
const longestRetryAfter = 300

// 409 apart: what the code says decides.
const conflicts = new Set(['offset_mismatch', 'upload_taken_over', 'idempotency_key_running'])
const passing = new Set(['network', 'upload_too_slow', 'upload_interrupted', ...conflicts])
const ends = new Set(['processing', 'ready', 'failed', 'cancelled'])
const lasting = new Set(['upload_corrupt', 'storage_full', 'transfer_coding_unsupported', 'daily_quota_exceeded'])

// Addresses to which this page or program sends now: the same file once more is another upload.
const inUse = new Set()

export class Upload extends Emitter {
  #http
  #hub
  #file
  #options
  #resumption
  #rate = new Rate()
  #abort
  #offset = 0
  #sent = 0
  #isSure = false
  #isRemembered = false
  #key = globalThis.crypto.randomUUID()
  #settled = deferred()
  #stopWatching

  constructor(http, hub, file, options = {}) {
    super()
    this.#http = http
    this.#hub = hub
    this.#file = file
    this.#options = options
    this.#resumption = new Resumption(options.storage, http, file, options)
    this.state = 'idle'
    this.error = null
    this.name = options.name ?? file.name ?? 'video'
    this.url = options.url ?? null
    // One without a listener is no failure of the program.
    this.#settled.promise.catch(() => {})
    if (options.start !== false) queueMicrotask(() => this.state === 'idle' && this.start())
  }

  get id() { return this.url ? new URL(this.url).pathname.split('/').at(-1) : null }

  get total() { return this.#file.size }

  get bytes() { return Math.max(this.#sent, this.#offset) }

  get progress() {
    const rate = this.state === 'uploading' ? this.#rate.perSecond : null
    return { bytes: this.bytes, total: this.total, rate, rest: rate ? (this.total - this.bytes) / rate : null }
  }

  start() {
    if (!['idle', 'paused', 'failed'].includes(this.state)) return this
    if (this.state === 'failed') {
      this.#settled = deferred()
      this.#settled.promise.catch(() => {})
    }

    this.error = null
    this.#become('uploading')
    this.#abort = new AbortController()
    this.#run(this.#abort.signal).catch(error => this.#fail(error))
    return this
  }

  resume() { return this.start() }

  pause() {
    if (this.state !== 'uploading' && this.state !== 'retrying') return
    this.#abort.abort()
    this.#isSure = false
    this.#sent = 0
    this.#become('paused')
    this.emit('progress', this.progress)
  }

  /** Gives the upload up and has the service remove what it has. A whole one goes with its video. */
  async cancel() {
    if (this.state === 'cancelled') return
    this.#abort?.abort()
    this.#become('cancelled')
    this.#stopWatching?.()
    this.#resumption.forget()
    this.#settled.reject(new IngestionError('cancelled', 'The upload was cancelled.'))
    if (!this.url) return
    try {
      await this.#http.request('DELETE', new URL(this.url), { headers: tus })
    } catch (error) {
      if (error.status !== 404 && error.status !== 410) throw error
    }
  }

  uploaded() { return this.#settled.promise }

  async ready() {
    const { id } = await this.uploaded()
    return await this.#hub.settled(id)
  }

  async #run(signal) {
    if (!this.url) {
      const url = this.#resumption.find()
      this.#isRemembered = url !== null && !inUse.has(url)
      if (this.#isRemembered) this.url = url
    }

    for (let failures = 0; ;) {
      const before = this.#offset
      try {
        if (!this.url) await this.#create(signal)
        else if (!this.#isSure) await this.#locate(signal)
        while (this.#offset < this.total) {
          await this.#append(signal)
          failures = 0
        }

        return this.#finish()
      } catch (error) {
        if (signal.aborted) return
        this.#isSure = false
        this.#sent = 0
        this.#rate.clear()
        if (this.#offset > before) failures = 0
        if (this.#isLost(error)) continue
        if (!isPassing(error) || ++failures > (this.#options.retries ?? 20)) throw error
        const delay = Math.max(backOff(failures), (error.retryAfter ?? 0) * 1000)
        this.#become('retrying')
        this.emit('retry', { error, delay })
        await pause(delay, signal).catch(() => {})
        if (signal.aborted) return
        this.#become('uploading')
      }
    }
  }

  /** An upload that was remembered and is gone: it begins anew. */
  #isLost(error) {
    if (!this.#isRemembered || (error.status !== 404 && error.status !== 410 && error.code !== 'file_differs')) return false
    this.#resumption.forget()
    this.#isRemembered = false
    this.url = null
    return true
  }

  /** A lost answer does no harm: with the same key the request is answered with the same upload. */
  async #create(signal) {
    const { externalId, metadata } = this.#options
    const named = { filename: this.name, ...externalId && { external_id: externalId }, ...metadata }
    const answer = await this.#http.request('POST', '/api/uploads', {
      headers: { ...tus, 'Upload-Length': `${this.total}`, 'Upload-Metadata': encode(named), 'Idempotency-Key': this.#key }, signal,
    })
    this.url = new URL(answer.headers.get('Location'), this.#http.base).href
    this.#found()
    this.emit('created', { id: this.id, url: this.url })
  }

  async #locate(signal) {
    const answer = await this.#http.request('HEAD', new URL(this.url), { headers: tus, signal })
    const length = Number(answer.headers.get('Upload-Length') ?? this.total)
    if (length !== this.total) throw new IngestionError('file_differs', 'This is not the file that the upload began with: its length differs.')
    this.#offset = Number(answer.headers.get('Upload-Offset') ?? 0)
    this.#found()
    this.emit('progress', this.progress)
  }

  #found() {
    this.#isSure = true
    this.#isRemembered = false
    inUse.add(this.url)
    this.#resumption.remember(this.url)
    this.#watch()
  }

  async #append(signal) {
    const from = this.#offset
    const size = this.#options.chunkSize ?? (showsProgress() ? this.total : chunkWithoutProgress)
    const body = this.#file.slice(from, Math.min(from + size, this.total))
    const header = await this.#http.withToken(token => transfer({
      method: 'PATCH', url: new URL(this.url), body, signal,
      headers: { ...tus, Authorization: `Bearer ${token}`, 'Content-Type': 'application/offset+octet-stream', 'Upload-Offset': `${from}` },
      onProgress: bytes => this.#report(from + bytes, signal),
    }))
    this.#offset = Number(header('Upload-Offset') ?? from + body.size)
    this.#sent = this.#offset
    this.#report(this.#offset, signal)
  }

  #report(bytes, signal) {
    if (signal.aborted) return
    this.#sent = bytes
    this.#rate.add(bytes)
    this.emit('progress', this.progress)
  }

  #finish() {
    this.#resumption.forget()
    this.#become('processing')
    this.#settled.resolve({ id: this.id })
  }

  /** What becomes of it, where the token may read that. */
  #watch() {
    this.#stopWatching ??= this.#hub.listen(this.id, event => {
      this.emit('event', event)
      if (event.type === 'video.ready') this.#end('ready')
      else if (event.type === 'video.failed' || event.type === 'upload.failed')
        this.#fail(new IngestionError(event.data.error?.code ?? 'processing_failed', event.data.error?.message))
    })
  }

  #fail(error) {
    if (this.state === 'cancelled' || this.state === 'failed') return
    this.error = IngestionError.ofCause(error)
    this.#settled.reject(this.error)
    this.#abort?.abort()
    this.#become('failed')
    this.emit('error', this.error)
  }

  #end(state) {
    this.#stopWatching?.()
    this.#become(state)
  }

  #become(state) {
    if (this.state === state) return
    this.state = state
    if (ends.has(state)) inUse.delete(this.url)
    if (state === 'uploading') this.#rate.clear()
    this.emit('state', state)
  }
}

function isPassing(error) {
  if (error.retryAfter > longestRetryAfter || lasting.has(error.code)) return false
  return passing.has(error.code) || error.status === 423 || error.status === 429 || error.status >= 500
}

function encode(metadata) {
  return Object.entries(metadata).map(([key, value]) => {
    if (!/^[!-+\--~]+$/.test(key)) throw new IngestionError('metadata_invalid', `The key '${key}' has characters that tus cannot carry.`)
    const bytes = new TextEncoder().encode(value)
    return `${key} ${btoa(Array.from(bytes, byte => String.fromCharCode(byte)).join(''))}`
  }).join(',')
}

function deferred() {
  let resolve, reject
  const promise = new Promise((yes, no) => { [resolve, reject] = [yes, no] })
  return { promise, resolve, reject }
}
