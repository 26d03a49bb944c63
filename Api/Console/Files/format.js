import { text } from './text.js'

const language = () => document.documentElement.lang
const number = digits => new Intl.NumberFormat(language(), { maximumFractionDigits: digits, minimumFractionDigits: digits })
const whole = new Intl.NumberFormat(language())
const clock = new Intl.DateTimeFormat(language(), { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3, hourCycle: 'h23' })
const moment = new Intl.DateTimeFormat(language(), { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' })
const digits = [number(0), number(1)]

const scaled = (value, step, units) => {
  let unit = 0
  for (; Math.abs(value) >= step && unit < units.length - 1; unit++) value /= step
  return `${digits[unit > 0 && Math.abs(value) < 100 ? 1 : 0].format(value)} ${units[unit]}`
}

export const count = value => whole.format(value)

/** Of files: 12.5 MB. */
export const size = bytes => scaled(bytes, 1000, ['B', 'kB', 'MB', 'GB', 'TB'])

/** Of memory: 180 MiB. */
export const memory = bytes => scaled(bytes, 1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB'])

export const joined = (...parts) => parts.filter(Boolean).join(' · ')

export const percent = share => `${digits[0].format(share * 100)} %`

/** How long: 12 ms, 1.4 s, 2 min 5 s, 3 h 10 min, 4 days. */
export function duration(milliseconds) {
  if (milliseconds < 1000) return `${Math.max(0, Math.round(milliseconds))} ms`
  const seconds = milliseconds / 1000
  if (seconds < 60) return `${digits[seconds < 10 ? 1 : 0].format(seconds)} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ${Math.floor(seconds % 3600 / 60)} min`
  return text.time.days(Math.floor(seconds / 86400))
}

/** The length of a video: 1:04:09. */
export function length(seconds) {
  const all = Math.round(seconds)
  const parts = [Math.floor(all / 3600), Math.floor(all % 3600 / 60), all % 60]
  return (parts[0] ? parts : parts.slice(1)).map((part, at) => at ? String(part).padStart(2, '0') : part).join(':')
}

export const time = at => clock.format(new Date(at))

export const date = at => moment.format(new Date(at))

export const ago = at => {
  const passed = Date.now() - new Date(at)
  return passed < 5000 ? text.time.now : text.time.ago(duration(passed).split(' ').slice(0, 2).join(' '))
}
