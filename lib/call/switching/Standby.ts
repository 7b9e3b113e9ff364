import type { Transport } from '#lib/protocol/events.ts'
import type { Leg } from './Leg.ts'

/**
 * Our place in a room that waits on another node: taken before it is needed and silent until then, so that when the
 * present node dies nothing is left to be connected or negotiated.
 */
export class Standby {
  readonly #make: (transport: Transport) => Leg
  #leg: Leg | null = null

  /** @param make a leg that rests */
  constructor(make: (transport: Transport) => Leg) {
    this.#make = make
  }

  get leg(): Leg | null {
    return this.#leg
  }

  /** Is where the server wants us to be beside `transport`, or nowhere. */
  keep({ standby }: Transport): void {
    const wanted = standby ?? null
    if ((this.#leg?.transport.epoch ?? null) === wanted) return
    this.close()
    if (wanted === null) return
    this.#leg = this.#make({ kind: 'sfu', epoch: wanted })
    void this.#leg.start()
  }

  /** @returns the leg of this order, which is the caller's from now on; null when this is not what was held ready */
  take({ kind, epoch }: Transport): Leg | null {
    const leg = this.#leg
    if (leg === null || kind !== 'sfu' || leg.transport.epoch !== epoch) return null
    this.#leg = null
    leg.wake()
    return leg
  }

  close(): void {
    void this.#leg?.close()
    this.#leg = null
  }
}
