import { claimsOf, Ingestion } from '../client/index.js'
import { provider, scopesOf } from '../session.js'
import { act, ask, button, h, muted, problem, text } from '../ui.js'

function tokenField() {
  const field = h('textarea', { required: true, spellcheck: 'false', autocomplete: 'off', autocapitalize: 'off', rows: 5, 'aria-describedby': 'token-hint' })
  return [field, h('label', null, text.sign_in.token, field), h('p', { id: 'token-hint', class: 'small muted' }, text.sign_in.kept)]
}

/** The way to the identity provider, as soon as it is known that there is one. */
function providerWay() {
  const place = h('div', { class: 'card row', hidden: true })
  provider().then(async settings => {
    if (!settings) return
    const { begin } = await import('../oidc.js')
    place.append(button(text.provider.sign_in(new URL(settings.authority).host), 'main', button => act(button, begin)))
    place.hidden = false
  }).catch(() => {})
  return place
}

export function signInPage(session, done, reason) {
  const [token, ...fields] = tokenField()
  const warning = problem(reason)
  const submit = h('button', 'main', text.sign_in.button)

  async function take(e) {
    e.preventDefault()
    submit.disabled = true
    try {
      await accept(session, token.value.trim())
      done()
    } catch (error) {
      warning.show(error)
      submit.disabled = false
      token.focus()
    }
  }

  return h('div', 'stack',
    h('div', 'head', h('h1', { tabindex: -1 }, text.sign_in.title), h('p', null, text.sign_in.intro)),
    providerWay(),
    h('form', { class: 'card stack', onsubmit: take }, fields, warning, h('div', 'row', submit)),
    h('details', 'small', h('summary', null, text.sign_in.where),
      h('div', 'stack', muted(text.sign_in.where_text), h('pre', null, h('code', null, './dev token alice')))))
}

/** Over any page, when the token has ended: what is under way waits, and goes on with the next one. */
export async function askForToken(session, signOut) {
  const [token, ...fields] = tokenField()
  const taken = await ask({
    title: text.sign_in.expired, yes: text.sign_in.go_on, no: text.sign_out,
    body: [muted(text.sign_in.expired_text(session.user)), providerWay(), fields],
    take: () => accept(session, token.value.trim()),
  })
  if (!taken) signOut()
}

export async function accept(session, token, renewal) {
  const wrong = session.check(token)
  if (wrong) throw new Error(text.sign_in[wrong])
  const trial = new Ingestion({ url: new URL('../..', import.meta.url).href, token })
  const known = scopesOf(claimsOf(token))
  if (known.has('read')) await trial.usage()
  else if (known.has('admin')) await trial.request('GET', '/api/admin/denials')
  session.signIn(token, renewal)
}
