import { useDeferredValue, useEffect, useState } from 'react'
import type { CallState } from '#lib/call/callState.ts'

/** The most that the screen waits for others, whose way to our server may be long. */
const LONGEST_WAIT_MS = 150

/**
 * Whether it is time to draw the call's screen: as soon as we are in and the others' offers are answered. Drawing takes
 * the page's one thread for a good while. An offer that came meanwhile would wait for it, and the first picture with it;
 * drawn after the answers, the screen is there long before the pictures are.
 */
export function useEntered(state: CallState): boolean {
  const inCall = state.status === 'inCall'
  const [entered, setEntered] = useState(false)
  const now = inCall && (entered || everybodyAnswered(state))
  useEffect(() => {
    setEntered(now)
    if (!inCall || now) return
    const timer = setTimeout(() => setEntered(true), LONGEST_WAIT_MS)
    return () => clearTimeout(timer)
  }, [inCall, now])
  return useDeferredValue(now)
}

/** Tracks of somebody are there once descriptions were exchanged. */
function everybodyAnswered({ room, media }: Extract<CallState, { status: 'inCall' }>): boolean {
  return [...room.participants.values()].every((person) => {
    const { microphone, camera, screen } = person.media
    const silent = person.id === room.self || !person.connected || !(microphone || camera || screen)
    return silent || Object.keys(media.participants.get(person.id)?.tracks ?? {}).length > 0
  })
}
