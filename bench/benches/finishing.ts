import { createHash, randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { makeWebm } from '../../__tests__/support/webm.ts'
import { createLog } from '../../server/log.ts'
import type { FinishingPart, FinishingRows } from '../../server/recordings/finishing/FinishingRows.ts'
import { finishRecording } from '../../server/recordings/finishing/finishRecording.ts'
import { chunkKey } from '../../server/recordings/RecordingStorage.ts'
import { FolderStorage } from '../../server/recordings/storage/FolderStorage.ts'
import type { Benchmark } from '../Benchmark.ts'
import { figure } from '../figure.ts'
import { interleave, type Sample } from '../rounds.ts'

const MINUTE_MS = 60_000
const CHUNKS = 60
const MB = 1e6
const DELAY_RESOLUTION_MS = 5

/** #17: from the end of a recording until it can be watched, and what finishing holds in memory. A minute, repeated. */
export const finishing: Benchmark = {
  id: 'finishing',
  title: '#17 a recording of 720p finished: until it can be watched, and all of it',
  async run(options) {
    const minute = await makeWebm({ seconds: 60, size: '1280x720' })
    const rounds = await interleave(1, options.budgetMs, 'watch10', {
      // Nothing simpler makes files out of a recording's chunks.
      floor: async () => ({}),
      ours: async (): Promise<Sample> => {
        const ten = await finish(minute, 10)
        const sixty = await finish(minute, 60)
        const twoHours = await finish(minute, 120)
        return {
          watch10: ten.watchableMs / 1000,
          watch60: sixty.watchableMs / 1000,
          all60: sixty.allMs / 1000,
          memory: twoHours.grownMb,
          pause99: sixty.pauseMs.p99,
          pause: sixty.pauseMs.most,
        }
      },
    })
    for (const failure of rounds.failures) options.log(failure)
    return [
      figure('10 minutes: end until playable', 's', 'watch10', rounds),
      figure('60 minutes: end until playable', 's', 'watch60', rounds),
      figure('60 minutes: end until all files are there', 's', 'all60', rounds),
      figure('2 hours: memory grown at most', 'MB', 'memory', rounds, {
        text: '< 300 MB',
        met: (ours) => ours < 300,
      }),
      figure('60 minutes: delay of the event loop, p99', 'ms', 'pause99', rounds, {
        text: '< 50 ms',
        met: (ours) => ours < 50,
      }),
      figure('60 minutes: delay of the event loop, longest', 'ms', 'pause', rounds),
    ]
  },
}

/** Over a real folder; rows in memory, for the database's part is some ten queries. */
async function finish(minute: Buffer, minutes: number) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'parley-bench-'))
  const storage = new FolderStorage(folder)
  const id = randomUUID()
  const size = Math.ceil(minute.length / CHUNKS)
  const pieces = Array.from({ length: CHUNKS }, (_, seq) => minute.subarray(seq * size, (seq + 1) * size))
  const chunks = pieces.map((bytes, seq) => ({
    seq,
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest(),
  }))
  const zero = Date.now() - minutes * MINUTE_MS
  const parts = Array.from({ length: minutes }, (_, index): FinishingPart => {
    const startedAt = zero + index * MINUTE_MS
    return {
      id: randomUUID(),
      composed: true,
      visitId: null,
      personName: null,
      track: null,
      startedAt,
      ripe: true,
    }
  })
  try {
    for (const part of parts) {
      for (const { seq, sha256 } of chunks) {
        await storage.put(chunkKey(id, part.id, seq, sha256), pieces[seq] ?? Buffer.alloc(0))
      }
    }
    let watchable = 0
    const files: string[] = []
    const rows: FinishingRows = {
      claim: async () => null,
      held: async () => [],
      renew: async () => true,
      release: async () => undefined,
      closeParts: async () => undefined,
      parts: async () => parts,
      chunks: async () => chunks,
      files: async () => files,
      addFile: async (_, __, file) => {
        if (files.length === 0) watchable = performance.now()
        files.push(file.id)
        return true
      },
      fail: async () => undefined,
      nextFilm: async () => 0,
      isDeleted: async () => false,
      addGaps: async () => undefined,
      forgetChunks: async () => undefined,
      removeParts: async () => undefined,
    }
    globalThis.gc?.()
    const before = process.memoryUsage().rss
    let most = before
    const timer = setInterval(() => {
      most = Math.max(most, process.memoryUsage().rss)
    }, 50)
    const delay = monitorEventLoopDelay({ resolution: DELAY_RESOLUTION_MS })
    delay.enable()
    const startedAt = performance.now()
    const log = createLog('silent', false)
    const deps = {
      rows,
      storage,
      holder: 'bench',
      endRecorder: async () => undefined,
      check: () => undefined,
      log,
    }
    await finishRecording(
      { ...deps, folder: path.join(folder, '.finishing') },
      { id, wrappedKey: null, state: 'finishing', startedAt: zero },
    )
    delay.disable()
    clearInterval(timer)
    if (files.length !== 3) throw new Error(`${files.length} files instead of 3`)
    const allMs = performance.now() - startedAt
    const grownMb = (most - before) / MB
    const pauseMs = { p99: pauseOf(delay.percentile(99)), most: pauseOf(delay.max) }
    return { watchableMs: watchable - startedAt, allMs, grownMb, pauseMs }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The histogram counts from one look to the next, in nanoseconds: what is over the time between looks is delay. */
const pauseOf = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - DELAY_RESOLUTION_MS)
