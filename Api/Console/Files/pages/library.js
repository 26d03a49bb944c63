import { ago, size } from '../format.js'
import { pager, stateChoice } from '../pager.js'
import { h, head, stateChip, table, text } from '../ui.js'

const words = text.library

export function open(view, { ingestion, path }) {
  const onchange = () => list.load()
  const status = stateChoice(onchange)
  const owner = h('input', { type: 'search', autocomplete: 'off', spellcheck: 'false', value: path[0] ?? '', onchange })
  const externalId = h('input', { type: 'search', autocomplete: 'off', onchange })
  const found = h('section', { class: 'card', hidden: true, 'data-testid': 'library' })
  const columns = [
    text.live.columns.about, [words.owner, 'break'], text.videos.state, [text.video.size, 'number'], [text.video.created, 'muted'],
    [text.videos.external_id, 'break']]
  const list = pager(
    page => ingestion.videos.list({ limit: 50, ...page }),
    () => ({ status: status.value, owner: owner.value.trim(), externalId: externalId.value.trim() }),
    all => {
      found.hidden = all.length === 0
      found.replaceChildren(table(text.pages.library, columns, all.map(row)))
    },
    () => text.videos.none_found)

  view.append(head(text.pages.library, words.intro),
    h('div', { class: 'fields', role: 'search' }, h('label', 'grow', words.owner, owner), h('label', null, text.videos.state, status),
      h('label', 'grow', text.videos.external_id, externalId)),
    found, ...list.parts)
  list.load()
}

const row = video => [
  [video.file_name, h('div', 'mono small muted', video.video_id)], h('a', { href: `#/users/${encodeURIComponent(video.owner)}` }, video.owner),
  [stateChip(video.status), video.error && h('div', 'small muted', video.error.code)], size(video.size_bytes), ago(video.created_at), video.external_id,
]
