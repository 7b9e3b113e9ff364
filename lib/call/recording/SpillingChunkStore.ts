import type { RecordingId } from '#lib/protocol/ids.ts'
import type { NewPart } from '#lib/protocol/recordings.ts'
import { MemoryChunkStore } from './MemoryChunkStore.ts'
import type { ChunkStore, StoredPart } from './ports.ts'

/** What this page alone may hold: some three minutes of a film. */
const MOST_BYTES = 64 * 2 ** 20

/**
 * Keeps in the page's memory what the device does not take: it is full, or its file system fails. Such a chunk survives
 * the network's absence and not the page's end; it is brought to the server all the same, where it is safe (REC-130).
 */
export class SpillingChunkStore implements ChunkStore {
  readonly #device: ChunkStore
  readonly #memory = new MemoryChunkStore()
  readonly #mostBytes: number

  constructor(device: ChunkStore, mostBytes = MOST_BYTES) {
    this.#device = device
    this.#mostBytes = mostBytes
  }

  async open(id: RecordingId, part: NewPart): Promise<void> {
    await this.#memory.open(id, part)
    // A device that cannot even describe it takes none of its chunks, each of which is then kept here.
    await this.#device.open(id, part).catch(() => undefined)
  }

  /** @throws what the device said, when the page holds as much as it may */
  async append(partId: string, seq: number, bytes: Blob): Promise<void> {
    try {
      await this.#device.append(partId, seq, bytes)
    } catch (error) {
      if (this.#memory.heldBytes + bytes.size > this.#mostBytes) throw error
      await this.#memory.append(partId, seq, bytes)
    }
  }

  async read(partId: string, seq: number): Promise<Blob | null> {
    return (await this.#memory.read(partId, seq)) ?? this.#device.read(partId, seq)
  }

  async acknowledge(partId: string, seq: number): Promise<void> {
    await this.#memory.acknowledge(partId, seq)
    await this.#device.acknowledge(partId, seq)
  }

  async forget(partId: string): Promise<void> {
    await this.#memory.forget(partId)
    await this.#device.forget(partId)
  }

  /** What survives this page. */
  list(): Promise<readonly StoredPart[]> {
    return this.#device.list()
  }
}
