import { bar } from '../dom.js'
import { ago, duration, joined, percent, size } from '../format.js'
import { poster } from '../media.js'
import { Rail } from '../rail.js'
import { act, button, chip, code, confirm, explain, h, head, perFrame, problem, say, text, toast } from '../ui.js'

const words = text.upload
// They outlive the visit of the page: an upload goes on while other pages are looked at.
const cards = h('div', 'stack')

export function open(view, { ingestion, session }) {
  const externalId = h('input', { name: 'external-id', maxlength: 255, autocomplete: 'off' })
  const input = h('input', {
    type: 'file', multiple: true, accept: 'video/*,.mkv,.mxf,.ts,.m2ts', hidden: true, onchange: () => { add([...input.files]); input.value = '' },
  })
  const unfinished = h('section', { class: 'stack', hidden: true })
  const limits = h('section', { class: 'card', hidden: true })

  const add = (files, options = {}) => {
    for (const file of files) cards.prepend(card(ingestion, file, { externalId: externalId.value.trim() || undefined, ...options }))
    if (files.length) say(words.added(files.length))
  }

  const drop = h('div', {
    class: 'drop',
    ondragover: e => { e.preventDefault(); drop.classList.add('over') },
    ondragleave: e => { if (!drop.contains(e.relatedTarget)) drop.classList.remove('over') },
    ondrop: e => { e.preventDefault(); drop.classList.remove('over'); add([...e.dataTransfer.files]) },
  }, h('strong', null, words.drop), h('span', null, words.drop_more), button(words.choose, 'main', () => input.click()), input)

  view.append(head(text.pages.upload, words.intro), drop,
    h('div', 'fields', h('label', 'grow', words.external_id, externalId)), cards, unfinished, limits, howTo(ingestion))
  listUnfinished(ingestion, unfinished, add)
  if (session.may('read')) showLimits(ingestion, limits)
}

function card(ingestion, file, options) {
  const upload = ingestion.upload(file, options)
  const progress = bar('', words.progress(upload.name))
  const line = h('p', { class: 'small muted', 'data-testid': 'progress' })
  const state = h('span')
  const failure = problem()
  const actions = h('div', 'row')
  const rail = new Rail()
  const picture = h('div', 'poster none', file.name.split('.').at(-1).toUpperCase().slice(0, 5))
  const link = h('h2', 'break', upload.name)
  const element = h('article', { class: 'card upload', 'data-testid': 'upload', 'aria-label': upload.name }, picture,
    h('div', 'body', h('div', 'row between', link, state), progress.element, line, failure, rail.element, actions))

  const draw = perFrame(() => {
    const { bytes, total, rate, rest } = upload.progress
    progress.set(total ? bytes / total : 1, upload.state === 'failed' ? 'bad' : upload.state === 'ready' ? 'good' : upload.state === 'paused' ? 'rest' : '')
    line.textContent = joined(
      words.of(size(bytes), size(total)), percent(total ? bytes / total : 1), rate && words.rate(size(rate)), rest > 0 && words.rest(duration(rest * 1000)))
  })

  const show = () => {
    state.replaceChildren(chip(words.states[upload.state], kinds[upload.state]))
    actions.replaceChildren(...buttons())
    Object.assign(element.dataset, { state: upload.state, id: upload.id ?? '' })
    if (upload.state === 'uploading') failure.show()
    draw()
  }

  const remove = () => { element.remove(); say(words.removed(upload.name)) }

  function buttons() {
    const pause = button(words.pause, '', () => upload.pause())
    const goOn = button(upload.state === 'failed' ? words.retry : words.resume, 'main', () => upload.start())
    const cancel = button(text.cancel, 'bad', async self => {
      if (await confirm(words.cancel_title, words.cancel_text(upload.name), words.cancel_yes)) await act(self, () => upload.cancel().then(remove))
    })
    const dismiss = button(words.dismiss, 'quiet', remove)
    return {
      idle: [cancel], uploading: [pause, cancel], retrying: [pause, cancel], paused: [goOn, cancel], processing: [dismiss], cancelled: [dismiss],
      failed: mayGoOn(upload.error) ? [goOn, cancel] : [dismiss],
      ready: [h('a', { class: 'button', href: `#/videos/${upload.id}` }, words.show), dismiss],
    }[upload.state]
  }

  upload.on('state', show)
  upload.on('created', show)
  upload.on('progress', draw)
  upload.on('retry', ({ error, delay }) => failure.show(words.again(explain(error), duration(delay))))
  upload.on('error', error => { failure.show(error); say(words.failed(upload.name)) })
  upload.on('event', event => {
    rail.take(event)
    if (event.type !== 'video.ready') return
    say(words.ready(upload.name))
    ingestion.videos.links(upload.id)
      .then(links => picture.replaceWith(poster({ status: 'ready', links }, text.poster(upload.name))), () => {})
    link.replaceChildren(h('a', { href: `#/videos/${upload.id}` }, upload.name))
  })
  show()
  return element
}

/** What the service refuses for its content it would refuse again. */
const mayGoOn = error => !error || error.status < 400 || error.status === 401 || error.status === 429 || error.status >= 500

const kinds = { uploading: 'info busy', retrying: 'warn busy', processing: 'info busy', ready: 'good', failed: 'bad', paused: 'warn' }

/** Uploads that began in another tab, in another browser or before a reload. */
async function listUnfinished(ingestion, section, add) {
  let items
  try {
    items = (await ingestion.uploads.list({ limit: 20 })).items.filter(item => item.kind === 'resumable' || item.kind === 'direct')
  } catch (error) {
    return toast(explain(error), 'bad')
  }

  const own = new Set([...cards.querySelectorAll('[data-testid=upload]')].map(card => card.dataset.id))
  const rows = items.filter(item => !own.has(item.id)).map(item => {
    const hasLength = item.length !== undefined
    const name = item.file_name ?? item.id
    const input = h('input', {
      type: 'file', hidden: true, onchange: () => {
        const [file] = input.files
        if (file.size !== item.length) return toast(words.other_file(size(item.length)), 'bad')
        add([file], { url: new URL(item.links.self, ingestion.url).href })
        row.remove()
      },
    })
    const cancel = button(text.cancel, 'bad', async self => {
      if (!await confirm(words.cancel_title, words.cancel_text(name), words.cancel_yes)) return
      if (await act(self, () => ingestion.uploads.cancel(item.links.self))) row.remove()
    })
    const row = h('div', 'card row between',
      h('div', null, h('h3', null, name),
        h('p', 'small muted', joined(hasLength && words.of(size(item.offset), size(item.length)), ago(item.created_at)))),
      h('div', 'row', item.kind === 'resumable' && hasLength && button(words.go_on, '', () => input.click()), input, cancel))
    return row
  })
  section.hidden = rows.length === 0
  section.replaceChildren(h('h2', null, words.unfinished), h('p', 'small muted', words.unfinished_text), ...rows)
}

async function showLimits(ingestion, limits) {
  const usage = await ingestion.usage().catch(() => null)
  if (!usage) return
  const bars = Object.entries({ total_bytes: usage.total_bytes, daily_bytes: usage.day_bytes }).filter(([name]) => usage.limits[name]).map(([name, used]) => {
    const limit = usage.limits[name]
    const level = bar('', words.limits[name])
    level.set(used / limit, used / limit > .9 ? 'bad' : '')
    return h('div', 'stack',
      h('p', 'row between small', words.limits[name], h('span', 'muted', words.of(size(used), size(limit)))), level.element)
  })
  limits.hidden = bars.length === 0
  limits.replaceChildren(h('h2', null, words.limits.title), h('div', 'stack', bars))
}

function howTo({ url }) {
  const curl = `curl -H "Authorization: Bearer $TOKEN" -F video_file=@holiday.mp4 ${url}api/videos/upload`
  const script = `import { Ingestion } from '${url}console/client/index.js'

const ingestion = new Ingestion({ url: '${url}', token: () => freshToken() })
const upload = ingestion.upload(file, { externalId: 'order-42' })
upload.on('progress', ({ bytes, total }) => { bar.value = bytes / total })
const video = await upload.ready()`
  return h('details', null, h('summary', null, words.code), h('div', 'stack', code(curl, 'curl'), code(script, 'JavaScript')))
}
