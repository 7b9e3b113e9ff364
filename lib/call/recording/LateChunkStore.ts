import { SerialQueue } from '#lib/queue.ts'
import type { Clock } from '../ports.ts'
import { MemoryChunkStore } from './MemoryChunkStore.ts'
import type { ChunkStore, StoredPart } from './ports.ts'

type Part = {
  readonly opened: Parameters<ChunkStore['open']>
  /** Of each chunk that is not late yet: lets it be. */
  readonly waiting: Map<number, () => void>
  /** Chunks that are on the device, or on their way to it. */
  readonly late: Set<number>
  /** The device knows of it. */
  described: boolean
}

/** Nearly every chunk is acknowledged sooner than that. */
const LATE_MS = 1_000

/**
 * Keeps chunks in the page's memory, and those that have waited for a second on the device as well, where they outlive the
 * page and its browser: the server is away, or the way to it (REC-211). What is acknowledged at once never gets there. The
 * device is beside what is recorded and sent: nothing waits for it, and nothing hangs on it.
 */
export class LateChunkStore implements ChunkStore {
  readonly #openDevice: () => Promise<ChunkStore | null>
  readonly #clock: Clock
  readonly #memory = new MemoryChunkStore()
  readonly #parts = new Map<string, Part>()
  /** One after another: what is removed from the device has been written to it. */
  readonly #queue = new SerialQueue()
  #device: Promise<ChunkStore | null> | null = null

  /** @param openDevice called when something is late for the first time */
  constructor(openDevice: () => Promise<ChunkStore | null>, clock: Clock) {
    this.#openDevice = openDevice
    this.#clock = clock
  }

  async open(...opened: Parameters<ChunkStore['open']>): Promise<void> {
    await this.#memory.open(...opened)
    const [, { id }] = opened
    if (!this.#parts.has(id))
      this.#parts.set(id, { opened, waiting: new Map(), late: new Set(), described: false })
  }

  async append(partId: string, seq: number, bytes: Blob): Promise<void> {
    await this.#memory.append(partId, seq, bytes)
    const part = this.#parts.get(partId)
    if (part === undefined) return
    // One before it is late already, and so will this one be.
    if (part.late.size > 0) this.#put(part, seq)
    else
      part.waiting.set(
        seq,
        this.#clock.after(LATE_MS, () => this.#put(part, seq)),
      )
  }

  read(partId: string, seq: number): Promise<Blob | null> {
    return this.#memory.read(partId, seq)
  }

  async acknowledge(partId: string, seq: number): Promise<void> {
    await this.#memory.acknowledge(partId, seq)
    const part = this.#parts.get(partId)
    part?.waiting.get(seq)?.()
    part?.waiting.delete(seq)
    if (part?.late.delete(seq)) this.#remove(part, seq)
  }

  async forget(partId: string): Promise<void> {
    await this.#memory.forget(partId)
    const part = this.#parts.get(partId)
    if (part === undefined) return
    this.#parts.delete(partId)
    for (const letBe of part.waiting.values()) letBe()
    if (part.late.size === 0) return
    part.late.clear()
    this.#onDevice((device) => forgetOn(device, part))
  }

  /** Of this page. */
  list(): Promise<readonly StoredPart[]> {
    return this.#memory.list()
  }

  #put(part: Part, seq: number): void {
    const [, { id }] = part.opened
    part.waiting.delete(seq)
    part.late.add(seq)
    this.#onDevice(async (device) => {
      const bytes = await this.#memory.read(id, seq)
      // Acknowledged meanwhile.
      if (bytes === null) return
      if (!part.described) await device.open(...part.opened)
      part.described = true
      await device.append(id, seq, bytes)
    })
  }

  /** With the last of its chunks a part goes from the device: what is there is what the server lacks. */
  #remove(part: Part, seq: number): void {
    const [, { id }] = part.opened
    this.#onDevice(async (device) => {
      if (part.late.size > 0) await device.acknowledge(id, seq)
      else await forgetOn(device, part)
    })
  }

  #onDevice(work: (device: ChunkStore) => Promise<void>): void {
    this.#device ??= this.#openDevice()
    const opening = this.#device
    // A device that fails keeps nothing, as if there were none.
    const done = this.#queue.run(async () => {
      const device = await opening
      if (device !== null) await work(device)
    })
    done.catch(() => undefined)
  }
}

async function forgetOn(device: ChunkStore, part: Part): Promise<void> {
  const [, { id }] = part.opened
  part.described = false
  await device.forget(id)
}
