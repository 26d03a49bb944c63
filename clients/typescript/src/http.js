import { IngestionError } from './errors.js'
import { Tokens } from './tokens.js'

// A new token may help against these.
const renewable = new Set(['token_expired', 'token_revoked', 'token_invalid'])

export class Http {
  #fetch

  constructor({ url, token, fetch }) {
    const base = url ?? globalThis.location?.origin
    if (!base) throw new TypeError('url is missing.')
    this.base = new URL(base.endsWith('/') ? base : `${base}/`)
    this.tokens = new Tokens(token)
    this.#fetch = fetch ?? ((...request) => globalThis.fetch(...request))
  }

  /** The address of a path of the API, or of a link of an answer. A path begins where the service does, a link where its host does. */
  address(path, isLink = false) {
    return new URL(isLink ? path : path.replace(/^\//, ''), this.base)
  }

  async request(method, path, { json, type = 'application/json', headers = {}, signal } = {}) {
    const url = typeof path === 'string' ? this.address(path) : path
    const body = json === undefined ? undefined : JSON.stringify(json)
    const all = body === undefined ? headers : { 'Content-Type': type, ...headers }
    return await this.withToken(token =>
      this.#send(url, { method, body, headers: { ...all, Authorization: `Bearer ${token}` }, signal, cache: 'no-store' }))
  }

  async json(method, path, options) {
    const text = await (await this.request(method, path, options)).text()
    return text ? JSON.parse(text) : null
  }

  /** Calls with a token, and once more with another one where that is refused. */
  async withToken(call) {
    const token = await this.tokens.get()
    try {
      return await call(token)
    } catch (error) {
      if (error.status !== 401 || !renewable.has(error.code)) throw error
      const other = await this.tokens.get(token)
      if (other === token) throw error
      return await call(other)
    }
  }

  async #send(url, options) {
    let answer
    try {
      answer = await this.#fetch(url, options)
    } catch (error) {
      throw IngestionError.ofCause(error)
    }

    if (answer.ok) return answer
    throw IngestionError.ofAnswer(answer.status, name => answer.headers.get(name), await answer.text().catch(() => ''))
  }
}
