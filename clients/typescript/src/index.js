import { Shares, Uploads, Videos, Webhooks } from './api.js'
import { Http } from './http.js'
import { Hub } from './hub.js'
import { Upload } from './upload.js'
import { Watch } from './watch.js'

export { IngestionError } from './errors.js'
export { claimsOf } from './tokens.js'
export { Upload, Watch, Webhooks }

/** The service, as one user. What each member takes and gives is in index.d.ts. */
export class Ingestion {
  #http

  constructor({ channels, transport, webSocket, ...options }) {
    this.#http = new Http(options)
    this.videos = new Videos(this.#http)
    this.shares = new Shares(this.#http)
    this.webhooks = new Webhooks(this.#http)
    this.uploads = new Uploads(this.#http)
    this.watchOptions = { transport, webSocket }
    this.live = new Hub(this.#http, { channels, transport, webSocket })
  }

  get url() { return this.#http.base.href }

  upload(file, options) { return new Upload(this.#http, this.live, file, options) }

  watch(options) { return new Watch(this.#http, { ...this.watchOptions, ...options }) }

  webhooksOf(whose) { return new Webhooks(this.#http, whose) }

  usage() { return this.#http.json('GET', '/api/usage') }

  request(method, path, options) { return this.#http.json(method, path, options) }
}
