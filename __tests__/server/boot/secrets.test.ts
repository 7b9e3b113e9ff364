import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { loadSecrets, prepareDataFolder } from '#server/boot/secrets.ts'

const modeOf = (file: string): string => (statSync(file).mode & 0o777).toString(8)

describe('the data folder', () => {
  let parent: string
  let folder: string
  let file: string
  beforeEach(() => {
    parent = mkdtempSync(path.join(os.tmpdir(), 'parley-secrets-'))
    folder = path.join(parent, 'data')
    file = path.join(folder, 'secrets.json')
    prepareDataFolder(folder)
  })
  afterEach(() => rmSync(parent, { recursive: true, force: true }))

  test('[BOOT-24] folder and secrets are for their owner alone', () => {
    loadSecrets(folder)
    expect(modeOf(folder)).toBe('700')
    expect(modeOf(file)).toBe('600')
    expect(readdirSync(folder).filter((name) => name.startsWith('secrets'))).toEqual(['secrets.json'])
  })

  test('[BOOT-24] a folder that others may read is closed to them', () => {
    chmodSync(folder, 0o755)
    prepareDataFolder(folder)
    expect(statSync(folder).mode & 0o066).toBe(0)
  })

  test('[BOOT-25] secrets are long, random, and the same at the next start', () => {
    const first = loadSecrets(folder)
    expect(Buffer.from(first.AUTH_SECRET, 'base64url')).toHaveLength(48)
    expect(loadSecrets(folder)).toEqual(first)
    rmSync(file)
    expect(loadSecrets(folder).AUTH_SECRET).not.toBe(first.AUTH_SECRET)
  })

  test('[BOOT-26] a file that others can read is refused', () => {
    loadSecrets(folder)
    chmodSync(file, 0o644)
    expect(() => loadSecrets(folder)).toThrow('can be read by others (mode 644)')
  })

  test.each([
    ['', 'damaged'],
    ['{"AUTH_SECRET":', 'damaged'],
    ['{"AUTH_SECRET":"short","PARLEY_SETUP_CODE":"12345678"}', 'AUTH_SECRET'],
    ['{"AUTH_SECRET":"01234567890123456789012345678901"}', 'PARLEY_SETUP_CODE'],
  ])('[BOOT-26] %j is refused and left as it is', (text, said) => {
    writeFileSync(file, text, { mode: 0o600 })
    expect(() => loadSecrets(folder)).toThrow(said)
    expect(readFileSync(file, 'utf8')).toBe(text)
  })

  test('[BOOT-27] a data folder that cannot be made is said with its name', () => {
    const blocked = path.join(parent, 'a file')
    writeFileSync(blocked, '')
    expect(() => prepareDataFolder(path.join(blocked, 'data'))).toThrow(
      `cannot write to its data folder ${blocked}`,
    )
  })
})
