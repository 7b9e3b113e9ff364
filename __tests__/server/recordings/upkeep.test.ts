import { pino } from 'pino'
import { AppError } from '#lib/errors.ts'
import { Upkeep } from '#server/recordings/keeping/Upkeep.ts'
import type { PrismaRecordingRows } from '#server/recordings/PrismaRecordingRows.ts'

const ROUNDS_OF_TWO_MINUTES = 4

test('[REC-57] after the database was away nothing is taken for abandoned until rooms have said that they live', async () => {
  jest.useFakeTimers()
  let away = false
  let looked = 0
  const rows = {
    stopAbandoned: async () => {
      if (away) throw AppError.unavailable(new Error('away'))
      looked += 1
      return 0
    },
    expired: async () => {
      if (away) throw AppError.unavailable(new Error('away'))
      return []
    },
  } as unknown as PrismaRecordingRows
  const deletion = { expire: async () => true, finish: async () => undefined }
  const log = pino({ level: 'silent' })
  const upkeep = new Upkeep({ rows, deletion, masterKeys: null, storage: {}, log })
  const rounds = async (count: number) => {
    const before = looked
    await jest.advanceTimersByTimeAsync(count * 30_000)
    return looked - before
  }
  expect(await rounds(2)).toBe(2)
  away = true
  expect(await rounds(30)).toBe(0)
  away = false
  expect(await rounds(ROUNDS_OF_TWO_MINUTES)).toBe(0)
  expect(await rounds(2)).toBe(2)
  await upkeep.close()
  jest.useRealTimers()
})
