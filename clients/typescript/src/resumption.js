const prefix = 'ingestion.upload:'
// The service keeps an upload for a day after its last byte.
const longest = 7 * 24 * 3600 * 1000

/** Remembers where the upload of a file is, by what the page can know of the file: name, size, time and type. */
export class Resumption {
  #storage
  #key

  constructor(storage, http, file, { name, externalId }) {
    this.#storage = storage === undefined ? pagesOwn() : storage
    this.#key = prefix + JSON.stringify([http.base.href, name ?? file.name ?? '', file.size, file.lastModified ?? 0, file.type, externalId ?? ''])
  }

  find() {
    try {
      const { url, at } = JSON.parse(this.#storage?.getItem(this.#key) ?? '{}')
      return url && Date.now() - at < longest ? url : null
    } catch {
      return null
    }
  }

  remember(url) { this.#try(storage => storage.setItem(this.#key, JSON.stringify({ url, at: Date.now() }))) }

  forget() { this.#try(storage => storage.removeItem(this.#key)) }

  /** A full or forbidden storage costs the resumption after a reload, not the upload. */
  #try(change) {
    try {
      if (this.#storage) change(this.#storage)
    } catch {
      this.#storage = null
    }
  }
}

function pagesOwn() {
  try {
    return typeof document === 'undefined' ? null : globalThis.localStorage
  } catch {
    return null
  }
}
