import { useEffect, useRef } from 'react'

/** A hand that comes to rest on the form; one that only passes on its way to the button presses within this. */
const INTENT_MS = 150
/** Long enough for the request for a seat, with its offer, to be on its way. */
const JOIN_MS = 50

/**
 * Loads what comes next at the first sign that somebody is about to join. To evaluate it takes the page's one thread for
 * longer than all of joining does, so never between the click and the request: it would wait, and the first picture
 * with it. While the server answers there is time.
 */
export function usePreload(load: () => Promise<unknown>): { onIntent(): void; onJoin(): void } {
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null)
  const loadAfter = (ms: number): void => {
    if (timer.current !== null) clearTimeout(timer.current)
    // Whoever needs it and does not find it loads it again, and says so when that fails.
    timer.current = setTimeout(() => void load().catch(() => undefined), ms)
  }
  useEffect(
    () => () => {
      if (timer.current !== null) clearTimeout(timer.current)
    },
    [],
  )
  return { onIntent: () => loadAfter(INTENT_MS), onJoin: () => loadAfter(JOIN_MS) }
}
