import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import type { PrismaClient } from '@prisma/client'
import type { RecordingId } from '#lib/protocol/ids.ts'
import { sessions } from '#server/auth/sessions.ts'
import { database } from '#server/db.ts'
import { env } from '#server/env.ts'
import { log } from '#server/log.ts'
import { createRecordings } from '#server/recordings/createRecordings.ts'
import { createViewing } from '#server/recordings/PrismaViewing.ts'
import type { Recordings } from '#server/recordings/Recordings.ts'
import * as oneChapter from '../../app/api/recordings/[id]/chapters/[chapterId]/route.ts'
import * as chapters from '../../app/api/recordings/[id]/chapters/route.ts'
import * as oneClip from '../../app/api/recordings/[id]/clips/[clipId]/route.ts'
import * as clips from '../../app/api/recordings/[id]/clips/route.ts'
import * as finish from '../../app/api/recordings/[id]/finish/route.ts'
import * as oneRecording from '../../app/api/recordings/[id]/route.ts'
import * as oneShare from '../../app/api/recordings/[id]/shares/[shareId]/route.ts'
import * as shares from '../../app/api/recordings/[id]/shares/route.ts'
import * as transcript from '../../app/api/recordings/[id]/transcript/route.ts'
import * as allRecordings from '../../app/api/recordings/route.ts'
import * as oneShared from '../../app/api/shared/[shareId]/route.ts'
import * as shared from '../../app/api/shared/route.ts'
import { until } from '../browser/support/until.ts'
import { type ApiServer, startApiServer } from './apiServer.ts'
import { meetingUnderWay, recorderOf, startRecording, Uploader } from './recordingServer.ts'
import type { SignedIn } from './session.ts'
import { inPieces } from './webm.ts'

const routes = {
  '/api/recordings': allRecordings,
  '/api/recordings/[id]': oneRecording,
  '/api/recordings/[id]/finish': finish,
  '/api/recordings/[id]/shares': shares,
  '/api/recordings/[id]/shares/[shareId]': oneShare,
  '/api/recordings/[id]/chapters': chapters,
  '/api/recordings/[id]/chapters/[chapterId]': oneChapter,
  '/api/recordings/[id]/clips': clips,
  '/api/recordings/[id]/clips/[clipId]': oneClip,
  '/api/recordings/[id]/transcript': transcript,
  '/api/shared': shared,
  '/api/shared/[shareId]': oneShared,
}

export type RecordingApi = {
  readonly api: ApiServer
  readonly recordings: Recordings
  close(): Promise<void>
}

/** All of recordings over the HTTP pipeline, as a process with these variables has it: intake, files, routes, finisher. */
export async function startRecordingApi(variables: Readonly<Record<string, string>>): Promise<RecordingApi> {
  let recordings: Recordings | null = null
  const api = await startApiServer(routes, variables, undefined, () => {
    const deps = { prisma: database(), env: env(), sessions: sessions(), log: log() }
    recordings = createRecordings({ ...deps, root: process.cwd() })
    return { media: createViewing({ ...deps, recordings }), intake: recordings.handleRequest }
  })
  const made = recordings as Recordings | null
  if (made === null) throw new Error('there are no recordings')
  return {
    api,
    recordings: made,
    async close() {
      await made.close()
      await api.close()
    },
  }
}

export type Film = {
  readonly id: RecordingId
  readonly owner: SignedIn
  readonly files: readonly { readonly id: string; readonly kind: string; readonly storageKey: string }[]
}

/** A film from its first chunk, over HTTP, to its files. */
export async function recordFilm(
  { api, recordings }: Pick<RecordingApi, 'api' | 'recordings'>,
  prisma: PrismaClient,
  webm: Buffer,
): Promise<Film> {
  const meeting = await meetingUnderWay(prisma)
  const id = await startRecording({ recordings }, meeting)
  const recorder = new Uploader(api, id, await recorderOf(id, meeting))
  const { part } = await recorder.open()
  const chunks = inPieces(webm, 6)
  for (const [seq, bytes] of chunks.entries()) {
    const { status } = await recorder.chunk(part, seq, bytes)
    if (status !== 204) throw new Error(`chunk ${seq} was answered with ${status}`)
  }
  await recorder.closePart(part, chunks.length)
  await recordings.jobs.stop(id, 'stopped')
  const files = await until('it to be finished', async () => {
    const row = await prisma.recording.findUniqueOrThrow({
      where: { id },
      include: { files: true, parts: true },
    })
    return row.state === 'READY' && row.parts.length === 0 && row.files
  })
  return { id, owner: meeting.host, files }
}

export type Fetched = {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly bytes: Buffer
}

/** What is answered, as bytes. */
export function fetchBytes(
  { port, origin }: Pick<ApiServer, 'port' | 'origin'>,
  path: string,
  { cookie }: { readonly cookie: string },
  range?: string,
): Promise<Fetched> {
  const headers = { host: new URL(origin).host, cookie, ...(range !== undefined && { range }) }
  return new Promise((resolve, reject) => {
    const request = httpRequest({ port, host: '127.0.0.1', path, headers, agent: false })
    request.on('error', reject)
    request.on('response', (response) => {
      const pieces: Buffer[] = []
      response.on('data', (piece: Buffer) => pieces.push(piece))
      response.on('error', reject)
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          bytes: Buffer.concat(pieces),
        }),
      )
    })
    request.end()
  })
}
