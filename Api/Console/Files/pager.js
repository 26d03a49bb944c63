import { act, button, choice, h, problem, say, text } from './ui.js'

// With a filter a page may be empty, and the next one not. The list goes on by itself until there is something, and not for ever.
const enough = 12
const mostPages = 5

/** A list that comes in pages, as it is filtered when it is loaded. `show` gets all that has come so far, and what is new of it. */
export function pager(fetchPage, show) {
  const more = button(text.more, '', self => act(self, () => load(true)))
  const failure = problem()
  const row = h('div', 'row', more)
  const self = { load, parts: [failure, row], isFurther: false }
  let all = []
  let cursor
  let visit = 0
  row.hidden = true

  async function load(isMore = false) {
    const mine = ++visit
    const news = []
    let next = isMore ? cursor : undefined
    try {
      for (let pages = 0; pages < mostPages && news.length < enough && (pages === 0 || next); pages++) {
        const page = await fetchPage(next)
        if (mine !== visit) return
        news.push(...page.items)
        next = page.next_cursor
      }
    } catch (error) {
      return failure.show(error)
    }

    failure.show()
    cursor = next
    row.hidden = !cursor
    self.isFurther = isMore
    all = isMore ? [...all, ...news] : news
    show(all, news)
    say(text.videos.shown(all.length))
  }

  return self
}

export const stateChoice = onchange => choice([
  ['', text.videos.any], ...['uploaded', 'queued', 'processing', 'playable', 'ready', 'failed'].map(state => [state, text.states[state]])], onchange)
