import { LateChunkStore } from '#lib/call/recording/LateChunkStore.ts'
import { MemoryChunkStore } from '#lib/call/recording/MemoryChunkStore.ts'
import type { ChunkStore } from '#lib/call/recording/ports.ts'
import { composedRecording } from '../../../support/composedRecording.ts'
import { FakeClock, settle } from '../../../support/FakeClock.ts'
import { partOf, recordingOf } from '../../../support/FakeRecordingApi.ts'

/** A device's file system that a test can let fail, or be slow. */
class Device extends MemoryChunkStore {
  failing = false
  appended: number[] = []
  busy: Promise<void> = Promise.resolve()

  override async open(...given: Parameters<MemoryChunkStore['open']>): Promise<void> {
    this.#look()
    await super.open(...given)
  }

  override async append(...given: Parameters<MemoryChunkStore['append']>): Promise<void> {
    await this.busy
    this.#look()
    this.appended.push(given[1])
    await super.append(...given)
  }

  override async acknowledge(...given: Parameters<MemoryChunkStore['acknowledge']>): Promise<void> {
    this.#look()
    await super.acknowledge(...given)
  }

  override async forget(...given: Parameters<MemoryChunkStore['forget']>): Promise<void> {
    this.#look()
    await super.forget(...given)
  }

  #look(): void {
    if (this.failing) throw new DOMException('it fails', 'InvalidStateError')
  }
}

const part = partOf(1)
const { id } = part
const blob = (text: string) => new Blob([text])

async function setUp() {
  const clock = new FakeClock()
  const device = new Device()
  const opened: number[] = []
  const store = new LateChunkStore(async () => {
    opened.push(clock.now())
    return device
  }, clock)
  await store.open(recordingOf(1), part)
  return { clock, device, store, opened }
}

const keptBy = async (store: ChunkStore) =>
  (await store.list()).map(({ part: { id: name }, kept }) => [name, kept])
const textOf = async (store: ChunkStore, seq: number) => (await (await store.read(id, seq))?.text()) ?? null

describe('[REC-211] what waits in a recorder’s page', () => {
  test('and is acknowledged at once, never gets to the device, nor is one opened', async () => {
    const { clock, device, store, opened } = await setUp()
    for (const seq of [0, 1, 2]) {
      await store.append(id, seq, blob(`chunk ${seq}`))
      await clock.advance(500)
      await store.acknowledge(id, seq)
      await clock.advance(500)
    }
    await clock.advance(60_000)
    await store.forget(id)
    await settle()
    expect([opened, device.appended, clock.pending]).toEqual([[], [], 0])
  })

  test('is on the device as well after a second, and each that follows it at once', async () => {
    const { clock, device, store } = await setUp()
    await store.append(id, 0, blob('aaaa'))
    await clock.advance(900)
    expect(await keptBy(device)).toEqual([])
    await clock.advance(200)
    expect(await keptBy(device)).toEqual([[id, [0]]])
    await store.append(id, 1, blob('bbbb'))
    await settle()
    expect(await keptBy(device)).toEqual([[id, [0, 1]]])
    expect(await device.list()).toMatchObject([{ recordingId: recordingOf(1), part }])
    expect([await textOf(store, 0), await textOf(device, 1)]).toEqual(['aaaa', 'bbbb'])
  })

  test('leaves the device as it is acknowledged, and with its last chunk the part does; the next late one begins anew', async () => {
    const { clock, device, store } = await setUp()
    for (const seq of [0, 1]) await store.append(id, seq, blob(`chunk ${seq}`))
    await clock.advance(1_000)
    await store.acknowledge(id, 0)
    await settle()
    expect(await keptBy(device)).toEqual([[id, [1]]])
    await store.acknowledge(id, 1)
    await settle()
    expect(await keptBy(device)).toEqual([])
    await store.append(id, 2, blob('prompt'))
    await store.acknowledge(id, 2)
    await store.append(id, 3, blob('late'))
    await clock.advance(1_000)
    expect(await keptBy(device)).toEqual([[id, [3]]])
  })

  test('and is acknowledged while it is being written, is removed all the same', async () => {
    const { clock, device, store } = await setUp()
    let written: () => void = () => undefined
    device.busy = new Promise((resolve) => {
      written = resolve
    })
    await store.append(id, 0, blob('aaaa'))
    await clock.advance(1_000)
    // Nobody waits for the device.
    await store.acknowledge(id, 0)
    expect(await textOf(store, 0)).toBeNull()
    written()
    await settle()
    expect([device.appended, await keptBy(device)]).toEqual([[0], []])
  })

  test('and is forgotten, is gone everywhere, and what was not late yet never gets there', async () => {
    const { clock, device, store } = await setUp()
    await store.open(recordingOf(1), partOf(2))
    await store.append(id, 0, blob('aaaa'))
    await clock.advance(1_000)
    await store.append(partOf(2).id, 0, blob('bbbb'))
    await store.forget(id)
    await store.forget(partOf(2).id)
    await clock.advance(60_000)
    expect([await store.list(), await device.list(), device.appended]).toEqual([[], [], [0]])
    // As any other store: of an unknown part there are none.
    await store.append(id, 1, blob('cccc'))
    await clock.advance(60_000)
    expect(await store.list()).toEqual([])
  })

  test.each(['failing', 'none', 'one that cannot be opened'])(
    'is as before where the device is %s',
    async (how) => {
      const clock = new FakeClock()
      const device = new Device()
      device.failing = true
      const open = async () => {
        if (how === 'one that cannot be opened') throw new DOMException('forbidden', 'SecurityError')
        return how === 'none' ? null : device
      }
      const { api, recorders, recording } = composedRecording({
        store: new LateChunkStore(open, clock),
        clock,
      })
      await recording.start()
      api.trouble.push({ type: 'later', afterMs: 30_000 })
      for (const text of ['aaaa', 'bbbb', 'cccc']) {
        recorders[0]?.give(text)
        await clock.advance(2_000)
      }
      await clock.advance(30_000)
      await recording.stop()
      expect([...api.parts.values()]).toEqual([{ chunks: ['aaaa', 'bbbb', 'cccc', 'the end'], closed: 4 }])
      expect(recording.state.get().ended).toBe('stopped')
    },
  )

  test('is brought in order when the server is back, and nothing of it stays on the device', async () => {
    const clock = new FakeClock()
    const device = new Device()
    const store = new LateChunkStore(async () => device, clock)
    const { api, recorders, recording } = composedRecording({ store, clock })
    await recording.start()
    recorders[0]?.give('aaaa')
    await settle()
    api.trouble.push({ type: 'later', afterMs: 10_000 })
    for (const text of ['bbbb', 'cccc', 'dddd']) {
      recorders[0]?.give(text)
      await clock.advance(1_500)
    }
    expect((await device.list()).map(({ kept }) => kept)).toEqual([[1, 2, 3]])
    await clock.advance(10_000)
    expect(await device.list()).toEqual([])
    await recording.stop()
    expect([...api.parts.values()]).toEqual([
      { chunks: ['aaaa', 'bbbb', 'cccc', 'dddd', 'the end'], closed: 5 },
    ])
    expect(await device.list()).toEqual([])
  })
})
