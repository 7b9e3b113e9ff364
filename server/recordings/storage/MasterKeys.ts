import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { storageAway } from './storageErrors.ts'

/**
 * A wrapped key: version (1), id of the master key (8), nonce (12), the key enciphered (32), tag (16).
 * Bound to its recording by associated data: a row's key copied to another row opens nothing.
 */
const VERSION = 1
const ID_BYTES = 8
const NONCE_BYTES = 12
const KEY_BYTES = 32
const TAG_BYTES = 16
const WRAPPED_BYTES = 1 + ID_BYTES + NONCE_BYTES + KEY_BYTES + TAG_BYTES

type Master = { readonly id: Buffer; readonly key: Buffer }

/** The server's keys for recordings' keys: one that wraps, and a former one that only unwraps. */
export class MasterKeys {
  readonly #current: Master
  readonly #all: readonly Master[]

  /** @param current 32 bytes. @param previous the former one, while something is still wrapped by it */
  constructor(current: Buffer, previous?: Buffer) {
    this.#current = masterOf(current)
    this.#all = previous ? [this.#current, masterOf(previous)] : [this.#current]
  }

  /** A new key for a recording, wrapped for its row. */
  create(recordingId: string): Uint8Array<ArrayBuffer> {
    return this.#wrap(recordingId, randomBytes(KEY_BYTES))
  }

  /** @throws AppError unavailable when none of the configured keys opens it */
  unwrap(recordingId: string, wrapped: Uint8Array): Buffer {
    const bytes = Buffer.from(wrapped)
    const master = this.#all.find(({ id }) => id.equals(bytes.subarray(1, 1 + ID_BYTES)))
    if (bytes.length !== WRAPPED_BYTES || bytes[0] !== VERSION || !master) throw noKey()
    const nonceEnd = 1 + ID_BYTES + NONCE_BYTES
    const decipher = createDecipheriv('aes-256-gcm', master.key, bytes.subarray(1 + ID_BYTES, nonceEnd))
    decipher.setAAD(boundTo(recordingId)).setAuthTag(bytes.subarray(nonceEnd + KEY_BYTES))
    try {
      return Buffer.concat([
        decipher.update(bytes.subarray(nonceEnd, nonceEnd + KEY_BYTES)),
        decipher.final(),
      ])
    } catch (cause) {
      throw noKey(cause)
    }
  }

  /** The same key wrapped by the current master key, or null when it is already. */
  rewrap(recordingId: string, wrapped: Uint8Array): Uint8Array<ArrayBuffer> | null {
    if (this.#current.id.equals(Buffer.from(wrapped).subarray(1, 1 + ID_BYTES))) return null
    return this.#wrap(recordingId, this.unwrap(recordingId, wrapped))
  }

  #wrap(recordingId: string, key: Buffer): Uint8Array<ArrayBuffer> {
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv('aes-256-gcm', this.#current.key, nonce).setAAD(boundTo(recordingId))
    const enciphered = Buffer.concat([cipher.update(key), cipher.final()])
    const parts = [Buffer.from([VERSION]), this.#current.id, nonce, enciphered, cipher.getAuthTag()]
    return new Uint8Array(Buffer.concat(parts))
  }
}

const boundTo = (recordingId: string): Buffer => Buffer.from(`parley recording key\0${recordingId}`)

function masterOf(key: Buffer): Master {
  if (key.length !== KEY_BYTES) throw new Error('a master key has 32 bytes')
  return {
    key,
    id: createHash('sha256').update('parley master key\0').update(key).digest().subarray(0, ID_BYTES),
  }
}

const noKey = (cause?: unknown) =>
  storageAway(new Error('no configured RECORDINGS_KEY opens the key of this recording', { cause }))
