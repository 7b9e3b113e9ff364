import type { ConferenceId, RecordingId } from '#lib/protocol/ids.ts'
import type { RecordedType, RecordingStopReason } from '#lib/protocol/recordings.ts'

/** A recorder process as the others know it. Its id is new at each of its starts. */
export type RecorderSeat = {
  readonly id: string
  readonly hostname: string
  /** Jobs that it can carry beside those it has. */
  readonly free: number
}

export type RecorderJob = {
  readonly id: RecordingId
  readonly meetingId: string
  /** What the recorder's browser opens: `/recorder/<code>`. */
  readonly meetingCode: string
  readonly conferenceId: ConferenceId
  readonly title: string
  readonly studio: boolean
  /** 1 for the first recorder that works on it. More: it goes on as a further part. */
  readonly attempt: number
  /** ms since the epoch; null while nothing of it is safe. */
  readonly startedAt: number | null
  /** What was recorded last of it: whoever goes on makes the same, so that all of it can stand in one film. */
  readonly recordedAs: RecordedType | null
}

/** A recording of which the server still takes what was recorded. */
export type OpenRecording = Pick<RecorderJob, 'id' | 'meetingId' | 'meetingCode'>

/**
 * The recorders' side of the job table. One job is with one recorder at a time: whoever holds its lease. All times are
 * the database's. Every method throws AppError `unavailable` rather than guess.
 */
export interface RecorderDesk {
  /** Says that a recorder lives, and how much more it takes: at its start, then every RECORDER_HEARTBEAT_MS. */
  heartbeat(recorder: RecorderSeat): Promise<void>
  /** It ends: no longer offered. Its jobs, if it has any left, are free for others at once. */
  leave(recorderId: string): Promise<void>
  /**
   * Takes the job that has waited longest, or one whose recorder has let its lease run out, for LEASE_MS.
   * After MAX_ATTEMPTS recorders that died over it, a job is stopped as `recorder-lost`.
   */
  claim(recorderId: string): Promise<RecorderJob | null>
  /**
   * Prolongs the leases of what this recorder still has: every RENEW_MS.
   * @returns the jobs that are still its own and go on. Any other has been stopped or taken over: it ends its browser
   */
  renew(recorderId: string, jobs: readonly RecordingId[]): Promise<readonly RecordingId[]>
  /**
   * Gives a job back, for another recorder to go on with at once: this one is being shut down, or its browsers die.
   *
   * @param failed only then it counts as an attempt: while the server is away no recorder can do better (REC-222)
   */
  release(recorderId: string, job: RecordingId, how: { readonly failed: boolean }): Promise<void>
  /** It cannot be recorded, by nobody: over, with this reason. Does nothing when the job is no longer this recorder's. */
  giveUp(recorderId: string, job: RecordingId, reason: RecordingStopReason): Promise<void>
  /** Whoever has it now: null when nothing more is taken of it. */
  find(id: RecordingId): Promise<OpenRecording | null>
}

export const RECORDER_HEARTBEAT_MS = 2_000
/** A recorder that has said nothing for so long is offered to nobody. */
export const RECORDER_SILENCE_MS = 7_000
export const LEASE_MS = 6_000
export const RENEW_MS = 2_000
/** Of recorders over one recording; each that dies costs a gap, none costs what came before. */
export const MAX_ATTEMPTS = 20
