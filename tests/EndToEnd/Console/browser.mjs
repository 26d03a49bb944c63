// The console in Chromium, as a person uses it: things are found by the names that a reader of the screen says. One argument of JSON: chromium, puppeteer, axe
// (folder that has axe-core under node_modules). A line of JSON on stdin calls a function of `own`.
import { readFileSync } from 'node:fs'
import { launch, serve } from '../Infrastructure/chromium.mjs'

const settings = JSON.parse(process.argv[2])
const axe = readFileSync(`${settings.axe}/node_modules/axe-core/axe.min.js`, 'utf8')
const browser = await launch(settings)
const page = await browser.newPage()
page.setDefaultTimeout(60_000)
await page.setViewport({ width: 1280, height: 900 })

// What a page that is well never has.
const problems = []
page.on('pageerror', error => problems.push(`error: ${error.message}`))
page.on('console', message => { if (message.type() === 'error') problems.push(`console: ${message.text()} ${message.location().url ?? ''}`) })
await page.exposeFunction('reportViolation', violation => problems.push(`policy: ${violation}`))
await page.evaluateOnNewDocument(() => addEventListener('securitypolicyviolation', e => window.reportViolation(`${e.violatedDirective} ${e.blockedURI}`)))
const hosts = new Set()
const urls = []
page.on('request', request => {
  urls.push(request.url())
  if (request.url().startsWith('http')) hosts.add(new URL(request.url()).host)
})

const find = ({ role, name }) => page.waitForSelector(`::-p-aria([name="${name}"][role="${role}"])`, { visible: true })
const texts = selector => page.$$eval(selector, found => found.map(element => element.textContent))

const own = {
  go: url => page.goto(url).then(() => {}),
  hash: () => page.evaluate(() => location.hash),
  search: () => page.evaluate(() => location.search),
  click: async what => { await (await find(what)).click() },
  fill: async ({ role = 'textbox', name, text }) => {
    await (await find({ role, name })).evaluate((field, text) => {
      field.value = text
      for (const type of ['input', 'change']) field.dispatchEvent(new Event(type, { bubbles: true }))
    }, text)
  },
  select: async ({ name, value }) => { await (await find({ role: 'combobox', name })).select(value) },
  /** Waits until this was sent for. */
  requested: async part => { if (!urls.some(url => url.includes(part))) await page.waitForRequest(request => request.url().includes(part)) },
  /** Keeps back answers of addresses with this in them, until `letGo`. */
  hold: async part => {
    await page.evaluate(part => {
      const { fetch } = window
      const held = new Promise(resolve => { window.letGo = resolve })
      window.fetch = async (...request) => {
        const answer = await fetch(...request)
        if (String(request[0]).includes(part)) await held
        return answer
      }
    }, part)
  },
  letGo: async () => {
    await page.waitForNetworkIdle({ idleTime: 200 })
    await page.evaluate(() => window.letGo())
    await page.waitForNetworkIdle({ idleTime: 200 })
  },
  /** Answers addresses with this in them in place of the silo. */
  answer: async what => {
    await page.evaluate(({ part, json }) => {
      const { fetch } = window
      window.fetch = async (...request) => String(request[0]).includes(part) ? new Response(JSON.stringify(json)) : fetch(...request)
    }, what)
  },
  choose: async files => { await (await page.$('input[type=file]')).uploadFile(...files) },
  visit: async hash => {
    await page.evaluate(hash => { location.hash = hash }, hash)
    await page.waitForFunction(hash => document.querySelector(`#main[data-page="${hash.slice(2)}"] h1`), {}, hash)
    await page.waitForNetworkIdle({ idleTime: 200 })
  },
  texts,
  until: async ({ selector, text }) => { await page.waitForFunction((selector, text) => [...document.querySelectorAll(selector)].some(element => element.textContent.includes(text)), {}, selector, text) },
  untilCount: async ({ selector, count }) => { await page.waitForFunction((selector, count) => document.querySelectorAll(selector).length === count, {}, selector, count) },
  exists: selector => page.$(selector).then(found => found !== null),
  seen: async selector => { await page.waitForSelector(selector) },
  slow: bytesPerSecond => page.emulateNetworkConditions(bytesPerSecond ? { offline: false, upload: bytesPerSecond, download: 100_000_000, latency: 0 } : null),
  theme: theme => page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: theme }]),
  phone: async () => { await page.setViewport({ width: 390, height: 844 }) },
  /** How far the page is wider than the window. */
  overflow: () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth),
  storage: () => page.evaluate(() => ({ local: Object.values(localStorage).join(), cookies: document.cookie, session: Object.keys(sessionStorage) })),
  /** Violations, with the elements that they are about. */
  axe: async () => {
    await page.evaluate(axe)
    const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }))
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(node => `${node.html.slice(0, 160)} ${node.any.map(check => check.message).join(' ')}`).join(' | ')}`)
  },
  /** Plays the video of the page, and goes far into it; what it is like then. */
  play: async () => {
    await page.waitForSelector('video')
    await page.$eval('video', async video => { video.muted = true; await video.play() })
    await page.waitForFunction(() => document.querySelector('video').currentTime > 0)
    return await page.$eval('video', video => ({ width: video.videoWidth, seconds: video.duration, poster: new URL(video.poster).pathname }))
  },
  problems: () => problems,
  hosts: () => [...hosts],
}
await serve((name, argument) => own[name](argument))
await browser.close()
