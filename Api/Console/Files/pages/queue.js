import { h } from '../dom.js'
import { count, date } from '../format.js'
import { text } from '../text.js'
import { act, button, chip, confirm, failure, head, pre, table } from '../ui.js'

const words = text.queue
const path = '/api/admin/dead-letters'

/** Jobs that are delivered no more. */
export function open(view, { ingestion }) {
  const list = h('div')
  const one = letter => `${path}/${encodeURIComponent(letter.id)}`
  const all = button(words.retry_all, '', async self => {
    const retry = () => ingestion.request('POST', `${path}/replay`, { json: { limit: 100 } })
    if (await act(self, retry, result => words.retried_all(result.replayed, result.left.length))) load()
  })

  async function load() {
    try {
      const { items, count: total } = await ingestion.request('GET', `${path}?limit=50`)
      all.disabled = items.length === 0
      list.replaceChildren(items.length === 0 ? h('p', 'empty', words.none) : h('section', 'card',
        h('h2', null, words.count(count(total))), table(words.title, [[words.since, 'muted'], [words.job, 'break'], [words.reason, 'break'], [words.attempts, 'number'], ''],
        items.map(letter => [
          letter.at ? date(letter.at) : '–', about(letter), letter.reason ?? '–', letter.attempts ?? '–', actions(letter)]))))
    } catch (error) {
      list.replaceChildren(failure(error))
    }
  }

  const about = letter => [
    h('span', 'mono', letter.video_id ?? letter.id), letter.foreign && [' ', chip(words.foreign(letter.service_id ?? '?'), 'warn')],
    letter.body && pre(words.body, letter.body),
  ]

  const actions = letter => h('span', 'row',
    letter.video_id && button(words.retry, '', self => act(self, () => ingestion.request('POST', `${one(letter)}/replay`).then(load), words.retried)),
    button(words.remove, 'bad', async () => {
      if (await confirm(words.remove_title, words.remove_text, words.remove, () => ingestion.request('DELETE', one(letter)).then(() => true))) load()
    }))

  view.append(head(words.title, words.intro, button(text.reload, '', self => act(self, load)), all), list)
  load()
}
