import type { Readable } from 'node:stream'
import { isAppError } from '#lib/errors.ts'
import type { Log } from '#server/log.ts'
import type { ByteRange, RecordingStorage, Space } from '../RecordingStorage.ts'
import { storageAway } from './storageErrors.ts'

/** What the database knows of the storage's mark. */
export interface StorageMarks {
  /** Made with the first question. `placed` once it was seen in the storage. */
  known(): Promise<{ readonly mark: string; readonly placed: boolean }>
  /** It is there. What was placed stays. */
  place(mark: string): Promise<void>
  /** Keys of some objects that should be there, none where nothing was stored yet. */
  samples(): Promise<readonly string[]>
}

export type MarkedDeps = {
  readonly inner: RecordingStorage
  readonly marks: StorageMarks
  readonly log: Log
  /** For so long after the mark was seen it is not looked for again, unless something is not there. */
  readonly believedMs: number
}

/** Beside the recordings, which are below `r/`. */
export const MARK_KEY = 'parley-storage'
const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/
const textOf = (mark: string): string => `${mark}\nRecordings of Parley. Leave this file where it is.\n`

/**
 * A storage that is known by a mark in it. A disk that is not mounted looks like an empty folder, and a bucket may be
 * another one: without the mark nothing is written, and neither "not there" nor "removed" is believed (decision 22).
 */
export class MarkedStorage implements RecordingStorage {
  readonly #deps: MarkedDeps
  readonly #inner: RecordingStorage
  #mark: string | null = null
  #seenAt = Number.NEGATIVE_INFINITY
  #told = false

  constructor(deps: MarkedDeps) {
    this.#deps = deps
    this.#inner = deps.inner
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    await this.#isOurs()
    await this.#inner.put(key, bytes)
  }

  async putStream(key: string, bytes: AsyncIterable<Uint8Array>, length: number): Promise<void> {
    await this.#isOurs()
    await this.#inner.putStream(key, bytes, length)
  }

  async size(key: string): Promise<number | null> {
    const size = await this.#inner.size(key)
    if (size === null) await this.#isOursNow()
    return size
  }

  async read(key: string, range?: ByteRange): Promise<Readable> {
    try {
      return await this.#inner.read(key, range)
    } catch (error) {
      if (isNotFound(error)) await this.#isOursNow()
      throw error
    }
  }

  async removeAll(prefix: string): Promise<void> {
    await this.#inner.removeAll(prefix)
    await this.#isOursNow()
  }

  async remove(key: string): Promise<void> {
    await this.#inner.remove(key)
    await this.#isOursNow()
  }

  async space(): Promise<Space> {
    await this.#isOurs()
    return this.#inner.space()
  }

  async sweep(): Promise<void> {
    await this.#isOurs()
    await this.#inner.sweep?.()
  }

  async #isOurs(): Promise<void> {
    if (performance.now() - this.#seenAt > this.#deps.believedMs) await this.#isOursNow()
  }

  /** @throws AppError unavailable */
  async #isOursNow(): Promise<void> {
    const found = await this.#found()
    if (this.#mark === null) this.#mark = await this.#begin(found)
    else if (found !== this.#mark) throw this.#notOurs(this.#mark, found)
    this.#seenAt = performance.now()
    if (this.#told) this.#deps.log.info('the storage of recordings is there again')
    this.#told = false
  }

  /** With this process, or with the very first one. Of several at once each does the same. @returns the mark */
  async #begin(found: string | null): Promise<string> {
    const { marks } = this.#deps
    const { mark, placed } = await marks.known()
    if (placed && found !== mark) throw this.#notOurs(mark, found)
    if (placed) return mark
    if (found === null) {
      // Prevents: an installation from before marks whose disk is not mounted is taken for a new one.
      if (!(await this.#mayBegin())) throw this.#notOurs(mark, found)
      await this.#inner.put(MARK_KEY, Buffer.from(textOf(mark)))
    }
    await marks.place(found ?? mark)
    return found ?? mark
  }

  async #mayBegin(): Promise<boolean> {
    const samples = await this.#deps.marks.samples()
    for (const key of samples) if ((await this.#inner.size(key)) !== null) return true
    return samples.length === 0
  }

  async #found(): Promise<string | null> {
    try {
      const pieces: Buffer[] = []
      for await (const piece of await this.#inner.read(MARK_KEY)) pieces.push(piece)
      return UUID.exec(Buffer.concat(pieces).toString())?.[0] ?? null
    } catch (error) {
      if (isNotFound(error)) return null
      throw error
    }
  }

  #notOurs(mark: string, found: string | null): Error {
    const why =
      found === null
        ? `"${MARK_KEY}" is not in it: not mounted? If this is the right place, put that file there with ${mark} in it`
        : `"${MARK_KEY}" in it says ${found}, and this database's says ${mark}`
    if (!this.#told) this.#deps.log.error({ mark, found }, `the storage of recordings is not ours: ${why}`)
    this.#told = true
    return storageAway(new Error(`the storage is not ours: ${why}`))
  }
}

const isNotFound = (error: unknown): boolean => isAppError(error) && error.code === 'not-found'
