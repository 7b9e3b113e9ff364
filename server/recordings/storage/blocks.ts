import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto'
import { damaged } from './storageErrors.ts'

/**
 * How an enciphered object looks (docs/decisions/0013): a header of 32 bytes, then blocks of 64 KiB of plain text, each
 * enciphered for itself with AES-256-GCM and followed by its tag. The last block may be shorter; an empty object has
 * one empty block.
 *
 *   header: "PRLY" | version 1 | 3 zero bytes | length of the plain text, 8 bytes big endian | salt, 16 bytes
 *   key:    HKDF-SHA256(key of the recording, salt, "parley recording object")
 *   nonce:  the block's number, 12 bytes big endian; a key of its own for each writing, so that none comes twice
 *   bound:  header, recording, key of the object, number of the block, whether it is the last
 */
export const HEADER_BYTES = 32
export const SALT_BYTES = 16
export const BLOCK_BYTES = 64 * 1024
export const TAG_BYTES = 16
const MAGIC = Buffer.from('PRLY')
const VERSION = 1

export type Layout = { readonly header: Buffer; readonly length: number; readonly blocks: number }

export function newLayout(length: number, salt: Uint8Array): Layout {
  const header = Buffer.alloc(HEADER_BYTES)
  MAGIC.copy(header)
  header[4] = VERSION
  header.writeBigUInt64BE(BigInt(length), 8)
  header.set(salt, HEADER_BYTES - SALT_BYTES)
  return { header, length, blocks: blocksOf(length) }
}

/** @param stored the object's length as it is stored. @throws AppError internal when the two do not fit */
export function readLayout(header: Buffer, stored: number): Layout {
  const known = header.length === HEADER_BYTES && header.subarray(0, 4).equals(MAGIC) && header[4] === VERSION
  if (!known) throw damaged(new Error('not an enciphered object of ours'))
  const length = Number(header.readBigUInt64BE(8))
  const layout = { header, length, blocks: blocksOf(length) }
  if (!Number.isSafeInteger(length) || storedBytes(length) !== stored) {
    throw damaged(new Error('an object that was cut or prolonged'))
  }
  return layout
}

export const storedBytes = (length: number): number => HEADER_BYTES + length + blocksOf(length) * TAG_BYTES

/** Where a block begins, in what is stored. */
export const blockStart = (block: number): number => HEADER_BYTES + block * (BLOCK_BYTES + TAG_BYTES)

const blocksOf = (length: number): number => Math.max(1, Math.ceil(length / BLOCK_BYTES))

/** Enciphers and deciphers the blocks of one object. */
export class BlockCipher {
  readonly #key: Buffer
  readonly #bound: Buffer
  readonly #layout: Layout

  constructor(recordingKey: Buffer, object: { recordingId: string; key: string }, layout: Layout) {
    const salt = layout.header.subarray(HEADER_BYTES - SALT_BYTES)
    this.#key = Buffer.from(hkdfSync('sha256', recordingKey, salt, 'parley recording object', 32))
    this.#bound = Buffer.concat([layout.header, Buffer.from(`${object.recordingId}\0${object.key}\0`)])
    this.#layout = layout
  }

  encipher(block: number, plain: Uint8Array): Buffer {
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonceOf(block)).setAAD(this.#boundTo(block))
    return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()])
  }

  /** @throws AppError internal when it is not the block that was written here */
  decipher(block: number, stored: Buffer): Buffer {
    if (stored.length < TAG_BYTES) throw damaged(new Error(`block ${block} is cut`))
    const tag = stored.subarray(stored.length - TAG_BYTES)
    const decipher = createDecipheriv('aes-256-gcm', this.#key, nonceOf(block), { authTagLength: TAG_BYTES })
    decipher.setAAD(this.#boundTo(block)).setAuthTag(tag)
    try {
      return Buffer.concat([decipher.update(stored.subarray(0, -TAG_BYTES)), decipher.final()])
    } catch (cause) {
      throw damaged(cause)
    }
  }

  #boundTo(block: number): Buffer {
    const place = Buffer.alloc(9)
    place.writeBigUInt64BE(BigInt(block))
    place[8] = block === this.#layout.blocks - 1 ? 1 : 0
    return Buffer.concat([this.#bound, place])
  }
}

function nonceOf(block: number): Buffer {
  const nonce = Buffer.alloc(12)
  nonce.writeBigUInt64BE(BigInt(block), 4)
  return nonce
}
