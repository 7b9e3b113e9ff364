/** Somebody, or something, of whose answers only so many run at a time. */
export type Bound = { readonly of: string; readonly most: number }

/** Answers under way, by whom they are for. */
export class StreamPlaces {
  readonly #taken = new Map<string, number>()

  /** One of each, or, where one has none left, none. @returns whether they are taken */
  take(bounds: readonly Bound[]): boolean {
    if (bounds.some(({ of, most }) => (this.#taken.get(of) ?? 0) >= most)) return false
    for (const { of } of bounds) this.#taken.set(of, (this.#taken.get(of) ?? 0) + 1)
    return true
  }

  giveBack(bounds: readonly Bound[]): void {
    for (const { of } of bounds) {
      const left = (this.#taken.get(of) ?? 1) - 1
      if (left > 0) this.#taken.set(of, left)
      else this.#taken.delete(of)
    }
  }
}
