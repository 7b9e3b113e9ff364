import type { PartSource } from '#lib/domain/partAllowance.ts'
import type {
  NewPart,
  RecordedEvent,
  RecordingKind,
  RecordingState,
  RecordingStopReason,
} from '#lib/protocol/recordings.ts'

/** A recording as the intake looks at it with every request. */
export type TakenRecording = {
  readonly id: string
  readonly kind: RecordingKind
  readonly state: RecordingState
  readonly meetingId: string
  readonly conferenceId: string
  readonly ownerId: string
  readonly studio: boolean
  readonly wrappedKey: Uint8Array | null
  readonly createdAt: number
  readonly stoppedAt: number | null
  readonly stopReason: string | null
}

export type TakenPart = {
  readonly sessionId: string
  readonly composed: boolean
  /** Whose track; null for what is composed. */
  readonly visitId: string | null
  readonly source: PartSource
  readonly startedAt: number
  /** Of its chunks, and of all parts of this very track of this person; of what is composed its own again. */
  readonly bytes: number
  readonly trackBytes: number
  readonly closed: boolean
  /** The number that its next chunk has to have. */
  readonly next: number
}

/** Somebody's place in the conference that is recorded, who has agreed to it. */
export type Seat = { readonly id: string; readonly name: string }

export type OpenedPart = {
  readonly part: NewPart
  readonly sessionId: string
  readonly seat: Seat | null
}

export type AddedChunk = {
  readonly recordingId: string
  readonly partId: string
  readonly seq: number
  readonly sha256: Uint8Array
  readonly bytes: number
  /** So many may be in the part with it. */
  readonly most: number
}

/** What the intake writes down. Every method throws AppError `unavailable` when the database is away. */
export interface IntakeRows {
  /** Null when there is none, or it is deleted. */
  recording(id: string): Promise<TakenRecording | null>
  /** Of a person in the conference, by session or account, who has agreed to this recording. */
  agreedSeat(
    recording: TakenRecording,
    who: { readonly sessionId: string; readonly userId: string | null },
  ): Promise<Seat | null>
  part(recordingId: string, partId: string): Promise<TakenPart | null>
  /** SHA-256 of a chunk that is written down. */
  digest(partId: string, seq: number): Promise<Uint8Array | null>
  /**
   * Idempotent by the part's id. A former recorder's part stays open: cut off, it has kept what is still to come.
   * @returns false when the id belongs to another part, or the recording has too many
   */
  openPart(recording: TakenRecording, opened: OpenedPart): Promise<boolean>
  /**
   * Written down when the part is open, has the chunk before it and room for this one, else not at all, in one statement:
   * whoever closes the part or writes under the same number meanwhile comes wholly before or wholly after it.
   */
  addChunk(chunk: AddedChunk): Promise<boolean>
  /** A part that is open goes on from another session of the person who opened it. */
  handOver(partId: string, sessionId: string): Promise<void>
  /** @returns false when it has another number of chunks */
  closePart(partId: string, chunks: number): Promise<boolean>
  /** Nothing more is taken into it, whatever it has. */
  endPart(partId: string): Promise<void>
  /** Idempotent by the events' ids. @returns false when the recording has too many */
  addEvents(recordingId: string, events: readonly RecordedEvent[]): Promise<boolean>
  /**
   * A chunk is safe on the host's device: written down while a recording of that kind goes on, and of no account after
   * that: with each stop a last one is on its way.
   * @param startedAt when its part's first sample was captured, ms since the epoch
   */
  keepOnDevice(recordingId: string, startedAt: number): Promise<void>
  stop(recordingId: string, reason: RecordingStopReason): Promise<void>
}
