import { useCallback, useEffect, useRef } from 'react'
import { whenIdle } from '#lib/call/whenIdle.ts'

/** A hand that comes to rest on the form; one that only passes on its way to the button presses within this. */
const INTENT_MS = 150
/** Who has stood before the mirror for so long is about to join; who looked in by mistake is gone, and has paid nothing. */
const REST_MS = 2500
/** Long enough for the request for a seat, with its offer, to be on its way. */
const JOIN_MS = 50

/**
 * Loads what comes next at the first sign that somebody is about to join, or when they have been there for a while: a
 * finger on a screen gives no sign before it presses. To evaluate it takes the page's one thread for
 * longer than all of joining does, so never between the click and the request: it would wait, and the first picture
 * with it. While the server answers there is time.
 */
export function usePreload(load: () => Promise<unknown>): { onIntent(): void; onJoin(): void } {
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null)
  /** The latest reason counts: what was planned before could come at the wrong moment. */
  const after = useCallback((ms: number, act: () => void): void => {
    if (timer.current !== null) clearTimeout(timer.current)
    timer.current = setTimeout(() => {
      timer.current = null
      act()
    }, ms)
  }, [])
  // Whoever needs it and does not find it loads it again, and says so when that fails.
  const loadNow = useCallback((): void => void load().catch(() => undefined), [load])
  useEffect(() => {
    after(REST_MS, () => whenIdle(loadNow))
    return () => {
      if (timer.current !== null) clearTimeout(timer.current)
    }
  }, [after, loadNow])
  return { onIntent: () => after(INTENT_MS, loadNow), onJoin: () => after(JOIN_MS, loadNow) }
}
