import { claimsOf } from './client/index.js'

const key = 'ingestion.token'
const renewalKey = 'ingestion.renewal'
// A token that ends within this is asked for again.
const marginMilliseconds = 2_000
// One that can be renewed is, when the client asks for the next one; once more after a while, where that has failed.
const renewMilliseconds = 30_000
const retryMilliseconds = 10_000

function keep(name, value) {
  try {
    if (value) sessionStorage.setItem(name, value)
    else sessionStorage.removeItem(name)
  } catch { /* Without storage a reload signs out. */ }
}

/** The token of this tab. It is kept in the tab's sessionStorage and nowhere else, and is sent to this silo only. */
export class Session {
  #token = ''
  #waiting = []
  #triedAt = 0

  /** What an identity provider gave beside the token: its tokens `refresh`, where there is one, and `id`. It is kept like the token, and sent there only. */
  renewal = null

  /** Asked for another token: shows the form, while everything that needs the token waits. */
  onExpired = () => {}

  constructor() {
    try {
      this.#token = sessionStorage.getItem(key) ?? ''
      this.renewal = JSON.parse(sessionStorage.getItem(renewalKey))
    } catch { /* As above. */ }
  }

  get claims() { return claimsOf(this.#token) ?? {} }

  get user() { return this.claims.sub ?? '' }

  get isSignedIn() { return this.#token !== '' }

  get isOver() { return this.#left < marginMilliseconds }

  get #left() { return (this.claims.exp ?? Infinity) * 1000 - Date.now() }

  /** The scopes that the token claims. What it may do the service decides. */
  get scopes() { return scopesOf(this.claims) }

  may(...scopes) { return scopes.some(scope => this.scopes.has(scope)) }

  /** The one video that a shared link shows. */
  get sharedVideo() { return this.may('share') && this.claims.video || null }

  /** The channels that the token may listen to. */
  get channels() {
    if (this.sharedVideo) return [`video:${this.sharedVideo}`]
    const { roles = [] } = this.claims
    return ['user', 'system', ...(Array.isArray(roles) ? roles : roles.split(' ')).filter(Boolean).map(role => `role:${role}`)]
  }

  /** @returns {'malformed' | 'expired' | 'other_user' | null} What is wrong with a token, as far as a page can see that. */
  check(token) {
    const claims = claimsOf(token)
    if (!claims?.sub) return 'malformed'
    if (claims.exp * 1000 - Date.now() < marginMilliseconds) return 'expired'
    return this.isSignedIn && claims.sub !== this.user ? 'other_user' : null
  }

  /** Takes a token. Those that wait for one go on. */
  signIn(token, renewal = null) {
    this.#take(token, renewal)
    this.goOn()
  }

  signOut() { this.#take('', null) }

  #take(token, renewal) {
    this.#token = token
    this.renewal = renewal
    keep(key, token)
    keep(renewalKey, renewal && JSON.stringify(renewal))
  }

  /** The token, or the next one where it has ended, or soon will and can be renewed. */
  usable() {
    const isDue = this.renewal?.refresh && this.#left < renewMilliseconds && Date.now() - this.#triedAt > retryMilliseconds
    if (!this.isOver && !isDue) return this.#token
    return new Promise(resolve => {
      this.#waiting.push(resolve)
      if (this.#waiting.length > 1) return
      this.#triedAt = Date.now()
      this.onExpired()
    })
  }

  /** Those that wait go on with the token that there is. */
  goOn() { for (const go of this.#waiting.splice(0)) go(this.#token) }
}

export function scopesOf({ scope, scp }) {
  const all = scope ?? scp ?? ''
  return new Set(Array.isArray(all) ? all : all.split(' '))
}

/**
 * What a link of this page brings in its fragment, which is sent to no server: the ticket of the link that a silo in Development logs, or a share.
 * @returns {Promise<string | null>} A token.
 */
export async function takeLink() {
  const given = new URLSearchParams(location.hash.slice(1))
  const [ticket, share] = [given.get('ticket'), given.get('share')]
  if (!ticket && !share) return null
  history.replaceState(null, '', location.pathname)
  if (share) return share
  const answer = await fetch('console/session', {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ ticket }),
  })
  return answer.ok ? (await answer.json()).token : Promise.reject(new Error('link'))
}

/** What an identity provider sent back in the query, which leaves the address bar and the history; null: nothing. */
export function takeReturn() {
  const given = new URLSearchParams(location.search)
  if (!given.has('state')) return null
  history.replaceState(null, '', location.pathname + location.hash)
  return given
}

/** The identity provider of this silo; null: there is none. */
export const provider = async () => (await (await fetch(new URL('sign-in.json', import.meta.url))).json()).provider
