import { ago, count, date, size } from '../format.js'
import { act, ask, button, chip, confirm, facts, fill, h, head, muted, section, table, text } from '../ui.js'

const words = text.users

export function open(view, { ingestion, path }) {
  const id = h('input', { required: true, autocomplete: 'off', spellcheck: 'false' })
  const result = h('div', 'stack')
  const denials = section()
  const send = (method, user, what = '') => ingestion.request(method, `/api/admin/users/${encodeURIComponent(user)}${what}`)

  let shown
  const show = user => fill(result, async () => {
    shown = user
    // A user who is not being erased has no erasure.
    const [{ items }, usage, erasure] = await Promise.all([
      send('GET', user, '/sockets'), send('GET', user, '/usage'), send('GET', user, '/erasure').catch(() => null)])
    return h('section', 'card stack',
      h('div', 'row between', h('h2', 'break', user), erasure && chip(words.erasures[erasure.state], 'bad')),
      facts([
        [text.upload.limits.total_bytes, ofLimit(usage.total_bytes, usage.limits.total_bytes)],
        [text.upload.limits.daily_bytes, ofLimit(usage.day_bytes, usage.limits.daily_bytes)], [words.under_way, count(usage.uploads)],
        [words.reserved, usage.reserved_bytes > 0 && size(usage.reserved_bytes)]]),
      erasure && facts([
        [words.begun, date(erasure.begun_at)], [words.ended, erasure.ended_at && date(erasure.ended_at)], [text.pages.videos, erasure.videos],
        [words.uploads, erasure.uploads], [text.pages.webhooks, erasure.webhooks]]),
      items.length === 0 ? muted(words.no_sockets) : table(
        text.pages.sockets, [words.connected, words.heard, [words.silo, 'mono'], [words.acknowledged, 'mono'], [words.waiting, 'number']], items.map(socket => [
          [ago(socket.connected_at), socket.guest && [' ', chip(text.guest)]], ago(socket.heard_at), socket.silo, socket.acknowledged ?? '–',
          Object.values(socket.waiting).reduce((a, b) => a + b)])),
      h('div', 'row', actions(user)))
  })

  /** What was done to a user is shown where the user still is. */
  const again = user => { if (shown === user) show(user) }

  const actions = user => [
    h('a', { class: 'button', href: `#/library/${encodeURIComponent(user)}` }, text.pages.videos),
    button(words.disconnect, '', async self => {
      if (await act(self, () => send('DELETE', user, '/sockets'), answer => words.disconnected(answer.closed))) again(user)
    }),
    button(words.deny, 'bad', async () => {
      if (await confirm(words.deny, words.deny_text(user), words.deny, () => ingestion.request('POST', '/api/admin/denials', { json: { user } }))) loadDenials()
    }),
    button(words.erase, 'bad', () => erase(user)),
  ]

  /** The name has to be typed: nothing brings a user back. */
  async function erase(user) {
    const typed = h('input', { required: true, autocomplete: 'off', spellcheck: 'false' })
    const begun = await ask({
      title: words.erase_title, kind: 'bad main', yes: words.erase, body: [muted(words.erase_text), h('label', null, words.type(user), typed)],
      take: () => typed.value === user ? send('DELETE', user) : Promise.reject(new Error(words.differs)),
    })
    if (begun) again(user)
  }

  const loadDenials = () => fill(denials, async () => {
    const { items } = await ingestion.request('GET', '/api/admin/denials')
    const allow = ({ id }) => button(words.allow, '', self => act(self, () => ingestion.request('DELETE', `/api/admin/denials/${id}`).then(loadDenials)))
    return [h('h2', null, words.denials), items.length === 0 ? muted(words.no_denials) : table(
      words.denials, [[words.who, 'mono break'], words.since, words.until, ['', 'number']], items.map(denial => [
        [denial.user ?? denial.jti, denial.erasure && [' ', chip(words.erased, 'bad')]], date(denial.denied_at),
        denial.expires_at && date(denial.expires_at), !denial.erasure && allow(denial)]))]
  })

  view.append(head(text.pages.users, words.intro),
    h('form', { class: 'fields', onsubmit: e => { e.preventDefault(); show(id.value.trim()) } },
      h('label', 'grow', words.id, id), h('button', 'main', words.look)),
    result, denials)
  loadDenials()
  if (path[0]) show(id.value = path[0])
}

const ofLimit = (used, limit) => limit ? text.upload.of(size(used), size(limit)) : size(used)
