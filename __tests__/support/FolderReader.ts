import { mkdir, open, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Readable } from 'node:stream'
import type { ByteRange, RecordingStorage } from '#server/recordings/RecordingStorage.ts'

/** Files in a folder, read by ranges: as much of a storage as viewing needs. */
export class FolderReader implements Pick<RecordingStorage, 'put' | 'read'> {
  readonly #root: string

  constructor(root: string) {
    this.#root = root
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    const place = path.join(this.#root, key)
    await mkdir(path.dirname(place), { recursive: true })
    await writeFile(place, bytes)
  }

  async read(key: string, range?: ByteRange): Promise<Readable> {
    const file = await open(path.join(this.#root, key), 'r')
    return file.createReadStream(range ? { start: range.start, end: range.end } : {})
  }
}
