import { ChunkUploader, type UploadState } from '#lib/call/recording/ChunkUploader.ts'
import { MemoryChunkStore } from '#lib/call/recording/MemoryChunkStore.ts'
import { type AfterChunk, uploadRest } from '#lib/call/recording/uploadRest.ts'
import { FakeClock, settle } from '../../../support/FakeClock.ts'
import { FakeRecordingApi, partOf, recordingOf } from '../../../support/FakeRecordingApi.ts'

const part = partOf(1)

async function setUp(
  known?: { available: number; chunks: number | null; bytes: number },
  rest?: (after: AfterChunk) => number,
) {
  const api = new FakeRecordingApi()
  const store = new MemoryChunkStore()
  const clock = new FakeClock()
  await store.open(recordingOf(1), part)
  const uploader = new ChunkUploader(
    { api, store, clock, random: () => 0.5, ...(rest && { rest }) },
    recordingOf(1),
    part,
    known,
  )
  let outcome: UploadState['outcome'] | null = null
  const run = () => {
    void uploader.run().then((value) => {
      outcome = value
    })
  }
  const give = async (...seqs: number[]) => {
    for (const seq of seqs) {
      const bytes = new Blob([`chunk ${seq}`])
      await store.append(part.id, seq, bytes)
      uploader.offer(seq, bytes.size)
    }
    await settle()
  }
  const chunks = () => api.parts.get(part.id)?.chunks
  const kept = async () => (await store.list())[0]?.kept
  return { api, store, clock, uploader, run, give, chunks, kept, outcome: () => outcome }
}

describe('bringing a part to the server', () => {
  test('[REC-62] in order, one by one, kept until acknowledged, closed at the end', async () => {
    const { uploader, run, give, chunks, kept, api, outcome } = await setUp()
    run()
    await give(0, 1, 2)
    expect(chunks()).toEqual(['chunk 0', 'chunk 1', 'chunk 2'])
    expect(await kept()).toEqual([])
    expect(uploader.state.get()).toMatchObject({ acknowledged: 3, backlog: 0, outcome: 'going-on' })
    uploader.finish(3)
    await settle()
    expect(outcome()).toBe('complete')
    expect(api.parts.get(part.id)?.closed).toBe(3)
  })

  test('[REC-122] five minutes without a network: all of it is kept, asked for at most every 7.5 s, and comes in order', async () => {
    const { api, clock, run, give, chunks, kept, uploader } = await setUp()
    run()
    await give(0)
    const seconds = 300
    api.trouble.push(...Array.from({ length: 1_000 }, () => ({ type: 'later' as const, afterMs: null })))
    for (let second = 1; second <= seconds; second += 1) {
      await give(second)
      await clock.advance(1_000)
    }
    expect((await kept())?.length).toBe(seconds)
    expect(uploader.state.get()).toMatchObject({ backlog: seconds, outcome: 'going-on' })
    const asked = 1_000 - api.trouble.length
    expect(asked).toBeGreaterThan(seconds / 7.5)
    expect(asked).toBeLessThan(seconds / 2)
    api.trouble.length = 0
    await clock.advance(7_500)
    for (let turn = 0; turn < 200 && uploader.state.get().backlog > 0; turn += 1) await settle()
    expect(chunks()).toEqual(Array.from({ length: seconds + 1 }, (_, seq) => `chunk ${seq}`))
    expect(await kept()).toEqual([])
  })

  test('[REC-62] while the server is away everything waits, with pauses that grow; then it goes on where it was', async () => {
    const { api, clock, uploader, run, give, chunks, kept } = await setUp()
    run()
    await give(0)
    api.trouble.push(...Array.from({ length: 6 }, () => ({ type: 'later' as const, afterMs: null })))
    await give(1, 2, 3)
    expect(uploader.state.get().backlog).toBe(3)
    expect(await kept()).toEqual([1, 2, 3])
    const before = api.requests.length
    await clock.advance(250)
    await clock.advance(500)
    expect(api.requests.length - before).toBe(2)
    await clock.advance(20_000)
    expect(chunks()).toEqual(['chunk 0', 'chunk 1', 'chunk 2', 'chunk 3'])
    expect(uploader.state.get()).toMatchObject({ acknowledged: 4, backlog: 0 })
  })

  test('[REC-62] the server’s own wish for patience is kept', async () => {
    const { api, clock, run, give, chunks } = await setUp()
    run()
    await settle()
    api.trouble.push({ type: 'later', afterMs: 7_000 })
    await give(0)
    await clock.advance(6_900)
    expect(chunks()).toEqual([])
    await clock.advance(200)
    expect(chunks()).toEqual(['chunk 0'])
  })

  test('[REC-62] an answer that was lost makes no chunk twice', async () => {
    const { api, clock, run, give, chunks } = await setUp()
    run()
    await settle()
    api.loseAnswer = true
    await give(0, 1)
    await clock.advance(1_000)
    expect(chunks()).toEqual(['chunk 0', 'chunk 1'])
  })

  test('[REC-63] out of order: the server is asked where to go on', async () => {
    const { api, run, give, chunks, uploader } = await setUp()
    run()
    await give(0)
    // A former page's request that was still on its way.
    api.parts.get(part.id)?.chunks.push('chunk 1')
    api.trouble.push({ type: 'out-of-order' })
    await give(1, 2)
    expect(chunks()).toEqual(['chunk 0', 'chunk 1', 'chunk 2'])
    expect(uploader.state.get()).toMatchObject({ acknowledged: 3, backlog: 0 })
  })

  test('[REC-63] out of order for ever is a part that cannot be gone on with', async () => {
    const { api, run, give, outcome } = await setUp()
    run()
    await settle()
    api.trouble.push({ type: 'out-of-order' }, { type: 'out-of-order' }, { type: 'out-of-order' })
    await give(0)
    expect(outcome()).toBe('refused')
  })

  test.each([
    ['over', { type: 'over' as const }],
    ['no-space', { type: 'no-space' as const }],
    ['refused', { type: 'refused' as const, status: 403 }],
  ])('[REC-63] %s ends it, and nothing is sent any more', async (meaning, trouble) => {
    const { api, run, give, outcome, kept } = await setUp()
    run()
    await give(0)
    api.trouble.push(trouble)
    await give(1)
    expect(outcome()).toBe(meaning)
    const before = api.requests.length
    await give(2)
    expect(api.requests).toHaveLength(before)
    expect(await kept()).toEqual([1, 2])
  })

  test('[REC-82] of a part of a former page only what the server lacks is sent, and the part is closed', async () => {
    const { api, store, run, outcome, chunks } = await setUp({ available: 4, chunks: null, bytes: 28 })
    api.parts.set(part.id, { chunks: ['chunk 0', 'chunk 1'], closed: null })
    for (const seq of [1, 2, 3]) await store.append(part.id, seq, new Blob([`chunk ${seq}`]))
    run()
    await settle()
    expect(chunks()).toEqual(['chunk 0', 'chunk 1', 'chunk 2', 'chunk 3'])
    expect(api.requests.filter((request) => request.startsWith('put'))).toEqual(['put 2', 'put 3'])
    expect(outcome()).toBeNull()
  })

  test('[REC-82] a part of a former page of which nothing is left to send is closed', async () => {
    const { api, run, outcome } = await setUp({ available: 0, chunks: 0, bytes: 0 })
    api.parts.set(part.id, { chunks: ['chunk 0', 'chunk 1'], closed: null })
    run()
    await settle()
    expect(outcome()).toBe('complete')
    expect(api.parts.get(part.id)?.closed).toBe(2)
  })

  test('[REC-82] a hole in what was kept ends the part before it', async () => {
    const { api, store, run, uploader, outcome } = await setUp({ available: 4, chunks: 4, bytes: 28 })
    for (const seq of [0, 1, 3]) await store.append(part.id, seq, new Blob([`chunk ${seq}`]))
    run()
    await settle()
    expect(api.parts.get(part.id)).toEqual({ chunks: ['chunk 0', 'chunk 1'], closed: 2 })
    expect(outcome()).toBe('complete')
    expect(uploader.state.get().outcome).toBe('complete')
  })

  test('[REC-201] what cannot be removed once the server has it keeps nothing from being sent', async () => {
    const { api, store, run, give, chunks, uploader, outcome } = await setUp()
    store.acknowledge = () => Promise.reject(new DOMException('in use', 'NoModificationAllowedError'))
    run()
    await give(0)
    api.trouble.push({ type: 'out-of-order' })
    await give(1)
    uploader.finish(2)
    await settle()
    expect(chunks()).toEqual(['chunk 0', 'chunk 1'])
    expect(outcome()).toBe('complete')
  })

  test('[REC-201] what cannot be read is for another visit, and another part may go on', async () => {
    const { store, run, give, outcome, kept } = await setUp()
    run()
    await give(0)
    store.read = () => Promise.reject(new DOMException('it fails', 'NotReadableError'))
    await give(1)
    expect(outcome()).toBe('refused')
    expect(await kept()).toEqual([1])
  })

  test('[REC-201] a hole while more comes: closed before it, and gone on with in another part', async () => {
    const { api, store, uploader, run, give, outcome } = await setUp()
    run()
    await give(0)
    uploader.offer(1, 7)
    await settle()
    expect(api.parts.get(part.id)).toEqual({ chunks: ['chunk 0'], closed: 1 })
    expect(outcome()).toBe('refused')
    expect(await store.list()).toHaveLength(1)
  })

  test('stopped, it leaves what is kept for another day', async () => {
    const { api, uploader, run, give, outcome, kept } = await setUp()
    run()
    await settle()
    api.trouble.push({ type: 'later', afterMs: null })
    await give(0)
    uploader.stop()
    await settle()
    expect(outcome()).toBe('going-on')
    expect(await kept()).toEqual([0])
  })
})

describe('beside a call', () => {
  test('[REC-81] rests after a chunk as long as it is told, goes on by itself, and at once when nothing more is recorded', async () => {
    const asked: AfterChunk[] = []
    const { uploader, run, give, chunks, clock, outcome } = await setUp(undefined, (after) => {
      asked.push(after)
      return 3_000
    })
    run()
    await give(0, 1, 2, 3)
    expect(chunks()).toEqual(['chunk 0'])
    await give(4)
    expect(chunks()).toHaveLength(1)
    await clock.advance(3_000)
    expect(chunks()).toHaveLength(2)
    uploader.finish(5)
    await settle()
    expect(chunks()).toHaveLength(5)
    expect(outcome()).toBe('complete')
    expect(asked.slice(0, 2)).toEqual([
      { tookMs: 0, backlog: 3 },
      { tookMs: 0, backlog: 3 },
    ])
  })

  test('[REC-81] tells the bytes that wait', async () => {
    const { uploader, run, give } = await setUp(undefined, () => 1_000)
    run()
    await give(0, 1, 2)
    expect(uploader.state.get()).toMatchObject({ backlog: 2, backlogBytes: 'chunk 1chunk 2'.length })
  })

  test.each([
    ['the call is not short of uplink', false, { tookMs: 900, backlog: 9 }, 0],
    ['it is: a quarter of the time is used', true, { tookMs: 900, backlog: 9 }, 2_700],
    ['a minute waits: half of it', true, { tookMs: 900, backlog: 61 }, 900],
    ['a chunk took long: five seconds at most', true, { tookMs: 8_000, backlog: 9 }, 5_000],
  ])('[REC-81] where %s', (_, short, after, ms) => {
    expect(uploadRest(short, after)).toBe(ms)
  })
})
