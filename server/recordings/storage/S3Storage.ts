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
}

/** Of a multipart upload; at most 10,000 of them make 160 GB. */
const PART_BYTES = 16 * 1024 * 1024
const ATTEMPTS = 3
const CONNECT_TIMEOUT_MS = 5_000
const REQUEST_TIMEOUT_MS = 30_000

type Sdk = typeof import('@aws-sdk/client-s3')
type Loaded = { readonly sdk: Sdk; readonly client: S3Client }

/** A bucket of any S3. The SDK is loaded with the first request: who has no S3 has no use for it. */
export class S3Storage implements RecordingStorage {
  readonly #options: S3Options
  #loading: Promise<Loaded> | null = null

  constructor(options: S3Options) {
    this.#options = options
  }

  put(key: string, bytes: Uint8Array): Promise<void> {
    return this.#ask(async ({ sdk, client }) => {
      await client.send(new sdk.PutObjectCommand({ ...this.#object(key), Body: bytes }))
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
        const head = await client.send(new sdk.HeadObjectCommand(this.#object(key)))
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
      )
      if (!(answer.Body instanceof Readable)) throw new Error('an answer without a body')
      return answer.Body
    })
  }

  remove(key: string): Promise<void> {
    return this.#ask(async ({ sdk, client }) => {
      await client.send(new sdk.DeleteObjectCommand(this.#object(key)))
    })
  }

  removeAll(prefix: string): Promise<void> {
    const Bucket = this.#options.bucket
    return this.#ask(async ({ sdk, client }) => {
      const Prefix = checkPrefix(prefix)
      // What is listed is gone before the next page is asked for, so that the first page is always the next one.
      for (;;) {
        const page = await client.send(new sdk.ListObjectsV2Command({ Bucket, Prefix, MaxKeys: 1000 }))
        const Objects = (page.Contents ?? []).flatMap(({ Key }) => (Key === undefined ? [] : [{ Key }]))
        if (Objects.length === 0) return
        const answer = await client.send(
          new sdk.DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }),
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
    this.#loading ??= load(this.#options)
    try {
      return await work(await this.#loading)
    } catch (error) {
      throw failureOfS3(error)
    }
  }
}

async function load(options: S3Options): Promise<Loaded> {
  const sdk = await import('@aws-sdk/client-s3')
  const client = new sdk.S3Client({
    endpoint: options.endpoint,
    region: options.region,
    forcePathStyle: options.pathStyle,
    credentials: { accessKeyId: options.accessKeyId, secretAccessKey: options.secretAccessKey },
    maxAttempts: ATTEMPTS,
    requestHandler: { connectionTimeout: CONNECT_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS },
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

async function* exactly(bytes: AsyncIterable<Uint8Array>, length: number): AsyncGenerator<Uint8Array> {
  let came = 0
  for await (const piece of bytes) {
    came += piece.byteLength
    yield piece
  }
  if (came !== length) throw storageAway(new Error(`${came} bytes came instead of ${length}`))
}
