import { Readable } from 'node:stream'
import type { S3Client } from '@aws-sdk/client-s3'
import { isAppError } from '#lib/errors.ts'
import type { ByteRange, RecordingStorage, Space } from '../RecordingStorage.ts'
import { noSpace, noSuchObject, storageAway } from './storageErrors.ts'
import { checkKey, checkPrefix } from './storageKey.ts'

export type S3Options = {
  readonly endpoint: string
  readonly bucket: string
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** `https://host/bucket/key` instead of `https://bucket.host/key`. */
  readonly pathStyle: boolean
  readonly limits?: S3Limits
}

/** How long a server is waited for, ms. */
export type S3Limits = {
  /** For an answer's head, from the first byte of a request. */
  readonly answer: number
  /** The same, for a piece of a long upload. */
  readonly upload: number
  /** For the next bytes of an answer's body, when they are asked for: who has stopped to watch is not cut off. */
  readonly body: number
}

/** Of a multipart upload; at most 10,000 of them make 160 GB. */
const PART_BYTES = 16 * 1024 * 1024
const ATTEMPTS = 3
const CONNECT_TIMEOUT_MS = 5_000
const LIMITS: S3Limits = { answer: 30_000, upload: 300_000, body: 30_000 }

type Sdk = typeof import('@aws-sdk/client-s3')
type Loaded = { readonly sdk: Sdk; readonly client: S3Client }

/** A bucket of any S3. The SDK is loaded with the first request: who has no S3 has no use for it. */
export class S3Storage implements RecordingStorage {
  readonly #options: S3Options
  readonly #limits: S3Limits
  /** Of each request that is not a piece of an upload. */
  readonly #limited: { readonly requestTimeout: number }
  #loading: Promise<Loaded> | null = null

  constructor(options: S3Options) {
    this.#options = options
    this.#limits = options.limits ?? LIMITS
    this.#limited = { requestTimeout: this.#limits.answer }
  }

  put(key: string, bytes: Uint8Array): Promise<void> {
    return this.#ask(async ({ sdk, client }) => {
      await client.send(new sdk.PutObjectCommand({ ...this.#object(key), Body: bytes }), this.#limited)
    })
  }

  putStream(key: string, bytes: AsyncIterable<Uint8Array>, length: number): Promise<void> {
    return this.#ask(async ({ client }) => {
      const { Upload } = await import('@aws-sdk/lib-storage')
      const body = Readable.from(exactly(bytes, length), { objectMode: false })
      const params = { ...this.#object(key), Body: body }
      // What fails halfway is aborted and leaves no parts behind.
      await new Upload({ client, params, partSize: PART_BYTES, queueSize: 2 }).done()
    })
  }

  async size(key: string): Promise<number | null> {
    try {
      return await this.#ask(async ({ sdk, client }) => {
        const head = await client.send(new sdk.HeadObjectCommand(this.#object(key)), this.#limited)
        return head.ContentLength ?? 0
      })
    } catch (error) {
      if (isAppError(error) && error.code === 'not-found') return null
      throw error
    }
  }

  read(key: string, range?: ByteRange): Promise<Readable> {
    return this.#ask(async ({ sdk, client }) => {
      const Range = range && `bytes=${range.start}-${range.end}`
      const answer = await client.send(
        new sdk.GetObjectCommand({ ...this.#object(key), ...(Range && { Range }) }),
        this.#limited,
      )
      if (!(answer.Body instanceof Readable)) throw new Error('an answer without a body')
      return Readable.from(arriving(answer.Body, this.#limits.body), { objectMode: false })
    })
  }

  remove(key: string): Promise<void> {
    return this.#ask(async ({ sdk, client }) => {
      await client.send(new sdk.DeleteObjectCommand(this.#object(key)), this.#limited)
    })
  }

  removeAll(prefix: string): Promise<void> {
    const Bucket = this.#options.bucket
    return this.#ask(async ({ sdk, client }) => {
      const Prefix = checkPrefix(prefix)
      // What is listed is gone before the next page is asked for, so that the first page is always the next one.
      for (;;) {
        const page = await client.send(
          new sdk.ListObjectsV2Command({ Bucket, Prefix, MaxKeys: 1000 }),
          this.#limited,
        )
        const Objects = (page.Contents ?? []).flatMap(({ Key }) => (Key === undefined ? [] : [{ Key }]))
        if (Objects.length === 0) return
        const answer = await client.send(
          new sdk.DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }),
          this.#limited,
        )
        if (answer.Errors?.length) throw new Error(`not deleted: ${answer.Errors[0]?.Code}`)
      }
    })
  }

  async space(): Promise<Space> {
    return null
  }

  /** Ends its connections. */
  async close(): Promise<void> {
    const loaded = await this.#loading?.catch(() => null)
    loaded?.client.destroy()
  }

  #object(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.#options.bucket, Key: checkKey(key) }
  }

  async #ask<Value>(work: (loaded: Loaded) => Promise<Value>): Promise<Value> {
    this.#loading ??= load(this.#options, this.#limits)
    try {
      return await work(await this.#loading)
    } catch (error) {
      throw failureOfS3(error)
    }
  }
}

async function load(options: S3Options, limits: S3Limits): Promise<Loaded> {
  const sdk = await import('@aws-sdk/client-s3')
  const client = new sdk.S3Client({
    endpoint: options.endpoint,
    region: options.region,
    forcePathStyle: options.pathStyle,
    credentials: { accessKeyId: options.accessKeyId, secretAccessKey: options.secretAccessKey },
    maxAttempts: ATTEMPTS,
    // Without the last one it says in a log what took too long, and goes on waiting.
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: limits.upload,
      throwOnRequestTimeout: true,
    },
    // Many servers that speak S3 know none but the checksums that an operation demands.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  })
  return { sdk, client }
}

function failureOfS3(error: unknown): Error {
  if (isAppError(error)) return error
  const { name = '', $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } }
  if ($metadata?.httpStatusCode === 404 && name !== 'NoSuchBucket') return noSuchObject()
  if (/^(QuotaExceeded|EntityTooLarge|StorageFull|XMinioStorageFull)/.test(name)) return noSpace(error)
  if ($metadata?.httpStatusCode === 507) return noSpace(error)
  return storageAway(error)
}

/** A body whose failures are the port's, and in which nothing is waited for too long. */
async function* arriving(body: Readable, limitMs: number): AsyncGenerator<Uint8Array> {
  const waiting = () => setTimeout(() => body.destroy(new Error(`nothing came for ${limitMs} ms`)), limitMs)
  let timer = waiting()
  try {
    for await (const piece of body) {
      clearTimeout(timer)
      yield piece
      timer = waiting()
    }
  } catch (error) {
    throw storageAway(error)
  } finally {
    clearTimeout(timer)
  }
}

async function* exactly(bytes: AsyncIterable<Uint8Array>, length: number): AsyncGenerator<Uint8Array> {
  let came = 0
  for await (const piece of bytes) {
    came += piece.byteLength
    yield piece
  }
  if (came !== length) throw storageAway(new Error(`${came} bytes came instead of ${length}`))
}
