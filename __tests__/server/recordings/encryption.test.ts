import { randomBytes } from 'node:crypto'
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { isAppError } from '#lib/errors.ts'
import { EncryptedStorage } from '#server/recordings/storage/EncryptedStorage.ts'
import { FolderStorage } from '#server/recordings/storage/FolderStorage.ts'
import { MasterKeys } from '#server/recordings/storage/MasterKeys.ts'

const BLOCK = 64 * 1024 + 16
const HEADER = 32
const KEY = 'r/one/files/f'
const LENGTH = 5 * 64 * 1024 + 100

describe('recordings enciphered where they are kept', () => {
  let folder: string
  let inner: FolderStorage
  const recordingKey = randomBytes(32)
  const plain = randomBytes(LENGTH)
  beforeEach(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'parley-cipher-'))
    inner = new FolderStorage(folder)
    await of('one').put(KEY, plain)
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const of = (recordingId: string, key = recordingKey) => new EncryptedStorage(inner, recordingId, key)
  const place = (key: string) => path.join(folder, key)
  const change = (work: (bytes: Buffer) => Buffer) =>
    writeFileSync(place(KEY), work(readFileSync(place(KEY))))

  async function outcome(storage: EncryptedStorage, key = KEY, range?: { start: number; end: number }) {
    const pieces: Buffer[] = []
    try {
      for await (const piece of await storage.read(key, range)) pieces.push(piece)
    } catch (error) {
      return { code: isAppError(error) ? error.code : String(error), bytes: Buffer.concat(pieces) }
    }
    return { code: null, bytes: Buffer.concat(pieces) }
  }

  test('[REC-34] nothing of it can be read on the disk, and the same bytes twice are two ciphertexts', async () => {
    const text = Buffer.from('A meeting that nobody else shall hear. '.repeat(3000))
    await of('one').put('r/one/files/a', text)
    await of('one').put('r/one/files/b', text)
    const [a, b] = [readFileSync(place('r/one/files/a')), readFileSync(place('r/one/files/b'))]
    expect(a.includes('nobody else')).toBe(false)
    expect(a.subarray(HEADER, HEADER + 1000).equals(b.subarray(HEADER, HEADER + 1000))).toBe(false)
  })

  test.each<[string, (bytes: Buffer) => Buffer]>([
    ['one bit turned', (bytes) => flip(bytes, HEADER + 3 * BLOCK + 7)],
    ['a tag turned', (bytes) => flip(bytes, HEADER + BLOCK - 1)],
    ['the announced length changed', (bytes) => flip(bytes, 15)],
    ['the salt changed', (bytes) => flip(bytes, 20)],
    ['two blocks exchanged', (bytes) => exchange(bytes, 1, 2)],
    ['a block left out', (bytes) => without(bytes, HEADER + BLOCK, BLOCK)],
    ['the last block left out', (bytes) => bytes.subarray(0, HEADER + 5 * BLOCK)],
    ['cut in mid-block', (bytes) => bytes.subarray(0, HEADER + 2 * BLOCK + 50)],
    ['something added', (bytes) => Buffer.concat([bytes, randomBytes(BLOCK)])],
    [
      'a block repeated at the end',
      (bytes) => Buffer.concat([bytes, bytes.subarray(HEADER, HEADER + BLOCK)]),
    ],
    ['a header alone', (bytes) => bytes.subarray(0, HEADER)],
    ['nothing', () => Buffer.alloc(0)],
    ['plain text instead', () => plain],
  ])('[REC-34] %s: refused', async (_, tamper) => {
    change(tamper)
    const { code, bytes } = await outcome(of('one'))
    expect(code).toBe('internal')
    // Whatever came before it is what was written.
    expect(plain.subarray(0, bytes.length).equals(bytes)).toBe(true)
  })

  test('[REC-34] cut and its length adjusted: no block says yes to that', async () => {
    change((bytes) => {
      const cut = Buffer.from(bytes.subarray(0, HEADER + 5 * BLOCK))
      cut.writeBigUInt64BE(BigInt(5 * 64 * 1024), 8)
      return cut
    })
    const { code, bytes } = await outcome(of('one'))
    expect([code, bytes.length]).toEqual(['internal', 0])
  })

  test.each([
    ['under another key of the same recording', 'one', 'r/one/files/g'],
    ['in another recording’s place', 'two', KEY],
  ])('[REC-34] the object %s: refused', async (_, recordingId, key) => {
    mkdirSync(path.dirname(place(key)), { recursive: true })
    if (key !== KEY) copyFileSync(place(KEY), place(key))
    expect((await outcome(of(recordingId), key)).code).toBe('internal')
  })

  test('[REC-34] blocks of an earlier writing under the same key do not fit a later one', async () => {
    const before = readFileSync(place(KEY))
    await of('one').put(KEY, randomBytes(LENGTH))
    change((bytes) => {
      before.copy(bytes, HEADER + BLOCK, HEADER + BLOCK, HEADER + 2 * BLOCK)
      return bytes
    })
    expect((await outcome(of('one'), KEY, { start: 70_000, end: 70_010 })).code).toBe('internal')
  })

  test('[REC-31] a range is checked, and costs its own blocks alone', async () => {
    truncateTail()
    function truncateTail() {
      // All blocks but the third are spoiled; their number stays.
      change((bytes) => {
        const kept = Buffer.from(bytes)
        randomBytes(BLOCK).copy(kept, HEADER)
        randomBytes(BLOCK).copy(kept, HEADER + 3 * BLOCK)
        return kept
      })
    }
    const range = { start: 2 * 65_536 + 10, end: 3 * 65_536 - 1 }
    expect(await outcome(of('one'), KEY, range)).toEqual({
      code: null,
      bytes: plain.subarray(range.start, range.end + 1),
    })
    expect((await outcome(of('one'), KEY, { start: 0, end: 5 })).code).toBe('internal')
    truncateSync(place(KEY), HEADER + 3 * BLOCK)
    expect((await outcome(of('one'), KEY, range)).code).toBe('internal')
  })
})

describe('the master key', () => {
  const [first, second] = [randomBytes(32), randomBytes(32)]

  test('[REC-35] wraps a key for one recording alone', () => {
    const keys = new MasterKeys(first)
    const wrapped = keys.create('one')
    expect(keys.unwrap('one', wrapped)).toHaveLength(32)
    expect(keys.unwrap('one', wrapped).equals(keys.unwrap('one', wrapped))).toBe(true)
    for (const work of [
      () => keys.unwrap('two', wrapped),
      () => new MasterKeys(second).unwrap('one', wrapped),
      () => keys.unwrap('one', wrapped.subarray(1)),
      () => keys.unwrap('one', flip(Buffer.from(wrapped), 30)),
      () => keys.unwrap('one', new Uint8Array()),
    ]) {
      expect(work).toThrow(expect.objectContaining({ code: 'unavailable' }))
    }
  })

  test('[REC-35] after a change the former one opens still, and what it wrapped is wrapped anew, once', () => {
    const wrapped = new MasterKeys(first).create('one')
    const key = new MasterKeys(first).unwrap('one', wrapped)
    const both = new MasterKeys(second, first)
    expect(both.unwrap('one', wrapped).equals(key)).toBe(true)
    const anew = both.rewrap('one', wrapped)
    expect(anew && new MasterKeys(second).unwrap('one', anew).equals(key)).toBe(true)
    expect(anew && both.rewrap('one', anew)).toBeNull()
  })
})

function flip(bytes: Buffer, at: number): Buffer {
  const changed = Buffer.from(bytes)
  changed[at] = (changed[at] ?? 0) ^ 1
  return changed
}

function exchange(bytes: Buffer, one: number, other: number): Buffer {
  const changed = Buffer.from(bytes)
  bytes.copy(changed, HEADER + one * BLOCK, HEADER + other * BLOCK, HEADER + (other + 1) * BLOCK)
  bytes.copy(changed, HEADER + other * BLOCK, HEADER + one * BLOCK, HEADER + (one + 1) * BLOCK)
  return changed
}

const without = (bytes: Buffer, at: number, length: number): Buffer =>
  Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)])
