import { h, text } from './ui.js'

/** Plays a video by addresses that need no token. Where they have expired it gets new ones and goes on where it was. */
export function player(label, links, renew) {
  const video = h('video', { controls: true, preload: 'none', playsinline: true, 'aria-label': label })
  const box = h('div', 'poster', video)
  let expires = Date.parse(links.urls_expire_at ?? links.expires_at)
  show(links)

  function show({ source_url: source, poster_url: poster }) {
    video.src = here(source)
    if (poster) video.poster = here(poster)
  }

  video.addEventListener('error', async () => {
    const fresh = Date.now() >= expires && await renew().catch(() => null)
    if (!fresh) {
      const download = h('a', { href: here(links.source_url), download: '' }, text.download)
      box.after(h('p', { class: 'small muted', role: 'status' }, text.unplayable, ' ', download))
      return
    }

    const at = video.currentTime
    expires = Date.parse(fresh.expires_at)
    show(links = fresh)
    video.currentTime = at
    video.play()
  })
  return box
}

/** The page is of the same silo, by whatever name it was opened. */
function here(address) {
  const { pathname, search } = new URL(address, location.href)
  return pathname + search
}

/** A box for the poster of a record: it is fetched when it comes into sight, by an address that needs no token. */
export function poster({ status, links }, alt) {
  const none = status === 'ready' ? text.no_poster : text.states[status]
  if (!links.poster_url) return h('div', 'poster none', none)
  const image = h('img', { alt, loading: 'lazy', onerror: () => { box.classList.add('none'); box.replaceChildren(none) } })
  const box = h('div', 'poster', image)
  image.src = here(links.poster_url)
  return box
}
