// Chromium. settings: chromium (program), puppeteer (folder that has it under node_modules).
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'

export async function launch(settings) {
  const puppeteer = (await import(createRequire(`${settings.puppeteer}/`).resolve('puppeteer-core'))).default
  return await puppeteer.launch({
    executablePath: settings.chromium, headless: true, args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--disable-background-networking'],
  })
}

/** A line of JSON on stdin calls a function, {"function","argument"}; the answer is {"result"} or {"failed"}. */
export async function serve(call) {
  for await (const line of createInterface({ input: process.stdin })) {
    const { function: name, argument } = JSON.parse(line)
    try {
      console.log(JSON.stringify({ result: await call(name, argument) ?? null }))
    } catch (error) {
      console.log(JSON.stringify({ failed: String(error) }))
    }
  }
}

/** Opens a page on an origin of its own. files: content by path, [type, body]; another path goes to answer(request, response). */
export async function openPage(settings, files, answer = (request, response) => response.end()) {
  const pages = createServer((request, response) => {
    const [type, body] = files[request.url] ?? []
    if (type) response.writeHead(200, { 'Content-Type': type }).end(body)
    else answer(request, response)
  })
  await new Promise(resolve => pages.listen(0, '127.0.0.1', resolve))
  const browser = await launch(settings)
  const page = await browser.newPage()
  await page.goto(`http://127.0.0.1:${pages.address().port}/`)
  return { page, close: async () => { await browser.close(); pages.close() } }
}
