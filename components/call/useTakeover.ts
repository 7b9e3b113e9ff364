import { useCallback, useEffect, useState } from 'react'

/** What has not come through by then takes its place all the same: the former one may be frozen. */
const PATIENCE_MS = 4000

export type Takeover<Value> = {
  /** The one that is seen or heard, and after it the one that is about to take its place, if there is one. */
  readonly layers: readonly Value[]
  readonly current: Value
  /** The newcomer has come through: it is seen or heard from now on, and the former one goes. */
  readonly arrived: (value: Value) => void
}

/**
 * Lets one picture or sound take another's place without a gap: both are there until the newcomer has something to show.
 * A change of transport, of device or of layer looks the same from here.
 */
export function useTakeover<Value>(next: Value): Takeover<Value> {
  const [current, setCurrent] = useState(next)
  const arrived = useCallback((value: Value) => setCurrent(() => value), [])
  useEffect(() => {
    if (current === next) return
    const timer = setTimeout(() => arrived(next), PATIENCE_MS)
    return () => clearTimeout(timer)
  }, [current, next, arrived])
  return { layers: current === next ? [next] : [current, next], current, arrived }
}
