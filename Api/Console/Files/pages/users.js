import { h } from '../dom.js'
import { ago, date } from '../format.js'
import { text } from '../text.js'
import { act, ask, button, chip, confirm, facts, failure, head, muted, table } from '../ui.js'

const words = text.users

/** One user at a time: their connections, their tokens, and the end of all that is theirs. */
export function open(view, { ingestion }) {
  const id = h('input', { required: true, autocomplete: 'off', spellcheck: 'false' })
  const result = h('div', 'stack')
  const denials = h('section', 'card')
  const send = (method, user, what = '') => ingestion.request(method, `/api/admin/users/${encodeURIComponent(user)}${what}`)

  async function show(user) {
    try {
      // A user who is not being erased has no erasure.
      const [{ items }, erasure] = await Promise.all([send('GET', user, '/sockets'), send('GET', user, '/erasure').catch(() => null)])
      result.replaceChildren(h('section', 'card stack',
        h('div', 'row between', h('h2', 'break', user), erasure && chip(words.erasures[erasure.state], 'bad')),
        erasure && facts([
          [words.begun, date(erasure.begun_at)], [words.ended, erasure.ended_at && date(erasure.ended_at)], [words.videos, erasure.videos],
          [words.uploads, erasure.uploads], [words.webhooks, erasure.webhooks]]),
        items.length === 0 ? muted(words.no_sockets) : table(
          words.sockets, [words.connected, words.heard, [words.silo, 'mono'], [words.acknowledged, 'mono'], [words.waiting, 'number']], items.map(socket => [
            [ago(socket.connected_at), socket.guest && [' ', chip(text.guest)]], ago(socket.heard_at), socket.silo, socket.acknowledged ?? '–',
            Object.values(socket.waiting).reduce((a, b) => a + b)])),
        h('div', 'row', actions(user))))
    } catch (error) {
      result.replaceChildren(failure(error))
    }
  }

  const actions = user => [
    button(words.disconnect, '', async self => {
      if (await act(self, () => send('DELETE', user, '/sockets'), answer => words.disconnected(answer.closed))) show(user)
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
    if (begun) show(user)
  }

  async function loadDenials() {
    try {
      const { items } = await ingestion.request('GET', '/api/admin/denials')
      const allow = denial => button(words.allow, '', self => act(self, () => ingestion.request('DELETE', `/api/admin/denials/${denial.id}`).then(loadDenials)))
      denials.replaceChildren(h('h2', null, words.denials), items.length === 0 ? muted(words.no_denials) : table(
        words.denials, [[words.who, 'mono break'], words.since, words.until, ['', 'number']], items.map(denial => [
          [denial.user ?? denial.jti, denial.erasure && [' ', chip(words.erased, 'bad')]], date(denial.denied_at),
          denial.expires_at && date(denial.expires_at), !denial.erasure && allow(denial)])))
    } catch (error) {
      denials.replaceChildren(failure(error))
    }
  }

  view.append(head(words.title, words.intro),
    h('form', { class: 'fields', onsubmit: e => { e.preventDefault(); show(id.value.trim()) } },
      h('label', 'grow', words.id, id), h('button', 'main', words.look)),
    result, denials)
  loadDenials()
}
