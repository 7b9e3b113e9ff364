import type { ConferenceId, ParticipantId, RecordingId } from '#lib/protocol/ids.ts'
import type { RecordingKind, RecordingStopReason, RoomRecording } from '#lib/protocol/recordings.ts'

export type RecordingStarter = { readonly id: ParticipantId; readonly name: string }

export type NewRecording = {
  readonly meetingId: string
  readonly conferenceId: ConferenceId
  /** The meeting's host. */
  readonly ownerId: string
  readonly title: string
  readonly kind: RecordingKind
  readonly studio: boolean
  /** Whoever starts it keeps a copy in their own browser. */
  readonly copy: boolean
  /** `asked`: people are asked before they are recorded. */
  readonly consent: RoomRecording['consent']
  /** Who started it; null when it begins by itself. */
  readonly startedBy: RecordingStarter | null
  /** Days it is kept at most by the meeting's own wish, or null. */
  readonly keepDays: number | null
}

/** What is written down of a recording that goes on: asked once a second by its room. */
export type RecordingProgress = {
  readonly id: RecordingId
  readonly kind: RecordingKind
  readonly studio: boolean
  readonly copy: boolean
  readonly consent: RoomRecording['consent']
  readonly startedBy: RecordingStarter | null
  /** ms since the epoch; null while no chunk of its composed picture is safe. */
  readonly startedAt: number | null
  readonly lastChunkAt: number | null
  readonly createdAt: number
  /** A recorder works on it (`server` only), with a lease that has not run out. */
  readonly held: boolean
  /** Set when it is over, by whoever ended it: a full disk, a recorder that gave up. */
  readonly stopReason: RecordingStopReason | null
  readonly consents: readonly { readonly id: ParticipantId; readonly agree: boolean }[]
}

/**
 * Recordings as jobs: what a room asks of the table that recorders and the intake share. Every method throws AppError
 * `unavailable` rather than guess.
 */
export interface RecordingJobs {
  /**
   * In which ways a recording could begin now: `server` while a recorder with room for it is alive, `device` also while
   * there is no room for recordings here. Empty: none may.
   */
  offers(): Promise<readonly RecordingKind[]>
  /**
   * Writes a WAITING job down; one at a time per conference.
   * @throws AppError `conflict` while another goes on, `full` when the disk or the quota has no room, `forbidden` when
   * the server records nothing
   */
  start(recording: NewRecording): Promise<RecordingId>
  /** The one that goes on in this conference (WAITING or RUNNING), or null: for a restarted room. */
  open(conference: ConferenceId): Promise<RecordingProgress | null>
  /** Null when there is no such recording any more. */
  progress(id: RecordingId): Promise<RecordingProgress | null>
  /**
   * Over: its recorder's session ends, its parts close, finishing begins; one that stays on a device is at its end.
   * Idempotent; the first reason stays.
   */
  stop(id: RecordingId, reason: RecordingStopReason): Promise<void>
  consent(id: RecordingId, person: { id: ParticipantId; name: string }, agree: boolean): Promise<void>
}
