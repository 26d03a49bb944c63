import { IngestionError } from './errors.js'

export function claimsOf(token) {
  try {
    const bytes = Uint8Array.from(atob(token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/')), c => c.charCodeAt(0))
    const claims = JSON.parse(new TextDecoder().decode(bytes))
    return typeof claims === 'object' ? claims : null
  } catch {
    return null
  }
}

// A token that ends sooner is renewed before a request begins.
const marginSeconds = 30

/** The token of all requests. It is renewed once for all that wait for it. */
export class Tokens {
  #source
  #token = ''
  #running

  constructor(source) { this.#source = source }

  async get(refused) {
    if (typeof this.#source === 'string') {
      if (refused === this.#source) throw new IngestionError('token_expired', 'The token is not accepted any more.', { status: 401 })
      return this.#source
    }

    // A token that does not show its end is good until it is refused.
    const { exp = Infinity } = claimsOf(this.#token) ?? {}
    if (this.#token && this.#token !== refused && exp - Date.now() / 1000 > marginSeconds) return this.#token
    this.#running ??= Promise.resolve().then(this.#source).finally(() => { this.#running = undefined })
    this.#token = (await this.#running).trim()
    return this.#token
  }
}
