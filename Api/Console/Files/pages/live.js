import { count, duration, joined, size, time } from '../format.js'
import { player } from '../media.js'
import { button, choice, facts, h, head, perFrame, pre, say, stateChip, text } from '../ui.js'

const words = text.live
// What is kept, and what of it is shown: memory and rows stay the same however many come.
const mostKept = 2_000
const mostShown = 100
const mostMeasured = 500
// More than these cannot be read, and each costs the browser time that its next frame needs.
const mostAtOnce = 8
const drawApart = 50

/** Events as they come: at once, or 20 times a second what has come since, the newest of it. A pause shows the newest of all that is kept. */
export function open(view, { ingestion, session, recent }) {
  const kept = [...recent]
  let fresh = []
  let isPaused = false
  let late = []
  let seen = kept.length
  // Progress has no name of the file.
  const names = new Map()
  let second = { at: performance.now(), seen, rate: 0 }

  const search = h('input', { type: 'search', placeholder: words.search_hint, autocomplete: 'off', oninput: () => redraw() })
  const progress = h('input', { type: 'checkbox', checked: true, onchange: () => redraw() })
  const rows = h('tbody')
  const empty = h('p', 'empty', words.empty)
  const numbers = { cursor: h('span', 'mono break'), rate: h('span'), latency: h('span'), seen: h('span', { 'data-testid': 'seen' }) }
  const [raw, frame] = [pre(words.columns.type), pre(words.frame)]
  const rawCard = h('section', { class: 'card stack', hidden: true, 'aria-live': 'polite' },
    h('h2', null, words.columns.type), raw, h('h2', null, words.frame), frame)
  const transport = choice(Object.entries(words.transports), () => { ingestion.live.transport = transport.value })
  transport.value = ingestion.live.transport
  const pause = button(words.pause, '', () => {
    isPaused = !isPaused
    pause.textContent = isPaused ? words.go_on : words.pause
    pause.setAttribute('aria-pressed', isPaused)
    redraw()
  })
  const clear = button(words.clear, '', () => {
    kept.length = 0
    redraw()
    say(words.cleared)
  })

  const wants = event => {
    if (!progress.checked && event.type.endsWith('.progress')) return false
    const wanted = search.value.trim().toLowerCase()
    return !wanted || [event.type, event.video, event.data.file_name, event.data.external_id, event.state].some(part => part?.toLowerCase().includes(wanted))
  }

  const row = ({ event, came, frame }) => h('tr', null,
    h('td', 'c-time', time(event.at)),
    h('td', 'c-type', button(event.type, 'link', () => showRaw(event, frame))),
    h('td', null, event.state && stateChip(event.state), ' ', detail(event, names.get(event.video))),
    h('td', 'c-late number muted', event.snapshot || event.replayed ? words.earlier : duration(came - event.at)),
    h('td', 'c-cursor mono muted', event.cursor ?? ''))

  function showRaw(event, came) {
    rawCard.hidden = false
    raw.textContent = JSON.stringify(event.event, null, 2)
    frame.textContent = came
    rawCard.scrollIntoView({ block: 'nearest' })
  }

  function redraw() {
    fresh = []
    rows.replaceChildren(...kept.filter(entry => wants(entry.event)).slice(-mostShown).reverse().map(row))
    empty.hidden = rows.childElementCount > 0
  }

  const draw = perFrame(() => {
    if (isPaused) return
    const news = fresh.filter(entry => wants(entry.event))
    fresh = []
    if (news.length === 0) return
    const drawn = news.slice(-mostAtOnce).reverse().map(row)
    if (news.length > mostAtOnce) drawn.push(h('tr', 'muted', h('td', { colspan: columns.length }, words.more(count(news.length - mostAtOnce)))))
    while (rows.childElementCount > mostShown - drawn.length) rows.lastChild.remove()
    rows.prepend(...drawn)
    empty.hidden = true
  }, drawApart)

  function measure() {
    const now = performance.now()
    if (now - second.at >= 1000) second = { at: now, seen, rate: (seen - second.seen) / (now - second.at) * 1000 }
    const sorted = late.toSorted((a, b) => a - b)
    numbers.seen.textContent = count(seen)
    numbers.rate.textContent = words.per_second(count(Math.round(second.rate)))
    numbers.cursor.textContent = ingestion.live.cursor ?? '–'
    numbers.latency.textContent = sorted.length ? words.latency(duration(sorted[sorted.length >> 1]), duration(sorted[Math.floor(sorted.length * .95)])) : '–'
  }

  const learn = ({ video, data }) => {
    if (data.file_name) names.set(video, data.file_name)
    if (names.size > mostKept) names.delete(names.keys().next().value)
  }
  for (const { event } of kept) learn(event)

  const stop = ingestion.live.on('event', event => {
    learn(event)
    const entry = { event, came: Date.now(), frame: ingestion.live.frame }
    seen++
    if (!event.snapshot && !event.replayed) {
      late.push(entry.came - event.at)
      if (late.length > mostMeasured) late = late.slice(-mostMeasured / 2)
    }

    kept.push(entry)
    if (kept.length > mostKept) kept.splice(0, kept.length - mostKept / 2)
    fresh.push(entry)
    if (fresh.length > mostKept) fresh = fresh.slice(-mostShown)
    draw()
  })
  const timer = setInterval(measure, 500)

  const shown = h('div')
  view.append(head(text.pages.live, words.intro, pause, clear), shown,
    h('section', 'card',
      facts([[words.events, numbers.seen], [words.rate, numbers.rate], [words.late, numbers.latency], [words.cursor, numbers.cursor]])),
    h('div', 'fields', h('label', 'grow', words.search, search), h('label', null, words.transport, transport),
      h('label', 'inline', progress, words.with_progress)),
    h('section', 'card', h('table', 'live', h('caption', 'unseen', text.pages.live),
      h('thead', null, h('tr', null, columns.map(([name, kind]) => h('th', { scope: 'col', class: kind }, name)))), rows), empty), rawCard)
  if (session.sharedVideo && session.claims.play) showShared(ingestion, session.sharedVideo, shown)
  measure()
  redraw()
  return () => { stop(); clearInterval(timer) }
}

/** What a guest may play, once it is there. */
async function showShared(ingestion, id, place) {
  const renew = () => ingestion.videos.links(id)
  const links = await renew().catch(() => null)
  if (links) place.replaceChildren(h('section', 'card stack', player(words.shared, links, renew)))
}

const columns = [
  [words.columns.time, 'c-time'], [words.columns.type, 'c-type'], [words.columns.about], [words.columns.late, 'c-late number'],
  [words.cursor, 'c-cursor'],
]

function detail({ type, data, video, event }, name) {
  if (type === 'system.broadcast') return JSON.stringify(event.data)
  const more = typeof data.pct === 'number' ? `${data.pct} %` : type === 'upload.progress' && size(data.received_bytes)
  return joined(data.file_name ?? name ?? video ?? data.webhook_id, more)
}
