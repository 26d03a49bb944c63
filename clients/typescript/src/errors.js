export class IngestionError extends Error {
  constructor(code, message = code, { status = 0, retryAfter = null, cause } = {}) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'IngestionError'
    this.code = code
    this.status = status
    this.retryAfter = retryAfter
  }

  static ofCause(cause) {
    if (cause instanceof IngestionError) return cause
    return cause?.name === 'AbortError'
      ? new IngestionError('aborted', 'The request was given up.', { cause })
      : new IngestionError('network', 'The service cannot be reached.', { cause })
  }

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
