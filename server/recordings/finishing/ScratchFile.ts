import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { rm, stat } from 'node:fs/promises'
import { StreamTarget, type StreamTargetChunk } from 'mediabunny'
import { fileSink } from './fileSink.ts'

const CIPHER = 'aes-256-ctr'
const BLOCK_BYTES = 16
const NONCE_BYTES = 8
/** What is written at once, enciphered in one step: two of these are filled at a time, and nobody waits long for one. */
const CHUNK_BYTES = 1024 * 1024

/**
 * A file while it is made: written anywhere in it, then read from its beginning. On the disk it is enciphered (AES-256 in
 * counter mode, NIST SP 800-38A §6.5) with a key that nothing but this object holds, so that what a killed process leaves
 * says nothing to anybody. What is written twice, a length and an index, is so with the same part of the key stream: who
 * copies the disk in between learns how the two differ, of a place whose contents the file's name and size tell as well.
 */
export class ScratchFile {
  readonly #path: string
  readonly #key = randomBytes(32)
  readonly #nonce = randomBytes(NONCE_BYTES)

  constructor(path: string) {
    this.#path = path
  }

  /** For mediabunny. Begins the file anew. */
  target(): StreamTarget {
    return new StreamTarget(this.sink(), { chunked: true, chunkSize: CHUNK_BYTES })
  }

  /** As `target`, for pieces with their places. */
  sink(): WritableStream<StreamTargetChunk> {
    return fileSink(this.#path, (data, position) => this.#enciphered(data, position))
  }

  /** In bytes. */
  async size(): Promise<number> {
    return (await stat(this.#path)).size
  }

  /** What was written, from the beginning. */
  async *read(): AsyncGenerator<Uint8Array> {
    const decipher = createDecipheriv(CIPHER, this.#key, this.#counter(0))
    for await (const piece of createReadStream(this.#path)) yield decipher.update(piece)
  }

  async remove(): Promise<void> {
    await rm(this.#path, { force: true })
  }

  #enciphered(data: Uint8Array, position: number): Uint8Array {
    const into = position % BLOCK_BYTES
    const cipher = createCipheriv(CIPHER, this.#key, this.#counter((position - into) / BLOCK_BYTES))
    cipher.update(new Uint8Array(into))
    return cipher.update(data)
  }

  #counter(block: number): Buffer {
    const counter = Buffer.alloc(BLOCK_BYTES)
    this.#nonce.copy(counter)
    counter.writeBigUInt64BE(BigInt(block), NONCE_BYTES)
    return counter
  }
}
