// What the page does with live status. Everything that its script sees is kept, and read by the test.
const sockets = []
const sources = []

window.live = {
  /** Opens so many sockets. */
  connect({ url, protocols, count }) {
    for (let i = 0; i < count; i++) {
      const seen = { opened: false, frames: [], code: null }
      const socket = new WebSocket(url, protocols)
      socket.onopen = () => { seen.opened = true }
      socket.onmessage = e => { seen.frames.push(JSON.parse(e.data)) }
      socket.onclose = e => { Object.assign(seen, { code: e.code, wasClean: e.wasClean }) }
      sockets.push(seen)
    }
  },

  /** All sockets, the oldest first. */
  sockets: () => sockets,

  /** Follows a stream that needs no ticket. */
  follow({ url, types }) {
    const seen = { events: [], addresses: [url] }
    const source = new EventSource(url)
    for (const type of types) source.addEventListener(type, e => { seen.events.push({ type, place: e.lastEventId, data: JSON.parse(e.data) }) })
    sources.push(seen)
  },

  /** Runs code as an application would: with an API of another origin, whose streams it opens with these parameters too. The last token stays. */
  run({ code, api, tokens, parameters }) {
    const seen = { events: [], cursors: [], byes: [], addresses: [] }
    class Source extends EventSource {
      constructor(path) {
        super(api + path + parameters)
        seen.addresses.push(path)
        this.addEventListener('cursor', e => { seen.cursors.push(JSON.parse(e.data).cursor) })
        this.addEventListener('bye', e => { seen.byes.push(JSON.parse(e.data)) })
      }
    }
    const show = (type, data) => { seen.events.push({ type, data }) }
    const freshToken = async () => tokens.length > 1 ? tokens.shift() : tokens[0]
    new Function('fetch', 'EventSource', 'freshToken', 'show', `${code}; listen()`)((path, options) => fetch(api + path, options), Source, freshToken, show)
    sources.push(seen)
  },

  /** What the newest stream has shown. */
  stream: () => sources.at(-1),
}
