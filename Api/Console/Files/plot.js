import { svg } from './dom.js'

const [width, height] = [600, 120]

/** A line over time. `draw(samples, bound)`: at least two samples `{at, value}`, and where there is one a bound, as a line of its own. */
export function plot(label) {
  const line = svg('path', { class: 'line' })
  const area = svg('path', { class: 'area' })
  const mark = svg('path', { class: 'bad' })
  const box = { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none' }
  const element = svg('svg', { class: 'plot', role: 'img', 'aria-label': label, ...box }, area, mark, line)
  return {
    element,
    draw(samples, bound) {
      if (samples.length < 2) return
      const [from, to] = [samples[0].at, samples.at(-1).at]
      const top = Math.max((bound ?? 0) * 1.08, ...samples.map(sample => sample.value)) || 1
      const x = at => ((at - from) / Math.max(1, to - from) * width).toFixed(1)
      const y = value => (height - value / top * height).toFixed(1)
      const way = samples.map(sample => `${x(sample.at)} ${y(sample.value)}`).join('L')
      line.setAttribute('d', `M${way}`)
      area.setAttribute('d', `M0 ${height}L${way}L${width} ${height}Z`)
      if (bound !== undefined) mark.setAttribute('d', `M0 ${y(bound)}H${width}`)
    },
  }
}
