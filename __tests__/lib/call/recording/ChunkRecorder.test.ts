import { ChunkRecorder } from '#lib/call/recording/ChunkRecorder.ts'
import { FakeClock } from '../../../support/FakeClock.ts'
import { FakeRecorder } from '../../../support/FakeRecorder.ts'

async function recorded(...given: readonly string[]): Promise<{ chunks: string[]; told: number }> {
  const recorder = new FakeRecorder()
  const chunks: Blob[] = []
  let told = -1
  const running = new ChunkRecorder({
    recorder,
    clock: new FakeClock(),
    now: () => 1_000,
    onChunk: (seq, bytes) => {
      expect(seq).toBe(chunks.length)
      chunks.push(bytes)
    },
    onEnd: (count) => {
      told = count
    },
  })
  await running.start()
  for (const text of given.slice(0, -1)) recorder.give(text)
  recorder.pending = given.at(-1) ?? ''
  await running.stop()
  return { chunks: await Promise.all(chunks.map((one) => one.text())), told }
}

test('[REC-60] its beginning is when it was told to record, not when it says that it does', async () => {
  let time = 1_000
  const recorder = new FakeRecorder()
  const running = new ChunkRecorder({
    recorder,
    clock: new FakeClock(),
    now: () => time,
    onChunk: () => undefined,
    onEnd: () => undefined,
  })
  const started = running.start()
  time += 360
  expect(await started).toBe(1_000)
})

test('[REC-61] one that never begins is given up after 15 s, and stopped', async () => {
  const clock = new FakeClock()
  const recorder = new FakeRecorder()
  recorder.start = () => {
    recorder.state = 'recording'
  }
  const ends: string[] = []
  const running = new ChunkRecorder({
    recorder,
    clock,
    now: () => 1_000,
    onChunk: () => undefined,
    onEnd: (_, why) => ends.push(why),
  })
  const refused = expect(running.start()).rejects.toThrow('did not start')
  await clock.advance(14_999)
  expect(recorder.state).toBe('recording')
  await clock.advance(1)
  await refused
  expect(recorder.state).toBe('inactive')
  expect(ends).toEqual(['failed'])
})

describe('[REC-61] what a MediaRecorder gives, as chunks', () => {
  test('a beginning too short to be known as a WebM goes with what follows', async () => {
    expect(await recorded('a', 'b', 'cdef', 'g', 'h')).toEqual({ chunks: ['abcdef', 'g', 'h'], told: 3 })
  })

  test('nothing but such a beginning is nothing', async () => {
    expect(await recorded('a', '')).toEqual({ chunks: [], told: 0 })
  })
})
