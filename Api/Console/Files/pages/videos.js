import { h } from '../dom.js'
import { ago, joined, length, size } from '../format.js'
import { poster } from '../posters.js'
import { text } from '../text.js'
import { act, button, explain, head, say, stateChip } from '../ui.js'
import { openVideo } from './video.js'

const words = text.videos
const states = ['uploaded', 'queued', 'processing', 'playable', 'ready', 'failed']

export function open(view, page) {
  return page.path.length > 0 ? openVideo(view, page, page.path[0]) : openList(view, page)
}

function openList(view, { ingestion }) {
  const onchange = () => load()
  const choice = options => h('select', { onchange }, options.map(([value, name]) => h('option', { value }, name)))
  const status = choice([['', words.any], ...states.map(state => [state, text.states[state]])])
  const sort = choice([['-created', words.newest], ['created', words.oldest]])
  const after = h('input', { type: 'date', onchange })
  const externalId = h('input', { type: 'search', autocomplete: 'off', onchange })
  const gallery = h('div', { class: 'gallery', 'data-testid': 'videos' })
  const empty = h('p', { class: 'empty', hidden: true })
  const more = button(words.more, '', self => act(self, () => load(true)))
  more.hidden = true
  let cursor
  let visit = 0
  let later
  let isFurther = false

  async function load(isMore = false) {
    const mine = ++visit
    const filter = {
      limit: 24, status: status.value, sort: sort.value, externalId: externalId.value.trim(),
      createdAfter: after.value && new Date(`${after.value}T00:00`).toISOString(),
    }
    const items = []
    let next = isMore ? cursor : undefined
    try {
      // With a filter a page may be empty, and the next one not.
      do {
        const page = await ingestion.videos.list({ ...filter, cursor: next })
        if (mine !== visit) return
        items.push(...page.items)
        next = page.next_cursor
      } while (next && items.length < 12)
    } catch (error) {
      empty.hidden = false
      empty.textContent = explain(error)
      return
    }

    cursor = next
    isFurther = isMore
    more.hidden = !cursor
    if (!isMore) gallery.replaceChildren()
    gallery.append(...items.map(video => tile(ingestion, video)))
    empty.hidden = gallery.childElementCount > 0
    empty.textContent = status.value || externalId.value || after.value ? words.none_found : words.none
    say(words.shown(gallery.childElementCount))
  }

  // What happens now: states of shown videos, and new ones.
  const stop = ingestion.live.on('event', event => {
    if (event.snapshot || !event.video) return
    const shown = gallery.querySelector(`[data-video="${event.video}"]`)
    if (event.type === 'video.deleted') shown?.remove()
    else if (shown) shown.querySelector('.chip').replaceWith(stateChip(event.state))
    const isNews = event.type === 'video.ready' || (event.type === 'video.queued' && !shown)
    // However many come: at most one look in two seconds. Who has gone further down stays there.
    if (isNews && !isFurther) later ??= setTimeout(() => { later = undefined; load() }, 2000)
  })

  view.append(head(words.title, words.intro),
    h('div', { class: 'fields', role: 'search' }, h('label', null, words.state, status), h('label', null, words.sort, sort),
      h('label', null, words.after, after), h('label', 'grow', words.external_id, externalId)),
    gallery, empty, h('div', 'row', more))
  load()
  return () => { stop(); clearTimeout(later) }
}

function tile(ingestion, video) {
  const name = video.file_name ?? video.video_id
  return h('a', { class: 'card tile', href: `#/videos/${video.video_id}`, 'data-video': video.video_id },
    poster(video, { alt: '' }),
    h('span', { class: 'title', title: name }, name),
    h('span', 'row between small muted', stateChip(video.status),
      h('span', null, joined(video.media?.duration_seconds && length(video.media.duration_seconds), size(video.size_bytes)))),
    h('span', 'small muted', joined(ago(video.created_at), video.external_id)))
}
