import { type RefObject, useEffect, useState } from 'react'
import type { ParticipantId } from '#lib/protocol/ids.ts'
import { personKey } from './stageTiles.ts'

const FOLLOW_SPEAKER_EVERY_MS = 1_000

/** In the stage layout: whose tile is large. Looked at once a second, so that a cough moves nothing. */
export function useSpeakerInFocus(
  active: boolean,
  tracker: RefObject<{ readonly loudest: ParticipantId | null }>,
  self: ParticipantId,
): string | null {
  const [key, setKey] = useState<string | null>(null)
  useEffect(() => {
    if (!active) return
    const look = (): void => {
      const { loudest } = tracker.current
      if (loudest !== null && loudest !== self) setKey(personKey(loudest))
    }
    look()
    const timer = setInterval(look, FOLLOW_SPEAKER_EVERY_MS)
    return () => clearInterval(timer)
  }, [active, tracker, self])
  return key
}
