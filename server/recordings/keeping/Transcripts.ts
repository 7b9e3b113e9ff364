import { randomUUID } from 'node:crypto'
import { AppError } from '#lib/errors.ts'
import type { Capacity } from '../Capacity.ts'
import type { PrismaTranscriptRows } from '../PrismaTranscriptRows.ts'
import { fileKey, type RecordingStorage } from '../RecordingStorage.ts'
import type { StoredRecording, Transcript } from '../Recordings.ts'
import type { Deletion } from './Deletion.ts'

export type TranscriptsDeps = {
  readonly rows: Pick<PrismaTranscriptRows, 'stored' | 'announce' | 'link' | 'unlink'>
  readonly storageOf: (recording: StoredRecording) => Pick<RecordingStorage, 'put' | 'remove'>
  readonly capacity: Pick<Capacity, 'require'>
  readonly deletion: Pick<Deletion, 'removeUnlinked'>
}

/**
 * Transcripts, each in a file of its own: the one before stays until the new one is safe, and a row tells of every byte
 * from before it is written until after it is removed.
 */
export class Transcripts {
  readonly #deps: TranscriptsDeps

  constructor(deps: TranscriptsDeps) {
    this.#deps = deps
  }

  /** @see Recordings.keepTranscript */
  async keep(recordingId: string, { content, durationMs }: Transcript) {
    const { rows, storageOf, capacity, deletion } = this.#deps
    const recording = await rows.stored(recordingId)
    if (!recording) throw AppError.notFound('The recording')
    await capacity.require(content.byteLength)
    const id = randomUUID()
    const storageKey = fileKey(recordingId, id)
    const transcript = { id, storageKey, bytes: content.byteLength, durationMs }
    const storage = storageOf(recording)
    await rows.announce(recordingId, transcript)
    await storage.put(storageKey, content)
    const replaced = await rows.link(recordingId, transcript)
    if (replaced === null) {
      // Deleted meanwhile, perhaps before these bytes were there.
      await storage.remove(storageKey)
      throw AppError.notFound('The recording')
    }
    if (replaced) await deletion.removeUnlinked(recordingId)
    return { fileId: id, replaced }
  }

  /** @see Recordings.removeTranscript */
  async remove(recordingId: string): Promise<void> {
    const { rows, deletion } = this.#deps
    if (!(await rows.unlink(recordingId))) throw AppError.notFound('This transcript')
    await deletion.removeUnlinked(recordingId)
  }
}
