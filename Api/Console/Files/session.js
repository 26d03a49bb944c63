import { claimsOf } from './client/index.js'

const key = 'ingestion.token'
// A token that ends within this is asked for again.
const marginMilliseconds = 2_000

/** The token of this tab. It is kept in the tab's sessionStorage and nowhere else, and is sent to this silo only. */
export class Session {
  #token = ''
  #waiting = []

  /** Asked for another token: shows the form, while everything that needs the token waits. */
  onExpired = () => {}

  constructor() {
    try {
      this.#token = sessionStorage.getItem(key) ?? ''
    } catch { /* Without storage a reload signs out. */ }
  }

  get claims() { return claimsOf(this.#token) ?? {} }

  get user() { return this.claims.sub ?? '' }

  get isSignedIn() { return this.#token !== '' }

  get isOver() { return (this.claims.exp ?? Infinity) * 1000 - Date.now() < marginMilliseconds }

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
  signIn(token) {
    this.#token = token
    try {
      sessionStorage.setItem(key, token)
    } catch { /* As above. */ }
    for (const go of this.#waiting.splice(0)) go(token)
  }

  signOut() {
    this.#token = ''
    try {
      sessionStorage.removeItem(key)
    } catch { /* As above. */ }
  }

  /** The token, or the next one where it has ended. */
  usable() {
    if (!this.isOver) return this.#token
    return new Promise(resolve => {
      this.#waiting.push(resolve)
      if (this.#waiting.length === 1) this.onExpired()
    })
  }
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
