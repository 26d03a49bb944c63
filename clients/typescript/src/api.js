const query = parameters => {
  const named = Object.entries(parameters).filter(([, value]) => value !== undefined && value !== null && value !== '')
  return named.length ? `?${new URLSearchParams(named)}` : ''
}

/** Records of the user's videos. Documents are those of the API: `/openapi/v1.json`. */
export class Videos {
  #http

  constructor(http) { this.#http = http }

  /**
   * A page of them. It may have fewer than `limit`, even none, and go on: as long as there is `next_cursor`.
   * @param {{limit?: number, cursor?: string, status?: string, externalId?: string, createdAfter?: string, createdBefore?: string, sort?: string}} [filter]
   * @returns {Promise<{items: any[], next_cursor?: string}>}
   */
  list({ limit, cursor, status, externalId, createdAfter, createdBefore, sort } = {}) {
    return this.#http.json('GET', '/api/videos' + query({
      limit, cursor, status, external_id: externalId, created_after: createdAfter, created_before: createdBefore, sort,
    }))
  }

  get(id) { return this.#http.json('GET', `/api/videos/${id}`) }

  /** @param {{file_name?: string | null, external_id?: string | null, metadata?: object | null}} change null removes. */
  update(id, change) { return this.#http.json('PATCH', `/api/videos/${id}`, { json: change, type: 'application/merge-patch+json' }) }

  delete(id) { return this.#http.json('DELETE', `/api/videos/${id}`) }

  /** Processes a failed or ready video once more. */
  reprocess(id) { return this.#http.json('POST', `/api/videos/${id}/reprocess`) }

  /** @returns {Promise<Blob>} A JPEG. */
  async poster(id, signal) { return await (await this.#http.request('GET', `/api/videos/${id}/poster`, { signal })).blob() }

  /** The bytes as they were uploaded. */
  async source(id, signal) { return await (await this.#http.request('GET', `/api/videos/${id}/source`, { signal })).blob() }

  /** Addresses that show it without a token. @returns {Promise<{source_url: string, poster_url?: string, expires_at: string}>} */
  links(id, signal) { return this.#http.json('GET', `/api/videos/${id}/links`, { signal }) }

  /** Kept events of a video, oldest first. @param {{cursor?: string, limit?: number}} [page] */
  history(id, { cursor, limit } = {}) { return this.#http.json('GET', '/api/events/history' + query({ video: id, cursor, limit })) }
}

/** Links by which others watch the status of one video. */
export class Shares {
  #http

  constructor(http) { this.#http = http }

  /** @param {{ttl?: number}} [options] Seconds; a day. @returns {Promise<{id: string, token: string, expires_in: number, expires_at: string}>} */
  create(video, { ttl, play } = {}) { return this.#http.json('POST', `/api/videos/${video}/share${query({ ttl, play })}`) }

  list(video) { return this.#http.json('GET', `/api/videos/${video}/shares`) }

  end(video, share) { return this.#http.json('DELETE', `/api/videos/${video}/share/${share}`) }

  viewers(video) { return this.#http.json('GET', `/api/videos/${video}/viewers`) }
}

/** Where events are sent to: docs/use/webhooks.md. */
export class Webhooks {
  #http
  #root

  /** @param {'own' | 'tenant' | 'all'} [whose] Whose events: the user's, those of the tenant (scope `tenant`), or all (scope `admin`). */
  constructor(http, whose = 'own') {
    this.#http = http
    this.#root = { own: '/api/webhooks', tenant: '/api/tenant/webhooks', all: '/api/admin/webhooks' }[whose]
  }

  list() { return this.#http.json('GET', this.#root) }

  /** @param {{url: string, events?: string[], when?: 'always' | 'unacknowledged', description?: string, videos?: string[], headers?: object}} webhook */
  add(webhook) { return this.#http.json('POST', this.#root, { json: webhook }) }

  get(id) { return this.#http.json('GET', `${this.#root}/${id}`) }

  update(id, change) { return this.#http.json('PATCH', `${this.#root}/${id}`, { json: change }) }

  remove(id) { return this.#http.json('DELETE', `${this.#root}/${id}`) }

  /** @param {{revokeOld?: boolean}} [options] */
  rotate(id, { revokeOld = false } = {}) { return this.#http.json('POST', `${this.#root}/${id}/secret`, { json: { revoke_old: revokeOld } }) }

  test(id) { return this.#http.json('POST', `${this.#root}/${id}/test`) }

  retry(id) { return this.#http.json('POST', `${this.#root}/${id}/retry`) }

  deliveries(id) { return this.#http.json('GET', `${this.#root}/${id}/deliveries`) }

  resend(id, event) { return this.#http.json('POST', `${this.#root}/${id}/deliveries/${event}/resend`) }

  /** @param {{from?: string, dead_letters?: boolean, owner?: string}} what */
  replay(id, what) { return this.#http.json('POST', `${this.#root}/${id}/replay`, { json: what }) }
}

/** Uploads that are not finished. */
export class Uploads {
  #http

  constructor(http) { this.#http = http }

  /** @param {{limit?: number, cursor?: string, externalId?: string}} [filter] */
  list({ limit, cursor, externalId } = {}) { return this.#http.json('GET', '/api/uploads' + query({ limit, cursor, external_id: externalId })) }

  /** @param {string} link `links.self` of one of the list. */
  cancel(link) { return this.#http.json('DELETE', this.#http.address(link, true), { headers: { 'Tus-Resumable': '1.0.0' } }) }
}
