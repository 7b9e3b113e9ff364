import { Prisma, type PrismaClient } from '@prisma/client'
import {
  ownTrack,
  type RecordedEvent,
  type RecordingStopReason,
  recordingKind,
  recordingState,
} from '#lib/protocol/recordings.ts'
import { answered } from '../answered.ts'
import { MAX_EVENTS, MAX_PARTS } from '../limits.ts'
import { stopping } from '../PrismaRecordingJobs.ts'
import type { AddedChunk, IntakeRows, OpenedPart, Seat, TakenPart, TakenRecording } from './IntakeRows.ts'

const recordingFields = {
  id: true,
  kind: true,
  state: true,
  meetingId: true,
  conferenceId: true,
  ownerId: true,
  studio: true,
  wrappedKey: true,
  createdAt: true,
  stoppedAt: true,
  stopReason: true,
} satisfies Prisma.RecordingSelect

type RecordingRow = Prisma.RecordingGetPayload<{ select: typeof recordingFields }>
type PartRow = {
  sessionId: string
  track: string | null
  visitId: string | null
  startedAt: Date
  bytes: bigint
  trackBytes: bigint
  closed: boolean
  next: number
}

/** IntakeRows in PostgreSQL. */
export class PrismaIntakeRows implements IntakeRows {
  readonly #database: PrismaClient

  constructor(database: PrismaClient) {
    this.#database = database
  }

  recording = (id: string): Promise<TakenRecording | null> =>
    answered(async () => {
      const row = await this.#database.recording.findFirst({
        where: { id, deletedAt: null },
        select: recordingFields,
      })
      return row && toRecording(row)
    })

  agreedSeat = (
    recording: TakenRecording,
    { sessionId, userId }: { sessionId: string; userId: string | null },
  ): Promise<Seat | null> =>
    answered(async () => {
      const seats = await this.#database.visit.findMany({
        where: {
          conferenceId: recording.conferenceId,
          role: { not: 'RECORDER' },
          OR: [{ sessionId }, ...(userId === null ? [] : [{ userId }])],
        },
        select: { id: true, name: true },
        orderBy: { joinedAt: 'desc' },
        take: 50,
      })
      const agreed = await this.#database.recordingConsent.findFirst({
        where: { recordingId: recording.id, given: true, visitId: { in: seats.map(({ id }) => id) } },
        select: { visitId: true },
        orderBy: { at: 'desc' },
      })
      return seats.find(({ id }) => id === agreed?.visitId) ?? null
    })

  part = (recordingId: string, partId: string): Promise<TakenPart | null> =>
    answered(async () => {
      const [row] = await this.#database.$queryRaw<PartRow[]>`
        SELECT part."sessionId"::text, part.track, part."visitId"::text, part."closedAt" IS NOT NULL AS closed,
          part."startedAt", part.bytes, (SELECT coalesce(sum(one.bytes), part.bytes) FROM "RecordingPart" AS one
            WHERE one."recordingId" = part."recordingId" AND one."visitId" = part."visitId"
              AND one.track = part.track)::bigint AS "trackBytes",
          (SELECT coalesce(max(seq) + 1, 0) FROM "RecordingChunk" WHERE "partId" = part.id) AS next
        FROM "RecordingPart" AS part
        WHERE part.id = ${partId}::uuid AND part."recordingId" = ${recordingId}::uuid`
      if (!row) return null
      const { track, startedAt, bytes, trackBytes, ...known } = row
      return {
        ...known,
        composed: track === null,
        source: track === null ? 'composed' : ownTrack.parse(track),
        startedAt: startedAt.getTime(),
        bytes: Number(bytes),
        trackBytes: Number(trackBytes),
      }
    })

  digest = (partId: string, seq: number): Promise<Uint8Array | null> =>
    answered(async () => {
      const row = await this.#database.recordingChunk.findUnique({
        where: { partId_seq: { partId, seq } },
        select: { sha256: true },
      })
      return row?.sha256 ?? null
    })

  openPart = (recording: TakenRecording, { part, sessionId, seat }: OpenedPart): Promise<boolean> =>
    answered(() =>
      this.#database.$transaction(async (transaction) => {
        // Numbers count up: one part of a recording after the other.
        await transaction.$queryRaw`
          SELECT id::text FROM "Recording" WHERE id = ${recording.id}::uuid FOR NO KEY UPDATE`
        const existing = await transaction.recordingPart.findUnique({
          where: { id: part.id },
          select: { recordingId: true, sessionId: true },
        })
        if (existing) return existing.recordingId === recording.id && existing.sessionId === sessionId
        // Not their number: finished ones are gone.
        const last = await transaction.recordingPart.findFirst({
          where: { recordingId: recording.id },
          select: { index: true },
          orderBy: { index: 'desc' },
        })
        const index = (last?.index ?? -1) + 1
        if (index >= MAX_PARTS) return false
        await transaction.recordingPart.create({
          data: {
            id: part.id,
            recordingId: recording.id,
            index,
            source: part.source.type === 'composed' ? 'COMPOSED' : 'TRACK',
            track: part.source.type === 'track' ? part.source.track : null,
            visitId: seat?.id ?? null,
            personName: seat?.name ?? null,
            sessionId,
            mimeType: part.mimeType,
            startedAt: new Date(part.startedAt),
          },
          select: { id: true },
        })
        return true
      }),
    )

  addChunk = ({ recordingId, partId, seq, sha256, bytes, most }: AddedChunk): Promise<boolean> =>
    answered(async () => {
      // The lock waits for whoever closes the part and makes them wait: an acknowledged chunk is in what is finished. And
      // of two that are added at once the second one finds what the first one left room for.
      const [row] = await this.#database.$queryRaw<{ added: boolean }[]>`
        WITH part AS (
          SELECT id, source, "startedAt" FROM "RecordingPart"
          WHERE id = ${partId}::uuid AND "recordingId" = ${recordingId}::uuid AND "closedAt" IS NULL
            AND bytes + ${bytes} <= ${most}
          FOR NO KEY UPDATE
        ), chunk AS (
          INSERT INTO "RecordingChunk" ("partId", seq, sha256, bytes)
          SELECT id, ${seq}, ${sha256}, ${bytes} FROM part
          WHERE ${seq} = 0
            OR EXISTS (SELECT 1 FROM "RecordingChunk" WHERE "partId" = ${partId}::uuid AND seq = ${seq - 1})
          ON CONFLICT DO NOTHING RETURNING seq
        ), counted AS (
          UPDATE "RecordingPart" AS part SET bytes = part.bytes + ${bytes} FROM chunk WHERE part.id = ${partId}::uuid
        ), touched AS (
          UPDATE "Recording" AS recording SET "lastChunkAt" = now(),
            "startedAt" = coalesce(recording."startedAt", part."startedAt"),
            state = CASE recording.state WHEN 'WAITING' THEN 'RUNNING'::"RecordingState" ELSE recording.state END
          FROM part, chunk WHERE recording.id = ${recordingId}::uuid AND part.source = 'COMPOSED'
        )
        SELECT EXISTS (SELECT 1 FROM chunk) AS added`
      return row?.added ?? false
    })

  handOver = (partId: string, sessionId: string): Promise<void> =>
    answered(async () => {
      await this.#database.recordingPart.updateMany({ where: { id: partId }, data: { sessionId } })
    })

  endPart = (partId: string): Promise<void> =>
    answered(async () => {
      await this.#database.recordingPart.updateMany({
        where: { id: partId, closedAt: null },
        data: { closedAt: new Date() },
      })
    })

  closePart = (partId: string, chunks: number): Promise<boolean> =>
    answered(() =>
      this.#database.$transaction(async (transaction) => {
        // In a statement before: one that waits for a chunk that is being added counts as if it had not been.
        await transaction.$queryRaw`SELECT id FROM "RecordingPart" WHERE id = ${partId}::uuid FOR NO KEY UPDATE`
        // What of a finished recording failed before is none of this part's: it has all its attempts.
        const [row] = await transaction.$queryRaw<{ closed: boolean }[]>`
          WITH closed AS (
            UPDATE "RecordingPart" AS part SET "closedAt" = coalesce(part."closedAt", now())
            WHERE part.id = ${partId}::uuid
              AND (SELECT count(*) FROM "RecordingChunk" WHERE "partId" = part.id) = ${chunks}
            RETURNING "recordingId"
          ), afresh AS (
            UPDATE "Recording" AS recording SET attempts = 0 FROM closed
            WHERE recording.id = closed."recordingId" AND recording.state IN ('READY', 'FAILED')
          )
          SELECT EXISTS (SELECT 1 FROM closed) AS closed`
        return row?.closed ?? false
      }),
    )

  addEvents = (recordingId: string, events: readonly RecordedEvent[]): Promise<boolean> =>
    answered(async () => {
      const recording = await this.#database.recording.findUnique({
        where: { id: recordingId },
        select: {
          startedAt: true,
          createdAt: true,
          parts: {
            where: { source: 'COMPOSED' },
            select: { startedAt: true },
            orderBy: { index: 'asc' },
            take: 1,
          },
          _count: { select: { events: true } },
        },
      })
      if (!recording || recording._count.events + events.length > MAX_EVENTS) return false
      // What happened before the first chunk is at its beginning.
      const start = recording.startedAt ?? recording.parts[0]?.startedAt ?? recording.createdAt
      await this.#database.recordingEvent.createMany({
        data: events.map(({ at, participantId, ...event }) => ({
          ...event,
          recordingId,
          visitId: participantId,
          atMs: Math.min(Math.max(0, at - start.getTime()), 86_400_000),
        })),
        skipDuplicates: true,
      })
      return true
    })

  keepOnDevice = (recordingId: string, startedAt: number): Promise<void> =>
    answered(async () => {
      await this.#database.$executeRaw`
        UPDATE "Recording" SET "lastChunkAt" = now(), state = 'RUNNING',
          "startedAt" = coalesce("startedAt", ${new Date(startedAt)})
        WHERE id = ${recordingId}::uuid AND kind = 'DEVICE' AND state IN ('WAITING', 'RUNNING') AND "deletedAt" IS NULL`
    })

  stop = (recordingId: string, reason: RecordingStopReason): Promise<void> =>
    answered(async () => {
      await this.#database.$executeRaw(stopping(Prisma.sql`id = ${recordingId}::uuid`, reason))
    })
}

function toRecording({ kind, state, createdAt, stoppedAt, ...row }: RecordingRow): TakenRecording {
  return {
    ...row,
    kind: recordingKind.parse(kind.toLowerCase()),
    state: recordingState.parse(state.toLowerCase()),
    createdAt: createdAt.getTime(),
    stoppedAt: stoppedAt?.getTime() ?? null,
  }
}
