import { ago, joined, length, size } from '../format.js'
import { pager, stateChoice } from '../pager.js'
import { poster } from '../media.js'
import { choice, h, head, stateChip, text } from '../ui.js'
import { openVideo } from './video.js'

const words = text.videos

export const open = (view, page) => page.path.length > 0 ? openVideo(view, page, page.path[0]) : openList(view, page)

function openList(view, { ingestion }) {
  const onchange = () => list.load()
  const status = stateChoice(onchange)
  const sort = choice([['-created', words.newest], ['created', words.oldest]], onchange)
  const after = h('input', { type: 'date', onchange })
  const externalId = h('input', { type: 'search', autocomplete: 'off', onchange })
  const gallery = h('div', { class: 'gallery', 'data-testid': 'videos' })
  let later
  const list = pager(page => ingestion.videos.list({ limit: 24, ...page }), () => ({
    status: status.value, sort: sort.value, externalId: externalId.value.trim(),
    createdAfter: after.value && new Date(`${after.value}T00:00`).toISOString(),
  }), (all, news) => {
    if (all.length === news.length) gallery.replaceChildren()
    gallery.append(...news.map(tile))
  }, () => status.value || externalId.value || after.value ? words.none_found : words.none)

  // What happens now: states of shown videos, and new ones.
  const stop = ingestion.live.on('event', event => {
    if (event.snapshot || !event.video) return
    const shown = gallery.querySelector(`[data-video="${event.video}"]`)
    if (event.type === 'video.deleted') shown?.remove()
    else if (shown) shown.querySelector('.chip').replaceWith(stateChip(event.state))
    const isNews = event.type === 'video.ready' || (event.type === 'video.queued' && !shown)
    // However many come: at most one look in two seconds. Who has gone further down stays there.
    if (isNews && !list.isFurther) later ??= setTimeout(() => { later = undefined; list.load() }, 2000)
  })

  view.append(head(text.pages.videos),
    h('div', { class: 'fields', role: 'search' }, h('label', null, words.state, status), h('label', null, words.sort, sort),
      h('label', null, words.after, after), h('label', 'grow', words.external_id, externalId)),
    gallery, ...list.parts)
  list.load()
  return () => { stop(); clearTimeout(later) }
}

function tile(video) {
  const name = video.file_name ?? video.video_id
  return h('a', { class: 'card tile', href: `#/videos/${video.video_id}`, 'data-video': video.video_id },
    poster(video, ''),
    h('span', { class: 'title', title: name }, name),
    h('span', 'row between small muted', stateChip(video.status),
      h('span', null, joined(video.media?.duration_seconds && length(video.media.duration_seconds), size(video.size_bytes)))),
    h('span', 'small muted', joined(ago(video.created_at), video.external_id)))
}
