import { IngestionError } from './errors.js'

export const pause = (milliseconds, signal) => new Promise((resolve, reject) => {
  const end = () => { clearTimeout(timer); reject(new IngestionError('aborted')) }
  const timer = setTimeout(() => { signal?.removeEventListener('abort', end); resolve() }, milliseconds)
  if (signal?.aborted) end()
  else signal?.addEventListener('abort', end, { once: true })
})

const shortest = 500
const longest = 30_000

/** How long to wait before attempt `failures` + 1, in milliseconds: doubled each time, and never the same for two clients. */
export const backOff = failures => Math.min(longest, shortest * 2 ** Math.min(failures - 1, 10)) * (0.5 + Math.random() / 2)
