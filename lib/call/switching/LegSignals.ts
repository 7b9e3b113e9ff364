import type { LinkSignal } from '#lib/protocol/events.ts'
import type { InstanceId, ParticipantId } from '#lib/protocol/ids.ts'
import type { PeerSignals, RoomSignals } from '../EngineContext.ts'

type Received = readonly [from: ParticipantId, fromInstance: InstanceId, signal: LinkSignal]

/** Of an engine that is not listening yet; more than a room of twelve sends before. */
const MAX_EARLY = 64

/** One epoch's part of the room's signals: links of two epochs between the same two people never meet. */
export class LegSignals implements PeerSignals {
  readonly #signals: RoomSignals
  readonly #epoch: number
  readonly #listeners = new Set<(...received: Received) => void>()
  #early: Received[] = []

  constructor(signals: RoomSignals, epoch: number) {
    this.#signals = signals
    this.#epoch = epoch
  }

  available = (): boolean => this.#signals.available()

  send(to: ParticipantId, toInstance: InstanceId, signal: LinkSignal): void {
    this.#signals.send(to, toInstance, this.#epoch, signal)
  }

  onReceived(listener: (...received: Received) => void): () => void {
    this.#listeners.add(listener)
    for (const received of this.#early.splice(0)) listener(...received)
    return () => this.#listeners.delete(listener)
  }

  onRestored = (listener: () => void): (() => void) => this.#signals.onRestored(listener)

  deliver(...received: Received): void {
    if (this.#listeners.size === 0) this.#early = [...this.#early, received].slice(-MAX_EARLY)
    for (const listener of [...this.#listeners]) listener(...received)
  }
}
