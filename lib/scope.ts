/**
 * Owns whatever was started in it and ends all of it, once, in reverse order.
 * Adding to an ended scope ends the newcomer at once, so that a late arrival cannot leak.
 */
export class Scope {
  readonly #cleanups: (() => void)[] = []
  #ended = false

  get ended(): boolean {
    return this.#ended
  }

  add(cleanup: () => void): void {
    if (this.#ended) cleanup()
    else this.#cleanups.push(cleanup)
  }

  /** Ends everything. One cleanup that throws does not keep the others from running; the first error is thrown last. */
  end(): void {
    if (this.#ended) return
    this.#ended = true
    let first: { error: unknown } | undefined
    for (const cleanup of this.#cleanups.splice(0).reverse()) {
      try {
        cleanup()
      } catch (error) {
        first ??= { error }
      }
    }
    if (first) throw first.error
  }
}
