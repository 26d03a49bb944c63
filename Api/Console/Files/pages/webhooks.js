import { ago, count, date, duration } from '../format.js'
import { act, ask, button, chip, choice, code, confirm, facts, fill, h, head, muted, table, text } from '../ui.js'

const words = text.webhooks
const types = [
  ...['created', 'completed', 'cancelled', 'expired', 'failed'].map(name => `upload.${name}`),
  ...['queued', 'processing', 'playable', 'ready', 'failed', 'deleted', 'updated'].map(name => `video.${name}`), 'webhook.disabled', 'webhook.dead_letter',
]

export function open(view, { ingestion, session }) {
  const whose = { own: session.may('read', 'webhooks'), tenant: session.may('tenant') && session.claims.tenant, all: session.may('admin') }
  const owners = choice(Object.entries(words.whose).filter(([name]) => whose[name]), () => load())
  const list = h('div', 'stack')
  const hooks = () => owners.value === 'own' ? ingestion.webhooks : ingestion.webhooksOf(owners.value)
  const mayChange = () => owners.value !== 'own' || session.may('webhooks')

  const load = () => fill(list, async () => {
    const { items } = await hooks().list()
    return items.length ? items.map(card) : h('p', 'empty', words.none)
  })

  function card(hook) {
    const deliveries = h('div', { class: 'stack', hidden: true })
    const log = button(words.deliveries, 'quiet', async self => {
      deliveries.hidden = !deliveries.hidden
      self.setAttribute('aria-expanded', !deliveries.hidden)
      if (!deliveries.hidden) await act(self, () => showDeliveries(hooks(), hook, deliveries, mayChange()))
    })
    return h('article', { class: 'card stack', 'aria-label': nameOf(hook) },
      h('div', 'row between', h('h2', 'break', nameOf(hook)), health(hook)), hook.description && muted(hook.description),
      facts([
        [words.pending, count(hook.pending)], [words.lag, hook.pending > 0 && duration(hook.lag * 1000)],
        [words.dead, !hook.pull && count(hook.dead_letters)],
        [words.missed, hook.missed > 0 && count(hook.missed)], [words.failing, hook.failing_since && ago(hook.failing_since)],
        [words.when, !hook.pull && words.whens[hook.when]], [words.events, hook.events?.join(', ') ?? words.all_events],
        [words.created, date(hook.created_at)],
      ]),
      h('div', 'row', mayChange() && actions(hook, hooks()), log), deliveries)
  }

  function actions(hook, api) {
    const change = (label, work, done) => button(label, '', async self => { if (await act(self, work, done)) load() })
    return [
      !hook.pull && button(words.test, '', self => act(self, () => api.test(hook.id), ({ delivered, status, error, duration: took }) =>
        delivered ? words.tested(status, duration(took * 1000)) : words.test_failed(error ?? status))),
      !hook.pull && hook.pending > 0 && change(words.retry, () => api.retry(hook.id), result => words.retried(result.retried)),
      hook.dead_letters > 0 && change(words.replay, () => api.replay(hook.id, { dead_letters: true }), words.replayed),
      change(hook.enabled ? words.disable : words.enable, () => api.update(hook.id, { enabled: !hook.enabled })),
      !hook.pull && button(words.rotate, '', async () => {
        const made = await confirm(words.rotate, words.rotate_text, words.rotate_yes, () => api.rotate(hook.id))
        if (made) await showSecret(made.secret, words.old_until(date(made.old_secret_until)))
      }),
      button(words.remove, 'bad', async () => {
        if (await confirm(words.remove_title, words.remove_text(nameOf(hook)), words.remove, () => api.remove(hook.id))) load()
      }),
    ]
  }

  async function add() {
    const url = h('input', { type: 'url', required: true, autocomplete: 'off' })
    const address = h('label', null, words.url, url)
    const pull = h('input', { type: 'checkbox', onchange: () => { address.hidden = url.disabled = pull.checked } })
    const description = h('input', { autocomplete: 'off' })
    const boxes = types.map(type => h('input', { type: 'checkbox', value: type }))
    const made = await ask({
      title: words.add, yes: words.add, body: [
        h('label', 'inline', pull, words.pull), address, h('label', null, words.description, description),
        h('fieldset', null, h('legend', null, words.which), h('div', 'checks', boxes.map(box => h('label', 'inline', box, box.value))))],
      take: () => {
        const events = boxes.filter(box => box.checked).map(box => box.value)
        return hooks().add({
          ...pull.checked ? { pull: true } : { url: url.value.trim() }, ...description.value && { description: description.value }, ...events.length && { events },
        })
      },
    })
    if (!made) return
    load()
    if (made.secret) await showSecret(made.secret, words.secret_text)
  }

  view.append(head(text.pages.webhooks, words.intro, mayChange() && button(words.add, 'main', add)),
    owners.options.length > 1 ? h('div', 'fields', h('label', null, words.of, owners)) : '', list)
  load()
}

const nameOf = ({ url, id }) => url ?? words.read_by(id)

const showSecret = (secret, note) => ask({ title: words.secret, yes: text.done, no: null, body: [muted(note), code(secret, words.secret)] })

function health({ enabled, pull, disabled_reason: reason, failing_since: failing }) {
  if (!enabled) return chip(words.disabled_for[reason] ?? words.disabled, 'bad')
  if (pull) return chip(words.read, 'good')
  return failing ? chip(words.is_failing, 'warn') : chip(words.healthy, 'good')
}

async function showDeliveries(api, hook, section, mayChange) {
  const { items, dead_letters: dead } = await api.deliveries(hook.id)
  const resend = id => mayChange && button(words.resend, 'quiet', self => act(self, () => api.resend(hook.id, id), words.resent))
  const outcome = ({ outcome, status, error, next_attempt_at: next }) => [
    chip([outcome, status, error].filter(Boolean).join(' '), outcome === 'delivered' || outcome === 'acknowledged' ? 'good' : 'bad'),
    next && h('span', 'small muted', ` ${words.next(date(next))}`),
  ]
  section.replaceChildren(
    items.length === 0 ? muted(words.no_deliveries) : table(
      words.deliveries, [[words.at, 'muted'], words.event, [words.attempt, 'number'], words.outcome, ['', 'number']],
      items.map(item => [date(item.at), item.type, item.attempt, outcome(item), resend(item.event_id)])),
    ...dead.length ? [h('h3', null, words.dead), table(words.dead, [[words.at, 'muted'], words.event, [words.video, 'mono break'], ['', 'number']],
      dead.map(item => [date(item.time), item.type, item.video_id ?? '–', resend(item.event_id)]))] : [])
}
