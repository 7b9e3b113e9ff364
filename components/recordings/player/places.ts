import { type PlayerState, RATES } from './PlayerControl.ts'

const KEY = 'parley.recordings.places'
const MOST = 100
/** So near to an end of the film one begins anew. */
const EDGE_MS = 10_000

/** Where somebody left off in a recording, on this device, and how fast they watch it. */
export type Place = { readonly id: string; readonly ms: number | null; readonly rate: number }
type Kept = Pick<Storage, 'getItem' | 'setItem'> | null

/** What a film's state says of where to go on. */
export function placeIn(id: string, { timeMs, lengthMs, rate }: PlayerState): Place {
  const within = timeMs > EDGE_MS && timeMs < lengthMs - EDGE_MS
  return { id, ms: within ? Math.floor(timeMs) : null, rate }
}

export const readPlace = (storage: Kept, id: string): Place | null =>
  readAll(storage).find((place) => place.id === id) ?? null

/** Of many recordings those stay that were watched last. */
export function keepPlace(storage: Kept, place: Place): void {
  const others = readAll(storage).filter(({ id }) => id !== place.id)
  const worthIt = place.ms !== null || place.rate !== 1
  try {
    storage?.setItem(KEY, JSON.stringify([...(worthIt ? [place] : []), ...others].slice(0, MOST)))
  } catch {
    // A full or refused storage: the next time begins at the beginning.
  }
}

function readAll(storage: Kept): readonly Place[] {
  try {
    const kept: unknown = JSON.parse(storage?.getItem(KEY) ?? '[]')
    return Array.isArray(kept) ? kept.filter(isPlace) : []
  } catch {
    return []
  }
}

function isPlace(kept: unknown): kept is Place {
  if (typeof kept !== 'object' || kept === null || !('id' in kept && 'ms' in kept && 'rate' in kept))
    return false
  const { id, ms, rate } = kept
  return (
    typeof id === 'string' && (ms === null || Number.isFinite(ms)) && RATES.some((known) => known === rate)
  )
}
