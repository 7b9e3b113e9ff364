import type { RecordingId } from '#lib/protocol/ids.ts'
import type { NewPart } from '#lib/protocol/recordings.ts'
import type { ChunkStore, StoredPart } from './ports.ts'

type Entry = {
  readonly recordingId: RecordingId
  readonly part: NewPart
  readonly bytes: Map<number, Blob>
}

/** For as long as the page lives: a browser keeps large blobs on its disk by itself. */
export class MemoryChunkStore implements ChunkStore {
  readonly #parts = new Map<string, Entry>()

  /** Of all chunks that it holds. */
  get heldBytes(): number {
    return [...this.#parts.values()].reduce((sum, { bytes }) => sum + sizeOf(bytes), 0)
  }

  async open(recordingId: RecordingId, part: NewPart): Promise<void> {
    if (!this.#parts.has(part.id)) this.#parts.set(part.id, { recordingId, part, bytes: new Map() })
  }

  async append(partId: string, seq: number, bytes: Blob): Promise<void> {
    this.#parts.get(partId)?.bytes.set(seq, bytes)
  }

  async read(partId: string, seq: number): Promise<Blob | null> {
    return this.#parts.get(partId)?.bytes.get(seq) ?? null
  }

  async acknowledge(partId: string, seq: number): Promise<void> {
    this.#parts.get(partId)?.bytes.delete(seq)
  }

  async forget(partId: string): Promise<void> {
    this.#parts.delete(partId)
  }

  async list(): Promise<readonly StoredPart[]> {
    return [...this.#parts.values()].map(({ recordingId, part, bytes }) => ({
      recordingId,
      part,
      kept: [...bytes.keys()].sort((a, b) => a - b),
      keptBytes: sizeOf(bytes),
    }))
  }
}

const sizeOf = (bytes: ReadonlyMap<number, Blob>): number =>
  [...bytes.values()].reduce((sum, { size }) => sum + size, 0)
