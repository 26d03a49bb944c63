import { IngestionError } from './errors.js'

export const closeCode = {
  normal: 1000, lost: 1006, revoked: 4006, disconnected: 4007, tokenInvalid: 4001, tokenExpired: 4202, positionLost: 4203,
}

// Nothing changes by coming back.
const final = {
  1002: 'protocol_error', 1007: 'protocol_error', 4000: 'protocol_error', 4001: 'token_invalid', 4003: 'forbidden', 4004: 'websocket_version_unsupported',
  4005: 'too_many_sockets', 4006: 'token_revoked', 4007: 'disconnected',
}

const atOnce = new Set([4200, 4201, 4202, 4203])

/** What to do after a connection has ended: `stop`, `renew` the token, come back `now` or `later`. */
export function afterClose({ code, retryMs = null, error }) {
  if (final[code]) return { kind: 'stop', error: error ?? new IngestionError(final[code], `The service closed the connection with ${code}.`) }
  if (code === closeCode.tokenExpired) return { kind: 'renew', retryMs }
  return { kind: atOnce.has(code) ? 'now' : 'later', retryMs }
}

const codes = { token_missing: 4001, token_invalid: 4001, token_expired: 4202, token_revoked: 4006, scope_missing: 4003, forbidden: 4003, not_found: 4003 }

/** The end of a stream that was refused, in the same terms. */
export const endOf = error => ({
  code: codes[error.code] ?? (error.status >= 400 && error.status < 500 && error.status !== 429 && error.status !== 408 ? 4000 : closeCode.lost),
  retryMs: error.retryAfter === null ? null : error.retryAfter * 1000,
  error,
})
