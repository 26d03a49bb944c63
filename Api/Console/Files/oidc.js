// OpenID Connect with an authorisation code and PKCE. Loaded only where there is a provider.
import { claimsOf } from './client/index.js'
import { accept } from './pages/signin.js'
import { provider } from './session.js'
import { text } from './ui.js'

const key = 'ingestion.sign-in'
const home = new URL('..', import.meta.url).href
const timeoutMilliseconds = 10_000
const clockMilliseconds = 60_000
const words = text.provider

const encode = bytes => btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
const random = () => encode(crypto.getRandomValues(new Uint8Array(32)))
const fail = why => { throw new Error(why) }

/** Leads to the provider. What its answer is checked by waits in this tab. */
export async function begin() {
  if (!crypto.subtle) fail(words.insecure)
  const { authorization_endpoint, client_id, scope, audience } = await discover()
  const [state, nonce, verifier] = [random(), random(), random()]
  const code_challenge = encode(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier)))
  sessionStorage.setItem(key, JSON.stringify({ state, nonce, verifier, page: location.hash }))
  go(authorization_endpoint,
    { response_type: 'code', client_id, redirect_uri: home, scope, audience, state, nonce, code_challenge, code_challenge_method: 'S256' })
}

/** Makes a token of what the provider sent back, and shows the page of before. */
export async function finish(session, given) {
  const { state, nonce, verifier, page } = JSON.parse(sessionStorage.getItem(key)) ?? {}
  sessionStorage.removeItem(key)
  if (!state || given.get('state') !== state) fail(words.state)
  history.replaceState(null, '', location.pathname + page)
  const error = given.get('error')
  if (error) fail(error === 'access_denied' ? words.denied : words.refused(given.get('error_description') ?? error))
  const { issuer, token_endpoint, client_id } = await discover()
  const { access_token, refresh_token, id_token } = await read(token_endpoint,
    { grant_type: 'authorization_code', client_id, code: given.get('code'), redirect_uri: home, code_verifier: verifier })
  const id = claimsOf(id_token) ?? {}
  if (id.iss !== issuer || ![id.aud].flat().includes(client_id) || id.nonce !== nonce) fail(words.identity)
  session.signOut()
  const wrong = session.check(access_token)
  if (wrong === 'malformed') fail(words.opaque)
  if (wrong || id.exp * 1000 < Date.now() || id.iat * 1000 > Date.now() + clockMilliseconds) fail(words.clock)
  await accept(session, access_token, { refresh: refresh_token, id: id_token })
}

export async function renew(session) {
  const { renewal } = session
  const { refresh, id } = renewal
  const { token_endpoint, client_id } = await discover()
  const next = await read(token_endpoint, { grant_type: 'refresh_token', client_id, refresh_token: refresh })
  // Signed out meanwhile.
  if (session.renewal !== renewal) return
  if (!session.check(next.access_token)) session.signIn(next.access_token, { refresh: next.refresh_token ?? refresh, id: next.id_token ?? id })
}

/** Leads to where the provider ends its session; undefined: nowhere. */
export async function end({ id }) {
  const { end_session_endpoint, client_id } = await discover()
  if (end_session_endpoint) go(end_session_endpoint, { id_token_hint: id, client_id, post_logout_redirect_uri: home })
  return end_session_endpoint
}

/** The provider's document, and what the silo says of it. */
async function discover() {
  const settings = await provider()
  const found = await read(`${settings.authority}/.well-known/openid-configuration`)
  if (found.issuer?.replace(/\/$/, '') !== settings.authority) fail(words.issuer(found.issuer))
  return { ...found, ...settings }
}

function go(url, parameters) {
  const address = new URL(url)
  for (const [name, value] of Object.entries(parameters)) if (value) address.searchParams.set(name, value)
  location.assign(address)
}

async function read(url, form) {
  const request = { method: form ? 'POST' : 'GET', body: form && new URLSearchParams(form), signal: AbortSignal.timeout(timeoutMilliseconds) }
  const answer = await fetch(url, request).catch(() => fail(words.away(new URL(url).host)))
  const json = await answer.json().catch(() => ({}))
  return answer.ok ? json : fail(words.refused(json.error_description ?? json.error ?? answer.status))
}
