import type { ParticipantId } from '#lib/protocol/ids.ts'
import type { ReadableStore } from '#lib/store.ts'
import type { CallState } from '../callState.ts'

export type HeardDeps = {
  readonly state: ReadableStore<CallState>
  /** Of everybody else, 0…1. */
  readonly levels: ReadableStore<ReadonlyMap<ParticipantId, number>>
  /** Our own, where we are part of what is recorded; null for a recorder. */
  readonly ownLevel: ReadableStore<number> | null
}

/** How loud each person is now, 0…1: a microphone that is off is silent, whatever it hears. */
export function heardLevels({ state, levels, ownLevel }: HeardDeps): ReadonlyMap<ParticipantId, number> {
  const current = state.get()
  if (ownLevel === null || current.status !== 'inCall') return levels.get()
  const { self, participants } = current.room
  const on = participants.get(self)?.media.microphone === true
  return new Map(levels.get()).set(self, on ? ownLevel.get() : 0)
}
