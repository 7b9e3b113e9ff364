import { z } from 'zod'
import type { RecordingId } from '#lib/protocol/ids.ts'
import { recordingId } from '#lib/protocol/ids.ts'
import { type NewPart, newPart } from '#lib/protocol/recordings.ts'
import type { ChunkFolder } from './OwnRecording.ts'
import type { ChunkStore, StoredPart } from './ports.ts'

const ABOUT = 'part.json'
const CHUNK = /^(\d{6})\.chunk$/

const aboutSchema = z.strictObject({ recordingId, part: newPart })

/**
 * The browser's own file system (OPFS): survives the page, the browser and the machine, and nobody but this origin
 * reads it. A file is written beside and swapped in when it is complete, so that a chunk that is listed is whole.
 */
export class OpfsChunkStore implements ChunkStore {
  readonly #root: FileSystemDirectoryHandle

  private constructor(root: FileSystemDirectoryHandle) {
    this.#root = root
  }

  /** @returns null where the browser has none, or forbids it (private windows) */
  static async open(
    storage: Pick<StorageManager, 'getDirectory'>,
    folder: ChunkFolder,
  ): Promise<OpfsChunkStore | null> {
    try {
      const root = await storage.getDirectory()
      return new OpfsChunkStore(await root.getDirectoryHandle(folder, { create: true }))
    } catch {
      return null
    }
  }

  async open(id: RecordingId, part: NewPart): Promise<void> {
    const folder = await this.#root.getDirectoryHandle(part.id, { create: true })
    await write(folder, ABOUT, new Blob([JSON.stringify({ recordingId: id, part })]))
  }

  async append(partId: string, seq: number, bytes: Blob): Promise<void> {
    await write(await this.#root.getDirectoryHandle(partId), nameOf(seq), bytes)
  }

  async read(partId: string, seq: number): Promise<Blob | null> {
    try {
      const folder = await this.#root.getDirectoryHandle(partId)
      const bytes = await (await folder.getFileHandle(nameOf(seq))).getFile()
      // Named, and never filled: what the device did not take.
      return bytes.size === 0 ? null : bytes
    } catch (error) {
      return missing(error)
    }
  }

  async acknowledge(partId: string, seq: number): Promise<void> {
    try {
      await (await this.#root.getDirectoryHandle(partId)).removeEntry(nameOf(seq))
    } catch (error) {
      missing(error)
    }
  }

  async forget(partId: string): Promise<void> {
    try {
      await this.#root.removeEntry(partId, { recursive: true })
    } catch (error) {
      missing(error)
    }
  }

  async list(): Promise<readonly StoredPart[]> {
    const parts: StoredPart[] = []
    for await (const [, handle] of this.#root.entries()) {
      if (handle.kind !== 'directory') continue
      const part = await readPart(handle as FileSystemDirectoryHandle).catch(missing)
      // Not described: cut off before it held anything, or just being opened, by this page or another. Left as it is.
      if (part !== null) parts.push(part)
    }
    return parts.sort((a, b) => a.part.startedAt - b.part.startedAt)
  }
}

const nameOf = (seq: number): string => `${String(seq).padStart(6, '0')}.chunk`

async function write(folder: FileSystemDirectoryHandle, name: string, bytes: Blob): Promise<void> {
  const file = await (await folder.getFileHandle(name, { create: true })).createWritable()
  try {
    await file.write(bytes)
    await file.close()
  } catch (error) {
    // Left open, it would keep the file and its folder from being removed.
    await file.abort().catch(() => undefined)
    throw error
  }
}

async function readPart(folder: FileSystemDirectoryHandle): Promise<StoredPart | null> {
  const kept: number[] = []
  let keptBytes = 0
  for await (const [name, handle] of folder.entries()) {
    const seq = CHUNK.exec(name)?.[1]
    if (seq === undefined) continue
    const bytes = await (handle as FileSystemFileHandle).getFile().catch(missing)
    // Named, and never filled: the page ended between the two. Or removed meanwhile by the page that sends it.
    if (bytes === null || bytes.size === 0) continue
    kept.push(Number(seq))
    keptBytes += bytes.size
  }
  const about = aboutSchema.safeParse(await readJson(folder, ABOUT))
  if (!about.success) return null
  return { ...about.data, kept: kept.sort((a, b) => a - b), keptBytes }
}

async function readJson(folder: FileSystemDirectoryHandle, name: string): Promise<unknown> {
  try {
    return JSON.parse(await (await (await folder.getFileHandle(name)).getFile()).text())
  } catch {
    return null
  }
}

/** What is gone already need not be removed; anything else is a failure. */
function missing(error: unknown): null {
  if (error instanceof DOMException && error.name === 'NotFoundError') return null
  throw error
}
