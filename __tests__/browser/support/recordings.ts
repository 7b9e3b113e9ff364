import { execFileSync, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'puppeteer-core'
import type { TestDatabase } from '../../support/database.ts'
import type { Person } from './Person.ts'
import { until } from './until.ts'

export type RecordedPart = {
  readonly id: string
  readonly startedAt: Date
  readonly chunks: number
  readonly closed: boolean
  readonly track: string | null
}

/** Recordings as the database and the folder have them. */
export class Recordings {
  readonly #database: TestDatabase
  readonly #folder: string

  constructor(database: TestDatabase, folder: string) {
    this.#database = database
    this.#folder = folder
  }

  /** The one that goes on: a button's press comes back before its row is there, and a former one would be taken for it. */
  async id(): Promise<string> {
    return until('a recording', async () => {
      const row = await this.#database.prisma.recording.findFirst({
        where: { stoppedAt: null },
        orderBy: { createdAt: 'desc' },
      })
      return row?.id ?? null
    })
  }

  async state(id: string): Promise<string> {
    return (await this.#database.prisma.recording.findUniqueOrThrow({ where: { id } })).state
  }

  async parts(id: string): Promise<RecordedPart[]> {
    const rows = await this.#database.prisma.recordingPart.findMany({
      where: { recordingId: id },
      orderBy: { index: 'asc' },
      include: { _count: { select: { chunks: true } } },
    })
    return rows.map((row) => ({
      id: row.id,
      startedAt: row.startedAt,
      chunks: row._count.chunks,
      closed: row.closedAt !== null,
      track: row.track,
    }))
  }

  /** Where a finished recording's file of this kind lies. */
  async file(id: string, kind: string): Promise<string> {
    const { storageKey } = await this.#database.prisma.recordingFile.findFirstOrThrow({
      where: { recordingId: id, kind },
    })
    return join(this.#folder, storageKey)
  }

  /** Where a finished recording's film lies: its WebM, or the MP4 of what a WebM may not hold. */
  async film(id: string): Promise<string> {
    const { storageKey } = await this.#database.prisma.recordingFile.findFirstOrThrow({
      where: { recordingId: id, kind: { in: ['webm', 'mp4'] } },
      orderBy: { kind: 'desc' },
    })
    return join(this.#folder, storageKey)
  }

  /** The bytes of a part, as they were sent. */
  bytes(recordingId: string, partId: string): Buffer {
    const folder = join(this.#folder, 'r', recordingId, 'parts', partId)
    return Buffer.concat(
      readdirSync(folder)
        .sort()
        .map((name) => readFileSync(join(folder, name))),
    )
  }
}

/** Chunks of each part that a page's browser keeps in one of its folders for recordings. */
export const keptChunks = ({ page }: Pick<Person, 'page'>, folder: string): Promise<number[]> =>
  page.evaluate(async (name) => {
    const root = await navigator.storage.getDirectory()
    const parts: number[] = []
    for await (const part of (await root.getDirectoryHandle(name)).values()) {
      if (!(part instanceof FileSystemDirectoryHandle)) continue
      let count = 0
      for await (const file of part.values()) {
        if (!(file instanceof FileSystemFileHandle) || !file.name.endsWith('.chunk')) continue
        // Named, and never filled: there was no room for it.
        if ((await file.getFile()).size > 0) count += 1
      }
      parts.push(count)
    }
    return parts
  }, folder)

/** From now on the page's origin may keep nothing more in this browser, as on a device that is full. */
export async function fillDevice({ page }: Pick<Person, 'page'>): Promise<void> {
  const storage = await page.createCDPSession()
  const { origin } = new URL(page.url())
  await storage.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1 })
}

const CHOSEN = 'chosen.webm'

/** From its next navigation on this page chooses a file of its own where the system's window, which nobody can press here, would ask. */
export async function chooseWhereToSave(page: Page): Promise<void> {
  await page.evaluateOnNewDocument((name) => {
    const showSaveFilePicker = async () =>
      (await navigator.storage.getDirectory()).getFileHandle(name, { create: true })
    Object.assign(window, { showSaveFilePicker })
  }, CHOSEN)
}

/** What is in the file that was chosen. */
export async function chosenFile(page: Page): Promise<Buffer> {
  const bytes = await page.evaluate(async (name) => {
    const root = await navigator.storage.getDirectory()
    const file = await (await root.getFileHandle(name)).getFile()
    const read = new FileReader()
    read.readAsDataURL(file)
    await new Promise((done) => read.addEventListener('load', done))
    return String(read.result).split(',')[1] ?? ''
  }, CHOSEN)
  return Buffer.from(bytes, 'base64')
}

/** From the call's own controls, as a host does. */
export async function startRecording(
  host: Person,
  where: 'On the server' | 'On this device' | 'Keep it on this device only',
  options: { readonly choices?: readonly string[]; look?(): Promise<void> } = {},
): Promise<void> {
  await until('that way to record on offer', async () => {
    if (await host.find('Record this meeting?', 'dialog')) return true
    if ((await host.find('Start recording', 'menuitem')) === null) await host.press('More')
    await host.press('Start recording', 'menuitem')
    return false
  })
  await host.press(where, 'radio')
  for (const choice of options.choices ?? []) await host.press(choice, 'switch')
  await options.look?.()
  await host.press('Start recording')
}

export async function stopRecording(host: Person, look?: () => Promise<void>): Promise<void> {
  await host.press('More')
  await host.press('Stop recording', 'menuitem')
  await host.see('Stop recording?', 'dialog')
  await look?.()
  await host.press('Stop recording')
}

/** What ffprobe says of a file. */
export function probe(file: string, ...what: readonly string[]): Record<string, unknown> {
  const args = ['-v', 'error', '-of', 'json', ...what, file]
  return JSON.parse(execFileSync('ffprobe', args, { encoding: 'utf8', maxBuffer: 1 << 28 }))
}

/** What ffmpeg hears in a file: 0 dB is as loud as can be. */
export function loudestDecibels(file: string): number {
  const said = analyse(file, '-vn', '-af', 'volumedetect').stderr
  return Number(/max_volume: (-?[\d.]+) dB/.exec(said)?.[1] ?? Number.NEGATIVE_INFINITY)
}

/** How many different pictures there are in a part of the picture: `crop` as ffmpeg's filter takes it. */
export function differentPictures(file: string, crop = 'iw:ih:0:0'): number {
  const { stdout } = analyse(file, '-an', '-vf', `crop=${crop}`, '-f', 'framemd5', '-')
  const lines = stdout.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Set(lines.map((line) => line.split(',').at(-1))).size
}

function analyse(file: string, ...what: readonly string[]): { stdout: string; stderr: string } {
  const output = what.includes('framemd5') ? what : [...what, '-f', 'null', '-']
  return spawnSync('ffmpeg', ['-nostdin', '-hide_banner', '-i', file, ...output], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
}
