import type { Source } from '../ports.ts'
import type { Stats } from './linkStats.ts'

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
type Held = {
  /** In the jitter buffer (§8.3), by the id of the track; without what the browser adds there for another reason than the way. */
  readonly buffered: ReadonlyMap<string, Summed>
  /** From there to where it is heard (§8.13; browsers that do not say leave it out). */
  readonly playout: Summed
}

const NOTHING: Summed = { delay: 0, samples: 0 }

/**
 * Plays sound and picture of one person in step. Both come the same way, so they are in step when both have waited equally
 * long at the receiver: the picture is asked to wait as long as the sound does until it is heard. Sound never waits for
 * a picture here.
 *
 * Browsers keep in step what shares a stream. On the SFU nothing does: LiveKit sends every track as a stream of its own.
 * (With its `sync_streams` they would share one; for that it gives up reusing transceivers, and everybody who comes makes
 * all descriptions 5 kB longer until the meeting ends.) In a mesh sound and picture do, but Chromium takes some 20 s to
 * bring together what has just come, and leaves alone what is less than 30 ms apart. It may also hold sound back for a
 * late picture; followed, that would never come down again.
 */
export class LipSync {
  readonly #heardLaterMs: number
  #before: Held = { buffered: new Map(), playout: NOTHING }

  /** @param heardLaterMs than the browser's reports say is sound heard in this page */
  constructor(heardLaterMs = 0) {
    this.#heardLaterMs = heardLaterMs
  }

  /** @param stats that these receivers are in, and may be more besides; every two seconds or so */
  follow(receiverOf: (source: Source) => RTCRtpReceiver | undefined, stats: Stats): void {
    const before = this.#before
    const now = heldIn(stats)
    this.#before = now
    for (const [sound, picture] of PAIRS) {
      const heard = receiverOf(sound)
      const seen = receiverOf(picture)
      if (heard === undefined || seen === undefined) continue
      const waited = waitedMs(heard.track.id, now, before)
      if (waited !== null) hold(seen, waited + this.#heardLaterMs)
    }
  }
}

function hold(picture: RTCRtpReceiver, waitedMs: number): void {
  const now = picture.jitterBufferTarget ?? 0
  const further = Math.min(Math.round(waitedMs), AT_MOST_MS) - now
  if (Math.abs(further) < WORTH_MS) return
  picture.jitterBufferTarget = now + Math.max(-STEP_MS, Math.min(further, STEP_MS))
}

/** How long the sound since the last look was held until it was heard, on average; null when there was none. */
function waitedMs(trackId: string, now: Held, before: Held): number | null {
  const buffer = averageMs(now.buffered.get(trackId), before.buffered.get(trackId))
  return buffer === null ? null : Math.max(0, buffer) + (averageMs(now.playout, before.playout) ?? 0)
}

function heldIn(stats: Stats): Held {
  const buffered = new Map<string, Summed>()
  let playout = NOTHING
  stats.forEach((stat) => {
    if (stat.type === 'inbound-rtp') {
      const {
        trackIdentifier = '',
        jitterBufferDelay = 0,
        jitterBufferEmittedCount = 0,
        ...aims
      } = stat as Inbound
      const { jitterBufferTargetDelay: aim = 0, jitterBufferMinimumDelay: needed = aim } = aims
      buffered.set(trackIdentifier, {
        delay: jitterBufferDelay - (aim - needed),
        samples: jitterBufferEmittedCount,
      })
    } else if (stat.type === 'media-playout') {
      const { totalPlayoutDelay = 0, totalSamplesCount = 0 } = stat as Playout
      playout = { delay: totalPlayoutDelay, samples: totalSamplesCount }
    }
  })
  return { buffered, playout }
}

/** RTCInboundRtpStreamStats (§8.3), of which TypeScript's DOM lacks the targets. */
type Inbound = {
  readonly trackIdentifier?: string
  readonly jitterBufferDelay?: number
  readonly jitterBufferEmittedCount?: number
  readonly jitterBufferTargetDelay?: number
  readonly jitterBufferMinimumDelay?: number
}

/** RTCAudioPlayoutStats (§8.13), which TypeScript's DOM does not have. */
type Playout = { readonly totalPlayoutDelay?: number; readonly totalSamplesCount?: number }

function averageMs(now: Summed | undefined, before: Summed = NOTHING): number | null {
  const samples = (now?.samples ?? 0) - before.samples
  return now !== undefined && samples > 0 ? ((now.delay - before.delay) / samples) * 1000 : null
}
