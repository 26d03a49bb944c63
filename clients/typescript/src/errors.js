/** What a request, an upload or a subscription has failed with. */
export class IngestionError extends Error {
  /**
   * @param {string} code Stable, for programs: those of the service (docs/use/errors.md), and of this client `network`, `aborted`, `cancelled`, `file_differs`,
   *   `protocol_error`, `transport_unavailable`.
   * @param {string} [message] For people.
   * @param {{status?: number, retryAfter?: number | null, cause?: unknown}} [more] `status`: of the answer, 0 without one. `retryAfter`: seconds.
   */
  constructor(code, message = code, { status = 0, retryAfter = null, cause } = {}) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'IngestionError'
    this.code = code
    this.status = status
    this.retryAfter = retryAfter
  }

  /** What could not be sent, or had no answer. */
  static ofCause(cause) {
    if (cause instanceof IngestionError) return cause
    return cause?.name === 'AbortError'
      ? new IngestionError('aborted', 'The request was given up.', { cause })
      : new IngestionError('network', 'The service cannot be reached.', { cause })
  }

  /**
   * What an answer says.
   * @param {number} status
   * @param {(name: string) => string | null} header
   * @param {string} text Its body; an answer to HEAD has none.
   */
  static ofAnswer(status, header, text) {
    const problem = read(text)
    const seconds = Number.parseInt(header('Retry-After') ?? '', 10)
    return new IngestionError(problem?.code ?? fallbacks[status] ?? `http_${status}`, problem?.detail ?? problem?.title ?? `The service answered ${status}.`,
      { status, retryAfter: Number.isNaN(seconds) ? null : seconds })
  }
}

// Of answers without a body.
const fallbacks = { 401: 'token_invalid', 403: 'forbidden', 404: 'not_found', 410: 'upload_gone', 429: 'rate_limited', 503: 'unavailable' }

function read(text) {
  try {
    const problem = JSON.parse(text)
    return typeof problem?.code === 'string' ? problem : null
  } catch {
    return null
  }
}
