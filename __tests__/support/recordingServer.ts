import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request as httpRequest } from 'node:http'
import os from 'node:os'
import path from 'node:path'
import type { PrismaClient } from '@prisma/client'
import { type ConferenceId, conferenceId, participantId, type RecordingId } from '#lib/protocol/ids.ts'
import type { NewPart, RecordingKind } from '#lib/protocol/recordings.ts'
import { sessions } from '#server/auth/sessions.ts'
import { database, pingDatabase } from '#server/db.ts'
import { env } from '#server/env.ts'
import { createHttpHandler } from '#server/http/createHttpHandler.ts'
import { hardenServer } from '#server/http/hardenServer.ts'
import { log } from '#server/log.ts'
import { createRecordings } from '#server/recordings/createRecordings.ts'
import { MARK_KEY } from '#server/recordings/storage/MarkedStorage.ts'
import { guestFor, type SignedIn, signedInUser } from './session.ts'

export type Reply = {
  readonly status: number
  readonly body: { error?: { code: string; message: string }; next?: number; closed?: boolean }
}

/** Recordings over our own HTTP pipeline and a real database; the process's singletons are made from `variables`. */
export async function startRecordingServer(
  databaseUrl: string,
  variables: Readonly<Record<string, string>> = {},
) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'parley-recordings-'))
  const server = createServer()
  hardenServer(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  Object.assign(process.env, {
    DATABASE_URL: databaseUrl,
    PUBLIC_URL: `http://localhost:${address.port}`,
    RECORDINGS_DIR: folder,
    RECORDINGS_MIN_FREE_GB: '0',
    ...variables,
  })
  for (const key of ['database', 'env', 'log', 'sessions', 'limits']) {
    Reflect.deleteProperty(globalThis, Symbol.for(`parley.${key}`))
  }
  await carryMark(env().RECORDINGS_DIR ?? folder)
  const parts = { env: env(), sessions: sessions(), log: log() }
  const recordings = createRecordings({ ...parts, root: process.cwd(), prisma: database() })
  const next = async (_: unknown, response: { statusCode: number; end(text: string): void }) => {
    response.statusCode = 404
    response.end('{}')
  }
  server.on('request', createHttpHandler(next, { ...parts, pingDatabase, intake: recordings.handleRequest }))
  return {
    recordings,
    port: address.port,
    origin: env().PUBLIC_URL,
    folder: process.env.RECORDINGS_DIR ?? folder,
    async close() {
      await recordings.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await sessions().close()
      await database().$disconnect()
      for (const key of Object.keys(variables)) delete process.env[key]
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A folder of its own on a database that knows another one: it is the right place, as its mark says (decision 22). */
async function carryMark(folder: string): Promise<void> {
  const known = await database().storageMark.findFirst({ where: { placedAt: { not: null } } })
  if (known) writeFileSync(path.join(folder, MARK_KEY), known.mark)
}

export type RecordingServer = Awaited<ReturnType<typeof startRecordingServer>>

export type Meeting = {
  readonly host: SignedIn
  readonly meetingId: string
  readonly conference: ConferenceId
}

/** A meeting that is under way, with nobody in it but its host's account. */
export async function meetingUnderWay(prisma: PrismaClient): Promise<Meeting> {
  const host = await signedInUser(prisma)
  const meeting = await prisma.meeting.create({
    data: { code: `calm-river-${randomBytes(13).toString('hex')}`, title: 'Planning', hostId: host.user.id },
    select: { id: true },
  })
  const { id } = await prisma.conference.create({ data: { meetingId: meeting.id }, select: { id: true } })
  return { host, meetingId: meeting.id, conference: conferenceId.parse(id) }
}

export async function startRecording(
  { recordings }: Pick<RecordingServer, 'recordings'>,
  { host, meetingId, conference }: Meeting,
  options: { readonly kind?: RecordingKind; readonly studio?: boolean; readonly keepDays?: number } = {},
): Promise<RecordingId> {
  return recordings.jobs.start({
    meetingId,
    conferenceId: conference,
    ownerId: host.user.id,
    title: 'Planning',
    kind: options.kind ?? 'server',
    studio: options.studio ?? false,
    copy: false,
    consent: 'told',
    startedBy: null,
    keepDays: options.keepDays ?? null,
  })
}

/** A recorder's cookie for one recording. */
export async function recorderOf(id: RecordingId, { meetingId }: Meeting): Promise<string> {
  const { cookie } = await sessions().startRecorder(
    { id, meetingId },
    { device: 'Test', address: '127.0.0.1' },
  )
  return `${cookie.name}=${cookie.value}`
}

/** Somebody in the meeting, with a seat; `agreed` as they have answered, null when they were not asked yet. */
export async function guestInMeeting(
  server: RecordingServer,
  prisma: PrismaClient,
  meeting: Meeting,
  recording: RecordingId,
  agreed: boolean | null,
) {
  const guest = await guestFor(prisma, meeting.meetingId)
  const visit = await prisma.visit.create({
    data: {
      conferenceId: meeting.conference,
      sessionId: guest.sessionId,
      name: 'Grace',
      role: 'GUEST',
      seat: 1,
    },
    select: { id: true },
  })
  const person = { id: participantId.parse(visit.id), name: 'Grace' }
  if (agreed !== null) await server.recordings.jobs.consent(recording, person, agreed)
  return { ...guest, visitId: visit.id }
}

export const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** A chunk that begins as a part has to. */
export const firstChunk = (length = 1000): Buffer =>
  Buffer.concat([Buffer.from([0x1a, 0x45, 0xdf, 0xa3]), randomBytes(length)])

/** Whoever records, as our own pages talk to the intake. */
export class Uploader {
  readonly #server: Pick<RecordingServer, 'port' | 'origin'>
  readonly #recordingId: string
  readonly cookie: string

  constructor(server: Pick<RecordingServer, 'port' | 'origin'>, recordingId: string, cookie: string) {
    this.#server = server
    this.#recordingId = recordingId
    this.cookie = cookie
  }

  open(part: Partial<NewPart> = {}): Promise<Reply & { readonly part: string }> {
    const full = {
      id: randomUUID(),
      source: { type: 'composed' },
      mimeType: 'video/webm;codecs=vp8,opus',
      startedAt: Date.now(),
      ...part,
    }
    return this.send('POST', 'parts', JSON.stringify(full)).then((reply) => ({ ...reply, part: full.id }))
  }

  chunk(
    part: string,
    seq: number | string,
    bytes: Uint8Array,
    headers: Record<string, string | undefined> = {},
  ) {
    return this.send('PUT', `parts/${part}/chunks/${seq}`, bytes, {
      'digest-sha256': digestOf(bytes),
      ...headers,
    })
  }

  state(part: string): Promise<Reply> {
    return this.send('GET', `parts/${part}`)
  }

  closePart(part: string, chunks: number): Promise<Reply> {
    return this.send('POST', `parts/${part}/close`, JSON.stringify({ chunks }))
  }

  events(events: readonly unknown[]): Promise<Reply> {
    return this.send('POST', 'events', JSON.stringify({ events }))
  }

  /** That a chunk is safe on this device. */
  kept(startedAt = Date.now()): Promise<Reply> {
    return this.send('POST', 'kept', JSON.stringify({ startedAt }))
  }

  send(
    method: string,
    tail: string,
    body?: string | Uint8Array,
    headers: Record<string, string | undefined> = {},
  ): Promise<Reply> {
    const { port, origin } = this.#server
    const all: Record<string, string | undefined> = {
      host: new URL(origin).host,
      origin,
      'sec-fetch-site': 'same-origin',
      cookie: this.cookie,
      ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
      ...(typeof body === 'string' ? { 'content-type': 'application/json' } : {}),
      ...headers,
    }
    const present = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
    return new Promise((resolve, reject) => {
      const path = `/api/recordings/${this.#recordingId}/${tail}`
      const request = httpRequest({ port, host: '127.0.0.1', path, method, headers: present, agent: false })
      request.on('error', reject)
      request.on('response', (response) => {
        const pieces: Buffer[] = []
        response.on('data', (piece: Buffer) => pieces.push(piece))
        response.on('error', reject)
        response.on('end', () => {
          const text = Buffer.concat(pieces).toString()
          resolve({ status: response.statusCode ?? 0, body: text === '' ? {} : JSON.parse(text) })
        })
      })
      request.end(body)
    })
  }
}
