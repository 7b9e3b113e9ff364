import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { createTestDatabase } from '../../__tests__/support/database.ts'
import {
  firstChunk,
  meetingUnderWay,
  recorderOf,
  startRecording,
  startRecordingServer,
  Uploader,
} from '../../__tests__/support/recordingServer.ts'
import type { Benchmark } from '../Benchmark.ts'
import { figure } from '../figure.ts'
import { interleave, type Sample } from '../rounds.ts'

const RECORDINGS = 8
const SECONDS = 15
const CHUNK_BYTES = 150_000

/** #16: chunks acknowledged per second, by the processor time of the process that takes them (and sends them, here). */
export const intake: Benchmark = {
  id: 'intake',
  title: '#16 chunks of 150 kB taken in, durable and written down',
  async run(options) {
    process.env.AUTH_SECRET ??= randomBytes(32).toString('hex')
    process.env.LOG_LEVEL ??= 'silent'
    const data = await createTestDatabase()
    const server = await startRecordingServer(data.url)
    try {
      const rounds = await interleave(options.rounds, options.budgetMs, 'second', {
        floor: async () => ({ second: await syncedFilesPerSecond() }),
        ours: async (): Promise<Sample> => {
          const uploaders = await Promise.all(
            Array.from({ length: RECORDINGS }, async () => {
              const meeting = await meetingUnderWay(data.prisma)
              const id = await startRecording(server, meeting)
              const uploader = new Uploader(server, id, await recorderOf(id, meeting))
              return { uploader, part: (await uploader.open()).part }
            }),
          )
          const cpu = process.cpuUsage()
          const startedAt = performance.now()
          await Promise.all(
            uploaders.map(async ({ uploader, part }) => {
              for (let seq = 0; seq < SECONDS; seq += 1) {
                const { status } = await uploader.chunk(part, seq, firstChunk(CHUNK_BYTES))
                if (status !== 204) throw new Error(`a chunk was answered with ${status}`)
              }
            }),
          )
          const used = process.cpuUsage(cpu)
          const chunks = RECORDINGS * SECONDS
          return {
            second: chunks / ((performance.now() - startedAt) / 1000),
            core: chunks / ((used.user + used.system) / 1e6),
          }
        },
      })
      for (const failure of rounds.failures) options.log(failure)
      return [
        figure('8 recordings at once: chunks acknowledged', '/s', 'second', rounds),
        figure('by processor time, sender included', '/s per core', 'core', rounds),
      ]
    } finally {
      await server.close()
      await data.drop()
    }
  },
}

/** The floor: files of that size written and synced, one after the other, without a folder, a row or a sender. */
async function syncedFilesPerSecond(): Promise<number> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'parley-floor-'))
  const bytes = randomBytes(CHUNK_BYTES)
  const startedAt = performance.now()
  try {
    for (let file = 0; file < RECORDINGS * SECONDS; file += 1) {
      const handle = await open(path.join(folder, String(file)), 'wx')
      await handle.writeFile(bytes)
      await handle.datasync()
      await handle.close()
    }
    return (RECORDINGS * SECONDS) / ((performance.now() - startedAt) / 1000)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
