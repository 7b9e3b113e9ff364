import { ChunkRecorder } from '#lib/call/recording/ChunkRecorder.ts'
import { FakeRecorder } from '../../../support/FakeRecorder.ts'

async function recorded(...given: readonly string[]): Promise<{ chunks: string[]; told: number }> {
  const recorder = new FakeRecorder()
  const chunks: Blob[] = []
  let told = -1
  const running = new ChunkRecorder({
    recorder,
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

describe('[REC-61] what a MediaRecorder gives, as chunks', () => {
  test('a beginning too short to be known as a WebM goes with what follows', async () => {
    expect(await recorded('a', 'b', 'cdef', 'g', 'h')).toEqual({ chunks: ['abcdef', 'g', 'h'], told: 3 })
  })

  test('nothing but such a beginning is nothing', async () => {
    expect(await recorded('a', '')).toEqual({ chunks: [], told: 0 })
  })
})
