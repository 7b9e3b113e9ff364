import { Prisma, type PrismaClient } from '@prisma/client'
import { audit } from '#server/auth/PrismaAudit.ts'
import { answered } from './answered.ts'
import type { Usage } from './Capacity.ts'
import { HIDDEN_KINDS, PENDING, UNLINKED } from './fileKinds.ts'
import { ABANDONED_MS, MAX_CLIPS } from './limits.ts'
import { stopping } from './PrismaRecordingJobs.ts'
import type { StoredRecording } from './Recordings.ts'

export type WatchedFile = { readonly id: string; readonly bytes: number; readonly durationMs: number }
/** What clips are cut of, and how many there are already. */
export type Watched = StoredRecording & { readonly films: readonly WatchedFile[]; readonly clips: number }

export type NewClip = {
  readonly id: string
  readonly storageKey: string
  readonly mimeType: string
  readonly bytes: number
  readonly fromMs: number
  readonly durationMs: number
}

/** Rows of recordings that are kept, deleted and counted. */
export class PrismaRecordingRows {
  readonly #database: PrismaClient

  constructor(database: PrismaClient) {
    this.#database = database
  }

  usage = (): Promise<Usage> =>
    answered(async () => {
      const [row] = await this.#database.$queryRaw<{ files: bigint; parts: bigint }[]>`
        SELECT (SELECT coalesce(sum(bytes), 0) FROM "RecordingFile")::bigint AS files,
          (SELECT coalesce(sum(bytes), 0) FROM "RecordingChunk")::bigint AS parts`
      return { files: Number(row?.files ?? 0), parts: Number(row?.parts ?? 0) }
    })

  /** What clips are cut from: of each film its WebM, or its MP4 where what was recorded fits no WebM; else the sound alone. */
  watched = (id: string): Promise<Watched | null> =>
    answered(async () => {
      const row = await this.#database.recording.findFirst({
        where: { id, deletedAt: null, state: 'READY' },
        select: {
          id: true,
          wrappedKey: true,
          files: {
            where: { kind: { in: ['webm', 'mp4', 'audio'] } },
            select: { id: true, kind: true, bytes: true, durationMs: true, film: true },
            orderBy: [{ kind: 'desc' }, { film: 'asc' }],
            take: PER_ROUND,
          },
          _count: { select: { files: { where: { kind: 'clip' } } } },
        },
      })
      const [first] = row?.files ?? []
      if (!row || !first) return null
      const seen = row.files.filter(({ kind }) => (kind === 'audio') === (first.kind === 'audio'))
      const films = seen
        .filter(({ film }, index) => seen.findIndex((one) => one.film === film) === index)
        .map(({ id, bytes, durationMs }) => ({ id, bytes: Number(bytes), durationMs }))
      return { id: row.id, wrappedKey: row.wrappedKey, films, clips: row._count.files }
    })

  /** @returns `gone` when the recording has been deleted meanwhile */
  addClip = (recordingId: string, { bytes, ...clip }: NewClip): Promise<'added' | 'gone' | 'too-many'> =>
    answered(() =>
      this.#database.$transaction(async (transaction) => {
        // Of two clips at once, from two processes, the second one waits here and then counts the first one.
        const held = await transaction.$queryRaw<unknown[]>`
          SELECT id FROM "Recording" WHERE id = ${recordingId}::uuid AND "deletedAt" IS NULL FOR UPDATE`
        if (held.length === 0) return 'gone'
        const clips = await transaction.recordingFile.count({ where: { recordingId, kind: 'clip' } })
        if (clips >= MAX_CLIPS) return 'too-many'
        await transaction.recording.updateMany({
          where: { id: recordingId },
          data: { bytes: { increment: bytes } },
        })
        await transaction.recordingFile.create({
          data: { ...clip, recordingId, bytes, kind: 'clip' },
          select: { id: true },
        })
        return 'added'
      }),
    )

  /** @returns where a clip's bytes are, or null when it is none of this recording's */
  clipKey = (recordingId: string, id: string): Promise<string | null> =>
    answered(async () => {
      const row = await this.#database.recordingFile.findFirst({
        where: { id, recordingId, kind: 'clip' },
        select: { storageKey: true },
      })
      return row?.storageKey ?? null
    })

  /** Its bytes are gone: the row, and what it counted for. @returns false when it was gone before */
  forgetClip = (recordingId: string, id: string): Promise<boolean> =>
    answered(async () => {
      const gone = await this.#database.$executeRaw`
        WITH gone AS (
          DELETE FROM "RecordingFile" WHERE id = ${id}::uuid AND "recordingId" = ${recordingId}::uuid AND kind = 'clip'
          RETURNING bytes
        )
        UPDATE "Recording" SET bytes = "Recording".bytes - gone.bytes FROM gone WHERE id = ${recordingId}::uuid`
      return gone > 0
    })

  /** Files that nobody sees, of one recording or of all: taken away, or announced so long ago that nobody brings them. */
  unlinked = (recordingId?: string): Promise<readonly { id: string; storageKey: string }[]> =>
    answered(() =>
      this.#database.recordingFile.findMany({
        where: {
          ...(recordingId === undefined ? {} : { recordingId }),
          OR: [
            { kind: UNLINKED },
            { kind: PENDING, createdAt: { lt: new Date(Date.now() - PENDING_LEFT_MS) } },
          ],
        },
        select: { id: true, storageKey: true },
        take: PER_ROUND,
      }),
    )

  /** Its bytes are gone: the row as well. */
  forgetUnlinked = (id: string): Promise<void> =>
    answered(async () => {
      await this.#database.recordingFile.deleteMany({ where: { id, kind: { in: [...HIDDEN_KINDS] } } })
    })

  /**
   * From here on nobody sees it, its shares open nothing, and who works on it does not get it prolonged.
   *
   * @returns false when there is none
   */
  markDeleted = (id: string): Promise<boolean> =>
    answered(async () => {
      const marked = await this.#database.$queryRaw<{ id: string }[]>`
        WITH marked AS (
          UPDATE "Recording" SET "deletedAt" = coalesce("deletedAt", now()), holder = NULL,
            "leaseUntil" = CASE WHEN "deletedAt" IS NULL AND holder IS NULL THEN NULL ELSE "leaseUntil" END
          WHERE id = ${id}::uuid RETURNING id
        ), shares AS (
          UPDATE "RecordingShare" SET "revokedAt" = now()
          FROM marked WHERE "recordingId" = marked.id AND "revokedAt" IS NULL
        )
        SELECT id::text FROM marked`
      return marked.length > 0
    })

  /** The same, by itself, because its days are over; in the trail with it. @returns false when somebody was first */
  markExpired = (id: string): Promise<boolean> =>
    answered(() =>
      this.#database.$transaction(async (transaction) => {
        const at = new Date()
        const { count } = await transaction.recording.updateMany({
          where: { id, ...overAt(at) },
          // The lease stays: whoever has it may be storing a file.
          data: { deletedAt: at, holder: null },
        })
        if (count === 0) return false
        await transaction.recordingShare.updateMany({
          where: { recordingId: id, revokedAt: null },
          data: { revokedAt: at },
        })
        await audit(transaction, {
          action: 'recording.deleted',
          actorId: null,
          targetId: id,
          address: null,
          details: { reason: 'expired' },
        })
        return true
      }),
    )

  /** Nobody records any more, and the meeting is over or its server gone. @returns how many */
  stopAbandoned = (): Promise<number> =>
    answered(() => {
      const long = Prisma.sql`now() - ${ABANDONED_MS} * interval '1 ms'`
      const abandoned = Prisma.sql`greatest("lastChunkAt", "createdAt") < ${long} AND EXISTS (
        SELECT 1 FROM "Conference" AS conference
        WHERE conference.id = "conferenceId" AND (conference."endedAt" IS NOT NULL OR conference."lastActiveAt" < ${long}))`
      return this.#database.$executeRaw(stopping(abandoned, 'interrupted'))
    })

  /** Those whose days are over. */
  expired = (): Promise<readonly string[]> =>
    answered(async () => {
      const rows = await this.#database.recording.findMany({
        where: overAt(new Date()),
        select: { id: true },
        take: PER_ROUND,
      })
      return rows.map(({ id }) => id)
    })

  /** Marked, and their bytes not yet gone for certain. */
  deleted = (): Promise<readonly string[]> =>
    answered(async () => {
      const rows = await this.#database.recording.findMany({
        where: { deletedAt: { not: null } },
        select: { id: true },
        orderBy: { deletedAt: 'asc' },
        take: PER_ROUND,
      })
      return rows.map(({ id }) => id)
    })

  /** Whether somebody may still be working on it, and bring further bytes. */
  isHeld = (id: string): Promise<boolean> =>
    answered(async () => {
      const [row] = await this.#database.$queryRaw<{ held: boolean }[]>`
        SELECT "leaseUntil" > now() AS held FROM "Recording" WHERE id = ${id}::uuid`
      return row?.held ?? false
    })

  /** Its bytes are gone: the row, and with it all that hangs on it. */
  forget = (id: string): Promise<void> =>
    answered(async () => {
      await this.#database.recording.deleteMany({ where: { id, deletedAt: { not: null } } })
    })

  /** Keys to look at after the master key was changed, by id from `after` on. */
  wrappedKeys = (after: string): Promise<readonly { id: string; wrappedKey: Uint8Array }[]> =>
    answered(async () => {
      const rows = await this.#database.recording.findMany({
        where: { wrappedKey: { not: null }, id: { gt: after } },
        select: { id: true, wrappedKey: true },
        orderBy: { id: 'asc' },
        take: PER_ROUND,
      })
      return rows.flatMap(({ id, wrappedKey }) => (wrappedKey === null ? [] : [{ id, wrappedKey }]))
    })

  replaceKey = (id: string, wrappedKey: Uint8Array<ArrayBuffer>): Promise<void> =>
    answered(async () => {
      await this.#database.recording.updateMany({ where: { id }, data: { wrappedKey } })
    })
}

const overAt = (at: Date) =>
  ({ expiresAt: { lt: at }, deletedAt: null, stoppedAt: { not: null } }) satisfies Prisma.RecordingWhereInput

const PER_ROUND = 200
/** A file is announced and brought within a request: what is older was left behind. */
const PENDING_LEFT_MS = 3_600_000
