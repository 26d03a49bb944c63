import { count, date } from '../format.js'
import { act, button, chip, confirm, fill, h, head, pre, section, table, text } from '../ui.js'

const words = text.queue
const path = '/api/admin/dead-letters'

export function open(view, { ingestion }) {
  const list = h('div')
  const one = letter => `${path}/${encodeURIComponent(letter.id)}`
  const all = button(words.retry_all, '', async self => {
    const retry = () => ingestion.request('POST', `${path}/replay`, { json: { limit: 100 } })
    if (await act(self, retry, result => words.retried_all(result.replayed, result.left.length))) load()
  })

  const load = () => fill(list, async () => {
    const { items, count: total } = await ingestion.request('GET', `${path}?limit=50`)
    return items.length === 0 ? h('p', 'empty', words.none) : section(words.count(count(total)), table(
      text.pages.queue, [[words.since, 'muted'], [words.job, 'break'], [words.reason, 'break'], [words.attempts, 'number'], ''],
      items.map(letter => [letter.at ? date(letter.at) : '–', about(letter), letter.reason ?? '–', letter.attempts ?? '–', actions(letter)])))
  }).then(() => { all.disabled = !list.querySelector('table') })

  const about = letter => [
    h('span', 'mono', letter.video_id ?? letter.id), letter.foreign && [' ', chip(words.foreign(letter.service_id ?? '?'), 'warn')],
    letter.body && pre(words.body, letter.body),
  ]

  const actions = letter => h('span', 'row',
    letter.video_id && button(words.retry, '', self => act(self, () => ingestion.request('POST', `${one(letter)}/replay`).then(load), words.retried)),
    button(words.remove, 'bad', async () => {
      if (await confirm(words.remove_title, words.remove_text, words.remove, () => ingestion.request('DELETE', one(letter)))) load()
    }))

  view.append(head(text.pages.queue, words.intro, button(text.reload, '', self => act(self, load)), all), list)
  load()
}
