import { AppError } from '#lib/errors.ts'
import type { Log } from '#server/log.ts'
import type { PrismaRecordingRows } from '../PrismaRecordingRows.ts'
import { type RecordingStorage, recordingPrefix } from '../RecordingStorage.ts'

type Rows = Pick<
  PrismaRecordingRows,
  | 'markDeleted'
  | 'markExpired'
  | 'deleted'
  | 'isHeld'
  | 'forget'
  | 'clipKey'
  | 'forgetClip'
  | 'unlinked'
  | 'forgetUnlinked'
>

/**
 * Deletion that deletes (UP-7): first the row is marked, so that nobody sees it any more, then the bytes go, then the
 * row. What is interrupted in between is gone on with until it is done: the mark stays as long as there may be a byte.
 */
export class Deletion {
  readonly #rows: Rows
  readonly #storage: Pick<RecordingStorage, 'removeAll' | 'remove'>
  readonly #log: Log

  constructor(rows: Rows, storage: Pick<RecordingStorage, 'removeAll' | 'remove'>, log: Log) {
    this.#rows = rows
    this.#storage = storage
    this.#log = log
  }

  /** @throws AppError not-found, unavailable */
  async delete(id: string): Promise<void> {
    if (!(await this.#rows.markDeleted(id))) throw AppError.notFound('The recording')
    await this.#remove(id)
  }

  /** One whose days are over. @returns false when somebody was first */
  async expire(id: string): Promise<boolean> {
    if (!(await this.#rows.markExpired(id))) return false
    await this.#remove(id)
    return true
  }

  /** @see Recordings.deleteClip */
  async deleteClip(recordingId: string, fileId: string): Promise<void> {
    const key = await this.#rows.clipKey(recordingId, fileId)
    if (key !== null) await this.#storage.remove(key)
    if (!(await this.#rows.forgetClip(recordingId, fileId))) throw AppError.notFound('This clip')
  }

  /** Files that nobody sees any more, of one recording or of all: their bytes, then their rows. */
  async removeUnlinked(recordingId?: string): Promise<void> {
    for (const { id, storageKey } of await this.#rows.unlinked(recordingId)) {
      try {
        await this.#storage.remove(storageKey)
        await this.#rows.forgetUnlinked(id)
      } catch (error) {
        this.#log.warn({ err: error, file: id }, 'a removed file’s bytes are still there; tried again')
      }
    }
  }

  /** All that is marked and still has a row. */
  async finish(): Promise<void> {
    for (const id of await this.#rows.deleted()) await this.#remove(id)
    await this.removeUnlinked()
  }

  async #remove(id: string): Promise<void> {
    try {
      // Prevents: a file that is being stored just now is there after its row is gone. It is removed once more, later.
      const held = await this.#rows.isHeld(id)
      await this.#storage.removeAll(recordingPrefix(id))
      if (!held) await this.#rows.forget(id)
    } catch (error) {
      this.#log.warn(
        { err: error, recording: id },
        'a deleted recording’s bytes are still there; tried again',
      )
    }
  }
}
