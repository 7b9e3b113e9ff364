import type { BlobPart, WrittenFile } from '#lib/media/joinBlobs.ts'
import type { RecordingId } from '#lib/protocol/ids.ts'
import type { OwnFilm } from '../OwnRecording.ts'
import type { ChunkStore, StoredPart } from '../ports.ts'
import type { JoinedFiles } from './JoinedFiles.ts'

/** A recording that nobody is making any more, and that is in this browser. */
export type KeptRecording = {
  readonly id: RecordingId
  /** ms since the epoch. */
  readonly startedAt: number
  /** About: a chunk is a second. */
  readonly seconds: number
  readonly bytes: number
  /** A recorder has made another one, on the server. */
  readonly copy: boolean
}

/** What is kept here, by what it is. */
type KeptFilm = Exclude<OwnFilm, 'sent'>
type KeptPart = StoredPart & { readonly film: KeptFilm }

export type KeptDeps = {
  readonly stores: Readonly<Record<KeptFilm, ChunkStore>>
  readonly files: Pick<JoinedFiles, 'write' | 'read' | 'remove'>
  /** Runs `work` unless another page, or this one's own recording, has it in hand. */
  readonly alone: (id: string, work: () => Promise<void>) => Promise<void>
  readonly join: (parts: readonly BlobPart[], file: WrittenFile) => Promise<ReadonlySet<string> | null>
}

/**
 * What was recorded to stay on this device, until the person has it as a file: found again after a crash, and forgotten
 * by nobody but them (REC-86, REC-87).
 */
export class KeptRecordings {
  readonly #deps: KeptDeps

  constructor(deps: KeptDeps) {
    this.#deps = deps
  }

  /** Where such a recording is put while it is made. */
  storeOf(film: KeptFilm): ChunkStore {
    return this.#deps.stores[film]
  }

  /** The oldest first. */
  async list(): Promise<readonly KeptRecording[]> {
    const recordings: KeptRecording[] = []
    for (const [id, parts] of await this.#parts()) {
      await this.#deps.alone(id, async () => void recordings.push(summarise(id, parts)))
    }
    return recordings
  }

  /**
   * Writes it into a file, which is closed then, or given up.
   *
   * @returns the parts that are in it: to be forgotten when the file is where it should be
   * @throws when it could not be written, another page has it in hand, or there is nothing in it
   */
  async save(id: RecordingId, file: WrittenFile): Promise<ReadonlySet<string>> {
    const saved: ReadonlySet<string>[] = []
    let begun = false
    await this.#deps.alone(id, async () => {
      begun = true
      const parts = (await this.#parts()).get(id) ?? []
      const joined = await this.#deps.join(await Promise.all(parts.map((part) => this.#blobsOf(part))), file)
      if (joined !== null) saved.push(joined)
    })
    if (!begun) await file.abort()
    const [parts] = saved
    if (parts === undefined) throw new Error(begun ? 'nothing was recorded' : 'another page has it in hand')
    return parts
  }

  /** As a file of this browser's own, to be downloaded. @throws as `save` does */
  async file(id: RecordingId): Promise<File> {
    await this.save(id, await this.#deps.files.write(id))
    return this.#deps.files.read(id)
  }

  /** For good. @param parts those that are to be forgotten; all of them when left out */
  async forget(id: RecordingId, parts?: ReadonlySet<string>): Promise<void> {
    await this.#deps.alone(id, async () => {
      for (const { part, film } of (await this.#parts()).get(id) ?? []) {
        if (parts?.has(part.id) ?? true) await this.storeOf(film).forget(part.id)
      }
      await this.#deps.files.remove(id)
    })
  }

  async #parts(): Promise<ReadonlyMap<RecordingId, readonly KeptPart[]>> {
    const found = new Map<RecordingId, KeptPart[]>()
    for (const film of ['kept', 'copy'] as const) {
      for (const part of await this.storeOf(film).list()) {
        found.set(part.recordingId, [...(found.get(part.recordingId) ?? []), { ...part, film }])
      }
    }
    return found
  }

  /** Up to the first that is missing: what comes behind a hole cannot be read. */
  async #blobsOf({ part, kept, film }: KeptPart): Promise<BlobPart> {
    const chunks: Blob[] = []
    for (const seq of kept) {
      const bytes = seq === chunks.length ? await this.storeOf(film).read(part.id, seq) : null
      if (bytes === null) break
      chunks.push(bytes)
    }
    return { id: part.id, startedAt: part.startedAt, chunks }
  }
}

function summarise(id: RecordingId, parts: readonly KeptPart[]): KeptRecording {
  return {
    id,
    startedAt: Math.min(...parts.map(({ part }) => part.startedAt)),
    seconds: parts.reduce((sum, { kept }) => sum + kept.length, 0),
    bytes: parts.reduce((sum, { keptBytes }) => sum + keptBytes, 0),
    copy: parts.every(({ film }) => film === 'copy'),
  }
}
