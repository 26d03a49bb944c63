/**
 * An element. Attributes that begin with `on` are listeners; `class` may be a list, and a text or a list in their place is the class. Null and false are left
 * out. Text is text: there is no way to HTML here.
 */
export function h(name, attributes, ...children) {
  return fill(document.createElement(name), attributes, children)
}

/** The same in SVG. */
export function svg(name, attributes, ...children) {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', name), attributes, children)
}

function fill(element, attributes, children) {
  const named = typeof attributes === 'string' || Array.isArray(attributes) ? { class: attributes } : attributes ?? {}
  for (const [name, value] of Object.entries(named)) {
    if (value === null || value === undefined || value === false) continue
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value)
    else if (name === 'value' || name === 'checked') element[name] = value
    else element.setAttribute(name, Array.isArray(value) ? value.filter(Boolean).join(' ') : value === true ? '' : value)
  }

  element.append(...children.flat(4).filter(child => child !== null && child !== undefined && child !== false))
  return element
}

/** How full a bar is, 0 to 1. A style that is set by a script is one that the policy of the page allows. */
export function bar(kind, label) {
  const inner = h('i')
  const element = h('div', { class: `bar ${kind}`, role: 'progressbar', 'aria-label': label, 'aria-valuemin': 0, 'aria-valuemax': 100 }, inner)
  return {
    element,
    set(share, name = kind) {
      const part = Math.max(0, Math.min(1, share || 0))
      inner.style.transform = `scaleX(${part})`
      element.className = `bar ${name}`
      element.setAttribute('aria-valuenow', Math.round(part * 100))
    },
  }
}

const shapes = {
  sun: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8M12 3v1.5M12 19.5V21M3 12h1.5M19.5 12H21M5.6 5.6l1.1 1.1M17.3 17.3l1.1 1.1M5.6 18.4l1.1-1.1M17.3 6.7l1.1-1.1',
  moon: 'M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5Z',
}

/** A button that shows a shape and no words; its label says what it does. */
export const iconButton = (shape, label, onclick) => h('button', { type: 'button', class: 'icon quiet', 'aria-label': label, title: label, onclick },
  svg('svg', { viewBox: '0 0 24 24', 'aria-hidden': 'true' }, svg('path', { d: shapes[shape] })))
