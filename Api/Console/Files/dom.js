/**
 * An element. Attributes that begin with `on` are listeners; `class` may be a list, and a text or a list in their place is the class. Null and false are left
 * out. Text is text: there is no way to HTML here.
 */
export const h = (name, attributes, ...children) => fill(document.createElement(name), attributes, children)

export const svg = (name, attributes, ...children) => fill(document.createElementNS('http://www.w3.org/2000/svg', name), attributes, children)

function fill(element, attributes, children) {
  const named = typeof attributes === 'string' || Array.isArray(attributes) ? { class: attributes } : attributes ?? {}
  for (const [name, value] of Object.entries(named)) {
    if (isNothing(value)) continue
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value)
    else if (name === 'value' || name === 'checked') element[name] = value
    else element.setAttribute(name, Array.isArray(value) ? value.filter(Boolean).join(' ') : value === true ? '' : value)
  }

  element.append(...children.flat(4).filter(child => !isNothing(child)))
  return element
}

const isNothing = value => value === null || value === undefined || value === false

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
