import type { RecordingId } from '#lib/protocol/ids.ts'
import type { KeptChunk, NewPart, PartState, RecordedEvent } from '#lib/protocol/recordings.ts'
import type { ReadableStore } from '#lib/store.ts'
import type { UploadState } from './ChunkUploader.ts'

/** A part as its recorder keeps it until the server has all of it. */
export type StoredPart = {
  readonly recordingId: RecordingId
  readonly part: NewPart
  /** Numbers of the chunks that are still kept, ascending. */
  readonly kept: readonly number[]
  readonly keptBytes: number
}

/**
 * Where chunks wait until the server has acknowledged them. `append` resolves when the chunk survives what the store
 * promises to survive: nothing (memory), or the end of page and browser (OPFS).
 */
export interface ChunkStore {
  open(recordingId: RecordingId, part: NewPart): Promise<void>
  append(partId: string, seq: number, bytes: Blob): Promise<void>
  read(partId: string, seq: number): Promise<Blob | null>
  /** The server has it: it need not be kept. */
  acknowledge(partId: string, seq: number): Promise<void>
  /** All of it is with the server, or never will be. */
  forget(partId: string): Promise<void>
  /** What is kept, of this page and of former ones; the oldest first. */
  list(): Promise<readonly StoredPart[]>
}

/** What the server made of a request, by meaning. */
export type Sent<Value = null> =
  | { readonly type: 'done'; readonly value: Value }
  /** Passes by itself: the server or the network is away, or asks for patience. */
  | { readonly type: 'later'; readonly afterMs: number | null }
  /** Another chunk is there under this number, or the one before it is missing: ask where to go on. */
  | { readonly type: 'out-of-order' }
  /** 410: this recording takes nothing more. */
  | { readonly type: 'over' }
  /** 507: no space, or the quota is used up. */
  | { readonly type: 'no-space' }
  /** We may not, or what we sent is wrong; trying again changes nothing. */
  | { readonly type: 'refused'; readonly status: number }

/** `lib/protocol/recordings.ts`, "who records → server". Never throws. */
export interface RecordingApi {
  openPart(recordingId: RecordingId, part: NewPart): Promise<Sent>
  putChunk(recordingId: RecordingId, partId: string, seq: number, bytes: Blob): Promise<Sent>
  partState(recordingId: RecordingId, partId: string): Promise<Sent<PartState>>
  closePart(recordingId: RecordingId, partId: string, chunks: number): Promise<Sent>
  sendEvents(recordingId: RecordingId, events: readonly RecordedEvent[]): Promise<Sent>
  /** Of a recording that stays on this device: that another chunk is safe, and nothing of it. */
  tellKept(recordingId: RecordingId, kept: KeptChunk): Promise<Sent>
}

/** What becomes of a part's chunks once they are in the store: brought to the server, or left where they are. */
export interface PartSink {
  readonly state: ReadableStore<UploadState>
  /** The chunk is in the store. */
  offer(seq: number, bytes: number): void
  /** Nothing more comes. */
  finish(chunks: number): void
  /** Ends without finishing; what is kept is for another day. */
  stop(): void
  /** Resolves with the outcome; `going-on` when it was stopped. */
  run(): Promise<UploadState['outcome']>
}

/** The part of a MediaRecorder that we use: a test has its own. */
export type RecorderLike = Pick<
  MediaRecorder,
  'start' | 'stop' | 'state' | 'addEventListener' | 'removeEventListener'
>

/** With what W3C MediaRecorder has beyond TypeScript's own description of it. */
export type RecorderOptions = MediaRecorderOptions & { readonly videoKeyFrameIntervalDuration?: number }
