import { ago, date, duration, length, size } from '../format.js'
import { player, poster } from '../media.js'
import { Rail } from '../rail.js'
import { act, ask, button, choice, code, confirm, facts, fill, h, head, muted, problem, say, section, stateChip, text, toast } from '../ui.js'

const words = text.video

export function openVideo(view, { ingestion, session }, id) {
  let visit = 0
  const body = h('div', 'stack')
  view.append(h('a', { href: '#/videos', class: 'small' }, text.pages.videos), body)

  async function load() {
    const mine = ++visit
    try {
      const video = await ingestion.videos.get(id)
      if (mine !== visit) return
      const rail = new Rail()
      const [history, shares] = [h('ol', 'timeline'), h('div', 'stack')]
      body.replaceChildren(
        head(video.file_name ?? id, null, stateChip(video.status), ...actions(video)),
        ...video.error ? [problem(`${video.error.message} (${video.error.code})`)] : [],
        section(null, rail.element),
        h('div', 'split',
          h('div', 'stack', h('section', 'card stack', picture(video)), section(words.facts, facts(about(video)), yours(video))),
          h('div', 'stack', section(words.timeline, history), section(words.shares, shares))))
      showHistory(history, rail)
      showShares(shares)
    } catch (error) {
      if (mine === visit) body.replaceChildren(head(words.gone), problem(error))
    }
  }

  const picture = video => video.status === 'ready'
    ? player(video.file_name ?? id, video.links, () => ingestion.videos.links(id))
    : poster(video, text.poster(video.file_name ?? id))

  function actions(video) {
    if (!session.may('upload')) return []
    const isSettled = video.status === 'ready' || video.status === 'failed'
    return [
      isSettled && button(words.reprocess, '', self => act(self, () => ingestion.videos.reprocess(id).then(load), words.reprocessing)),
      button(words.delete, 'bad', async () => {
        const name = video.file_name ?? id
        if (!await confirm(words.delete_title, words.delete_text(name), words.delete_yes, () => ingestion.videos.delete(id))) return
        toast(words.deleted(name), 'good')
        location.hash = '#/videos'
      }),
    ]
  }

  async function showHistory(list, rail) {
    const events = []
    for (let cursor; ;) {
      const page = await ingestion.videos.history(id, { cursor, limit: 100 }).catch(() => null)
      events.push(...page?.events ?? [])
      if (!page?.next_cursor || events.length >= 300) break
      cursor = page.next_cursor
    }

    let before
    list.replaceChildren(...events.map(event => {
      const at = Date.parse(event.time)
      rail.take({ state: event.data.state, at, data: event.data })
      const passed = before === undefined ? '' : `+${duration(at - before)}`
      before = at
      return h('li', null, event.type, h('span', 'small muted', passed), h('time', { class: 'small muted', datetime: event.time }, date(at)))
    }))
    if (events.length === 0) list.replaceWith(muted(words.no_history))
  }

  const showShares = section => fill(section, async () => {
    const none = { items: [] }
    const [{ items }, viewers] = await Promise.all([ingestion.shares.list(id), ingestion.shares.viewers(id)]).catch(() => [none, none])
    const watching = new Map(viewers.items.map(item => [item.share, item.viewers]))
    return [
      h('p', 'small muted', words.shares_text),
      items.map(share => h('div', 'row between',
        h('span', 'small', words.until(date(share.expires_at)), share.play && words.plays, h('br'),
          h('span', 'muted', words.watching(watching.get(share.id) ?? 0))),
        button(words.revoke, 'bad', self => act(self, () => ingestion.shares.end(id, share.id).then(() => showShares(section)), words.revoked)))),
      h('div', 'row', button(words.share, '', () => share(section)))]
  })

  async function share(section) {
    const lifetime = choice(words.lifetimes)
    const play = h('input', { type: 'checkbox' })
    const made = await ask({
      title: words.share, yes: words.share_yes,
      body: [h('label', null, words.lifetime, lifetime), h('label', 'inline', play, words.may_play)],
      take: () => ingestion.shares.create(id, { ttl: lifetime.value, play: play.checked || undefined }),
    })
    if (!made) return
    showShares(section)
    await ask({
      title: words.shared, yes: text.done, no: null, body: [
        muted(words.shared_text(date(made.expires_at))), code(`${ingestion.url}#share=${made.token}`, words.share_link), code(made.token, words.share_token)],
    })
  }

  const stop = ingestion.live.listen(id, event => {
    if (event.snapshot || event.type.endsWith('.progress')) return
    say(event.type)
    if (event.type !== 'video.deleted') load()
  })
  load()
  return stop
}

function about(video) {
  const media = video.media ?? {}
  return [
    [words.id, h('span', 'mono', video.video_id)], [words.size, size(video.size_bytes)],
    [words.created, `${date(video.created_at)} (${ago(video.created_at)})`],
    [words.length, media.duration_seconds && length(media.duration_seconds)], [words.picture, media.width && `${media.width} × ${media.height}`],
    [words.frame_rate, media.frame_rate && words.per_second(Math.round(media.frame_rate * 100) / 100)],
    [words.codecs, [media.container, media.video_codec, media.audio_codec].filter(Boolean).join(', ')], [words.hdr, media.hdr],
    [words.warnings, media.warnings?.join(', ')], [words.note, video.note], [text.videos.external_id, video.external_id],
  ]
}

const yours = ({ metadata, sha256 }) => [
  metadata && h('details', null, h('summary', null, words.metadata), facts(Object.entries(metadata))),
  sha256 && h('details', null, h('summary', null, 'SHA-256'), h('p', 'mono break small', sha256)),
]
