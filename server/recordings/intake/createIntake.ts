import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { partAllowance } from '#lib/domain/partAllowance.ts'
import { AppError, isAppError } from '#lib/errors.ts'
import {
  CHUNK_DIGEST_HEADER,
  closePart,
  keptChunk,
  MAX_CHUNK_BYTES,
  newPart,
  type PartState,
  type RecordingStopReason,
  recordedEvents,
} from '#lib/protocol/recordings.ts'
import type { Sessions } from '#server/auth/createSessions.ts'
import { closeAfterAnswer } from '#server/http/closeAfterAnswer.ts'
import { type Failure, failureOf, logFailure } from '#server/http/errorResponse.ts'
import { MAX_BODY_BYTES } from '#server/http/readJson.ts'
import { requireSameOrigin } from '#server/http/sameOrigin.ts'
import type { Log } from '#server/log.ts'
import type { Capacity } from '../Capacity.ts'
import { BODY_SLOTS, BODY_TIMEOUT_MS, CLOCK_TOLERANCE_MS } from '../limits.ts'
import { chunkKey, type RecordingStorage } from '../RecordingStorage.ts'
import type { StoredRecording } from '../Recordings.ts'
import { Slots } from '../Slots.ts'
import { Admission, type Caller, mayOpen } from './Admission.ts'
import type { AddedChunk, IntakeRows, TakenPart, TakenRecording } from './IntakeRows.ts'
import { digestHeader, type IntakeRequest, parseIntakeRequest } from './intakeRequest.ts'
import { parseJson } from './parseJson.ts'
import { readBody } from './readBody.ts'

export type IntakeDeps = {
  readonly rows: IntakeRows
  readonly sessions: Pick<Sessions, 'authenticate' | 'authenticateGuest' | 'authenticateRecorder'>
  readonly storageOf: (recording: StoredRecording) => RecordingStorage
  readonly capacity: Pick<Capacity, 'shortage'>
  readonly publicUrl: string
  readonly log: Log
  readonly bodyTimeoutMs?: number
  readonly now?: () => number
}

type Of<Kind extends IntakeRequest['kind']> = Extract<IntakeRequest, { kind: Kind }>
type Known = { readonly recording: TakenRecording; readonly all: Caller }
type Answer = { readonly status: number; readonly body?: PartState }

const EBML = Buffer.from([0x1a, 0x45, 0xdf, 0xa3])
const DONE: Answer = { status: 204 }

/**
 * Takes recordings in, over HTTP (docs/PROTOCOL.md). A chunk is acknowledged when its bytes survive a loss of power and
 * its row is committed: what was acknowledged is in the file that comes of it, whatever dies in between.
 */
export function createIntake(deps: IntakeDeps) {
  const { rows, log, now = Date.now, bodyTimeoutMs = BODY_TIMEOUT_MS } = deps
  const admission = new Admission(deps.sessions, rows)
  const slots = { composed: new Slots(BODY_SLOTS), tracks: new Slots(BODY_SLOTS) }

  async function answer(asked: IntakeRequest, request: IncomingMessage): Promise<Answer> {
    requireSameOrigin(request.method ?? '', originHeaders(request), deps.publicUrl)
    const known = await admission.recording(asked.recordingId, request.headers.cookie)
    if (known.recording.kind === 'device') return onDevice(known, asked, request)
    switch (asked.kind) {
      case 'open':
        return open(known, request)
      case 'events':
        return events(known, request)
      case 'state':
        return state(known, asked)
      case 'close':
        return close(known, asked, request)
      case 'chunk':
        return chunk(known, asked, request)
      case 'kept':
        throw AppError.notFound('The recording')
    }
  }

  async function open({ recording, all }: Known, request: IncomingMessage): Promise<Answer> {
    const part = parseJson(newPart, await readBody(request, MAX_BODY_BYTES, bodyTimeoutMs), request)
    const adder = await admission.opener(recording, all, part.source)
    const { sessionId, seat } = adder
    // A page that asks again after a lost answer may ask late: what is open is open.
    const existing = await rows.part(recording.id, part.id)
    if (existing?.sessionId === sessionId) return { status: 200, body: stateOf(existing) }
    if (existing && admission.goesOn(existing, part.source, adder)) {
      await rows.handOver(part.id, sessionId)
      return { status: 200, body: stateOf(existing) }
    }
    if (!mayOpen(recording, part.source, now())) throw new Gone('This recording is over.')
    const startedAt = within(recording, part.startedAt)
    const opened = await rows.openPart(recording, { part: { ...part, startedAt }, sessionId, seat })
    if (!opened) throw new AppError('conflict', 'This part cannot be opened.')
    return { status: 201, body: { next: 0, closed: false } }
  }

  /** A browser's clock is believed within what is possible by ours. */
  const within = ({ createdAt }: TakenRecording, startedAt: number): number =>
    Math.min(Math.max(startedAt, createdAt - CLOCK_TOLERANCE_MS), now())

  async function events({ recording, all }: Known, request: IncomingMessage): Promise<Answer> {
    admission.composer(recording, all)
    const body = await readBody(request, MAX_BODY_BYTES, bodyTimeoutMs)
    const told = parseJson(recordedEvents, body, request)
    if (!(await rows.addEvents(recording.id, told.events))) {
      throw new AppError('conflict', 'This recording has too many events.')
    }
    return DONE
  }

  /** What stays on its host's device: that it goes on is taken, and nothing of it (REC-84). */
  async function onDevice({ recording, all }: Known, asked: IntakeRequest, request: IncomingMessage) {
    admission.composer(recording, all)
    if (asked.kind !== 'kept') throw AppError.forbidden()
    const { startedAt } = parseJson(
      keptChunk,
      await readBody(request, MAX_BODY_BYTES, bodyTimeoutMs),
      request,
    )
    await rows.keepOnDevice(recording.id, within(recording, startedAt))
    return DONE
  }

  async function state({ recording, all }: Known, { partId }: Of<'state'>): Promise<Answer> {
    return { status: 200, body: stateOf(await admission.part(recording, all, partId)) }
  }

  async function close({ recording, all }: Known, { partId }: Of<'close'>, request: IncomingMessage) {
    const part = await admission.part(recording, all, partId)
    const { chunks } = parseJson(closePart, await readBody(request, MAX_BODY_BYTES, bodyTimeoutMs), request)
    // Whether it is closed already does not matter, whether it is as long does.
    if (!(await rows.closePart(partId, chunks))) throw new Conflict(stateOf(part))
    return DONE
  }

  async function chunk({ recording, all }: Known, { partId, seq }: Of<'chunk'>, request: IncomingMessage) {
    const part = await admission.part(recording, all, partId)
    const digest = digestHeader.safeParse(request.headers[CHUNK_DIGEST_HEADER])
    if (!digest.success) throw new AppError('invalid-request', 'The chunk has no digest.')
    const sha256 = Buffer.from(digest.data, 'hex')
    if (seq > part.next) throw new Conflict(stateOf(part))
    if (seq < part.next) return acknowledgeAgain(partId, seq, sha256)
    if (part.closed) throw new Gone('This part is closed.')
    await roomFor(recording)
    const release = (part.composed ? slots.composed : slots.tracks).take(part.sessionId)
    try {
      const bytes = await readBody(request, MAX_CHUNK_BYTES, bodyTimeoutMs)
      check(bytes, sha256, seq)
      const most = await allowance(recording, part, partId, bytes.length)
      return await keep(
        recording,
        { recordingId: recording.id, partId, seq, sha256, bytes: bytes.length, most },
        bytes,
      )
    } finally {
      release()
    }
  }

  /**
   * UP-3: no more than such a source can have made since it began. With more the part is over, and the recording goes on.
   *
   * @returns how many bytes may be in the part
   */
  async function allowance(
    recording: TakenRecording,
    part: TakenPart,
    partId: string,
    adding: number,
  ): Promise<number> {
    const until = Math.min(recording.stoppedAt ?? Number.POSITIVE_INFINITY, now())
    const most = partAllowance(part.source, until - part.startedAt)
    // Of several parts each could say that it began with the recording: together they are one track all the same.
    const ofTrack = partAllowance(part.source, until - recording.createdAt + CLOCK_TOLERANCE_MS)
    if (part.bytes + adding <= most && (part.composed || part.trackBytes + adding <= ofTrack)) return most
    await rows.endPart(partId)
    log.warn(
      { recording: recording.id, part: partId, source: part.source },
      'a part has more in it than it can have',
    )
    throw new TooMuch()
  }

  /** What was written down already: the same again is good, another one under its number never is. */
  async function acknowledgeAgain(partId: string, seq: number, sha256: Buffer): Promise<Answer> {
    const known = await rows.digest(partId, seq)
    if (known === null || !sha256.equals(known)) throw new Conflict(null)
    return DONE
  }

  async function keep(recording: TakenRecording, chunk: AddedChunk, bytes: Buffer): Promise<Answer> {
    const { partId, seq, sha256 } = chunk
    const storage = deps.storageOf(recording)
    const key = chunkKey(recording.id, partId, seq, sha256)
    try {
      await storage.put(key, bytes)
    } catch (error) {
      if (isAppError(error) && error.code === 'full') await over(recording, 'disk-full', error)
      throw error
    }
    if (await rows.addChunk(chunk)) return DONE
    // Another writer was first: with the same bytes, which then lie under this very key, or with others.
    const known = await rows.digest(partId, seq)
    if (known !== null && Buffer.from(sha256).equals(known)) return DONE
    await storage.remove(key).catch(() => undefined)
    if (known !== null) throw new Conflict(null)
    throw new Gone('This part is closed.')
  }

  /** Before a byte is read. What has no room stops the recording, for everybody to read. */
  async function roomFor(recording: TakenRecording): Promise<void> {
    const shortage = await deps.capacity.shortage()
    if (shortage !== null) await over(recording, shortage)
  }

  async function over(
    recording: TakenRecording,
    reason: RecordingStopReason,
    cause?: unknown,
  ): Promise<never> {
    if (recording.stoppedAt === null) {
      await rows.stop(recording.id, reason)
      log.error({ recording: recording.id, reason }, 'a recording has stopped')
    }
    throw new AppError('full', 'There is no space left for recordings on the server.', { cause })
  }

  return async function handleRequest(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const asked = parseIntakeRequest(request.method, request.url ?? '')
    if (!asked) return false
    response.setHeader('Cache-Control', 'private, no-store')
    try {
      send(response, await answer(asked, request))
    } catch (error) {
      logFailure(log, error, `${request.method} the ${asked.kind} of a recording`)
      refuse(request, response, error)
    }
    return true
  }
}

/** It was there once, or could have been: not to be tried again. */
class Gone extends AppError {
  constructor(message: string) {
    super('conflict', message)
  }
}

/** Another part may begin. */
class TooMuch extends AppError {
  constructor() {
    super('invalid-request', 'There is more in this part than can have been recorded. It is over.')
  }
}

/** Not the chunk that is due. Where to go on is said with it, to whom the part belongs. */
class Conflict extends AppError {
  readonly state: PartState | null
  constructor(state: PartState | null) {
    super('conflict', 'This is not the chunk that is due.')
    this.state = state
  }
}

const stateOf = ({ next, closed }: PartState): PartState => ({ next, closed })

function check(bytes: Buffer, sha256: Buffer, seq: number): void {
  if (bytes.length === 0) throw new AppError('invalid-request', 'The chunk is empty.')
  if (!createHash('sha256').update(bytes).digest().equals(sha256)) {
    throw new AppError('invalid-request', 'The chunk is not what its digest says.')
  }
  // UP-5: what begins otherwise is no WebM, whatever it calls itself.
  if (seq === 0 && !bytes.subarray(0, EBML.length).equals(EBML)) {
    throw new AppError('invalid-request', 'The part does not begin as a WebM does.')
  }
}

function originHeaders({ headers }: IncomingMessage): Headers {
  const relevant = new Headers()
  for (const name of ['origin', 'sec-fetch-site']) {
    const value = headers[name]
    if (typeof value === 'string') relevant.set(name, value)
  }
  return relevant
}

function send(response: ServerResponse, { status, body }: Answer): void {
  response.statusCode = status
  if (body === undefined) {
    response.end()
    return
  }
  response.setHeader('Content-Type', 'application/json')
  response.end(JSON.stringify(body))
}

function statusOf(error: unknown, { status, body }: Failure): number {
  if (error instanceof Gone) return 410
  if (error instanceof TooMuch) return 413
  return body.error.code === 'timeout' ? 408 : status
}

function refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  const failure = failureOf(error)
  response.statusCode = statusOf(error, failure)
  for (const [name, value] of Object.entries(failure.headers)) response.setHeader(name, value)
  response.setHeader('Content-Type', 'application/json')
  // What was not read is not waited for.
  if (!request.complete) closeAfterAnswer(request, response)
  const state = error instanceof Conflict && error.state ? { state: error.state } : {}
  response.end(JSON.stringify({ ...failure.body, ...state }))
}
