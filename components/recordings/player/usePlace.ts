'use client'
import { useEffect, useState } from 'react'
import { localStorageOrNull } from '#components/call/preferences.ts'
import { parseMoment } from '#lib/domain/momentLink.ts'
import type { PlayerControl } from './PlayerControl.ts'
import { keepPlace, placeIn, readPlace } from './places.ts'

/** So far on, where one is is kept anew. */
const STEP_MS = 5_000

/**
 * Begins where the address says, or where this browser left off, and keeps where it is.
 * @returns where it goes on by itself; null when it begins at the beginning or where somebody said
 */
export function usePlace(control: PlayerControl, id: string) {
  const [goingOnMs, setGoingOnMs] = useState<number | null>(null)
  useEffect(() => {
    const place = readPlace(localStorageOrNull(), id)
    const follow = (): boolean => {
      const moment = parseMoment(window.location.hash)
      if (moment === null) return false
      control.startAt(moment)
      setGoingOnMs(null)
      return true
    }
    if (place) control.setRate(place.rate)
    if (!follow() && place && place.ms !== null) {
      control.startAt(place.ms)
      setGoingOnMs(place.ms)
    }
    const stopKeeping = keepWhereItIs(control, id)
    window.addEventListener('hashchange', follow)
    return () => {
      window.removeEventListener('hashchange', follow)
      stopKeeping()
    }
  }, [control, id])
  const fromBeginning = (): void => {
    control.startAt(0)
    setGoingOnMs(null)
  }
  return { goingOnMs, fromBeginning }
}

function keepWhereItIs({ state }: PlayerControl, id: string): () => void {
  let before = state.get()
  let keptMs = before.timeMs
  return state.subscribe(() => {
    const now = state.get()
    const stopped = before.playing && !now.playing
    const faster = now.rate !== before.rate
    before = now
    if (now.failed || !now.begun) return
    if (!stopped && !faster && Math.abs(now.timeMs - keptMs) < STEP_MS) return
    keptMs = now.timeMs
    keepPlace(localStorageOrNull(), placeIn(id, now))
  })
}
