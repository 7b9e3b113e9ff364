import type { ParticipantId } from '#lib/protocol/ids.ts'
import type { RecordingInterruption, RecordingStopReason, RoomRecording } from '#lib/protocol/recordings.ts'

/** No first chunk for this long: it does not start. */
export const START_WITHIN_MS = 20_000
/** While a browser is at it: on a machine at its limit it may take as long as this to open, join and begin. */
export const START_HELD_WITHIN_MS = 45_000
/** No chunk for longer than this: everybody is told that it is interrupted. */
export const INTERRUPTED_AFTER_MS = 4_000
/** Interrupted for this long: it is over. Whose network is away for five minutes has time to come back. */
export const GIVEN_UP_AFTER_MS = 10 * 60_000
/** A chunk is known about this long after it came: a second between two looks, and what a query takes. */
const LOOK_MS = 1_500

/** What is written down of a recording, by those who make it. Times in ms since the epoch, by the clock of who wrote. */
export type WrittenRecording = Pick<RoomRecording, 'id' | 'kind' | 'studio' | 'copy' | 'consent'> & {
  readonly startedBy: { readonly id: ParticipantId; readonly name: string } | null
  readonly startedAt: number | null
  readonly lastChunkAt: number | null
  readonly held: boolean
  readonly stopReason: RecordingStopReason | null
  readonly consents: readonly { readonly id: ParticipantId; readonly agree: boolean }[]
}

/** A recording as its room follows it: what everybody is shown, and since when what is so, by the room's own clock. */
export type WatchedRecording = {
  readonly shown: RoomRecording
  /** Since when its first chunk is waited for. */
  readonly waitingSince: number
  readonly lastChunkAt: number | null
  /** When the last chunk came. */
  readonly quietSince: number
  readonly interruptedSince: number | null
}

export type WatchStep =
  | { readonly watched: WatchedRecording; readonly stopped: null }
  | { readonly watched: null; readonly stopped: RecordingStopReason }

/** A recording that has just been asked for, or one that a former process has left to us. */
export function watchRecording(
  written: Omit<WrittenRecording, 'held' | 'stopReason'>,
  now: number,
): WatchedRecording {
  const { id, kind, studio, copy, consent, startedBy, startedAt, lastChunkAt, consents } = written
  const quietSince = Math.min(lastChunkAt ?? now, now)
  const interrupted = startedAt !== null && now - quietSince > INTERRUPTED_AFTER_MS
  return {
    shown: {
      id,
      kind,
      status: startedAt === null ? 'starting' : interrupted ? 'interrupted' : 'running',
      interruption: interrupted ? 'silent' : null,
      startedAt,
      by: startedBy?.name ?? null,
      byId: startedBy?.id ?? null,
      studio,
      copy,
      consent,
      agreed: consents.filter(({ agree }) => agree).map((one) => one.id),
      declined: consents.filter(({ agree }) => !agree).map((one) => one.id),
    },
    waitingSince: now,
    lastChunkAt,
    quietSince,
    interruptedSince: interrupted ? now : null,
  }
}

/** What follows from what is written now; null when nothing is written of it any more. */
export function followRecording(
  before: WatchedRecording,
  written: WrittenRecording | null,
  now: number,
): WatchStep {
  if (written === null) return over('failed')
  if (written.stopReason !== null) return over(written.stopReason)
  if (written.startedAt === null) {
    return now - before.waitingSince > (isAtIt(written) ? START_HELD_WITHIN_MS : START_WITHIN_MS)
      ? over(notStarted(written))
      : { watched: before, stopped: null }
  }
  const came = written.lastChunkAt !== null && written.lastChunkAt !== before.lastChunkAt
  const quietSince = came ? between(now - LOOK_MS, written.lastChunkAt, now) : before.quietSince
  const interrupted = now - quietSince > INTERRUPTED_AFTER_MS
  const interruptedSince = interrupted ? (before.interruptedSince ?? now) : null
  if (interruptedSince !== null && now - interruptedSince > GIVEN_UP_AFTER_MS) return over(givenUp(written))
  const shown: RoomRecording = {
    ...before.shown,
    startedAt: written.startedAt,
    status: interrupted ? 'interrupted' : 'running',
    interruption: interrupted ? whySilent(written) : null,
  }
  const { lastChunkAt } = written
  return { watched: { ...before, shown, lastChunkAt, quietSince, interruptedSince }, stopped: null }
}

/**
 * Nobody can read what is written now, nor write: no chunk is safe, however many are kept by whoever records. How long it
 * is given counts from when it can be read again.
 */
export function unreadRecording(before: WatchedRecording, now: number): WatchedRecording {
  const { shown, quietSince } = before
  const runs = shown.status === 'running' || shown.status === 'interrupted'
  if (!runs || now - quietSince <= INTERRUPTED_AFTER_MS) return before
  const told: RoomRecording = { ...shown, status: 'interrupted', interruption: 'unwritable' }
  return { ...before, shown: told, interruptedSince: null }
}

/** The last answer counts. */
export function withAnswer(recording: RoomRecording, id: ParticipantId, agree: boolean): RoomRecording {
  const agreed = recording.agreed.filter((one) => one !== id)
  const declined = recording.declined.filter((one) => one !== id)
  ;(agree ? agreed : declined).push(id)
  return { ...recording, agreed: agreed.slice(-MOST_ANSWERS), declined: declined.slice(-MOST_ANSWERS) }
}

/** As many as the wire carries. */
const MOST_ANSWERS = 500

/** Whether what everybody is shown is the same. */
export const sameRecording = (one: RoomRecording, other: RoomRecording): boolean =>
  one.id === other.id &&
  one.status === other.status &&
  one.interruption === other.interruption &&
  one.startedAt === other.startedAt &&
  one.agreed === other.agreed &&
  one.declined === other.declined

const over = (stopped: RecordingStopReason): WatchStep => ({ watched: null, stopped })

function notStarted({ kind, held }: WrittenRecording): RecordingStopReason {
  if (kind !== 'server') return 'failed'
  return held ? 'recorder-lost' : 'no-recorder'
}

/** Somebody makes it: a recorder, or the browser of the host, who is here. */
const isAtIt = ({ kind, held }: WrittenRecording): boolean => kind !== 'server' || held

const isLost = ({ kind, held }: WrittenRecording): boolean => kind === 'server' && !held

const whySilent = (written: WrittenRecording): RecordingInterruption =>
  isLost(written) ? 'recorder-lost' : 'silent'

const givenUp = (written: WrittenRecording): RecordingStopReason =>
  isLost(written) ? 'recorder-lost' : 'interrupted'

/** Clocks of several machines differ: what one of them wrote is believed within what is possible by ours. */
const between = (least: number, value: number | null, most: number): number =>
  Math.max(least, Math.min(value ?? most, most))
