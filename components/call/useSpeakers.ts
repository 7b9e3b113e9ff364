import { type RefObject, useEffect, useRef } from 'react'
import type { CallHandle } from '#lib/call/CallHandle.ts'
import { SpeakerTracker } from '#lib/call/SpeakerTracker.ts'
import type { ParticipantId } from '#lib/protocol/ids.ts'

const SPEAKING = 'data-speaking'

/**
 * Marks the tiles (and rows) of those who speak with `data-speaking`, without a render: levels come many times a
 * second. Returns what was heard, for the order of tiles and for "who is speaking".
 */
export function useSpeakers(
  call: CallHandle,
  root: RefObject<HTMLElement | null>,
  self: ParticipantId,
): RefObject<SpeakerTracker> {
  const tracker = useRef(new SpeakerTracker())
  useEffect(() => {
    let marked: ReadonlySet<ParticipantId> = new Set()
    let later: ReturnType<typeof setTimeout> | undefined
    const mark = (id: ParticipantId, on: boolean): void => {
      const selector = `[data-participant-id="${id}"]`
      for (const element of root.current?.querySelectorAll(selector) ?? []) {
        element.toggleAttribute(SPEAKING, on)
      }
    }
    const update = (): void => {
      clearTimeout(later)
      const levels = new Map(call.levels.get())
      const muted = call.local.get().microphone.status !== 'on'
      levels.set(self, muted ? 0 : call.ownLevel.get())
      const speaking = tracker.current.update(levels, Date.now())
      for (const id of marked) if (!speaking.has(id)) mark(id, false)
      for (const id of speaking) mark(id, true)
      marked = speaking
      // Silence brings no further level when everybody has left or muted: look once more.
      if (speaking.size > 0) later = setTimeout(update, 800)
    }
    const ends = [call.levels.subscribe(update), call.ownLevel.subscribe(update)]
    return () => {
      clearTimeout(later)
      for (const end of ends) end()
      for (const id of marked) mark(id, false)
    }
  }, [call, root, self])
  return tracker
}
