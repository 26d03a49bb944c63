const query = parameters => {
  const named = Object.entries(parameters).filter(([, value]) => value !== undefined && value !== null && value !== '')
  return named.length ? `?${new URLSearchParams(named)}` : ''
}

class Part {
  constructor(http) { this.http = http }

  send(method, path, json) { return this.http.json(method, path, { json }) }
}

export class Videos extends Part {
  list({ limit, cursor, status, externalId, createdAfter, createdBefore, sort, owner } = {}) {
    return this.send('GET', (owner === undefined ? '/api/videos' : '/api/admin/videos') + query({
      limit, cursor, status, external_id: externalId, created_after: createdAfter, created_before: createdBefore, sort, owner,
    }))
  }

  get(id) { return this.send('GET', `/api/videos/${id}`) }
  update(id, change) { return this.http.json('PATCH', `/api/videos/${id}`, { json: change, type: 'application/merge-patch+json' }) }
  delete(id) { return this.send('DELETE', `/api/videos/${id}`) }
  reprocess(id) { return this.send('POST', `/api/videos/${id}/reprocess`) }
  poster(id, signal) { return this.#bytes(id, 'poster', signal) }
  source(id, signal) { return this.#bytes(id, 'source', signal) }
  links(id, signal) { return this.http.json('GET', `/api/videos/${id}/links`, { signal }) }
  history(id, { cursor, limit } = {}) { return this.send('GET', '/api/events/history' + query({ video: id, cursor, limit })) }

  async #bytes(id, what, signal) { return await (await this.http.request('GET', `/api/videos/${id}/${what}`, { signal })).blob() }
}

export class Shares extends Part {
  create(video, { ttl, play } = {}) { return this.send('POST', `/api/videos/${video}/share${query({ ttl, play })}`) }
  list(video) { return this.send('GET', `/api/videos/${video}/shares`) }
  end(video, share) { return this.send('DELETE', `/api/videos/${video}/share/${share}`) }
  viewers(video) { return this.send('GET', `/api/videos/${video}/viewers`) }
}

export class Webhooks extends Part {
  #root

  constructor(http, whose = 'own') {
    super(http)
    this.#root = { own: '/api/webhooks', tenant: '/api/tenant/webhooks', all: '/api/admin/webhooks' }[whose]
  }

  list() { return this.send('GET', this.#root) }
  add(webhook) { return this.send('POST', this.#root, webhook) }
  get(id) { return this.#of(id, 'GET') }
  update(id, change) { return this.#of(id, 'PATCH', '', change) }
  remove(id) { return this.#of(id, 'DELETE') }
  rotate(id, { revokeOld = false } = {}) { return this.#of(id, 'POST', '/secret', { revoke_old: revokeOld }) }
  test(id) { return this.#of(id, 'POST', '/test') }
  retry(id) { return this.#of(id, 'POST', '/retry') }
  deliveries(id) { return this.#of(id, 'GET', '/deliveries') }
  resend(id, event) { return this.#of(id, 'POST', `/deliveries/${event}/resend`) }
  replay(id, what) { return this.#of(id, 'POST', '/replay', what) }
  events(id, { after, limit, wait } = {}) { return this.#of(id, 'GET', '/events' + query({ after, limit, wait })) }

  #of(id, method, what = '', json) { return this.send(method, `${this.#root}/${id}${what}`, json) }
}

export class Uploads extends Part {
  list({ limit, cursor, externalId } = {}) { return this.send('GET', '/api/uploads' + query({ limit, cursor, external_id: externalId })) }
  cancel(link) { return this.http.json('DELETE', this.http.address(link, true), { headers: { 'Tus-Resumable': '1.0.0' } }) }
}
