import { ChunkRecorder } from '#lib/call/recording/ChunkRecorder.ts'
import { composedRecording } from '../../../support/composedRecording.ts'
import { FakeClock, settle } from '../../../support/FakeClock.ts'
import { FakeRecorder } from '../../../support/FakeRecorder.ts'

describe('a run of a MediaRecorder', () => {
  const setUp = () => {
    const recorder = new FakeRecorder()
    const chunks: string[] = []
    const ends: unknown[] = []
    const onChunk = async (seq: number, bytes: Blob) => chunks.push(`${seq} ${await bytes.text()}`)
    const run = new ChunkRecorder({
      recorder,
      clock: new FakeClock(),
      now: () => 123,
      onChunk: (seq, bytes) => void onChunk(seq, bytes),
      onEnd: (...end) => ends.push(end),
    })
    return { recorder, run, chunks, ends }
  }

  test('[REC-61] is numbered chunks of a second, without empty ones, to the last', async () => {
    const { recorder, run, chunks, ends } = setUp()
    expect(await run.start()).toBe(123)
    expect(recorder.timeslice).toBe(1000)
    recorder.give('aaaa')
    recorder.give('')
    recorder.give('bbbb')
    await run.stop()
    await settle()
    expect(chunks).toEqual(['0 aaaa', '1 bbbb', '2 the end'])
    expect(ends).toEqual([[3, 'stopped']])
  })

  test('ends once, and says why', async () => {
    const { recorder, run, ends } = setUp()
    await run.start()
    recorder.fail()
    await settle()
    await run.stop()
    expect(ends).toEqual([[1, 'failed']])
    const other = setUp()
    await other.run.start()
    other.recorder.stop()
    await settle()
    expect(other.ends).toEqual([[1, 'tracks-ended']])
  })
})

describe('a composed recording', () => {
  const setUp = () => {
    const { api, clock, store, recorders, recording } = composedRecording()
    const parts = () => [...api.parts.values()]
    return { api, clock, store, recorders, recording, parts }
  }

  test('[REC-62] stops when the server has its last chunk', async () => {
    const { recording, recorders, parts } = setUp()
    await recording.start()
    recorders[0]?.give('aaaa')
    await settle()
    await recording.stop()
    expect(parts()).toEqual([{ chunks: ['aaaa', 'the end'], closed: 2 }])
    expect(recording.state.get()).toMatchObject({ parts: 1, acknowledged: 2, backlog: 0, ended: 'stopped' })
  })

  test('[REC-64] goes on in a further part when its MediaRecorder fails', async () => {
    const { recording, recorders, parts, clock } = setUp()
    await recording.start()
    recorders[0]?.give('aaaa')
    await settle()
    recorders[0]?.fail()
    await settle()
    await clock.advance(600)
    recorders[1]?.give('bbbb')
    await settle()
    expect(parts()).toEqual([
      { chunks: ['aaaa', 'the end'], closed: 2 },
      { chunks: ['bbbb'], closed: null },
    ])
    expect(recording.state.get()).toMatchObject({ parts: 2, ended: null, acknowledged: 3 })
  })

  test('[REC-64] and when the server can make nothing of the part any more', async () => {
    const { api, recording, recorders, clock } = setUp()
    await recording.start()
    recorders[0]?.give('aaaa')
    await settle()
    api.trouble.push({ type: 'refused', status: 400 })
    recorders[0]?.give('bbbb')
    await settle()
    await clock.advance(600)
    expect(recorders).toHaveLength(2)
    expect(recording.state.get()).toMatchObject({ parts: 2, ended: null })
  })

  test('[REC-201] and when what is kept of it cannot be read', async () => {
    const { recording, recorders, parts, clock, store } = setUp()
    await recording.start()
    recorders[0]?.give('aaaa')
    await settle()
    const read = store.read
    store.read = () => Promise.reject(new DOMException('it fails', 'NotReadableError'))
    recorders[0]?.give('bbbb')
    await settle()
    store.read = read
    await clock.advance(600)
    recorders[1]?.give('cccc')
    await settle()
    expect(parts().map(({ chunks }) => chunks)).toEqual([['aaaa'], ['cccc']])
    expect(recording.state.get()).toMatchObject({ parts: 2, ended: null })
  })

  test('[REC-201] takes no chunk of a part that could not be described, and says that there is no room', async () => {
    const { recording, recorders, store } = setUp()
    store.open = () => Promise.reject(new DOMException('no room', 'QuotaExceededError'))
    await recording.start()
    await settle()
    expect(recorders[0]?.state).toBe('inactive')
    expect(recording.state.get().ended).toBe('full')
  })

  test.each(['over', 'no-space'] as const)('[REC-63] ends when the server says %s', async (type) => {
    const { api, recording, recorders } = setUp()
    await recording.start()
    recorders[0]?.give('aaaa')
    await settle()
    api.trouble.push({ type })
    recorders[0]?.give('bbbb')
    await settle()
    expect(recording.state.get().ended).toBe(type)
    expect(recorders[0]?.state).toBe('inactive')
  })
})
