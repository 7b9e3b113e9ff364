import { AppError } from '#lib/errors.ts'

export type SlotLimits = {
  readonly most: number
  readonly mostOfOne: number
  /** What who finds none is told. */
  readonly refusal: string
  readonly retryAfterMs: number
}

/** How much of a kind goes on at once, in all and for one key. Nobody waits in here: who finds no slot asks again. */
export class Slots {
  readonly #limits: SlotLimits
  readonly #byKey = new Map<string, number>()
  #taken = 0

  constructor(limits: SlotLimits) {
    this.#limits = limits
  }

  /** @returns to be called once, at the end. @throws AppError rate-limited when there are too many */
  take(key: string): () => void {
    const { most, mostOfOne, refusal, retryAfterMs } = this.#limits
    const own = this.#byKey.get(key) ?? 0
    if (own >= mostOfOne || this.#taken >= most) throw new AppError('rate-limited', refusal, { retryAfterMs })
    this.#byKey.set(key, own + 1)
    this.#taken += 1
    return () => {
      this.#taken -= 1
      const left = (this.#byKey.get(key) ?? 1) - 1
      if (left === 0) this.#byKey.delete(key)
      else this.#byKey.set(key, left)
    }
  }
}
