import { Shares, Uploads, Videos, Webhooks } from './api.js'
import { Http } from './http.js'
import { Hub } from './hub.js'
import { Upload } from './upload.js'
import { Watch } from './watch.js'

export { IngestionError } from './errors.js'
export { claimsOf } from './tokens.js'
export { Upload, Watch, Webhooks }

/** The service, as one user. */
export class Ingestion {
  #http

  /**
   * @param {object} options
   * @param {string} [options.url] Where the service is; in a page by default where the page is from.
   * @param {string | (() => string | Promise<string>)} options.token A bearer token, or what gets one: it is called when there is none, shortly before it
   *   ends, and when it was refused.
   * @param {string[]} [options.channels] Of {@link Ingestion.live}; `user` by default.
   * @param {'auto' | 'ws' | 'sse'} [options.transport] Of live status.
   * @param {typeof WebSocket} [options.webSocket] For Node 20, which has none of its own.
   * @param {typeof fetch} [options.fetch]
   */
  constructor({ channels, transport, webSocket, ...options }) {
    this.#http = new Http(options)
    this.videos = new Videos(this.#http)
    this.shares = new Shares(this.#http)
    this.webhooks = new Webhooks(this.#http)
    this.uploads = new Uploads(this.#http)
    this.watchOptions = { transport, webSocket }
    /** One subscription for all parts of a program: `hold()` it, `on('event', …)`. */
    this.live = new Hub(this.#http, { channels, transport, webSocket })
  }

  /** Where the service is. */
  get url() { return this.#http.base.href }

  /** Begins to upload a file. @param {Blob} file @param {import('./upload.js').UploadOptions} [options] */
  upload(file, options) { return new Upload(this.#http, this.live, file, options) }

  /** Begins to follow live status. @param {import('./watch.js').WatchOptions} [options] */
  watch(options) { return new Watch(this.#http, { ...this.watchOptions, ...options }) }

  /** Webhooks for many users. @param {'tenant' | 'all'} whose */
  webhooksOf(whose) { return new Webhooks(this.#http, whose) }

  /** What the user's uploads and videos take, and what they may. */
  usage() { return this.#http.json('GET', '/api/usage') }

  /** Any other request of the API; the document that it answers with. @throws {import('./errors.js').IngestionError} */
  request(method, path, options) { return this.#http.json(method, path, options) }
}
