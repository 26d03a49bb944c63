// What the module exports, for editors and for programs in TypeScript. A browser never loads this file. Documents of the API are `any` here: their types are
// in `/openapi/v1.json`.

export class Ingestion {
  constructor(options: IngestionOptions)

  readonly videos: Videos
  readonly shares: Shares
  /** Of the user's own events. */
  readonly webhooks: Webhooks
  readonly uploads: Uploads
  /** One subscription for all parts of a program: `hold()` it, `on('event', …)`. */
  readonly live: Hub
  /** Where the service is. */
  readonly url: string

  /** Begins to upload a file. In Node: `fs.openAsBlob(path)`. */
  upload(file: Blob, options?: UploadOptions): Upload
  /** Begins to follow live status. */
  watch(options?: WatchOptions): Watch
  /** Webhooks for many users: those of the tenant (scope `tenant`), or all (scope `admin`). */
  webhooksOf(whose: 'own' | 'tenant' | 'all'): Webhooks
  /** What the user's uploads and videos take, and what they may. */
  usage(): Promise<any>
  /** Any other request of the API; the document that it answers with, null where there is none. @throws {IngestionError} */
  request(method: string, path: string, options?: RequestOptions): Promise<any>
}

export interface IngestionOptions {
  /** Where the service is; in a page by default where the page is from. */
  url?: string
  /** A bearer token, or what gets one: it is called when there is none, shortly before it ends, and when it was refused. */
  token: string | (() => string | Promise<string>)
  /** Of `live`; `user` by default. */
  channels?: string[]
  /** Of live status. */
  transport?: Transport
  /** For Node 20, which has none of its own. */
  webSocket?: typeof WebSocket
  fetch?: typeof fetch
}

export interface RequestOptions {
  json?: unknown
  /** Of the body; `application/json` by default. */
  type?: string
  headers?: Record<string, string>
  signal?: AbortSignal
}

/** What a request, an upload or a subscription has failed with. */
export class IngestionError extends Error {
  constructor(code: string, message?: string, more?: { status?: number, retryAfter?: number | null, cause?: unknown })

  /**
   * Stable, for programs: those of the service (docs/use/errors.md), and of this client `network`, `aborted`, `cancelled`, `file_differs`, `protocol_error`,
   * `transport_unavailable`.
   */
  readonly code: string
  /** Of the answer, 0 without one. */
  readonly status: number
  /** Seconds. */
  readonly retryAfter: number | null
}

/** The claims of a JSON Web Token, unverified; null where it is none. */
export function claimsOf(token: string): Record<string, any> | null

/** Named events with listeners. */
declare class Emitter<Events> {
  /** @returns Removes the listener. */
  on<Name extends keyof Events>(name: Name, listener: (value: Events[Name]) => void): () => void
}

export type UploadState = 'idle' | 'uploading' | 'paused' | 'retrying' | 'processing' | 'ready' | 'failed' | 'cancelled'

export interface UploadOptions {
  /** Of the file; by default its own. */
  name?: string
  /** Your own id of the video. */
  externalId?: string
  /** Your own data: up to 16 texts, 8 KiB in all. */
  metadata?: Record<string, string>
  /** Continues the upload at this address; `upload.url` has it. */
  url?: string
  /** Remembers where the upload of a file is, so that it continues after a reload; `localStorage` in a page. null: nothing. */
  storage?: Storage | null
  /** Bytes a request. By default all that is left where the progress of a request can be seen, else 8 MiB. */
  chunkSize?: number
  /** How many attempts in a row may fail without a byte of progress; 20. */
  retries?: number
  /** false: waits for `start()`. */
  start?: boolean
}

export interface UploadProgress {
  /** Sent. It falls back to what is acknowledged after a broken connection. */
  bytes: number
  total: number
  /** Bytes a second; null while that is not known. */
  rate: number | null
  /** Seconds until the last byte; null while that is not known. */
  rest: number | null
}

interface UploadEvents {
  state: UploadState
  progress: UploadProgress
  created: { id: string, url: string }
  retry: { error: IngestionError, delay: number }
  /** Each live event of its video. */
  event: LiveEvent
  error: IngestionError
}

/** One file on its way to the service, by tus 1.0. It ends in `ready`, `failed` or `cancelled`; a failed one continues with `start()`. */
export class Upload extends Emitter<UploadEvents> {
  private constructor()

  readonly state: UploadState
  readonly error: IngestionError | null
  readonly name: string
  readonly url: string | null
  /** Of the upload and of the video; null until it exists. */
  readonly id: string | null
  readonly total: number
  /** Sent; see {@link UploadProgress}. */
  readonly bytes: number
  readonly progress: UploadProgress

  /** Begins, or continues after a pause or a failure. */
  start(): this
  resume(): this
  /** Stops sending. What is acknowledged stays, for a day. */
  pause(): void
  /** Gives the upload up and has the service remove what it has. A whole one goes with its video. */
  cancel(): Promise<void>
  /** Resolves when the last byte is there. */
  uploaded(): Promise<{ id: string }>
  /** Resolves with the video's record at `video.ready`. Needs the scope `read`. @throws {IngestionError} with the code of a video that failed */
  ready(): Promise<any>
}

/**
 * `auto`: a WebSocket, and an event stream where there is none or none comes through. `poll`: one request after the other, where neither comes through; without
 * progress.
 */
export type Transport = 'auto' | 'ws' | 'sse' | 'poll'

export interface WatchOptions {
  /** `user` by default; `system`, `video:ID`, `role:ROLE`. */
  channels?: string[]
  /** Short for the channel of one video. */
  video?: string
  /** A cursor: what came after it is replayed. */
  since?: string | null
  transport?: Transport
  webSocket?: typeof WebSocket
  /** Seconds, 5 to 60: how often the server of a socket shows that it is there. */
  heartbeat?: number
}

/** Paths below the service. */
export interface VideoLinks {
  /** The record; not for guests. */
  self?: string
  /** The bytes, with a token; not for guests. */
  source?: string
  /** The poster, with a token; not for guests. */
  poster?: string
  /** The bytes without a token, for `<video src>`; for guests only where their share allows to play. */
  source_url?: string
  /** The poster, in the same way. */
  poster_url?: string
  /** When these two end. The same event read again has fresh ones, as has `videos.links(id)`. */
  urls_expire_at?: string
}

export interface LiveEvent {
  /** The same on every transport. */
  id: string
  /** `video.ready` and others: docs/use/uploads.md. */
  type: string
  video: string | null
  /** Of the video. */
  state: string | null
  /** When it happened; milliseconds since 1970, by the clock of the service. */
  at: number
  channel: string
  /** Its place in the journal; null of progress, of broadcasts and of items of a snapshot. */
  cursor: string | null
  /** What the event says. */
  data: { links?: VideoLinks } & Record<string, any>
  /** The CloudEvent. */
  event: any
  /** It is the latest of its video, from before the subscription. */
  snapshot: boolean
  /** It happened while this client was away. */
  replayed: boolean
}

export interface WatchState {
  name: 'connecting' | 'replaying' | 'live' | 'token expired' | 'offline' | 'closed'
  transport?: Exclude<Transport, 'auto'>
  /** Events that are still to be replayed. */
  left?: number
  /** When the next attempt begins; milliseconds since 1970. */
  retryAt?: number
  /** Why it is closed, or was not reached. */
  error?: IngestionError
}

interface WatchEvents {
  event: LiveEvent
  state: WatchState
  began: { mode: string }
  /** What came, as text; of a poll its whole answer. */
  frame: string
  error: IngestionError
}

/** Live status: every event once, in order, over broken connections and restarts. As an iterable it acknowledges events as they are taken. */
export class Watch extends Emitter<WatchEvents> implements AsyncIterable<LiveEvent> {
  private constructor()

  readonly state: WatchState
  /** The place to come back from: everything before it has been taken by the application. */
  readonly cursor: string | null
  /** The transport that is used now. */
  readonly transport: Exclude<Transport, 'auto'>

  /** Connects at once where it waits: after a network came back. */
  retryNow(): void
  close(error?: IngestionError): void
  [Symbol.asyncIterator](): AsyncIterator<LiveEvent>
}

/** One subscription for all parts of a program. It is open while at least one part holds it. */
interface Hub extends Emitter<WatchEvents> {
  readonly state: WatchState
  readonly cursor: string | null
  /** The newest one, as it came: that of an event while its listeners run. */
  readonly frame: string
  /** What was chosen: set another, and it connects again by that. */
  transport: Transport

  retryNow(): void
  /** Keeps the subscription open. @returns Lets it go. */
  hold(): () => void
  /** Closes it, whatever holds it. */
  close(): void
  /** Events of one video. @returns Removes the listener. */
  listen(video: string, listener: (event: LiveEvent) => void): () => void
  /** The record of a video once it is ready. @throws {IngestionError} It failed, or was removed. */
  settled(id: string): Promise<any>
}

/** Records of the user's videos. */
export interface Videos {
  /** A page of them. It may have fewer than `limit`, even none, and go on: as long as there is `next_cursor`. */
  list(filter?: VideoFilter): Promise<{ items: any[], next_cursor?: string }>
  get(id: string): Promise<any>
  /** null removes. */
  update(id: string, change: { file_name?: string | null, external_id?: string | null, metadata?: object | null }): Promise<any>
  delete(id: string): Promise<void>
  /** Processes a failed or ready video once more. */
  reprocess(id: string): Promise<any>
  /** A JPEG. */
  poster(id: string, signal?: AbortSignal): Promise<Blob>
  /** The bytes as they were uploaded. */
  source(id: string, signal?: AbortSignal): Promise<Blob>
  /** Addresses that show it without a token. */
  links(id: string, signal?: AbortSignal): Promise<{ source_url: string, poster_url?: string, expires_at: string }>
  /** Kept events of a video, oldest first. */
  history(id: string, page?: { cursor?: string, limit?: number }): Promise<any>
}

export interface VideoFilter {
  limit?: number
  cursor?: string
  status?: string
  externalId?: string
  createdAfter?: string
  createdBefore?: string
  sort?: string
  /** The videos of all users (scope `admin`): those of this one, or of all where it is empty. */
  owner?: string
}

/** Links by which others watch the status of one video. */
export interface Shares {
  /** `ttl`: seconds; a day by default. */
  create(video: string, options?: { ttl?: number, play?: boolean }): Promise<{ id: string, token: string, expires_in: number, expires_at: string }>
  list(video: string): Promise<{ items: any[] }>
  end(video: string, share: string): Promise<void>
  viewers(video: string): Promise<any>
}

/** Where events are sent to, or read: docs/use/webhooks.md. */
export class Webhooks {
  private constructor()

  list(): Promise<{ items: any[] }>
  add(webhook: {
    url?: string, pull?: boolean, events?: string[], when?: 'always' | 'unacknowledged', description?: string, videos?: string[], headers?: object,
  }): Promise<any>
  get(id: string): Promise<any>
  update(id: string, change: object): Promise<any>
  remove(id: string): Promise<void>
  rotate(id: string, options?: { revokeOld?: boolean }): Promise<any>
  test(id: string): Promise<any>
  retry(id: string): Promise<any>
  deliveries(id: string): Promise<any>
  resend(id: string, event: string): Promise<any>
  replay(id: string, what: { from?: string, dead_letters?: boolean, owner?: string }): Promise<any>
  /** Of a webhook with `pull`: acknowledges what is up to `after`, and reads what comes behind it. `wait`: seconds. */
  events(id: string, page?: { after?: string, limit?: number, wait?: number }): Promise<{ events: any[], cursor: string, more: boolean }>
}

/** Uploads that are not finished. */
export interface Uploads {
  list(filter?: { limit?: number, cursor?: string, externalId?: string }): Promise<{ items: any[], next_cursor?: string }>
  /** `link`: `links.self` of one of the list. */
  cancel(link: string): Promise<void>
}
