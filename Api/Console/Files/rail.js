import { h } from './dom.js'
import { duration, time } from './format.js'
import { text } from './text.js'

const stops = ['receiving', 'uploaded', 'queued', 'processing', 'ready']
const bad = new Set(['failed', 'cancelled', 'expired', 'deleted'])

export class Rail {
  #at = {}
  #state = null
  #note = ''
  element = h('ol', { class: 'rail', 'aria-label': text.rail })

  constructor() { this.#draw() }

  take({ state, at, data }) {
    if (!state) return
    this.#note = typeof data.pct === 'number' && state === 'processing' ? `${data.pct} %` : ''
    // Progress comes often and moves nothing.
    if (!this.#at[state]) this.#at[state] = at
    const isLater = stops.indexOf(state) >= stops.indexOf(this.#state) || bad.has(state)
    if (isLater || state === 'queued') this.#state = state
    this.#draw()
  }

  #draw() {
    const end = bad.has(this.#state)
    const reached = end ? Math.max(...stops.map((stop, at) => this.#at[stop] ? at : -1), 0) + 1 : stops.indexOf(this.#state)
    let before = null
    this.element.replaceChildren(...stops.map((stop, index) => {
      const isEnd = end && index === Math.min(reached, stops.length - 1)
      const at = isEnd ? this.#at[this.#state] : this.#at[stop]
      const isNow = !end && index === reached && stop !== 'ready'
      const passed = at && before ? `+${duration(at - before)}` : ''
      before = at ?? before
      const name = text.states[isEnd ? this.#state : stop]
      const kind = isEnd ? 'bad' : isNow ? 'now' : index <= reached && !(end && index === reached) ? 'done' : ''
      return h('li', { class: kind, 'aria-current': (isNow || isEnd) && 'step', title: at && time(at) },
        name, h('time', null, isNow && this.#note ? this.#note : passed))
    }))
  }
}
