import { randomUUID } from 'node:crypto'
import type { PrismaClient } from '@prisma/client'
import { answered } from './answered.ts'
import { HIDDEN_KINDS } from './fileKinds.ts'
import { chunkKey } from './RecordingStorage.ts'
import type { StorageMarks } from './storage/MarkedStorage.ts'

const ONLY = 1
/** Of each kind: more than a few would be lost one by one only in a storage that is another one. */
const SAMPLES = 10

/** StorageMarks in PostgreSQL. */
export class PrismaStorageMarks implements StorageMarks {
  readonly #database: PrismaClient

  constructor(database: PrismaClient) {
    this.#database = database
  }

  known = (): Promise<{ readonly mark: string; readonly placed: boolean }> =>
    answered(async () => {
      await this.#database.storageMark.createMany({
        data: [{ id: ONLY, mark: randomUUID() }],
        skipDuplicates: true,
      })
      const { mark, placedAt } = await this.#database.storageMark.findUniqueOrThrow({
        where: { id: ONLY },
        select: { mark: true, placedAt: true },
      })
      return { mark, placed: placedAt !== null }
    })

  place = (mark: string): Promise<void> =>
    answered(async () => {
      await this.#database.storageMark.updateMany({
        where: { id: ONLY, placedAt: null },
        data: { mark, placedAt: new Date() },
      })
    })

  samples = (): Promise<readonly string[]> =>
    answered(async () => {
      const files = await this.#database.recordingFile.findMany({
        where: { kind: { notIn: [...HIDDEN_KINDS] }, recording: { deletedAt: null } },
        select: { storageKey: true },
        orderBy: { createdAt: 'desc' },
        take: SAMPLES,
      })
      const chunks = await this.#database.recordingChunk.findMany({
        where: { part: { recording: { deletedAt: null } } },
        select: { partId: true, seq: true, sha256: true, part: { select: { recordingId: true } } },
        take: SAMPLES,
      })
      return [
        ...files.map(({ storageKey }) => storageKey),
        ...chunks.map(({ partId, seq, sha256, part }) => chunkKey(part.recordingId, partId, seq, sha256)),
      ]
    })
}
