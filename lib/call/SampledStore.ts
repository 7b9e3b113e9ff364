import { type ReadableStore, Store } from '#lib/store.ts'

/**
 * A value that costs something to know: it is measured only while somebody listens.
 * `measure` starts on the first subscriber and returns what stops it after the last one.
 */
export class SampledStore<Value> implements ReadableStore<Value> {
  readonly #store: Store<Value>
  readonly #idle: Value
  readonly #measure: (publish: (value: Value) => void) => () => void
  #listeners = 0
  #stop: (() => void) | null = null
  #closed = false

  constructor(idle: Value, measure: (publish: (value: Value) => void) => () => void) {
    this.#idle = idle
    this.#store = new Store(idle)
    this.#measure = measure
  }

  get observed(): boolean {
    return this.#stop !== null
  }

  get = (): Value => this.#store.get()

  subscribe = (listener: () => void): (() => void) => {
    const forget = this.#store.subscribe(listener)
    this.#listeners += 1
    if (this.#listeners === 1 && !this.#closed) this.#stop = this.#measure((value) => this.#store.set(value))
    let subscribed = true
    return () => {
      if (!subscribed) return
      subscribed = false
      forget()
      this.#listeners -= 1
      if (this.#listeners === 0) this.#pause()
    }
  }

  /** Ends measuring for good. */
  close(): void {
    this.#closed = true
    this.#pause()
  }

  #pause(): void {
    this.#stop?.()
    this.#stop = null
    this.#store.set(this.#idle)
  }
}
