import type { Prisma, PrismaClient } from '@prisma/client'
import { AppError } from '#lib/errors.ts'
import { answered } from './answered.ts'
import { PENDING, UNLINKED } from './fileKinds.ts'
import type { StoredRecording } from './Recordings.ts'

export type NewTranscript = {
  readonly id: string
  readonly storageKey: string
  readonly bytes: number
  readonly durationMs: number
}

const KIND = 'transcript'

/** Rows of transcripts. A recording has at most one that is seen: each change holds the recording's row meanwhile. */
export class PrismaTranscriptRows {
  readonly #database: PrismaClient

  constructor(database: PrismaClient) {
    this.#database = database
  }

  /** @returns how its bytes are stored, or null where there is no finished recording */
  stored = (id: string): Promise<StoredRecording | null> =>
    answered(() =>
      this.#database.recording.findFirst({
        where: { id, deletedAt: null, state: 'READY' },
        select: { id: true, wrappedKey: true },
      }),
    )

  /** Before its bytes are anywhere: from here on nothing is left of them without somebody knowing. */
  announce = (recordingId: string, transcript: NewTranscript): Promise<void> =>
    answered(async () => {
      const data = { ...transcript, recordingId, kind: PENDING, mimeType: 'text/vtt; charset=utf-8' }
      await this.#database.recordingFile.create({ data, select: { id: true } })
    })

  /** Its bytes are safe: it is the transcript now. @returns whether there was one before, or null without a recording */
  link = (recordingId: string, { id, bytes }: NewTranscript): Promise<boolean | null> =>
    answered(() =>
      this.#database.$transaction(async (transaction) => {
        if (!(await hold(transaction, recordingId))) return null
        const replaced = await unlink(transaction, recordingId)
        const { count } = await transaction.recordingFile.updateMany({
          where: { id, recordingId, kind: PENDING },
          data: { kind: KIND },
        })
        if (count === 0) throw AppError.unavailable(new Error('the announced transcript was swept away'))
        await transaction.recording.updateMany({
          where: { id: recordingId },
          data: { bytes: { increment: bytes } },
        })
        return replaced
      }),
    )

  /** Nobody sees it from here on. @returns false when there was none */
  unlink = (recordingId: string): Promise<boolean> =>
    answered(() =>
      this.#database.$transaction(async (transaction) => {
        return (await hold(transaction, recordingId)) && (await unlink(transaction, recordingId))
      }),
    )
}

/** Of two changes at once the second waits for the first. @returns false when the recording has been deleted */
async function hold(transaction: Prisma.TransactionClient, id: string): Promise<boolean> {
  const held = await transaction.$queryRaw<unknown[]>`
    SELECT id FROM "Recording" WHERE id = ${id}::uuid AND "deletedAt" IS NULL FOR UPDATE`
  return held.length > 0
}

async function unlink(transaction: Prisma.TransactionClient, recordingId: string): Promise<boolean> {
  const unlinked = await transaction.$executeRaw`
    WITH gone AS (
      UPDATE "RecordingFile" SET kind = ${UNLINKED} WHERE "recordingId" = ${recordingId}::uuid AND kind = ${KIND}
      RETURNING bytes
    )
    UPDATE "Recording" SET bytes = "Recording".bytes - gone.bytes FROM gone WHERE id = ${recordingId}::uuid`
  return unlinked > 0
}
