const windowMilliseconds = 5_000

/** How fast bytes go: over the last five seconds. */
export class Rate {
  #samples = []

  add(bytes, now = Date.now()) {
    this.#samples.push({ bytes, now })
    while (this.#samples.length > 2 && now - this.#samples[0].now > windowMilliseconds) this.#samples.shift()
  }

  clear() { this.#samples = [] }

  get perSecond() {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)]
    if (!first || last.now - first.now < 200) return null
    return Math.max(0, (last.bytes - first.bytes) / (last.now - first.now) * 1000)
  }
}
