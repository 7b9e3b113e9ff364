import { z } from 'zod'
import { participantId, recordingId } from './ids.ts'

/**
 * The contract of recordings: what a room knows of its present one, what whoever records sends over HTTP, and what
 * the page of a finished one shows. Every string and array is bounded; unknown fields are refused.
 */

/* ── in the room ───────────────────────────────────────────────────────────────────────────────── */

/**
 * `server`: by a recorder. `local`: in the host's own browser, which sends it here. `device`: in the host's own browser,
 * which keeps it: nothing that is recorded leaves that device.
 */
export const recordingKind = z.enum(['server', 'local', 'device'])
export type RecordingKind = z.infer<typeof recordingKind>

/** Whether, and at whose word, a meeting is recorded. */
export const recordingPolicy = z.enum(['never', 'ask', 'automatic'])
export type RecordingPolicy = z.infer<typeof recordingPolicy>

/** Why a recording has stopped, or does not go on. Everybody in the meeting reads it. */
export const recordingStopReason = z.enum([
  /** A host said so. */
  'stopped',
  'meeting-ended',
  /** No recorder took it, or all that there are carry as much as they can. */
  'no-recorder',
  /** Its recorder died and nobody took it over in time. */
  'recorder-lost',
  'disk-full',
  'quota',
  /** Nothing has come of it for too long: the server or its database was away, or the network of who records. */
  'interrupted',
  /** The host who records on their own device has left. */
  'host-left',
  'failed',
])
export type RecordingStopReason = z.infer<typeof recordingStopReason>

/**
 * Why a recording is interrupted. `silent`: nothing reaches the server from whoever records. `recorder-lost`: nobody holds
 * it at present, another recorder is looked for. `unwritable`: the server cannot write anything down.
 */
export const recordingInterruption = z.enum(['silent', 'recorder-lost', 'unwritable'])
export type RecordingInterruption = z.infer<typeof recordingInterruption>

/** The recording of a room, as everybody in it knows it. A fact of the room's state: in the snapshot, in versions. */
export const roomRecording = z.strictObject({
  id: recordingId,
  kind: recordingKind,
  /** `starting`: nothing is safe yet. `interrupted`: it is being taken up again; what came before is safe. */
  status: z.enum(['starting', 'running', 'interrupted', 'stopping']),
  /** While it is interrupted; null otherwise. */
  interruption: recordingInterruption.nullable(),
  /** Server time in ms of its beginning; null while it starts. */
  startedAt: z.number().nullable(),
  /** Who started it; null when the meeting is recorded by itself. */
  by: z.string().min(1).max(80).nullable(),
  /** Their seat: of kind `local` and `device` whoever has it makes the recording, or its copy, also in a page that was opened anew. */
  byId: participantId.nullable(),
  /** Each person's own tracks are recorded on their device as well, when they agree. */
  studio: z.boolean(),
  /** Of kind `server` alone: whoever started it keeps a copy in their own browser, beside the recorder's. */
  copy: z.boolean(),
  /** `asked`: nobody's media reaches the recording before they have agreed. */
  consent: z.enum(['told', 'asked']),
  /** Who has agreed and who has declined, when asked. */
  agreed: z.array(participantId).max(500),
  declined: z.array(participantId).max(500),
})
export type RoomRecording = z.infer<typeof roomRecording>

/* ── who records → server, over HTTP ───────────────────────────────────────────────────────────── */

/** Bytes. A second of 1080p is some 600 kB; what is larger is no chunk of ours. */
export const MAX_CHUNK_BYTES = 8 * 1024 * 1024
/** Of one part: twelve hours of seconds. */
export const MAX_CHUNKS = 12 * 3600

/** What pictures are encoded as. */
export const recordedCodec = z.enum(['vp8', 'vp9', 'h264'])
export type RecordedCodec = z.infer<typeof recordedCodec>

/** What a MediaRecorder makes here: its container and its codecs. */
export const recordedType = z.enum([
  'video/webm;codecs=vp8,opus',
  'video/webm;codecs=vp9,opus',
  'video/webm;codecs=h264,opus',
  // Pictures without sound.
  'video/webm;codecs=vp8',
  'video/webm;codecs=vp9',
  'video/webm;codecs=h264',
  'audio/webm;codecs=opus',
])
export type RecordedType = z.infer<typeof recordedType>

/** A person's own. */
export const ownTrack = z.enum(['camera', 'microphone', 'screen'])
export type OwnTrack = z.infer<typeof ownTrack>

/** @returns what its pictures are encoded as; null where there are none */
export const codecOfType = (type: RecordedType): RecordedCodec | null =>
  recordedCodec.options.find((codec) => type.includes(`codecs=${codec}`)) ?? null

/** `POST /api/recordings/<id>/parts`: a MediaRecorder has started. */
export const newPart = z.strictObject({
  /** Chosen by who records, so that the same request again is the same part. */
  id: z.uuid(),
  source: z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('composed') }),
    z.strictObject({ type: z.literal('track'), track: ownTrack }),
  ]),
  mimeType: recordedType,
  /** Server time in ms at which its first sample was captured. */
  startedAt: z.int().nonnegative(),
})
export type NewPart = z.infer<typeof newPart>

/**
 * `PUT /api/recordings/<id>/parts/<part>/chunks/<seq>`: the bytes as they are. In the header `Digest-SHA256` the
 * SHA-256 of them, hexadecimal. 204 once it is on the disk; the same again is 204 again; 409 for another one under
 * this number, or when `seq - 1` has not come.
 */
export const CHUNK_DIGEST_HEADER = 'digest-sha256'

/** `GET /api/recordings/<id>/parts/<part>`: where to go on after a loss. */
export const partState = z.strictObject({ next: z.int().nonnegative(), closed: z.boolean() })
export type PartState = z.infer<typeof partState>

/** `POST /api/recordings/<id>/parts/<part>/close`: nothing more comes. */
export const closePart = z.strictObject({ chunks: z.int().nonnegative().max(MAX_CHUNKS) })

export const recordingEventType = z.enum([
  'joined',
  'left',
  'spoke',
  'shared',
  'hand-raised',
  'chapter',
  'interrupted',
])
export type RecordingEventType = z.infer<typeof recordingEventType>

/** Something on the time line. `at` is server time in ms; what lasts has a duration. */
export const recordedEvent = z.strictObject({
  id: z.uuid(),
  at: z.int().nonnegative(),
  durationMs: z.int().nonnegative().max(86_400_000).nullable(),
  type: recordingEventType,
  participantId: participantId.nullable(),
  name: z.string().max(80).nullable(),
  text: z.string().max(200).nullable(),
})
export type RecordedEvent = z.infer<typeof recordedEvent>
/** `POST /api/recordings/<id>/events`, idempotent by the events' ids. */
export const recordedEvents = z.strictObject({ events: z.array(recordedEvent).min(1).max(200) })

/**
 * `POST /api/recordings/<id>/kept`, of kind `device` alone, each time a chunk is safe on the host's device: that it is, and
 * nothing of it. All else about such a recording is refused. Of one that is over it changes nothing.
 */
export const keptChunk = z.strictObject({
  /** Server time in ms at which the first sample of its part was captured. */
  startedAt: z.int().nonnegative(),
})
export type KeptChunk = z.infer<typeof keptChunk>

/* ── the page ──────────────────────────────────────────────────────────────────────────────────── */

/** `kept`: over, and on the device of who recorded it: there is nothing of it here. */
export const recordingState = z.enum(['waiting', 'running', 'finishing', 'ready', 'failed', 'kept'])
export type RecordingState = z.infer<typeof recordingState>

/** A line in `/recordings`. */
export type RecordingSummary = {
  readonly id: string
  readonly title: string
  readonly meetingId: string
  readonly kind: RecordingKind
  readonly state: RecordingState
  readonly stopReason: RecordingStopReason | null
  /** The name of who started it; null when it began by itself. */
  readonly startedBy: string | null
  /** ISO 8601, UTC. */
  readonly startedAt: string | null
  readonly createdAt: string
  readonly durationMs: number | null
  readonly bytes: number
  readonly expiresAt: string | null
  readonly people: readonly string[]
}

export const FILE_KINDS = ['webm', 'mp4', 'audio', 'track', 'clip', 'transcript'] as const
export type RecordingFileKind = (typeof FILE_KINDS)[number]

export type RecordingFileView = {
  readonly id: string
  readonly kind: RecordingFileKind
  readonly mimeType: string
  readonly bytes: number
  readonly durationMs: number
  /**
   * Of several films on one time line, because what was recorded could not stand in one file: 0 has the most in it. Of a
   * person's track the same.
   */
  readonly film: number
  /** Of a clip: where it begins, on the recording's own time line; null for all else, and for clips of before. */
  readonly fromMs: number | null
  /** Whose own track it is: as the time line names them. Null for what is everybody's. */
  readonly participantId: string | null
  readonly personName: string | null
}

/** `atMs` on the recording's own time line. */
export type TimelineEvent = {
  readonly id: string
  readonly atMs: number
  readonly durationMs: number | null
  readonly type: RecordingEventType
  readonly participantId: string | null
  readonly name: string | null
  readonly text: string | null
}

export type RecordedMessage = {
  readonly id: string
  readonly atMs: number
  readonly author: string
  readonly text: string
}

export type RecordingShareView = {
  readonly id: string
  readonly label: string
  readonly download: boolean
  readonly hasPasscode: boolean
  readonly createdAt: string
  readonly expiresAt: string | null
  readonly revoked: boolean
  /** How often, as the trail counts: once an hour, and downloads by file. */
  readonly watched: number
  readonly downloaded: number
  readonly lastUsedAt: string | null
}

/** All that the page of one recording shows. `shares` for its owner only. */
export type RecordingView = RecordingSummary & {
  readonly files: readonly RecordingFileView[]
  readonly events: readonly TimelineEvent[]
  readonly chat: readonly RecordedMessage[]
  /**
   * Something of it is no file yet. `ready`: it can be watched, and more of the film's files are being made. `failed`: it
   * could not be put together, and what was recorded is still on the server.
   */
  readonly unfinished: boolean
  /** Own tracks of people are still to come, perhaps in hours; never said to who may not take them away. */
  readonly tracksAwaited: boolean
  /** `ready`: others of its files could not be made, and are not tried any more. Said to its owner only. */
  readonly gaveUp: boolean
  readonly mayDownload: boolean
  readonly owned: boolean
}
