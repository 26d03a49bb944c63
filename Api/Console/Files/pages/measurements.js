import { count, date, joined } from '../format.js'
import { plot } from '../plot.js'
import { chip, fill, h, head, muted, section, table, text } from '../ui.js'

const words = text.measurements

/** What came with the build: results of its benchmarks, not of this cluster. */
export function open(view, { ingestion }) {
  const list = h('div', 'stack')
  view.append(head(text.pages.measurements, words.intro), list)
  fill(list, async () => {
    const { benches } = await ingestion.request('GET', '/console/measurements.json')
    return benches.length ? benches.map(card) : h('p', 'empty', words.none)
  })
}

function card({ name, runs, figures }) {
  const { at, commit, machine } = runs.at(-1)
  return section(name,
    muted(joined(words.newest(date(at), commit), machine && words.machine(machine.cpu, machine.cores), words.runs(runs.length))),
    table(name, [[words.figure, 'break'], [words.value, 'number'], [words.spread, 'number'], words.target, words.history], figures.map(row)))
}

/** The newest run is what counts, also where it has not measured the figure. */
function row({ name, target, better, medians, spreads }) {
  const value = medians.at(-1)
  const isLower = better === 'lower'
  const isMet = isLower ? value <= target : value >= target
  const known = medians.flatMap((value, at) => value === null ? [] : [{ at, value }])
  const drawing = plot(words.plot(name, known.map(({ value }) => count(value)).join(', ')))
  drawing.draw(known, target)
  return [
    name, value === null ? '–' : count(value), spreads.at(-1) ? count(spreads.at(-1)) : '–',
    target !== undefined && [`${isLower ? '≤' : '≥'} ${count(target)} `, value !== null && chip(isMet ? words.met : words.missed, isMet ? 'good' : 'bad')],
    known.length > 1 && drawing.element,
  ]
}
