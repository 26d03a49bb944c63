import { IngestionError } from './errors.js'

/** Sends bytes; resolves with the fields of the answer. By XMLHttpRequest where there is one: fetch does not show how far it is with what it sends. */
export const transfer = transfer => typeof XMLHttpRequest === 'function' ? byXhr(transfer) : byFetch(transfer)

export const showsProgress = () => typeof XMLHttpRequest === 'function'

function byXhr({ method, url, headers, body, signal, onProgress }) {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new IngestionError('aborted'))
    const request = new XMLHttpRequest()
    const abort = () => request.abort()
    const end = settle => value => { signal.removeEventListener('abort', abort); settle(value) }
    const header = name => request.getResponseHeader(name)
    request.open(method, url)
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value)
    request.upload.onprogress = e => onProgress(e.loaded)
    request.onload = () => request.status < 300
      ? end(resolve)(header)
      : end(reject)(IngestionError.ofAnswer(request.status, header, request.responseText))
    request.onerror = () => end(reject)(new IngestionError('network', 'The connection broke off.'))
    request.onabort = () => end(reject)(new IngestionError('aborted'))
    signal.addEventListener('abort', abort, { once: true })
    request.send(body)
  })
}

async function byFetch({ method, url, headers, body, signal, onProgress }) {
  let answer
  try {
    answer = await fetch(url, { method, headers, body, signal })
  } catch (error) {
    throw IngestionError.ofCause(error)
  }

  const text = await answer.text().catch(() => '')
  const header = name => answer.headers.get(name)
  if (!answer.ok) throw IngestionError.ofAnswer(answer.status, header, text)
  onProgress(body.size)
  return header
}
