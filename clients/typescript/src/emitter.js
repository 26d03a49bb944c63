export class Emitter {
  #listeners = new Map()

  on(name, listener) {
    const all = this.#listeners.get(name) ?? new Set()
    this.#listeners.set(name, all.add(listener))
    return () => { all.delete(listener) }
  }

  /** Calls the listeners. One that throws does not keep the others from theirs. */
  emit(name, value) {
    for (const listener of [...this.#listeners.get(name) ?? []]) {
      try {
        listener(value)
      } catch (error) {
        queueMicrotask(() => { throw error })
      }
    }
  }
}
