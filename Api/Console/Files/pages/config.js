import { chip, fill, h, head, table, text } from '../ui.js'

const words = text.config

/** What the silo runs with. Secrets never get here: the service decides what it shows. */
export function open(view, { ingestion }) {
  const search = h('input', { type: 'search', autocomplete: 'off', oninput: () => draw() })
  const changed = h('input', { type: 'checkbox', onchange: () => draw() })
  const list = h('section', 'card')
  const loaded = ingestion.request('GET', '/api/admin/config')

  const wants = ({ name, source }) => name.toLowerCase().includes(search.value.trim().toLowerCase()) && !(changed.checked && source === 'default')
  const value = setting => setting.hidden ? chip(words.hidden) : setting.value ?? '–'
  const draw = () => fill(list, async () => {
    const { silo, items } = await loaded
    const rows = items.filter(wants).map(setting => [setting.name, value(setting), setting.source.replace('_', ' ')])
    return [h('h2', 'mono break', silo), table(text.pages.config, [[words.name, 'mono break'], [words.value, 'mono break'], words.source], rows)]
  })

  view.append(head(text.pages.config, words.intro),
    h('div', 'fields', h('label', 'grow', text.live.search, search), h('label', 'inline', changed, words.changed)), list)
  draw()
}
