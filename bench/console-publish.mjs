// Broadcasts for console.mjs, in a process of its own and behind the browser, which has a machine of its own elsewhere: console-publish.mjs URL RATE, with the token
// as the first message. Each tenth of a second it says how many the silo has taken.
import { Agent, request } from 'node:http'
import { setPriority } from 'node:os'

const [url, rate] = [process.argv[2], Number(process.argv[3])]
const most = 64
const agent = new Agent({ keepAlive: true, maxSockets: most })
let [due, begun, taken, underWay] = [0, 0, 0, 0]
setPriority(10)

process.once('message', token => {
  const began = performance.now()
  setInterval(() => {
    due = (performance.now() - began) / 1000 * rate
    // What could not go is not made up for: a burst is no rate.
    if (due - begun > rate / 10) begun = Math.floor(due)
    while (begun < due && underWay < most) broadcast(token)
  }, 10)
  setInterval(() => process.send(taken), 100)
})
process.once('disconnect', () => process.exit(0))

function broadcast(token) {
  const body = JSON.stringify({ channel: 'system', message: { number: ++begun } })
  underWay++
  request(`${url}/api/admin/broadcast`, {
    agent, method: 'POST', headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) },
  }, response => {
    if (response.statusCode >= 300) throw new Error(`a broadcast got ${response.statusCode}`)
    response.resume().on('end', () => { underWay--; taken++ })
  }).end(body)
}
