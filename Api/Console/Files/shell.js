import { count, duration } from './format.js'
import { button, h, say, text } from './ui.js'

const brand = () => [h('span', { class: 'mark', 'aria-hidden': 'true' }), text.name]

export function shell({ session, live, pages, signOut }) {
  const nav = h('nav', { id: 'nav', 'aria-label': text.navigation }, h('ul', null, groups(pages)))
  const top = document.getElementById('top')
  top.replaceChildren(
    h('a', { class: 'brand', href: '#/' }, brand()),
    h('div', 'rest', live && connection(live), themeButton(),
      h('span', 'who small muted', session.sharedVideo ? text.guest : session.user),
      button(text.sign_out, 'quiet', signOut)))
  document.getElementById('nav')?.remove()
  top.after(nav)
  document.body.classList.remove('bare')
  return {
    mark(page) {
      for (const link of nav.querySelectorAll('a')) {
        if (link.hash === `#/${page}`) link.setAttribute('aria-current', 'page')
        else link.removeAttribute('aria-current')
      }
      // On a phone the row of links scrolls.
      nav.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
    },
  }
}

export function bareShell() {
  document.getElementById('nav')?.remove()
  document.body.classList.add('bare')
  document.getElementById('top').replaceChildren(h('span', 'brand', brand()), h('div', 'rest', themeButton()))
}

const link = page => h('li', null, h('a', { href: `#/${page.name}` }, page.title))

function groups(pages) {
  const [own, admin] = [pages.filter(page => !page.isAdmin), pages.filter(page => page.isAdmin)]
  return [...own.map(link), admin.length > 0 && h('li', 'group', text.operate), ...admin.map(link)]
}

const kinds = { live: 'good', replaying: 'info busy', connecting: 'warn busy', offline: 'bad', 'token expired': 'warn', closed: 'bad' }

function connection(live) {
  const chip = h('span', 'chip')
  const retry = button(text.connection.retry, 'quiet', () => live.retryNow())
  let name
  const draw = state => {
    chip.className = `chip ${kinds[state.name]}`
    chip.textContent = words(state)
    retry.hidden = state.name !== 'offline'
    // Not each second of a countdown.
    if (state.name !== name) say(text.connection.said(chip.textContent))
    name = state.name
  }
  live.on('state', draw)
  setInterval(() => { if (live.state.name === 'offline') draw(live.state) }, 1000)
  draw(live.state)
  return h('span', { class: 'row connection', 'data-testid': 'connection' }, retry, chip)
}

function words({ name, left, retryAt }) {
  if (name === 'replaying') return text.connection.replaying(count(left))
  if (name === 'offline') return text.connection.offline(duration(Math.max(0, Math.ceil((retryAt - Date.now()) / 1000) * 1000)))
  return text.connection[name]
}

function themeButton() {
  const root = document.documentElement
  const system = matchMedia('(prefers-color-scheme: dark)')
  const isDark = () => root.dataset.theme ? root.dataset.theme === 'dark' : system.matches
  const element = h('button', {
    type: 'button', class: 'theme quiet', onclick: () => {
      root.dataset.theme = isDark() ? 'light' : 'dark'
      try {
        localStorage.setItem('ingestion.theme', root.dataset.theme)
      } catch { /* Then it lasts as long as the page. */ }
      draw()
    },
  })
  const draw = () => { element.ariaLabel = element.title = isDark() ? text.to_light : text.to_dark }
  system.addEventListener('change', draw)
  draw()
  return element
}
