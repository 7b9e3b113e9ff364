import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
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

  /** The newest one. */
  async id(): Promise<string> {
    return until('a recording', async () => {
      const row = await this.#database.prisma.recording.findFirst({ orderBy: { createdAt: 'desc' } })
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

/** From the call's own controls, as a host does. */
export async function startRecording(host: Person, where: 'On the server'): Promise<void> {
  await until('that way to record on offer', async () => {
    if (await host.find('Record this meeting?', 'dialog')) return true
    if ((await host.find('Start recording', 'menuitem')) === null) await host.press('More')
    await host.press('Start recording', 'menuitem')
    return false
  })
  await host.press(where, 'radio')
  await host.press('Start recording')
}

/** What ffprobe says of a file. */
export function probe(file: string, ...what: readonly string[]): Record<string, unknown> {
  const args = ['-v', 'error', '-of', 'json', ...what, file]
  return JSON.parse(execFileSync('ffprobe', args, { encoding: 'utf8', maxBuffer: 1 << 28 }))
}
