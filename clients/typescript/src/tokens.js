import { IngestionError } from './errors.js'

/** The claims of a JSON Web Token, unverified; null where it is none. */
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

  /** @param {string | (() => string | Promise<string>)} source */
  constructor(source) {
    this.#source = source
  }

  /** When the token ends, in milliseconds since 1970; null where it does not show that. */
  static endOf(token) {
    const end = claimsOf(token)?.exp
    return typeof end === 'number' ? end * 1000 : null
  }

  /**
   * A token to use now.
   * @param {string} [refused] A token that was refused: another one is wanted.
   * @throws {IngestionError} `token_expired`: there is no other one.
   */
  async get(refused) {
    if (typeof this.#source === 'string') {
      if (refused === this.#source) throw new IngestionError('token_expired', 'The token is not accepted any more.', { status: 401 })
      return this.#source
    }

    const end = Tokens.endOf(this.#token)
    if (this.#token && this.#token !== refused && (end === null || end - Date.now() > marginSeconds * 1000)) return this.#token
    this.#running ??= Promise.resolve().then(this.#source).finally(() => { this.#running = undefined })
    this.#token = (await this.#running).trim()
    return this.#token
  }
}
