// Opens a page in Chromium, on an origin of its own. settings: chromium (program), puppeteer (folder that has it under node_modules).
// files: content by path, [type, body]; another path goes to answer(request, response).
import { createServer } from 'node:http'
import { createRequire } from 'node:module'

export async function openPage(settings, files, answer = (request, response) => response.end()) {
  const puppeteer = (await import(createRequire(`${settings.puppeteer}/`).resolve('puppeteer-core'))).default
  const pages = createServer((request, response) => {
    const [type, body] = files[request.url] ?? []
    if (type) response.writeHead(200, { 'Content-Type': type }).end(body)
    else answer(request, response)
  })
  await new Promise(resolve => pages.listen(0, '127.0.0.1', resolve))
  const browser = await puppeteer.launch({
    executablePath: settings.chromium, headless: true, args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--disable-background-networking'],
  })
  const page = await browser.newPage()
  await page.goto(`http://127.0.0.1:${pages.address().port}/`)
  return { page, close: async () => { await browser.close(); pages.close() } }
}
