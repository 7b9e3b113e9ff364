/** What a reader may do with a store: look, and be told. Fits React's useSyncExternalStore as it is. */
export interface ReadableStore<State> {
  get(): State
  /** Calls `listener` after each change until the returned function is called. */
  subscribe(listener: () => void): () => void
}

/** An immutable value with listeners. The same value set again tells nobody. */
export class Store<State> implements ReadableStore<State> {
  #state: State
  readonly #listeners = new Set<() => void>()

  constructor(initial: State) {
    this.#state = initial
  }

  get = (): State => this.#state

  set(next: State): void {
    if (Object.is(next, this.#state)) return
    this.#state = next
    for (const listener of [...this.#listeners]) listener()
  }

  update(change: (state: State) => State): void {
    this.set(change(this.#state))
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}
