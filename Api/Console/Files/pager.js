import { act, button, choice, h, problem, say, text } from './ui.js'

// With a filter a page may be empty, and the next one not. The list goes on by itself until there is something, and not for ever.
const enough = 12
const mostPages = 5

/**
 * A list that comes in pages, as `filter()` is when it is loaded. `show` gets all that has come so far, and what is new of it; `none()` says why there is
 * nothing, when there are no more pages either.
 */
export function pager(fetchPage, filter, show, none) {
  const more = button(text.more, '', self => act(self, () => load(true)))
  const failure = problem()
  const row = h('div', 'row', more)
  const empty = h('p', 'empty')
  const self = { load, parts: [empty, failure, row], isFurther: false }
  let all = []
  let asked
  let cursor
  let visit = 0
  let anew
  row.hidden = empty.hidden = true

  // More of a list that is being loaded anew is more of the new one.
  function load(isMore = false) { return isMore ? anew.then(() => cursor && read(true)) : anew = read(false) }

  async function read(isMore) {
    const mine = ++visit
    const news = []
    if (!isMore) {
      asked = filter()
      cursor = undefined
    }

    let next = cursor
    try {
      for (let pages = 0; pages < mostPages && news.length < enough && (pages === 0 || next); pages++) {
        const page = await fetchPage({ ...asked, cursor: next })
        if (mine !== visit) return
        news.push(...page.items)
        next = page.next_cursor
      }
    } catch (error) {
      if (mine !== visit) return
      row.hidden = !cursor
      return failure.show(error)
    }

    failure.show()
    cursor = next
    row.hidden = !cursor
    self.isFurther = isMore
    all = isMore ? [...all, ...news] : news
    show(all, news)
    empty.hidden = all.length > 0
    empty.textContent = cursor ? text.videos.none_so_far : none()
    say(text.videos.shown(all.length))
  }

  return self
}

export const stateChoice = onchange => choice([
  ['', text.videos.any], ...['uploaded', 'queued', 'processing', 'playable', 'ready', 'failed'].map(state => [state, text.states[state]])], onchange)
