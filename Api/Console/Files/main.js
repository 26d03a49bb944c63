import { Ingestion } from './client/index.js'
import { Session, takeLink, takeReturn } from './session.js'
import { bareShell, shell } from './shell.js'
import { askForToken, signInPage } from './pages/signin.js'
import { explain, h, problem, regions, text, toast } from './ui.js'

const session = new Session()
const main = document.getElementById('main')
let ingestion
let frame
let leave = () => {}
// The newest events since the sign-in, for the page that shows them.
const recent = []
const mostRecent = 400

const admin = (name, load) => ({ name, load, isAdmin: true, isFor: () => session.may('admin') })

/** Every page, for whom it is, and where its code is: it is loaded with its first visit. */
const all = [
  { name: 'upload', isFor: () => session.may('upload'), load: () => import('./pages/upload.js') },
  { name: 'live', isFor: () => session.may('read') || session.sharedVideo, load: () => import('./pages/live.js') },
  { name: 'videos', isFor: () => session.may('read'), load: () => import('./pages/videos.js') },
  { name: 'webhooks', isFor: () => session.may('read', 'webhooks', 'admin', 'tenant'), load: () => import('./pages/webhooks.js') },
  admin('silos', () => import('./pages/silos.js')),
  admin('sockets', () => import('./pages/sockets.js')),
  admin('queue', () => import('./pages/queue.js')),
  admin('library', () => import('./pages/library.js')),
  admin('users', () => import('./pages/users.js')),
  admin('config', () => import('./pages/config.js')),
  admin('measurements', () => import('./pages/measurements.js')),
].map(page => ({ ...page, title: text.pages[page.name] }))

const pages = () => all.filter(page => page.isFor())

async function start() {
  const skip = h('a', { class: 'skip', href: '#main', onclick: e => { e.preventDefault(); main.focus() } }, text.skip)
  document.body.prepend(skip)
  document.body.append(...regions)
  window.addEventListener('hashchange', show)
  const returned = takeReturn()
  let reason
  try {
    const token = returned ? await (await import('./oidc.js')).finish(session, returned) : await takeLink()
    if (token) session.signIn(token)
  } catch (error) {
    reason = returned ? explain(error) : text.sign_in.link_used
  }

  if (session.isOver) await renew()
  if (session.isSignedIn && !session.isOver) {
    if (reason) toast(reason, 'bad')
    return begin()
  }

  session.signOut()
  signedOut(reason)
}

/** Where it fails, the token is as before. */
const renew = () => session.renewal?.refresh && import('./oidc.js').then(({ renew }) => renew(session)).catch(() => {})

function begin() {
  ingestion = new Ingestion({ url: new URL('..', import.meta.url).href, token: () => session.usable(), channels: session.channels })
  const listens = session.may('read') || session.sharedVideo
  session.onExpired = async () => {
    await renew()
    if (session.isOver) askForToken(session, signOut)
    else session.goOn()
  }
  if (listens) {
    ingestion.live.hold()
    ingestion.live.on('event', event => {
      recent.push({ event, came: Date.now(), frame: ingestion.live.frame })
      if (recent.length > mostRecent) recent.splice(0, mostRecent / 2)
    })
    const refused = new Set(['token_invalid', 'token_revoked'])
    ingestion.live.on('error', error => { if (error.status === 401 || refused.has(error.code)) signOut(explain(error)) })
  }

  frame = shell({ session, live: listens ? ingestion.live : null, pages: pages(), signOut: () => signOut() })
  show()
}

async function signOut(reason) {
  const { renewal } = session
  visits++
  session.signOut()
  ingestion?.live.close()
  ingestion = undefined
  leave()
  leave = () => {}
  if (reason) return signedOut(reason)
  bareShell()
  main.replaceChildren()
  // Whatever still waits, and all that the pages have kept, goes with the page.
  if (!renewal || !await import('./oidc.js').then(({ end }) => end(renewal)).catch(() => false)) location.replace(location.pathname)
}

function signedOut(reason) {
  bareShell()
  document.title = `${text.sign_in.title} · ${text.name}`
  main.replaceChildren(signInPage(session, begin, reason))
}

let visits = 0

async function show() {
  if (!ingestion) return
  const [name, ...rest] = location.hash.replace(/^#\/?/, '').split('/')
  const page = pages().find(page => page.name === name) ?? pages()[0]
  const visit = ++visits
  leave()
  leave = () => {}
  if (!page) return main.replaceChildren(h('p', 'empty', text.no_scope))
  frame.mark(page.name)
  document.title = `${page.title} · ${text.name}`
  try {
    const { open } = await page.load()
    if (visit !== visits) return
    const view = h('div', 'stack')
    main.replaceChildren(view)
    window.scrollTo(0, 0)
    main.dataset.page = page.name
    leave = open(view, { ingestion, session, recent, path: rest.filter(Boolean).map(decodeURIComponent) }) ?? (() => {})
  } catch (error) {
    if (visit !== visits) return
    main.replaceChildren(problem(error))
  }

  // A reader of the screen begins with the title of the page.
  if (visit > 1) main.querySelector('h1')?.focus()
}

start()
