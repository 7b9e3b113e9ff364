import type { Source } from '../ports.ts'
import type { SfuTrack } from './SfuRoom.ts'

/** What belongs together, in the order of `SOURCES`: a voice and a face, a film's sound and the film. */
const PAIRS = [
  ['microphone', 'camera'],
  ['screenAudio', 'screen'],
] as const satisfies readonly (readonly [Source, Source])[]

/** A difference that nobody sees is not worth moving a picture for. */
const WORTH_MS = 10
/** At a time, as a browser moves a picture by itself: one that is held back by more at once is seen to stand still. */
const STEP_MS = 40
/** A connection that makes sound wait longer than this has other troubles, and the picture is the news of them. */
const AT_MOST_MS = 500

/** A delay that was summed up over each sample, in seconds, since its measure began (W3C webrtc-stats). */
type Summed = { readonly delay: number; readonly samples: number }
/** In the jitter buffer (§8.3), and from there to where it is heard (§8.13; browsers that do not say leave it out). */
type Held = { readonly buffer: Summed; readonly playout: Summed }

const NOTHING: Summed = { delay: 0, samples: 0 }

/**
 * Plays sound and picture of one person in step. LiveKit sends every track as a stream of its own, and browsers keep only
 * those in step that share one, as in a mesh. (With its `sync_streams` they would share one; for that LiveKit gives up
 * reusing transceivers, and everybody who comes makes all descriptions 5 kB longer until the meeting ends.)
 *
 * Both come the same way, so they are in step when both have waited equally long at the receiver: the picture is asked to
 * wait as long as the sound does until it is heard. Sound never waits for a picture.
 */
export class LipSync {
  readonly #before = new WeakMap<RTCRtpReceiver, Held>()

  /** @param reports of the receivers of these tracks, by source; every two seconds or so */
  follow(
    tracks: ReadonlyMap<Source, SfuTrack>,
    reports: ReadonlyMap<Source, RTCStatsReport | undefined>,
  ): void {
    for (const [sound, picture] of PAIRS) {
      const heard = tracks.get(sound)?.receiver
      const seen = tracks.get(picture)?.receiver
      const waited = heard && this.#waitedMs(heard, reports.get(sound))
      if (seen === undefined || waited === undefined || waited === null) continue
      const now = seen.jitterBufferTarget ?? 0
      const further = Math.min(Math.round(waited), AT_MOST_MS) - now
      if (Math.abs(further) < WORTH_MS) continue
      seen.jitterBufferTarget = now + Math.max(-STEP_MS, Math.min(further, STEP_MS))
    }
  }

  /** How long the sound since the last look was held until it was heard, on average; null when there was none. */
  #waitedMs(receiver: RTCRtpReceiver, report: RTCStatsReport | undefined): number | null {
    if (report === undefined) return null
    const now = heldIn(report)
    const before = this.#before.get(receiver)
    this.#before.set(receiver, now)
    const buffer = averageMs(now.buffer, before?.buffer)
    return buffer === null ? null : buffer + (averageMs(now.playout, before?.playout) ?? 0)
  }
}

function heldIn(report: RTCStatsReport): Held {
  let held: Held = { buffer: NOTHING, playout: NOTHING }
  report.forEach((stat: RTCInboundRtpStreamStats & PlayoutStats) => {
    if (stat.type === 'inbound-rtp') {
      const { jitterBufferDelay = 0, jitterBufferEmittedCount = 0 } = stat
      held = { ...held, buffer: { delay: jitterBufferDelay, samples: jitterBufferEmittedCount } }
    } else if ((stat.type as string) === 'media-playout') {
      const { totalPlayoutDelay = 0, totalSamplesCount = 0 } = stat
      held = { ...held, playout: { delay: totalPlayoutDelay, samples: totalSamplesCount } }
    }
  })
  return held
}

/** RTCAudioPlayoutStats, which TypeScript's DOM does not have. */
type PlayoutStats = { readonly totalPlayoutDelay?: number; readonly totalSamplesCount?: number }

function averageMs(now: Summed, before: Summed = NOTHING): number | null {
  const samples = now.samples - before.samples
  return samples > 0 ? ((now.delay - before.delay) / samples) * 1000 : null
}
