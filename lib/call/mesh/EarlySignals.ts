import type { LinkSignal } from '#lib/protocol/events.ts'
import type { InstanceId, ParticipantId } from '#lib/protocol/ids.ts'

const MAX_INSTANCES = 16
const MAX_SIGNALS = 16

/** Signals of instances that the roster does not name yet. Bounded both ways; the oldest instance gives way. */
export class EarlySignals {
  readonly #waiting = new Map<string, LinkSignal[]>()

  add(from: ParticipantId, instance: InstanceId, signal: LinkSignal): void {
    const key = `${from} ${instance}`
    const signals = this.#waiting.get(key) ?? []
    if (signals.length < MAX_SIGNALS) signals.push(signal)
    this.#waiting.set(key, signals)
    if (this.#waiting.size <= MAX_INSTANCES) return
    const [oldest] = this.#waiting.keys()
    if (oldest !== undefined) this.#waiting.delete(oldest)
  }

  /** Hands out and forgets. */
  take(from: ParticipantId, instance: InstanceId): readonly LinkSignal[] {
    const key = `${from} ${instance}`
    const signals = this.#waiting.get(key) ?? []
    this.#waiting.delete(key)
    return signals
  }
}
