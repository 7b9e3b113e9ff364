import type { MediaState } from '#lib/protocol/events.ts'
import type { Arrivals, RemoteMedia, Source, TileSize } from '../ports.ts'

/** Two frames: the first of a new decoder may be the only one for a while. */
const FRAMES = 2
/** Two packets of sound: with silence suppressed they are rare, and more would keep a silent person waiting. */
const PACKETS = 2
/** A picture may begin small and grow; for this long it is given the time to, then it is shown as it is. */
const GROW_MS = 1500

/**
 * Whether somebody whose former media has ended can be shown from another transport: there is a track for all they send.
 * The tile keeps the last picture until the new one's first.
 */
export function canTakeOver(tracks: RemoteMedia['tracks'], media: MediaState): boolean {
  if (media.microphone && tracks.microphone === undefined) return false
  if (media.camera && tracks.camera === undefined) return false
  return !media.screen || tracks.screen !== undefined
}

/**
 * Whether somebody can be shown from another transport without anybody seeing or hearing the change: all of theirs that
 * is seen or heard arrives, and no picture is much smaller than what is on the screen.
 *
 * @param media what the roster says they send
 * @param tile how large they are shown; undefined while they are not on the screen
 * @param waitedMs since anything at all arrived
 */
export function isReady(
  arrivals: Arrivals,
  media: MediaState,
  tile: TileSize | undefined,
  waitedMs: number,
): boolean {
  const hears = (source: Source) => (arrivals[source]?.count ?? 0) >= PACKETS
  const sees = (source: Source) => {
    // Out of sight: nobody asks the SFU for it, and nobody would see it come late.
    if (tile === undefined) return true
    const { count, shortSidePx } = arrivals[source] ?? { count: 0, shortSidePx: null }
    if (count < FRAMES) return false
    return waitedMs >= GROW_MS || (shortSidePx ?? 0) * 2 >= Math.min(tile.width, tile.height)
  }
  if (media.microphone && !hears('microphone')) return false
  if (media.camera && !sees('camera')) return false
  return !media.screen || sees('screen')
}
