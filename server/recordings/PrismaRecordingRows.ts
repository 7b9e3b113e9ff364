import type { PrismaClient } from '@prisma/client'
import { answered } from './answered.ts'
import type { Usage } from './Capacity.ts'
import type { StoredRecording } from './Recordings.ts'

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

  /** Whatever its state: for who reads what is stored. */
  stored = (id: string): Promise<StoredRecording | null> =>
    answered(() =>
      this.#database.recording.findUnique({ where: { id }, select: { id: true, wrappedKey: true } }),
    )

  /** From here on nobody sees it, and its shares open nothing. @returns false when there is none */
  markDeleted = (id: string): Promise<boolean> =>
    answered(async () => {
      const marked = await this.#database.$queryRaw<{ id: string }[]>`
        WITH marked AS (
          UPDATE "Recording" SET "deletedAt" = coalesce("deletedAt", now()), holder = NULL, "leaseUntil" = NULL
          WHERE id = ${id}::uuid RETURNING id
        ), shares AS (
          UPDATE "RecordingShare" SET "revokedAt" = now()
          FROM marked WHERE "recordingId" = marked.id AND "revokedAt" IS NULL
        )
        SELECT id::text FROM marked`
      return marked.length > 0
    })

  /** Those whose days are over. */
  expired = (): Promise<readonly string[]> =>
    answered(async () => {
      const rows = await this.#database.recording.findMany({
        where: { expiresAt: { lt: new Date() }, deletedAt: null, stoppedAt: { not: null } },
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

const PER_ROUND = 200
