import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { ScratchFile } from '#server/recordings/finishing/ScratchFile.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'parley-scratch-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const place = () => path.join(folder, 'film')
const text = (length: number, from = 0) =>
  Buffer.from(Array.from({ length }, (_, at) => 'parley '.charCodeAt((at + from) % 7)))

async function written(
  file: ScratchFile,
  pieces: readonly (readonly [number, Uint8Array<ArrayBuffer>])[],
): Promise<void> {
  const writer = file.sink().getWriter()
  for (const [position, data] of pieces) await writer.write({ type: 'write', data, position })
  await writer.close()
}

async function readBack(file: ScratchFile): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of file.read()) pieces.push(piece)
  return Buffer.concat(pieces)
}

test('[REC-39] what is written anywhere in it is read back, and lies on the disk enciphered', async () => {
  const file = new ScratchFile(place())
  const all = text(300_000)
  const head = Buffer.from('a length, known at the end')
  await written(file, [
    [0, all.subarray(0, 100_001)],
    [100_001, all.subarray(100_001, 100_006)],
    [100_006, all.subarray(100_006)],
    [13, head],
  ])
  const expected = Buffer.from(all)
  head.copy(expected, 13)
  expect(await readBack(file)).toEqual(expected)
  expect(await file.size()).toBe(300_000)
  const stored = readFileSync(place())
  for (const words of ['parley', 'length']) expect(stored.includes(words)).toBe(false)
  await file.remove()
  await expect(file.size()).rejects.toThrow('ENOENT')
})

test('[REC-39] no two files are enciphered alike', async () => {
  const files = [new ScratchFile(place()), new ScratchFile(`${place()}2`)]
  for (const file of files) await written(file, [[0, text(64)]])
  expect(readFileSync(place())).not.toEqual(readFileSync(`${place()}2`))
})

test('[REC-198] one that cannot be opened says so as the storage does, so that it is put off and no attempt', async () => {
  writeFileSync(place(), 'a file, where a folder should be')
  const file = new ScratchFile(path.join(place(), 'film'))
  await expect(written(file, [[0, text(10)]])).rejects.toMatchObject({ code: 'unavailable' })
})
