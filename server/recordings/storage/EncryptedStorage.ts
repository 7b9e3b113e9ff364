import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import type { ByteRange, RecordingStorage, Space } from '../RecordingStorage.ts'
import {
  BLOCK_BYTES,
  BlockCipher,
  blockStart,
  HEADER_BYTES,
  type Layout,
  newLayout,
  readLayout,
  SALT_BYTES,
  storedBytes,
  TAG_BYTES,
} from './blocks.ts'
import { damaged, noSuchObject } from './storageErrors.ts'

/**
 * One recording's objects, enciphered over another storage. What was cut, exchanged, reordered or taken from another
 * recording is refused before a byte of that block leaves; blocks are checked one by one, so that a range costs itself.
 */
export class EncryptedStorage implements RecordingStorage {
  readonly #inner: RecordingStorage
  readonly #recordingId: string
  readonly #key: Buffer

  /** @param key of this recording, 32 bytes */
  constructor(inner: RecordingStorage, recordingId: string, key: Buffer) {
    this.#inner = inner
    this.#recordingId = recordingId
    this.#key = key
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    const pieces: Buffer[] = []
    for await (const piece of this.#encipher(key, [bytes], bytes.byteLength)) pieces.push(piece)
    await this.#inner.put(key, Buffer.concat(pieces))
  }

  putStream(key: string, bytes: AsyncIterable<Uint8Array>, length: number): Promise<void> {
    return this.#inner.putStream(key, this.#encipher(key, bytes, length), storedBytes(length))
  }

  async size(key: string): Promise<number | null> {
    const stored = await this.#inner.size(key)
    return stored === null ? null : (await this.#layout(key, stored)).length
  }

  async read(key: string, range?: ByteRange): Promise<Readable> {
    const stored = await this.#inner.size(key)
    if (stored === null) throw noSuchObject()
    const layout = await this.#layout(key, stored)
    const start = range?.start ?? 0
    const end = Math.min(range?.end ?? Number.POSITIVE_INFINITY, layout.length - 1)
    return Readable.from(this.#decipher(key, layout, stored, start, end), { objectMode: false })
  }

  remove(key: string): Promise<void> {
    return this.#inner.remove(key)
  }

  removeAll(prefix: string): Promise<void> {
    return this.#inner.removeAll(prefix)
  }

  space(): Promise<Space> {
    return this.#inner.space()
  }

  async #layout(key: string, stored: number): Promise<Layout> {
    if (stored < HEADER_BYTES) throw damaged(new Error('an object without its header'))
    const header: Buffer[] = []
    for await (const piece of await this.#inner.read(key, { start: 0, end: HEADER_BYTES - 1 }))
      header.push(piece)
    return readLayout(Buffer.concat(header), stored)
  }

  async *#encipher(
    key: string,
    bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    length: number,
  ): AsyncGenerator<Buffer> {
    const layout = newLayout(length, randomBytes(SALT_BYTES))
    const cipher = new BlockCipher(this.#key, { recordingId: this.#recordingId, key }, layout)
    yield layout.header
    let block = 0
    let came = 0
    for await (const plain of inBlocks(bytes, BLOCK_BYTES)) {
      came += plain.byteLength
      // More than was announced would leave the numbers that the header speaks of: the inner storage refuses the rest.
      yield cipher.encipher(block, plain)
      block += 1
    }
    if (block === 0) yield cipher.encipher(0, Buffer.alloc(0))
    if (came !== length) throw damaged(new Error(`${came} bytes came instead of ${length}`))
  }

  async *#decipher(
    key: string,
    layout: Layout,
    stored: number,
    start: number,
    end: number,
  ): AsyncGenerator<Buffer> {
    // An empty object has a block as well: that nothing was taken out of it is checked too.
    const first = Math.floor(start / BLOCK_BYTES)
    const last = Math.max(first, Math.floor(Math.max(end, 0) / BLOCK_BYTES))
    if (first >= layout.blocks) return
    const cipher = new BlockCipher(this.#key, { recordingId: this.#recordingId, key }, layout)
    const range = { start: blockStart(first), end: Math.min(stored, blockStart(last + 1)) - 1 }
    let block = first
    for await (const piece of inBlocks(await this.#inner.read(key, range), BLOCK_BYTES + TAG_BYTES)) {
      const plain = cipher.decipher(block, piece)
      const from = Math.max(0, start - block * BLOCK_BYTES)
      const to = Math.min(plain.length, end + 1 - block * BLOCK_BYTES)
      if (to > from) yield plain.subarray(from, to)
      block += 1
    }
    if (block !== last + 1) throw damaged(new Error('an object that ends too early'))
  }
}

/** The same bytes in pieces of `size`, the last one of what is left. */
async function* inBlocks(
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  size: number,
): AsyncGenerator<Buffer> {
  let held: Uint8Array[] = []
  let length = 0
  for await (const piece of bytes) {
    let rest = piece
    while (length + rest.byteLength >= size) {
      const taken = rest.subarray(0, size - length)
      yield Buffer.concat([...held, taken])
      rest = rest.subarray(taken.byteLength)
      held = []
      length = 0
    }
    if (rest.byteLength > 0) {
      held.push(rest)
      length += rest.byteLength
    }
  }
  if (length > 0) yield Buffer.concat(held)
}
