import { h } from './dom.js'
import { here } from './player.js'
import { text } from './text.js'

/** A box for the poster of a record: it is fetched when it comes into sight, by an address that needs no token. */
export function poster({ status, links }, { alt }) {
  const none = status === 'ready' ? text.no_poster : text.states[status]
  if (!links.poster_url) return h('div', 'poster none', none)
  const image = h('img', { alt, loading: 'lazy', onerror: () => { box.classList.add('none'); box.replaceChildren(none) } })
  const box = h('div', 'poster', image)
  image.src = here(links.poster_url)
  return box
}
