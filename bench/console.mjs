// Called by console.sh, with one argument of JSON.
import { fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
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

/** So many broadcasts a second, by another process. */
function publish(rate) {
  const publisher = fork(new URL('console-publish.mjs', import.meta.url), [settings.url, String(rate)])
  let taken = 0
  publisher.on('message', count => { taken = count })
  publisher.on('exit', code => { if (code) throw new Error(`the publisher ended with ${code}`) })
  publisher.send(operator)
  return { get taken() { return taken }, end: () => publisher.disconnect() }
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
const publisher = publish(settings.rate)
// Silo and page compile what they run often; the machine that does that for both is one here.
await new Promise(resolve => setTimeout(resolve, 15_000))
const [before, takenBefore] = [await seen(), publisher.taken]
const during = describe(await frames(settings.seconds * 1000))
const came = await seen() - before
console.log(`${settings.rate} events a second: ${during.text}; ${publisher.taken - takenBefore} taken by the silo, ${came} seen`)
if (came < .95 * settings.rate * settings.seconds) missed.push('rate')
if (during.dropped > 0) missed.push('frames')

const session = await page.createCDPSession()
const heaps = []
for (let half = 0; half <= settings.minutes * 2; half++) {
  if (half > 0) await new Promise(resolve => setTimeout(resolve, 30_000))
  await session.send('HeapProfiler.collectGarbage')
  heaps.push((await page.metrics()).JSHeapUsedSize / 1048576)
}
publisher.end()
console.log(`heap of the page over ${settings.minutes} min of it: ${heaps.map(heap => heap.toFixed(1)).join(' ')} MiB; ${publisher.taken} events`)
// The first minute fills what is kept.
if (settings.minutes > 1 && heaps.at(-1) > 1.1 * heaps[2]) missed.push('heap')
await browser.close()
console.log(missed.length ? `missed: ${missed.join(', ')}` : 'ok')
process.exit(missed.length ? 1 : 0)
