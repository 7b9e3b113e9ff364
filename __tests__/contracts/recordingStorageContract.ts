import { createHash, randomBytes } from 'node:crypto'
import { isAppError } from '#lib/errors.ts'
import type { ByteRange, RecordingStorage } from '#server/recordings/RecordingStorage.ts'

export type OpenedStorage = { readonly storage: RecordingStorage; close(): Promise<void> }

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const KEY = 'r/0b9d2a34-1c44-4c7e-9b53-8c2f6e9c1a11/parts/p-1/000000'

/** What every RecordingStorage promises, wherever its bytes are. */
export function recordingStorageContract(name: string, open: () => Promise<OpenedStorage>): void {
  describe(`RecordingStorage contract: ${name}`, () => {
    let storage: RecordingStorage
    let close: () => Promise<void>
    beforeAll(async () => {
      const opened = await open()
      storage = opened.storage
      close = opened.close
    })
    afterAll(() => close())

    async function bytesOf(key: string, range?: ByteRange): Promise<Buffer> {
      const pieces: Buffer[] = []
      for await (const piece of await storage.read(key, range)) pieces.push(piece)
      return Buffer.concat(pieces)
    }
    const codeOf = async (work: Promise<unknown>): Promise<string> => {
      const error = await work.then(
        () => null,
        (reason: unknown) => reason,
      )
      return isAppError(error) ? error.code : String(error)
    }

    test.each([0, 1, 65_535, 65_536, 65_537, 200_000])(
      '[REC-30] %i bytes come back as they were',
      async (length) => {
        const bytes = randomBytes(length)
        await storage.put(KEY, bytes)
        expect(await storage.size(KEY)).toBe(length)
        expect((await bytesOf(KEY)).equals(bytes)).toBe(true)
      },
    )

    test('[REC-30] the same key again replaces, with something shorter too', async () => {
      await storage.put(KEY, randomBytes(150_000))
      const bytes = randomBytes(10)
      await storage.put(KEY, bytes)
      expect(await storage.size(KEY)).toBe(10)
      expect((await bytesOf(KEY)).equals(bytes)).toBe(true)
    })

    test('[REC-30] a stream of any pieces, larger than one piece of a multipart upload', async () => {
      const bytes = randomBytes(40 * 1024 * 1024 + 12_345)
      async function* pieces() {
        for (let at = 0; at < bytes.length; at += 777_777) yield bytes.subarray(at, at + 777_777)
      }
      const key = 'r/long/files/f'
      await storage.putStream(key, pieces(), bytes.length)
      expect(await storage.size(key)).toBe(bytes.length)
      expect(digest(await bytesOf(key))).toBe(digest(bytes))
      const range = { start: 33_000_000, end: 33_200_000 }
      expect((await bytesOf(key, range)).equals(bytes.subarray(range.start, range.end + 1))).toBe(true)
    })

    test.each([-1, 1])(
      '[REC-30] a stream that is %i byte off its announced length stores nothing',
      async (off) => {
        const key = `r/wrong/files/f${off + 1}`
        async function* pieces() {
          yield randomBytes(100_000)
        }
        expect(await codeOf(storage.putStream(key, pieces(), 100_000 + off))).not.toBe('null')
        expect(await storage.size(key)).toBeNull()
      },
    )

    test('[REC-30] a stream that breaks off stores nothing, and what was there stays', async () => {
      const bytes = randomBytes(100)
      await storage.put(KEY, bytes)
      async function* pieces() {
        yield randomBytes(100_000)
        throw new Error('broken off')
      }
      expect(await codeOf(storage.putStream(KEY, pieces(), 200_000))).toBe('unavailable')
      expect((await bytesOf(KEY)).equals(bytes)).toBe(true)
    })

    test.each([
      [0, 0],
      [0, 65_535],
      [65_535, 65_536],
      [65_536, 131_071],
      [1, 131_072],
      [199_999, 199_999],
      [131_072, 500_000],
      [0, 199_999],
    ])('[REC-31] the range %i–%i is exactly that', async (start, end) => {
      const bytes = randomBytes(200_000)
      await storage.put(KEY, bytes)
      expect((await bytesOf(KEY, { start, end })).equals(bytes.subarray(start, end + 1))).toBe(true)
    })

    test('[REC-31] a reader that is given up early harms nobody', async () => {
      await storage.put(KEY, randomBytes(5_000_000))
      const stream = await storage.read(KEY)
      await new Promise((resolve) => stream.once('data', resolve))
      stream.destroy()
      expect((await bytesOf(KEY)).length).toBe(5_000_000)
    })

    test('[REC-30] what is not there is said to be not there', async () => {
      expect(await storage.size('r/none/files/f')).toBeNull()
      expect(await codeOf(storage.read('r/none/files/f'))).toBe('not-found')
      await storage.remove('r/none/files/f')
      await storage.removeAll('r/none/')
    })

    test('[REC-32] all below a prefix goes, and nothing beside it', async () => {
      const keys = ['r/a/parts/p/000000', 'r/a/parts/p/000001', 'r/a/files/f', 'r/ab/files/f']
      for (const key of keys) await storage.put(key, randomBytes(10))
      await storage.removeAll('r/a/')
      expect(await Promise.all(keys.map((key) => storage.size(key)))).toEqual([null, null, null, 10])
      await storage.remove('r/ab/files/f')
      expect(await storage.size('r/ab/files/f')).toBeNull()
    })

    test.each([
      '../x',
      'r/../../x',
      '/etc/passwd',
      'r//x',
      'r/.hidden',
      'r/x\0',
      'r/X',
      'r\\x',
      '',
      'r/a..b',
    ])('[REC-33] the key %j is none', async (key) => {
      const asked = [storage.put(key, randomBytes(1)), storage.size(key), storage.read(key)]
      for (const one of [...asked, storage.removeAll(`${key}/`)]) expect(await codeOf(one)).toBe('internal')
    })

    test('[REC-30] many writers of one key: one of them has won, whole', async () => {
      const all = Array.from({ length: 8 }, () => randomBytes(300_000))
      await Promise.all(all.map((bytes) => storage.put(KEY, bytes)))
      const stored = digest(await bytesOf(KEY))
      expect(all.map(digest)).toContain(stored)
    })
  })
}
