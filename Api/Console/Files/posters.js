import { h } from './dom.js'
import { text } from './text.js'

const mostAtOnce = 4
let running = 0
const waiting = []

/** A box for the poster of a record. It is fetched with the token when the box comes into sight: an address alone would show nothing. */
export function poster(ingestion, { video_id: video, status, links }, { alt }) {
  const box = h('div', 'poster none', status === 'ready' ? text.no_poster : text.states[status])
  if (!links.poster) return box
  const sight = new IntersectionObserver(([entry]) => {
    if (!entry.isIntersecting) return
    sight.disconnect()
    waiting.push(() => show(ingestion, video, box, alt))
    next()
  })
  sight.observe(box)
  return box
}

function next() {
  if (running >= mostAtOnce || waiting.length === 0) return
  running++
  waiting.shift()().finally(() => { running--; next() })
}

async function show(ingestion, video, box, alt) {
  try {
    const url = URL.createObjectURL(await ingestion.videos.poster(video))
    const image = h('img', { alt, onload: () => URL.revokeObjectURL(url), onerror: () => URL.revokeObjectURL(url) })
    image.src = url
    box.replaceChildren(image)
    box.classList.remove('none')
  } catch { /* A video without a poster keeps its box. */ }
}
