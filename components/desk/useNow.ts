'use client'
import { useSyncExternalStore } from 'react'

const STEP_MS = 15_000

function subscribe(listener: () => void): () => void {
  const timer = setInterval(listener, STEP_MS)
  // A laptop that was asleep shows the right time at once.
  document.addEventListener('visibilitychange', listener)
  return () => {
    clearInterval(timer)
    document.removeEventListener('visibilitychange', listener)
  }
}

const current = (): number => Math.floor(Date.now() / STEP_MS) * STEP_MS

/** The time now, in steps of 15 s; re-renders at each. Null on the server. */
export function useNow(): Date | null {
  const now = useSyncExternalStore(subscribe, current, () => null)
  return now === null ? null : new Date(now)
}
