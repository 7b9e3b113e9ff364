import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { FinishingFolder } from '#server/recordings/finishing/FinishingFolder.ts'
import { FolderStorage } from '#server/recordings/storage/FolderStorage.ts'

const HOURS_AGO = new Date(Date.now() - 2 * 3_600_000)
let root: string
beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'parley-swept-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function leftOf(recording: string): string {
  const name = `${recording}.${randomUUID()}`
  mkdirSync(path.join(root, name))
  writeFileSync(path.join(root, name, 'half'), 'a film')
  return name
}

function file(folder: string, name: string, touched: Date): void {
  writeFileSync(path.join(folder, name), 'bytes')
  utimesSync(path.join(folder, name), touched, touched)
}

test('[REC-59] a start removes what dead processes were making, and not what another process is at', async () => {
  const [dead, living] = [randomUUID(), randomUUID()]
  leftOf(dead)
  const kept = leftOf(living)
  file(root, `clip-${randomUUID()}`, HOURS_AGO)
  file(root, 'clip-fresh', new Date())
  file(root, 'not-ours', HOURS_AGO)
  const asked: string[] = []
  await new FinishingFolder(root).sweep(async (recordings) => {
    asked.push(...recordings)
    return [living]
  })
  expect(asked.sort()).toEqual([dead, living].sort())
  expect(readdirSync(root).sort()).toEqual([kept, 'clip-fresh', 'not-ours'].sort())
})

test('[REC-59] nothing is removed while nobody can say who lives', async () => {
  const name = leftOf(randomUUID())
  const sweeping = new FinishingFolder(root).sweep(() => Promise.reject(new Error('away')))
  await expect(sweeping).rejects.toThrow('away')
  expect(existsSync(path.join(root, name))).toBe(true)
})

test('[REC-59] who takes a recording on removes what others left of it alone, under a name never used before', async () => {
  const [own, other] = [randomUUID(), randomUUID()]
  leftOf(own)
  const kept = leftOf(other)
  const folder = new FinishingFolder(root)
  const names = [await folder.claim(own), await folder.claim(own)]
  expect(new Set(names).size).toBe(2)
  expect(readdirSync(root)).toEqual([kept])
  expect(await new FinishingFolder(path.join(root, 'none')).claim(own)).toContain(own)
})

test('[REC-59] a storage removes what was half written when its writer was killed', async () => {
  const storage = new FolderStorage(root)
  const unfinished = path.join(root, '.unfinished')
  file(unfinished, 'left', HOURS_AGO)
  file(unfinished, 'being-written', new Date())
  await storage.put('r/a', Buffer.from('stored'))
  utimesSync(path.join(root, 'r/a'), HOURS_AGO, HOURS_AGO)
  await storage.sweep()
  expect(readdirSync(unfinished)).toEqual(['being-written'])
  expect(await storage.size('r/a')).toBe(6)
})
