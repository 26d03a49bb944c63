// Follows a user's journal as clients from npm do; one argument of JSON: client (ws | cbor | eventsource), url, token or ticket url, until (a state),
// deflate (ws must get permessage-deflate), cbor (folder of cbor-x).
// Run in the folder that has the client under node_modules. Prints one line for each event: its cursor and its state.
import { createRequire } from 'node:module'

const require = createRequire(`${process.cwd()}/`)
const { client, url, token, until, cut, deflate, cbor } = JSON.parse(process.argv[2])
const print = (cursor, event) => {
  console.log(`${cursor} ${event.data.state}`)
  if (event.data.state === until) process.exit(0)
}

if (client === 'ws' || client === 'cbor') {
  const WebSocket = require('ws')
  const { encode, decode } = client === 'cbor' ? createRequire(`${cbor}/`)('cbor-x') : { encode: JSON.stringify, decode: JSON.parse }
  const protocol = client === 'cbor' ? 'ingestion.v1.cbor' : 'ingestion.v1'
  let last, chain, cutDone = !cut
  const connect = () => {
    const socket = new WebSocket(url, [protocol], { perMessageDeflate: !!deflate, headers: { authorization: `Bearer ${token}` } })
    socket.on('open', () => {
      if (socket.protocol !== protocol) throw new Error(`agreed on ${socket.protocol}`)
      if (deflate && socket.extensions !== 'permessage-deflate') throw new Error(`no deflate but ${socket.extensions}`)
      socket.send(encode({ op: 'sub', id: 1, ch: ['user'], ...(last && { since: last }), pad: deflate && 'x'.repeat(5000) }))
    })
    socket.on('message', data => {
      const frame = decode(data)
      if (frame.op === 'subd') chain = frame.cur
      if (frame.op === 'snap' && frame.fin) { last = chain = frame.cur; console.log('listening') }
      // The place to come back from goes on while the wanted videos rest; the chain is one of events.
      if (frame.op === 'ping') {
        if (frame.cur) last = frame.cur
        socket.send(encode({ op: 'pong', ts: frame.ts, ...(frame.cur && { cur: frame.cur }) }))
      }
      if (frame.op !== 'evt' || !frame.cur) return
      if (frame.prev !== chain) throw new Error(`${frame.cur} follows ${frame.prev}, not ${chain}`)
      last = chain = frame.cur
      socket.send(encode({ op: 'ack', cur: last }))
      print(frame.cur, client === 'cbor' ? { data: frame } : frame.data)
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
  for (const type of types) source.addEventListener(type, message => print(message.lastEventId, JSON.parse(message.data)))
}
