import { count, memory } from '../format.js'
import { act, button, facts, fill, h, head, muted, section, table, text } from '../ui.js'

const words = text.sockets

export function open(view, { ingestion }) {
  const list = h('div', 'stack')
  const load = () => fill(list, async () => {
    const { items, unanswered = [] } = await ingestion.request('GET', '/api/admin/sockets')
    return [...unanswered.map(({ address, status }) => section(h('span', 'mono break', address), muted(text.silos.silent(status)))), ...items.map(card)]
  })
  view.append(head(text.pages.sockets, words.intro, button(text.reload, '', self => act(self, load))), list)
  load()
}

const card = ({ silo, sockets, users, guests, slow, queued_bytes: queued, queue_limit_bytes: limit, closed }) => section(
  h('span', 'mono break', silo),
  facts([
    [text.pages.sockets, count(sockets)], [text.pages.users, count(users)], [words.guests, guests > 0 && count(guests)], [text.silos.queues, count(slow)],
    [words.queued, text.upload.of(memory(queued), memory(limit))]]),
  closed.length === 0 ? muted(words.none) : table(
    `${words.closed}: ${silo}`, [words.code, words.reason, [words.count, 'number']],
    closed.map(({ code, reason, count: closes }) => [code, reason, count(closes)])))
