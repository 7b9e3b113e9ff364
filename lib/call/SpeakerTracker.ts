import type { ParticipantId } from '#lib/protocol/ids.ts'

const SPEAKING_LEVEL = 0.04
/** Somebody who pauses for a breath is still speaking. */
const HOLD_MS = 700

/** Turns sound levels into who speaks now and who spoke when. Pure but for its memory; time (ms) is handed in. */
export class SpeakerTracker {
  readonly #heardAtMs = new Map<ParticipantId, number>()
  #loudest: ParticipantId | null = null

  /** The loudest of those who speak, or whoever did last. */
  get loudest(): ParticipantId | null {
    return this.#loudest
  }

  /** When somebody was last heard, ms since the epoch; 0 for never. */
  heardAt(id: ParticipantId): number {
    return this.#heardAtMs.get(id) ?? 0
  }

  /** Returns everybody who speaks now. */
  update(levels: ReadonlyMap<ParticipantId, number>, nowMs: number): ReadonlySet<ParticipantId> {
    let top = 0
    for (const [id, level] of levels) {
      if (level < SPEAKING_LEVEL) continue
      this.#heardAtMs.set(id, nowMs)
      if (level > top) {
        top = level
        this.#loudest = id
      }
    }
    return this.speaking(nowMs)
  }

  speaking(nowMs: number): ReadonlySet<ParticipantId> {
    const speaking = new Set<ParticipantId>()
    for (const [id, heardAtMs] of this.#heardAtMs) {
      if (nowMs - heardAtMs <= HOLD_MS) speaking.add(id)
    }
    return speaking
  }
}
