// Called by console.sh, with one argument of JSON.
import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { launch } from '../tests/EndToEnd/Infrastructure/chromium.mjs'

const settings = JSON.parse(process.argv[2])
const [operator, alice] = ['operator', 'alice'].map(name => readFileSync(`${settings.tokens}/${name}`, 'utf8').trim())
const median = numbers => numbers.toSorted((a, b) => a - b)[numbers.length >> 1]
const missed = []
const browser = await launch(settings)

/** Loads the page as for the first time. */
async function start() {
  const profile = await browser.createBrowserContext()
  const page = await profile.newPage()
  let raw = 0
  const bodies = []
  page.on('response', response => bodies.push(response.buffer().then(body => { raw += body.length }, () => {})))
  await page.goto(settings.url, { waitUntil: 'networkidle0' })
  await Promise.all(bodies)
  const figures = await page.evaluate(() => ({
    paint: performance.getEntriesByName('first-contentful-paint')[0].startTime,
    sent: [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')].reduce((sum, entry) => sum + entry.transferSize, 0),
  }))
  await profile.close()
  return { ...figures, raw }
}

const agent = new Agent({ keepAlive: true, maxSockets: 16 })
let sent = 0
/** One broadcast; no answer is waited for. */
function broadcast() {
  const body = JSON.stringify({ channel: 'system', message: { number: ++sent } })
  const post = request(`${settings.url}/api/admin/broadcast`, {
    agent, method: 'POST', headers: { Authorization: `Bearer ${operator}`, 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) },
  }, response => {
    if (response.statusCode >= 300) throw new Error(`a broadcast got ${response.statusCode}`)
    response.resume()
  })
  post.end(body)
}

/** So many a second, in steps of 10 ms. @returns {() => void} ends it. */
function publish(rate) {
  const began = performance.now()
  let done = 0
  const timer = setInterval(() => {
    for (const due = (performance.now() - began) / 1000 * rate; done < due; done++) broadcast()
  }, 10)
  return () => clearInterval(timer)
}

const starts = []
for (let i = 0; i < settings.starts; i++) starts.push(await start())
const paint = median(starts.map(start => start.paint))
const each = starts.map(start => start.paint.toFixed(0)).join(', ')
console.log(`first paint: ${paint.toFixed(0)} ms (${each}); ${starts[0].raw} bytes, ${starts[0].sent} as sent`)
if (paint > 300) missed.push('first paint')

const page = await browser.newPage()
await page.evaluateOnNewDocument(token => sessionStorage.setItem('ingestion.token', token), alice)
await page.goto(`${settings.url}/#/live`)
await page.waitForFunction(() => document.querySelector('[data-testid=connection]')?.textContent.includes('Live'))
const seen = () => page.$eval('[data-testid=seen]', element => Number(element.textContent.replace(/\D/g, '')))

/** Times between frames, in milliseconds. */
const frames = milliseconds => page.evaluate(milliseconds => new Promise(resolve => {
  const gaps = []
  let before
  const end = performance.now() + milliseconds
  requestAnimationFrame(function next(now) {
    if (before !== undefined) gaps.push(now - before)
    before = now
    if (now < end) requestAnimationFrame(next)
    else resolve(gaps)
  })
}), milliseconds)
const describe = gaps => {
  const usual = median(gaps)
  const dropped = gaps.reduce((sum, gap) => sum + Math.max(0, Math.round(gap / usual) - 1), 0)
  return { dropped, text: `${gaps.length} frames, one each ${usual.toFixed(1)} ms, ${dropped} left out, longest ${Math.max(...gaps).toFixed(0)} ms` }
}

console.log(`without events: ${describe(await frames(settings.seconds * 1000)).text}`)
let end = publish(settings.rate)
await new Promise(resolve => setTimeout(resolve, 1000))
const [before, sentBefore] = [await seen(), sent]
const during = describe(await frames(settings.seconds * 1000))
console.log(`${settings.rate} events a second: ${during.text}; ${sent - sentBefore} sent, ${await seen() - before} seen`)
if (during.dropped > 0) missed.push('frames')

const session = await page.createCDPSession()
const heaps = []
for (let half = 0; half <= settings.minutes * 2; half++) {
  if (half > 0) await new Promise(resolve => setTimeout(resolve, 30_000))
  await session.send('HeapProfiler.collectGarbage')
  heaps.push((await page.metrics()).JSHeapUsedSize / 1048576)
}
end()
console.log(`heap of the page over ${settings.minutes} min of it: ${heaps.map(heap => heap.toFixed(1)).join(' ')} MiB; ${sent} events`)
// The first minute fills what is kept.
if (settings.minutes > 1 && heaps.at(-1) > 1.1 * heaps[2]) missed.push('heap')
await browser.close()
agent.destroy()
console.log(missed.length ? `missed: ${missed.join(', ')}` : 'ok')
process.exit(missed.length ? 1 : 0)
