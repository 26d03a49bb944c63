import { h } from './dom.js'
import { text } from './text.js'

// Pages take all they are made of from here.
export { h, text }

const toastMilliseconds = 6_000
const toasts = h('div', { id: 'toasts', role: 'status', 'aria-live': 'polite' })
const spoken = h('p', { class: 'unseen', role: 'status', 'aria-live': 'polite' })

export const regions = [toasts, spoken]

export function say(words) { spoken.textContent = words }

/** Shows a sentence for some seconds; errors stay until they are closed. */
export function toast(words, kind = '') {
  const close = () => note.remove()
  const note = h('div', ['note', 'row', 'between', kind], h('span', 'break', words),
    button(text.close, 'quiet', close))
  toasts.append(note)
  if (kind !== 'bad') setTimeout(close, toastMilliseconds)
}

export function explain(error) {
  if (!error?.code) return String(error?.message ?? error)
  return text.errors[error.code] ?? `${error.message} (${error.code})`
}

/** Runs what a button does: the button waits, and an error is shown. Resolves with whether it went well. */
export async function act(button, work, done) {
  button.disabled = true
  try {
    const result = await work()
    if (done) toast(typeof done === 'function' ? done(result) : done, 'good')
    return true
  } catch (error) {
    toast(explain(error), 'bad')
    return false
  } finally {
    button.disabled = false
  }
}

export const button = (label, kind, onclick) => {
  const element = h('button', { type: 'button', class: kind, onclick: () => onclick(element) }, label)
  return element
}

export const choice = (options, onchange) => h('select', { onchange }, options.map(([value, name]) => h('option', { value }, name)))

let dialogs = 0

/** A dialog with a form; resolves with what `take` makes of it or true, null where it is closed. */
export function ask({ title, body = [], yes, kind = 'main', no = text.cancel, take = () => {} }) {
  return new Promise(resolve => {
    const id = `dialog-${++dialogs}`
    const warning = problem()
    const sure = h('button', kind, yes)
    const dialog = h('dialog', { 'aria-labelledby': id },
      h('form', { method: 'dialog', onsubmit: submit },
        h('h2', { id }, title), body, warning,
        h('div', 'row', no && button(no, '', () => dialog.close()), sure)))

    async function submit(e) {
      e.preventDefault()
      sure.disabled = true
      try {
        resolve(await take() ?? true)
        dialog.close()
      } catch (error) {
        warning.show(error)
        sure.disabled = false
      }
    }

    dialog.addEventListener('close', () => { dialog.remove(); resolve(null) })
    document.body.append(dialog)
    dialog.showModal()
  })
}

export const confirm = (title, words, yes, take) => ask({ title, body: h('p', 'muted', words), yes, kind: 'bad main', take })

export function code(words, label) {
  const copy = button(text.copy, 'quiet', async () => {
    await navigator.clipboard.writeText(words).then(() => say(text.copied), () => toast(text.not_copied, 'bad'))
    copy.textContent = text.copied
    setTimeout(() => { copy.textContent = text.copy }, 2000)
  })
  return h('figure', null, h('figcaption', 'row between small muted', label, copy), pre(label, h('code', null, words)))
}

/** It scrolls, so the keyboard has to reach it. */
export const pre = (label, ...children) => h('pre', { tabindex: 0, role: 'region', 'aria-label': label }, children)

export const head = (title, intro, ...actions) =>
  h('div', 'head', h('h1', { tabindex: -1 }, title), h('div', 'row', actions), intro && h('p', null, intro))

export const facts = entries => h('dl', 'facts',
  entries.filter(([, value]) => value || value === 0).map(([name, value]) => h('div', null, h('dt', null, name), h('dd', null, value))))

export const chip = (label, kind = '') => h('span', ['chip', kind], label)

const kinds = { ready: 'good', playable: 'good', failed: 'bad', processing: 'info busy', queued: 'info', uploaded: 'info', receiving: 'info busy' }

export const stateChip = state => chip(text.states[state] ?? state, kinds[state])

/** Columns are names, or a name and the class of its cells; rows are lists of what stands in them. */
export const table = (label, columns, rows) => h('div', { class: 'wide', tabindex: 0, role: 'region', 'aria-label': label },
  h('table', null, h('caption', 'unseen', label),
    h('thead', null, h('tr', null, columns.map(column => h('th', { scope: 'col', class: [column].flat()[1] }, [column].flat()[0])))),
    h('tbody', null, rows.map(cells => h('tr', null, cells.map((cell, at) => h('td', { class: [columns[at]].flat()[1] }, cell)))))))

export const muted = (...words) => h('p', 'muted', words)

/** A place for an error: `show` one, or none. */
export function problem(error) {
  const element = h('p', { class: 'note bad', role: 'alert' })
  element.show = error => {
    element.hidden = !error
    element.textContent = error ? explain(error) : ''
  }
  element.show(error)
  return element
}

const newest = new WeakMap()

/** Puts there what `make` makes, or why it could not. What was begun last stays, whichever answer comes last. */
export async function fill(place, make) {
  const mine = {}
  newest.set(place, mine)
  const parts = await Promise.resolve().then(make).catch(problem)
  if (newest.get(place) === mine) place.replaceChildren(...[parts].flat(4).filter(Boolean))
}

export const section = (title, ...parts) => h('section', 'card', title && h('h2', null, title), parts)

export function every(milliseconds, work) {
  let timer
  let isOver = false
  let isRunning = false
  const run = async () => {
    clearTimeout(timer)
    if (isOver || isRunning || document.hidden) return
    isRunning = true
    await work()
    isRunning = false
    if (!isOver) timer = setTimeout(run, milliseconds)
  }
  const seen = () => { if (!document.hidden) run() }
  document.addEventListener('visibilitychange', seen)
  run()
  return () => { isOver = true; clearTimeout(timer); document.removeEventListener('visibilitychange', seen) }
}

/** Has work done in one of the next frames, once for all that asked meanwhile, and so many milliseconds after the last time. */
export function perFrame(work, apart = 0) {
  let isAsked = false
  let last = -apart
  const inFrame = () => requestAnimationFrame(now => { isAsked = false; last = now; work() })
  return () => {
    if (isAsked) return
    isAsked = true
    const wait = last + apart - performance.now()
    if (wait > 0) setTimeout(inFrame, wait)
    else inFrame()
  }
}
