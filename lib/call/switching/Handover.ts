import type { InstanceId, ParticipantId } from '#lib/protocol/ids.ts'
import type { RoomSignals, Roster } from '../EngineContext.ts'
import type { Clock } from '../ports.ts'

export type HandoverDeps = {
  readonly clock: Clock
  readonly signals: RoomSignals
  /** Both sides show each other from the new transport: the former way between them can go. */
  readonly onAgreed: () => void
}

/** The screen has had its first frames by then, and the old ones are no longer looked at. */
const SETTLE_MS = 700

type Word = { readonly instanceId: InstanceId; readonly epoch: number }

/**
 * The word that two page loads give each other at a switch: "I show you from this epoch now". A former way is closed
 * only when both have given it, so that nobody cuts off what somebody else still looks at.
 */
export class Handover {
  readonly #deps: HandoverDeps
  readonly #given = new Map<ParticipantId, Word>()
  readonly #received = new Map<ParticipantId, Word>()
  readonly #pending = new Map<ParticipantId, () => void>()

  constructor(deps: HandoverDeps) {
    this.#deps = deps
  }

  /** We show this person from `epoch` now. */
  moved(id: ParticipantId, instanceId: InstanceId, epoch: number): void {
    this.#pending.get(id)?.()
    const cancel = this.#deps.clock.after(SETTLE_MS, () => {
      this.#pending.delete(id)
      this.#given.set(id, { instanceId, epoch })
      this.#deps.signals.send(id, instanceId, epoch, { type: 'moved' })
      this.#deps.onAgreed()
    })
    this.#pending.set(id, cancel)
  }

  /** They show us from `epoch` now. */
  heard(id: ParticipantId, instanceId: InstanceId, epoch: number): void {
    this.#received.set(id, { instanceId, epoch })
    this.#deps.onAgreed()
  }

  agreed(id: ParticipantId, instanceId: InstanceId, epoch: number): boolean {
    const holds = (word: Word | undefined) => word?.epoch === epoch && word.instanceId === instanceId
    return holds(this.#given.get(id)) && holds(this.#received.get(id))
  }

  /** What was sent while signalling was away is lost. */
  repeat(epoch: number): void {
    for (const [id, word] of this.#given) {
      if (word.epoch === epoch) this.#deps.signals.send(id, word.instanceId, epoch, { type: 'moved' })
    }
  }

  /** Only these are still here. */
  keep(people: Roster['participants']): void {
    for (const id of [...this.#given.keys(), ...this.#received.keys(), ...this.#pending.keys()]) {
      if (people.has(id)) continue
      this.#pending.get(id)?.()
      this.#pending.delete(id)
      this.#given.delete(id)
      this.#received.delete(id)
    }
  }

  close(): void {
    for (const cancel of this.#pending.values()) cancel()
    this.#pending.clear()
  }
}
