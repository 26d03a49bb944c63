// Follows a user's journal as clients from npm do; one argument of JSON: client (ws | eventsource), url, token or ticket url, until (a state).
// Run in the folder that has the client under node_modules. Prints one line for each event: its cursor and its state.
import { createRequire } from 'node:module'

const require = createRequire(`${process.cwd()}/`)
const { client, url, token, until, cut } = JSON.parse(process.argv[2])
const told = (cursor, event) => {
  console.log(`${cursor} ${event.data.state}`)
  if (event.data.state === until) process.exit(0)
}

if (client === 'ws') {
  const WebSocket = require('ws')
  let last, chain, cutDone = !cut
  const connect = () => {
    const socket = new WebSocket(url, ['ingestion.v1'], { headers: { authorization: `Bearer ${token}` } })
    socket.on('open', () => socket.send(JSON.stringify({ op: 'sub', id: 1, ch: ['user'], since: last })))
    socket.on('message', data => {
      const frame = JSON.parse(data)
      if (frame.op === 'subd') chain = frame.mode === 'replay' ? last : frame.cur
      if (frame.op === 'snap') { last = frame.cur; console.log('listening') }
      if (frame.op !== 'evt' || !frame.cur) return
      if (frame.prev !== chain) throw new Error(`${frame.cur} follows ${frame.prev}, not ${chain}`)
      last = chain = frame.cur
      socket.send(JSON.stringify({ op: 'ack', cur: last }))
      told(frame.cur, frame.data)
      if (!cutDone) { cutDone = true; socket.terminate() }
    })
    socket.on('close', connect)
    socket.on('error', error => { throw error })
  }
  connect()
} else {
  const { EventSource } = require('eventsource')
  const source = new EventSource(url)
  const types = ['upload.created', 'upload.completed', 'video.queued', 'video.processing', 'video.ready', 'video.failed']
  source.addEventListener('snapshot', () => console.log('listening'))
  for (const type of types) source.addEventListener(type, message => told(message.lastEventId, JSON.parse(message.data)))
}
