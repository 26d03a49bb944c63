import { bar } from '../dom.js'
import { count, duration, memory, percent, time } from '../format.js'
import { plot } from '../plot.js'
import { act, ask, button, chip, confirm, every, facts, h, head, muted, problem, table, text } from '../ui.js'

const words = text.silos
const period = 2_000
const mostSamples = 3_600_000 / period
// While the tab is open, over visits to other pages.
const samples = new Map()
const kinds = { green: 'good', elevated: 'info', high: 'warn', critical: 'bad', emergency: 'bad' }

export function open(view, { ingestion }) {
  const cards = new Map()
  const [list, silent] = [h('div', 'stack'), h('div', 'stack')]
  const failure = problem()
  const dashboard = button(words.dashboard, '', self => act(self, async () => {
    location.assign((await ingestion.request('POST', '/api/admin/dashboard/session')).address)
  }))
  dashboard.hidden = true
  ingestion.request('GET', '/').then(({ links }) => { dashboard.hidden = !links.dashboard }, () => {})
  view.append(head(text.pages.silos, words.intro, dashboard), failure, silent, list)

  return every(period, async () => {
    try {
      const { items, unanswered = [] } = await ingestion.request('GET', '/api/admin/silos')
      failure.show()
      silent.replaceChildren(...unanswered.map(({ address, status }) =>
        h('p', 'row between', h('span', 'mono break', address), chip(words.silent(status), 'bad'))))
      for (const [address, { element }] of cards) {
        if ([...items, ...unanswered].some(silo => silo.address === address)) continue
        element.remove()
        cards.delete(address)
        samples.delete(address)
      }

      for (const silo of items) {
        if (!cards.has(silo.address)) {
          cards.set(silo.address, card(ingestion, silo.address))
          list.append(cards.get(silo.address).element)
        }

        cards.get(silo.address).show(silo)
      }
    } catch (error) {
      failure.show(error)
    }
  })
}

const why = (level, cause) => words.level(level, cause === 'none' ? '' : words.causes[cause] ?? cause)

/** One silo. Its parts stay, and change what they show: focus and open details survive each look. */
function card(ingestion, address) {
  const [chips, numbers, actions, heap] = [h('span', 'row'), h('div'), h('div'), h('div', 'stack')]
  const level = bar('', words.budget)
  const used = h('p', 'row between small')
  const drawing = plot(words.plot)
  const send = (what, json) => ingestion.request('POST', `/api/admin/silos/${encodeURIComponent(address)}/${what}`, { json })
  let sockets = 0

  const move = button(words.move, '', () => {
    const many = h('input', { type: 'number', min: 1, max: 1_000_000, value: Math.max(1, sockets), required: true })
    return ask({
      title: words.move, body: [muted(words.move_text), h('label', null, text.pages.sockets, many)], yes: words.move_yes,
      take: () => send('rebalance', { sockets: many.valueAsNumber }),
    })
  })
  const recycle = button(words.recycle, 'bad', async self => {
    if (!await confirm(words.recycle_title, words.recycle_text(address), words.recycle)) return
    await act(self, () => send('recycle'), result => words.recycling[result.recycle])
  })
  const survey = button(words.heap, '', async self => {
    if (await confirm(words.heap, words.heap_text, words.heap_yes)) await act(self, async () => showHeap(heap, await send('heap')))
  })

  function show(silo) {
    sockets = silo.sockets
    const share = silo.resident_bytes / silo.budget_bytes
    const slope = silo.slope_bytes_per_second
    chips.replaceChildren(
      ...silo.recycle === 'waiting' || silo.recycle === 'under_way' ? [chip(words.recycling[silo.recycle], 'warn busy')] : [],
      ...silo.status === 'Active' ? [] : [chip(silo.status, 'warn')], chip(why(silo.level, silo.cause), kinds[silo.level]))
    level.set(share, kinds[silo.level])
    used.replaceChildren(
      h('span', null, h('strong', null, memory(silo.resident_bytes)), ` ${words.of(memory(silo.budget_bytes), memory(silo.limit_bytes))}`),
      h('span', 'muted', `${percent(share)} · ${words.slope(slope < 0 ? '−' : '+', memory(Math.abs(slope)))}`))
    const own = samples.get(address) ?? []
    samples.set(address, own)
    own.push({ at: Date.now(), value: silo.resident_bytes })
    if (own.length > mostSamples) own.shift()
    drawing.draw(own, silo.budget_bytes)
    numbers.replaceChildren(facts(about(silo)))
    actions.replaceChildren(silo.actions.length === 0 ? muted(words.no_actions) : table(
      words.actions, [[words.at, 'muted'], words.action, words.why, [words.expected, 'number'], [words.freed, 'number']], silo.actions.map(action => [
        time(action.at), words.deeds[action.action] ?? action.action, why(action.level, action.cause), memory(action.predicted_bytes),
        action.freed_bytes === null ? '…' : memory(action.freed_bytes)])))
  }

  const element = h('article', { class: 'card stack', 'aria-label': address },
    h('div', 'row between', h('h2', 'mono break', address), chips), used, level.element, drawing.element, numbers,
    h('div', 'row', move, survey, recycle), heap, h('details', null, h('summary', null, words.actions), actions))
  return { element, show }
}

const about = ({ sockets, committed_bytes: committed, memory: ledger, buffers, regret, sampled_at: at }) => [
  [text.pages.sockets, count(sockets)], [words.grains, words.idle(count(ledger.activations), count(ledger.idle_activations))],
  [words.live_heap, memory(ledger.live_bytes)], [words.committed, memory(committed)], [words.native, memory(ledger.native_bytes)],
  [words.buffers, text.upload.of(memory(buffers.used_bytes), memory(buffers.limit_bytes))], [words.waiting, buffers.waiting > 0 && count(buffers.waiting)],
  [words.tools, ledger.tools > 0 && text.upload.of(count(ledger.tools), memory(ledger.tool_bytes))],
  [words.queues, ledger.socket_queue_bytes > 0 && memory(ledger.socket_queue_bytes)], [words.regret, regret > 0 && percent(regret)], [words.sampled, time(at)],
]

function showHeap(section, { survey, since, growth }) {
  const types = (label, all) => table(label, [[words.type, 'mono break'], [words.objects, 'number'], [words.bytes, 'number']],
    all.slice(0, 20).map(type => [type.name, count(type.objects), memory(type.bytes)]))
  section.replaceChildren(
    muted(words.surveyed(time(survey.at), duration(survey.took_milliseconds), count(survey.objects), memory(survey.bytes))), types(words.heap, survey.largest),
    ...since && growth.length ? [h('h3', null, words.grown(time(since))), types(words.grown(time(since)), growth)] : [])
}
