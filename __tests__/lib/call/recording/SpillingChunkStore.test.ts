import { MemoryChunkStore } from '#lib/call/recording/MemoryChunkStore.ts'
import { SpillingChunkStore } from '#lib/call/recording/SpillingChunkStore.ts'
import { composedRecording } from '../../../support/composedRecording.ts'
import { settle } from '../../../support/FakeClock.ts'
import { partOf, recordingOf } from '../../../support/FakeRecordingApi.ts'

/** A device's file system that a test can fill up. */
class Device extends MemoryChunkStore {
  full = false

  override async open(...given: Parameters<MemoryChunkStore['open']>): Promise<void> {
    this.#look()
    await super.open(...given)
  }

  override async append(...given: Parameters<MemoryChunkStore['append']>): Promise<void> {
    this.#look()
    await super.append(...given)
  }

  #look(): void {
    if (this.full) throw new DOMException('no room', 'QuotaExceededError')
  }
}

const part = partOf(1)
const blob = (text: string) => new Blob([text])
const textOf = async (store: SpillingChunkStore, seq: number) =>
  (await (await store.read(part.id, seq))?.text()) ?? null

describe('[REC-130] what the device does not take', () => {
  test('is in the page’s memory, in its place among the others, until it is acknowledged', async () => {
    const device = new Device()
    const store = new SpillingChunkStore(device, 8)
    await store.open(recordingOf(1), part)
    await store.append(part.id, 0, blob('aaaa'))
    device.full = true
    await store.append(part.id, 1, blob('bbbb'))
    await store.append(part.id, 2, blob('cccc'))
    await expect(store.append(part.id, 3, blob('d'))).rejects.toThrow('no room')
    expect([await textOf(store, 0), await textOf(store, 1), await textOf(store, 2)]).toEqual([
      'aaaa',
      'bbbb',
      'cccc',
    ])
    // What survives the page is what the device has.
    expect(await store.list()).toMatchObject([{ kept: [0] }])
    await store.acknowledge(part.id, 0)
    await store.acknowledge(part.id, 1)
    expect([await textOf(store, 0), await textOf(store, 1)]).toEqual([null, null])
    await store.append(part.id, 3, blob('dddd'))
    expect(await textOf(store, 3)).toBe('dddd')
    await store.forget(part.id)
    expect(await textOf(store, 2)).toBeNull()
    device.full = false
    await store.open(recordingOf(1), part)
    await store.append(part.id, 0, blob('e'))
    expect(await store.list()).toMatchObject([{ kept: [0] }])
  })

  test('of a part that the device could not even describe', async () => {
    const device = new Device()
    device.full = true
    const store = new SpillingChunkStore(device)
    await store.open(recordingOf(1), part)
    await store.append(part.id, 0, blob('aaaa'))
    expect(await textOf(store, 0)).toBe('aaaa')
  })

  test('reaches the server: the recording goes on as if there were room', async () => {
    const device = new Device()
    const { api, recorders, recording } = composedRecording({ store: new SpillingChunkStore(device) })
    await recording.start()
    recorders[0]?.give('aaaa')
    await settle()
    device.full = true
    recorders[0]?.give('bbbb')
    await settle()
    await recording.stop()
    expect([...api.parts.values()]).toEqual([{ chunks: ['aaaa', 'bbbb', 'the end'], closed: 3 }])
    expect(recording.state.get().ended).toBe('stopped')
  })

  test('and is more than the page may hold, while the server is away: recording ends, all before it is brought', async () => {
    const device = new Device()
    const { api, clock, recorders, recording } = composedRecording({
      store: new SpillingChunkStore(device, 4),
    })
    await recording.start()
    recorders[0]?.give('aaaa')
    await settle()
    api.trouble.push({ type: 'later', afterMs: 60_000 })
    device.full = true
    recorders[0]?.give('bbbb')
    recorders[0]?.give('cccc')
    await settle()
    expect(recording.state.get().ended).toBe('full')
    expect(recorders[0]?.state).toBe('inactive')
    await clock.advance(60_000)
    expect([...api.parts.values()]).toEqual([{ chunks: ['aaaa', 'bbbb'], closed: 2 }])
  })
})
