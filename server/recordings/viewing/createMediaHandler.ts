import type { IncomingMessage, ServerResponse } from 'node:http'
import { AppError } from '#lib/errors.ts'
import { ADDRESS_HEADER } from '#server/http/internalHeaders.ts'
import type { Log } from '#server/log.ts'
import { WATCHED_KINDS } from '../fileKinds.ts'
import type { MediaFile, RecordingMedia } from '../PrismaRecordingMedia.ts'
import type { Recordings } from '../Recordings.ts'
import { contentDisposition } from './contentDisposition.ts'
import { fileName } from './fileName.ts'
import type { MediaAccess, MediaGrant, MediaRefusal } from './mediaAccess.ts'
import { mediaTarget } from './mediaTarget.ts'
import { parseRange, type RangeAnswer, rangeHolds } from './parseRange.ts'
import { StreamPlaces } from './StreamPlaces.ts'
import { streamWatched } from './streamWatched.ts'

export type MediaHandlerDeps = {
  readonly access: MediaAccess
  readonly media: Pick<RecordingMedia, 'note'>
  readonly recordings: Pick<Recordings, 'storageOf'>
  readonly log: Log
}

/** Answers what is a recording's file. @returns false when it is none */
export type MediaHandler = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>

const MESSAGES: Record<MediaRefusal, string> = {
  401: 'Please sign in, or open the link again.',
  403: 'This link is for watching only.',
  404: 'This file was not found.',
  410: 'This link is no longer valid.',
}

const CODES = { 401: 'unauthenticated', 403: 'forbidden', 404: 'not-found', 410: 'not-found' } as const

/** What may be played comes with its own type; a page made from it could do nothing (UP-5). */
const FIXED = {
  'Cache-Control': 'private, no-store',
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "default-src 'none'; sandbox",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Accept-Ranges': 'bytes',
} as const

/** Only these are shown in place; anything else that a row may say is bytes to save. */
const PLAYABLE = /^((video|audio)\/(webm|mp4|ogg)|text\/vtt)(;|$)/

/**
 * Sends finished files by ranges (RFC 9110 §14), outside Next: rows are asked on every request, and every two seconds
 * while bytes flow, so that whoever loses access stops receiving within seconds.
 */
export function createMediaHandler({ access, media, recordings, log }: MediaHandlerDeps): MediaHandler {
  const places = new StreamPlaces()

  async function send(
    { file, stillAllowed, bounds }: MediaGrant,
    range: RangeAnswer,
    response: ServerResponse,
  ): Promise<void> {
    if (!places.take(bounds)) {
      throw new AppError('rate-limited', 'Too many downloads at a time.', { retryAfterMs: 5_000 })
    }
    try {
      const storage = recordings.storageOf({ id: file.recordingId, wrappedKey: file.wrappedKey })
      const source = await storage.read(file.storageKey, range.kind === 'part' ? range : undefined)
      writeHead(response, file, range)
      await streamWatched(source, response, stillAllowed)
    } finally {
      places.giveBack(bounds)
    }
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = mediaTarget(request.url)
    if (!target) return
    const granted = await access(target, request.headers.cookie, target.download)
    if (typeof granted === 'number') return refuse(response, granted)
    const { file, actorId, who, details } = granted
    const range = rangeOf(request, file)
    setHeaders(response, file, target.download)
    if (range.kind === 'unsatisfiable') {
      response.writeHead(416, { 'Content-Range': `bytes */${file.bytes}` }).end()
      return
    }
    if (request.method === 'HEAD') {
      writeHead(response, file, range)
      response.end()
      return
    }
    const taken = target.download || !isWatched(file)
    const action = taken ? 'recording.downloaded' : 'recording.watched'
    const what = taken ? { ...details, ...nameOf(file) } : details
    const address = String(request.headers[ADDRESS_HEADER] ?? 'unknown')
    // First: nobody has had bytes whom the trail does not name.
    await media.note({ action, actorId, who, recordingId: file.recordingId, address, details: what })
    await send(granted, range, response)
  }

  return async (request, response) => {
    if (mediaTarget(request.url) === null) return false
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { Allow: 'GET, HEAD', 'Cache-Control': 'no-store' }).end()
      return true
    }
    try {
      await answer(request, response)
    } catch (error) {
      if (response.headersSent) {
        // Somebody who went away, or was sent away: the connection says so, and there is nothing to add.
        response.destroy()
        if (!isGoodbye(error)) log.warn({ err: error }, 'a recording could not be sent to its end')
        return true
      }
      throw error
    }
    return true
  }
}

const rangeOf = ({ method, headers }: IncomingMessage, file: MediaFile): RangeAnswer => {
  // §14.2: only GET has ranges.
  const holds = method === 'GET' && rangeHolds(headers['if-range'] as string | undefined, etagOf(file))
  return parseRange(holds ? headers.range : undefined, file.bytes)
}

/** What no player plays is taken away, whatever its address says: one's own track, for a film that is made of it. */
const isWatched = ({ kind }: MediaFile): boolean => WATCHED_KINDS.some((watched) => watched === kind)

const nameOf = ({ id, kind, personName }: MediaFile): Record<string, string> => ({
  file: id,
  kind,
  ...(personName !== null && { person: personName }),
})

/** Strong: a file never changes under its id. */
const etagOf = ({ id, bytes }: MediaFile): string => `"${id}-${bytes}"`

function setHeaders(response: ServerResponse, file: MediaFile, download: boolean): void {
  const playable = PLAYABLE.test(file.mimeType)
  for (const [name, value] of Object.entries(FIXED)) response.setHeader(name, value)
  response.setHeader('ETag', etagOf(file))
  response.setHeader('Content-Type', playable ? file.mimeType : 'application/octet-stream')
  const shown = playable && !download ? 'inline' : 'attachment'
  response.setHeader('Content-Disposition', contentDisposition(shown, fileName(file)))
}

function writeHead(response: ServerResponse, { bytes }: MediaFile, range: RangeAnswer): void {
  if (range.kind !== 'part') {
    response.writeHead(200, { 'Content-Length': bytes })
    return
  }
  const { start, end } = range
  response.writeHead(206, {
    'Content-Length': end - start + 1,
    'Content-Range': `bytes ${start}-${end}/${bytes}`,
  })
}

function refuse(response: ServerResponse, status: MediaRefusal): void {
  const message = MESSAGES[status]
  response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'private, no-store' })
  response.end(JSON.stringify({ error: { code: CODES[status], message } }))
}

/** Aborted by us, or closed by the other side before the end. */
const isGoodbye = (error: unknown): boolean =>
  error instanceof Error &&
  (error.name === 'AbortError' ||
    ('code' in error &&
      ['ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET', 'EPIPE', 'ABORT_ERR'].includes(String(error.code))))
