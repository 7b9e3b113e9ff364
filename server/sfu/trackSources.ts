import { TrackSource } from 'livekit-server-sdk'
import type { SfuSource } from './Sfu.ts'

const TRACKS: Readonly<Record<SfuSource, readonly TrackSource[]>> = {
  microphone: [TrackSource.MICROPHONE],
  camera: [TrackSource.CAMERA],
  screen: [TrackSource.SCREEN_SHARE, TrackSource.SCREEN_SHARE_AUDIO],
}

/** As LiveKit names them. */
export const trackSourcesOf = (sources: readonly SfuSource[]): TrackSource[] =>
  sources.flatMap((source) => TRACKS[source])

/** Whether these are LiveKit's sources for exactly that, in whatever order. */
export function isSameSources(found: readonly TrackSource[], sources: readonly SfuSource[]): boolean {
  const wanted = trackSourcesOf(sources)
  return found.length === wanted.length && wanted.every((source) => found.includes(source))
}
