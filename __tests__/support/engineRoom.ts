import type { Source } from '#lib/call/ports.ts'
import { type FakeClock, settle } from './FakeClock.ts'
import { fakeTrack } from './FakePeerConnection.ts'

/** Lets everything under way between engines arrive, what waits for a fifth of a second included. */
export async function settleEngines(clock: FakeClock): Promise<void> {
  for (let round = 0; round < 6; round += 1) await settle()
  await clock.advance(200)
  for (let round = 0; round < 6; round += 1) await settle()
}

/** Tracks of a source, each another one. */
export function trackMaker(): (source: Source) => MediaStreamTrack {
  let made = 0
  return (source) => {
    made += 1
    const kind = source === 'microphone' || source === 'screenAudio' ? 'audio' : 'video'
    return fakeTrack(kind, `track ${made}`)
  }
}
