import { Prisma, type PrismaClient } from '@prisma/client'
import { answered } from '../answered.ts'
import { GRACE_MS } from '../limits.ts'
import type { FilmSort, FinishingJob, FinishingPart, FinishingRows, NewFile } from './FinishingRows.ts'
import { LEASE_MS } from './Lease.ts'
import type { StoredChunk } from './storedMedia.ts'

/** Of finishings that ended the process or threw. What is still not finished then stays as it came. */
export const MAX_ATTEMPTS = 10
const RETRY_MS = 15_000
const MOST_PARTS = 2_000
const MOST_CHUNKS = 50_000
const MOST_FILES = 5_000

type JobRow = { id: string; wrappedKey: Uint8Array | null; state: string; startedAt: Date | null }
type PartRow = Omit<FinishingPart, 'startedAt'> & { readonly startedAt: Date }

const after = (ms: number): Prisma.Sql => Prisma.sql`now() + ${ms} * interval '1 ms'`

/** Another recorder has gone on after this part. What its own had kept comes when it is back, or it is dead. */
const FOLLOWED = Prisma.sql`(job.kind = 'SERVER' AND part.source = 'COMPOSED' AND EXISTS (
  SELECT 1 FROM "RecordingPart" AS later WHERE later."recordingId" = job.id AND later.source = 'COMPOSED'
    AND later.index > part.index))`
/**
 * Nothing more comes into a part: closed, or nothing has come since the last chunk, or the stop, for too long. The stop
 * says nothing of a part that was followed by another one: a dead recorder's is not waited for then.
 */
const RIPE = Prisma.sql`(
  part."closedAt" IS NOT NULL OR job."stopReason" IN ('disk-full', 'quota') OR
  greatest(CASE WHEN ${FOLLOWED} THEN NULL ELSE job."stoppedAt" END, part."createdAt",
    (SELECT chunk.at FROM "RecordingChunk" AS chunk WHERE chunk."partId" = part.id ORDER BY seq DESC LIMIT 1))
  < now() - interval '1 ms' * CASE WHEN part.source = 'TRACK' THEN ${GRACE_MS.track}::int
    WHEN job.kind = 'LOCAL' THEN ${GRACE_MS.local}::int ELSE ${GRACE_MS.server}::int END)`
const PARTS_OF_JOB = Prisma.sql`"RecordingPart" AS part WHERE part."recordingId" = job.id`
const COMPOSED_RIPE = Prisma.sql`NOT EXISTS (SELECT 1 FROM ${PARTS_OF_JOB} AND part.source = 'COMPOSED' AND NOT ${RIPE})`
const COMPOSED_LEFT = Prisma.sql`EXISTS (SELECT 1 FROM ${PARTS_OF_JOB} AND part.source = 'COMPOSED')`
/** A person's track may have parts on both sides of a reload: it is one file when all of it has come. */
const TRACK_RIPE = Prisma.sql`EXISTS (
  SELECT part."visitId", part.track FROM ${PARTS_OF_JOB} AND part.source = 'TRACK'
  GROUP BY part."visitId", part.track HAVING bool_and(${RIPE}))`

/** FinishingRows in PostgreSQL, by its clock. */
export class PrismaFinishingRows implements FinishingRows {
  readonly #database: PrismaClient

  constructor(database: PrismaClient) {
    this.#database = database
  }

  claim = (holder: string): Promise<FinishingJob | null> =>
    answered(async () => {
      await this.#database.$executeRaw`
        UPDATE "Recording" SET state = 'FAILED', holder = NULL
        WHERE state = 'FINISHING' AND attempts >= ${MAX_ATTEMPTS} AND "leaseUntil" < now()`
      const [row] = await this.#database.$queryRaw<JobRow[]>`
        UPDATE "Recording" SET holder = ${holder}, "leaseUntil" = ${after(LEASE_MS)}, attempts = attempts + 1
        WHERE id = (
          SELECT job.id FROM "Recording" AS job
          WHERE job.state IN ('FINISHING', 'READY', 'FAILED') AND job."stoppedAt" IS NOT NULL AND job."deletedAt" IS NULL
            AND job.attempts < ${MAX_ATTEMPTS} AND (job."leaseUntil" IS NULL OR job."leaseUntil" < now())
            AND (${COMPOSED_RIPE} AND (job.state = 'FINISHING' OR ${COMPOSED_LEFT})
              OR job.state <> 'FINISHING' AND ${TRACK_RIPE})
          ORDER BY job."stoppedAt" LIMIT 1 FOR UPDATE OF job SKIP LOCKED)
        RETURNING id::text, "wrappedKey", state::text, "startedAt"`
      if (!row) return null
      const state = row.state === 'READY' ? 'ready' : row.state === 'FAILED' ? 'failed' : 'finishing'
      return { id: row.id, wrappedKey: row.wrappedKey, state, startedAt: row.startedAt?.getTime() ?? null }
    })

  held = (recordings: readonly string[]): Promise<readonly string[]> =>
    answered(async () => {
      const rows = await this.#database.$queryRaw<{ id: string }[]>`
        SELECT id::text FROM "Recording" WHERE "leaseUntil" > now() AND id::text = ANY(${[...recordings]})`
      return rows.map(({ id }) => id)
    })

  renew = (holder: string, id: string): Promise<boolean> =>
    answered(async () => {
      const renewed = await this.#database.$executeRaw`
        UPDATE "Recording" SET "leaseUntil" = ${after(LEASE_MS)}
        WHERE id = ${id}::uuid AND holder = ${holder} AND "deletedAt" IS NULL`
      return renewed > 0
    })

  release = (
    holder: string,
    id: string,
    outcome: 'done' | 'given-up' | 'put-off' | 'failed',
  ): Promise<void> =>
    answered(async () => {
      const atOnce = outcome === 'done' || outcome === 'given-up'
      const attempts = { done: Prisma.sql`0`, failed: Prisma.sql`attempts` } as const
      await this.#database.$executeRaw`
        UPDATE "Recording" SET holder = NULL, "leaseUntil" = ${atOnce ? Prisma.sql`NULL` : after(RETRY_MS)},
          attempts = ${outcome === 'done' || outcome === 'failed' ? attempts[outcome] : Prisma.sql`attempts - 1`}
        WHERE id = ${id}::uuid AND holder = ${holder}`
    })

  closeParts = (parts: readonly string[]): Promise<void> =>
    answered(async () => {
      await this.#database.recordingPart.updateMany({
        where: { id: { in: [...parts] }, closedAt: null },
        data: { closedAt: new Date() },
      })
    })

  parts = (id: string): Promise<readonly FinishingPart[]> =>
    answered(async () => {
      const rows = await this.#database.$queryRaw<PartRow[]>`
        SELECT part.id::text, part.source = 'COMPOSED' AS composed, part."visitId"::text, part."personName",
          part.track, part."startedAt", ${RIPE} AS ripe
        FROM "Recording" AS job JOIN "RecordingPart" AS part ON part."recordingId" = job.id
        WHERE job.id = ${id}::uuid ORDER BY part.index LIMIT ${MOST_PARTS}`
      return rows.map((row) => ({ ...row, startedAt: row.startedAt.getTime() }))
    })

  chunks = (partId: string): Promise<readonly StoredChunk[]> =>
    answered(() =>
      this.#database.recordingChunk.findMany({
        where: { partId },
        select: { seq: true, sha256: true, bytes: true },
        orderBy: { seq: 'asc' },
        take: MOST_CHUNKS,
      }),
    )

  files = (id: string): Promise<readonly string[]> =>
    answered(async () => {
      const rows = await this.#database.recordingFile.findMany({
        where: { recordingId: id },
        select: { id: true },
        take: MOST_FILES,
      })
      return rows.map((row) => row.id)
    })

  nextFilm = (id: string, own: readonly string[], { kinds, visitId, type }: FilmSort): Promise<number> =>
    answered(async () => {
      const { _max } = await this.#database.recordingFile.aggregate({
        where: {
          recordingId: id,
          id: { notIn: [...own] },
          kind: { in: [...kinds] },
          visitId,
          mimeType: { startsWith: type },
        },
        _max: { film: true },
      })
      return (_max.film ?? -1) + 1
    })

  addFile = (holder: string, id: string, { bytes, durationMs, ...file }: NewFile): Promise<boolean> =>
    answered(() =>
      this.#database.$transaction(async (transaction) => {
        // The recording is as long as the film that ends last; without one, as its first file.
        const film = file.kind === 'webm' || file.kind === 'mp4'
        const ours = await transaction.$executeRaw`
          UPDATE "Recording" SET state = 'READY', bytes = bytes + ${bytes},
            "durationMs" = CASE WHEN ${film} THEN greatest("durationMs", ${durationMs}) ELSE coalesce("durationMs", ${durationMs}) END
          WHERE id = ${id}::uuid AND holder = ${holder} AND "deletedAt" IS NULL`
        if (ours === 0) return false
        await transaction.recordingFile.create({
          data: { ...file, recordingId: id, bytes, durationMs },
          select: { id: true },
        })
        return true
      }),
    )

  isDeleted = (id: string): Promise<boolean> =>
    answered(async () => (await this.#database.recording.count({ where: { id, deletedAt: null } })) === 0)

  fail = (holder: string, id: string): Promise<void> =>
    answered(async () => {
      await this.#database.$executeRaw`
        UPDATE "Recording" SET state = 'FAILED'
        WHERE id = ${id}::uuid AND holder = ${holder} AND state = 'FINISHING'`
    })

  addGaps = (id: string, gaps: readonly { id: string; atMs: number; durationMs: number }[]): Promise<void> =>
    answered(async () => {
      await this.#database.recordingEvent.createMany({
        data: gaps.map((gap) => ({ ...gap, recordingId: id, type: 'interrupted' })),
        skipDuplicates: true,
      })
    })

  forgetChunks = (parts: readonly string[]): Promise<void> =>
    answered(async () => {
      await this.#database.recordingChunk.deleteMany({ where: { partId: { in: [...parts] } } })
    })

  removeParts = (parts: readonly string[]): Promise<void> =>
    answered(async () => {
      await this.#database.recordingPart.deleteMany({ where: { id: { in: [...parts] } } })
    })
}
