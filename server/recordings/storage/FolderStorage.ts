import { randomUUID } from 'node:crypto'
import { mkdirSync, rmSync } from 'node:fs'
import { type FileHandle, mkdir, open, readdir, rename, rm, stat, statfs } from 'node:fs/promises'
import path from 'node:path'
import type { Readable } from 'node:stream'
import type { ByteRange, RecordingStorage, Space } from '../RecordingStorage.ts'
import { fileFailure, noSuchObject, storageAway } from './storageErrors.ts'
import { checkKey, checkPrefix } from './storageKey.ts'

const PRIVATE_FOLDER = 0o700
const PRIVATE_FILE = 0o600
/** Below the root: files that are being written. */
const UNFINISHED = '.unfinished'
/** Whoever writes touches its file all the time: what nobody has touched for so long is a killed process's. */
const LEFT_MS = 3_600_000

/**
 * A folder. A file is written under another name, synced, renamed, and its folder synced: under its key there is all of
 * it or nothing, also after a loss of power.
 */
export class FolderStorage implements RecordingStorage {
  readonly #root: string
  readonly #unfinished: string

  /** @param root made when it is not there */
  constructor(root: string) {
    this.#root = path.resolve(root)
    this.#unfinished = path.join(this.#root, UNFINISHED)
    mkdirSync(this.#unfinished, { recursive: true, mode: PRIVATE_FOLDER })
  }

  put(key: string, bytes: Uint8Array): Promise<void> {
    return this.#write(key, (file) => writeAll(file, bytes))
  }

  putStream(key: string, bytes: AsyncIterable<Uint8Array>, length: number): Promise<void> {
    return this.#write(key, async (file) => {
      let written = 0
      for await (const piece of bytes) {
        await writeAll(file, piece)
        written += piece.byteLength
      }
      if (written !== length) throw storageAway(new Error(`${written} bytes came instead of ${length}`))
    })
  }

  async size(key: string): Promise<number | null> {
    try {
      return (await stat(this.#place(key))).size
    } catch (error) {
      const failure = fileFailure(error)
      if (failure.code === 'not-found') return null
      throw failure
    }
  }

  async read(key: string, range?: ByteRange): Promise<Readable> {
    try {
      const file = await open(this.#place(key), 'r')
      return file.createReadStream(range ? { start: range.start, end: range.end } : {})
    } catch (error) {
      throw fileFailure(error)
    }
  }

  async remove(key: string): Promise<void> {
    const place = this.#place(key)
    try {
      await rm(place, { force: true })
      await syncFolder(path.dirname(place))
    } catch (error) {
      const failure = fileFailure(error)
      // Its folder was never made, or is gone already.
      if (failure.code !== 'not-found') throw failure
    }
  }

  async removeAll(prefix: string): Promise<void> {
    const folder = path.join(this.#root, checkPrefix(prefix))
    try {
      await rm(folder, { recursive: true, force: true })
      await syncFolder(path.dirname(folder))
    } catch (error) {
      const failure = fileFailure(error)
      if (failure.code !== 'not-found') throw failure
    }
  }

  async sweep(): Promise<void> {
    for (const name of await readdir(this.#unfinished)) {
      const file = path.join(this.#unfinished, name)
      const known = await stat(file).catch(() => null)
      if (known && known.mtimeMs < Date.now() - LEFT_MS) await rm(file, { force: true })
    }
  }

  async space(): Promise<Space> {
    try {
      const { bavail, blocks, bsize } = await statfs(this.#root)
      return { free: bavail * bsize, total: blocks * bsize }
    } catch (error) {
      throw storageAway(error)
    }
  }

  #place(key: string): string {
    return path.join(this.#root, checkKey(key))
  }

  async #write(key: string, fill: (file: FileHandle) => Promise<void>): Promise<void> {
    const place = this.#place(key)
    const unfinished = path.join(this.#unfinished, randomUUID())
    try {
      await this.#makeFolder(path.dirname(place))
      // Mounted since this process began.
      await this.#makeFolder(this.#unfinished)
      const file = await open(unfinished, 'wx', PRIVATE_FILE)
      try {
        await fill(file)
        await file.datasync()
      } finally {
        await file.close()
      }
      await rename(unfinished, place)
      await syncFolder(path.dirname(place))
    } catch (error) {
      rmSync(unfinished, { force: true })
      // A root that has been taken away is no missing object.
      const failure = fileFailure(error)
      throw failure.code === 'not-found' ? storageAway(error) : failure
    }
  }

  /** New folders are synced into their parents, from the top down. */
  async #makeFolder(folder: string): Promise<void> {
    const first = await mkdir(folder, { recursive: true, mode: PRIVATE_FOLDER })
    if (first === undefined) return
    for (let made = folder; made.length >= first.length; made = path.dirname(made)) {
      await syncFolder(path.dirname(made))
    }
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  let at = 0
  while (at < bytes.byteLength) {
    const { bytesWritten } = await file.write(bytes, at, bytes.byteLength - at)
    if (bytesWritten === 0) throw noSuchObject()
    at += bytesWritten
  }
}

/** A directory's entry is on the disk only when the directory is. Windows has no such call, and no need of it. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
