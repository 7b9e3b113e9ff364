import { randomUUID } from 'node:crypto'
import type { PrismaClient } from '@prisma/client'
import { fileKey, type RecordingStorage } from '#server/recordings/RecordingStorage.ts'

const MINUTE_MS = 60_000

export type SeedFile = {
  readonly kind: string
  readonly mimeType: string
  readonly content: Uint8Array
  readonly durationMs?: number
  readonly fromMs?: number
  readonly personName?: string
}

export type SeedOptions = {
  readonly title?: string
  readonly state?: 'WAITING' | 'RUNNING' | 'FINISHING' | 'READY' | 'FAILED'
  readonly stopReason?: string | null
  readonly durationMs?: number
  readonly createdAt?: Date
  readonly expiresAt?: Date | null
  readonly people?: readonly string[]
  /** They were asked, and who answered how. */
  readonly answers?: Readonly<Record<string, boolean>>
  readonly files?: readonly SeedFile[]
  /** An existing meeting of the owner's. */
  readonly meetingId?: string
}

export type Seeded = {
  readonly id: string
  readonly meetingId: string
  readonly conferenceId: string
  readonly startedAt: Date
  readonly visits: ReadonlyMap<string, string>
  readonly files: readonly { readonly id: string; readonly kind: string }[]
}

/** A recording as intake leaves it: rows, and its files in the storage. */
export async function seedRecording(
  prisma: PrismaClient,
  storage: Pick<RecordingStorage, 'put'>,
  ownerId: string,
  options: SeedOptions = {},
): Promise<Seeded> {
  const { title = 'Weekly planning', state = 'READY', durationMs = 10 * MINUTE_MS, files = [] } = options
  const createdAt = options.createdAt ?? new Date(Date.now() - 60 * MINUTE_MS)
  const meetingId = options.meetingId ?? (await seedMeeting(prisma, ownerId, title))
  const conference = await prisma.conference.create({
    data: { meetingId, startedAt: createdAt, lastActiveAt: createdAt },
    select: { id: true },
  })
  const visits = new Map<string, string>()
  for (const [seat, name] of ['Recording', ...(options.people ?? ['Ada Lovelace'])].entries()) {
    const { id } = await prisma.visit.create({
      data: {
        conferenceId: conference.id,
        name,
        role: seat === 0 ? 'RECORDER' : 'MEMBER',
        seat,
        joinedAt: createdAt,
      },
      select: { id: true },
    })
    visits.set(name, id)
  }
  const finished = state === 'READY'
  const { id } = await prisma.recording.create({
    data: {
      meetingId,
      conferenceId: conference.id,
      ownerId,
      title,
      kind: 'SERVER',
      state,
      stopReason: options.stopReason ?? null,
      createdAt,
      startedAt: state === 'WAITING' ? null : createdAt,
      lastChunkAt: state === 'WAITING' ? null : new Date(createdAt.getTime() + durationMs),
      durationMs: finished ? durationMs : null,
      bytes: files.reduce((sum, { content }) => sum + content.byteLength, 0),
      expiresAt: options.expiresAt ?? null,
      consentAsked: options.answers !== undefined,
      consents: {
        create: Object.entries(options.answers ?? {}).map(([name, given]) => ({
          visitId: visits.get(name) ?? randomUUID(),
          name,
          given,
        })),
      },
      // Somebody else is at it: the finisher of the server under test leaves it as it is.
      ...(state === 'FINISHING' && {
        holder: 'another finisher',
        leaseUntil: new Date(Date.now() + 60 * MINUTE_MS),
      }),
    },
    select: { id: true },
  })
  const made = []
  for (const file of files) made.push(await seedFile(prisma, storage, id, { durationMs, ...file }, visits))
  return { id, meetingId, conferenceId: conference.id, startedAt: createdAt, visits, files: made }
}

/** A part that is no file yet, with one chunk, whose bytes are nowhere, or none. @returns its id */
export async function seedPart(
  prisma: PrismaClient,
  recordingId: string,
  source: 'COMPOSED' | 'TRACK',
  { empty = false }: { empty?: boolean } = {},
): Promise<string> {
  const index = await prisma.recordingPart.count({ where: { recordingId } })
  const chunk = { seq: 0, sha256: Buffer.alloc(32), bytes: 100 }
  const { id } = await prisma.recordingPart.create({
    data: {
      recordingId,
      index,
      source,
      sessionId: randomUUID(),
      mimeType: 'video/webm;codecs=vp8,opus',
      startedAt: new Date(),
      ...(!empty && { chunks: { create: chunk } }),
    },
    select: { id: true },
  })
  return id
}

async function seedMeeting(prisma: PrismaClient, hostId: string, title: string): Promise<string> {
  const digits = randomUUID().replaceAll('-', '').slice(0, 26)
  const { id } = await prisma.meeting.create({
    data: { hostId, title, code: `calm-otter-${digits}` },
    select: { id: true },
  })
  return id
}

async function seedFile(
  prisma: PrismaClient,
  storage: Pick<RecordingStorage, 'put'>,
  recordingId: string,
  file: SeedFile & { readonly durationMs: number },
  visits: ReadonlyMap<string, string>,
) {
  const id = randomUUID()
  await storage.put(fileKey(recordingId, id), file.content)
  return prisma.recordingFile.create({
    data: {
      id,
      recordingId,
      kind: file.kind,
      mimeType: file.mimeType,
      storageKey: fileKey(recordingId, id),
      bytes: file.content.byteLength,
      durationMs: file.durationMs,
      fromMs: file.fromMs ?? null,
      visitId: (file.kind === 'track' && visits.get(file.personName ?? '')) || null,
      personName: file.personName ?? null,
    },
    select: { id: true, kind: true },
  })
}
