import { claimsOf } from './client/index.js'

const key = 'ingestion.token'
const renewalKey = 'ingestion.renewal'
const marginMilliseconds = 2_000
// Renewed when the client asks for the next one; once more after a while.
const renewMilliseconds = 70_000
const retryMilliseconds = 10_000
const patienceMilliseconds = 5_000

/** Without storage a reload signs out. */
function stored(work) {
  try {
    return work(sessionStorage)
  } catch {
    return null
  }
}

const keep = (name, value) => stored(storage => value ? storage.setItem(name, value) : storage.removeItem(name))

/** The token of this tab. It is kept in the tab's sessionStorage and nowhere else, and is sent to this silo only. */
export class Session {
  #token = stored(storage => storage.getItem(key)) ?? ''
  #waiting = []
  #triedAt = 0

  /** What an identity provider gave beside the token: its tokens `refresh`, where there is one, and `id`. It is kept like the token, and sent there only. */
  renewal = stored(storage => JSON.parse(storage.getItem(renewalKey)))

  /** Asked for another token: shows the form, while everything that needs the token waits. */
  onExpired = () => {}

  get claims() { return claimsOf(this.#token) ?? {} }

  get user() { return this.claims.sub ?? '' }

  get isSignedIn() { return this.#token !== '' }

  get isOver() { return this.#left < marginMilliseconds }

  get #left() { return (this.claims.exp ?? Infinity) * 1000 - Date.now() }

  /** The scopes that the token claims. What it may do the service decides. */
  get scopes() { return scopesOf(this.claims) }

  may(...scopes) { return scopes.some(scope => this.scopes.has(scope)) }

  get sharedVideo() { return this.may('share') && this.claims.video || null }

  get channels() {
    if (this.sharedVideo) return [`video:${this.sharedVideo}`]
    const { roles = [] } = this.claims
    return ['user', 'system', ...(Array.isArray(roles) ? roles : roles.split(' ')).filter(Boolean).map(role => `role:${role}`)]
  }

  /** What is wrong with a token, as far as a page can see that. */
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
    const next = new Promise(resolve => {
      this.#waiting.push(resolve)
      if (this.#waiting.length > 1) return
      this.#triedAt = Date.now()
      this.onExpired()
    })
    return this.isOver ? next : Promise.race([next, new Promise(resolve => setTimeout(resolve, patienceMilliseconds, this.#token))])
  }

  /** Those that wait go on with the token that there is. */
  goOn() { for (const go of this.#waiting.splice(0)) go(this.#token) }
}

export function scopesOf({ scope, scp }) {
  const all = scope ?? scp ?? ''
  return new Set(Array.isArray(all) ? all : all.split(' '))
}

/** The token that a link of this page brings in its fragment, which is sent to no server: by the ticket that a silo in Development logs, or a share. */
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
export const provider = async () => (await (await fetch(new URL('sign-in.json', import.meta.url), { signal: AbortSignal.timeout(10_000) })).json()).provider
