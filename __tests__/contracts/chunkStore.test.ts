import { keepsAnything } from '#lib/call/recording/keepsAnything.ts'
import { LateChunkStore } from '#lib/call/recording/LateChunkStore.ts'
import { MemoryChunkStore } from '#lib/call/recording/MemoryChunkStore.ts'
import { OpfsChunkStore } from '#lib/call/recording/OpfsChunkStore.ts'
import { CHUNK_FOLDER } from '#lib/call/recording/OwnRecording.ts'
import type { ChunkStore } from '#lib/call/recording/ports.ts'
import { FakeClock } from '../support/FakeClock.ts'
import { FakeDirectory } from '../support/FakeDirectory.ts'
import { partOf, recordingOf } from '../support/FakeRecordingApi.ts'

const opfs = async (root = new FakeDirectory()): Promise<ChunkStore> => {
  const getDirectory = async () => root as unknown as FileSystemDirectoryHandle
  const store = await OpfsChunkStore.open({ getDirectory }, CHUNK_FOLDER)
  if (store === null) throw new Error('no store')
  return store
}

describe.each<[string, () => Promise<ChunkStore>]>([
  ['memory', async () => new MemoryChunkStore()],
  ['OPFS', () => opfs()],
  ['memory, late ones on the device', async () => new LateChunkStore(() => opfs(), new FakeClock())],
])('[REC-61] chunks kept in %s', (_name, make) => {
  test('are given back until they are acknowledged, and in order', async () => {
    const store = await make()
    const part = partOf(1)
    await store.open(recordingOf(1), part)
    for (const seq of [0, 1, 2]) await store.append(part.id, seq, new Blob([`chunk ${seq}`]))
    expect(await (await store.read(part.id, 1))?.text()).toBe('chunk 1')
    await store.acknowledge(part.id, 0)
    await store.acknowledge(part.id, 0)
    expect(await store.read(part.id, 0)).toBeNull()
    const keptBytes = 'chunk 1chunk 2'.length
    expect(await store.list()).toEqual([{ recordingId: recordingOf(1), part, kept: [1, 2], keptBytes }])
  })

  test('are gone with their part; parts do not see each other', async () => {
    const store = await make()
    for (const number of [2, 1]) {
      await store.open(recordingOf(number), partOf(number))
      await store.append(partOf(number).id, 0, new Blob([`of ${number}`]))
    }
    await store.forget(partOf(1).id)
    await store.forget(partOf(1).id)
    expect(await store.read(partOf(1).id, 0)).toBeNull()
    expect(await (await store.read(partOf(2).id, 0))?.text()).toBe('of 2')
    expect((await store.list()).map(({ part }) => part.id)).toEqual([partOf(2).id])
  })

  test('of an unknown part there are none', async () => {
    const store = await make()
    expect(await store.read(partOf(9).id, 0)).toBeNull()
    await store.acknowledge(partOf(9).id, 0)
    expect(await store.list()).toEqual([])
  })
})

describe('[REC-61] what the page leaves behind', () => {
  test('is found by the next page, the oldest part first', async () => {
    const root = new FakeDirectory()
    const before = await opfs(root)
    for (const number of [2, 1]) await before.open(recordingOf(1), partOf(number))
    await before.append(partOf(1).id, 7, new Blob(['x']))
    const after = await opfs(root)
    expect((await after.list()).map(({ part, kept }) => [part.id, kept])).toEqual([
      [partOf(1).id, [7]],
      [partOf(2).id, []],
    ])
  })

  test('counts for nothing where it was cut off before it was complete', async () => {
    const root = new FakeDirectory()
    const store = await opfs(root)
    await store.open(recordingOf(1), partOf(1))
    const folder = await (await root.getDirectoryHandle('parley-recordings')).getDirectoryHandle(partOf(1).id)
    await folder.getFileHandle('000000.chunk', { create: true })
    await (await root.getDirectoryHandle('parley-recordings')).getDirectoryHandle('nothing in it', {
      create: true,
    })
    expect(await store.list()).toMatchObject([{ kept: [] }])
  })

  test('[REC-202] is a hole where the device has named a chunk and never filled it', async () => {
    const disk = { full: false }
    const store = await opfs(new FakeDirectory(disk))
    await store.open(recordingOf(1), partOf(1))
    disk.full = true
    await store.append(partOf(1).id, 0, new Blob(['a'])).catch(() => undefined)
    expect(await store.read(partOf(1).id, 0)).toBeNull()
  })

  test('is left alone while it is being opened: whoever looks then takes nothing from it', async () => {
    const root = new FakeDirectory()
    const store = await opfs(root)
    const kept = await root.getDirectoryHandle('parley-recordings')
    // As far as `open` has come when somebody else looks.
    await (await kept.getDirectoryHandle(partOf(1).id, { create: true })).getFileHandle('part.json', {
      create: true,
    })
    expect(await store.list()).toEqual([])
    await store.append(partOf(1).id, 0, new Blob(['first']))
    await store.open(recordingOf(1), partOf(1))
    expect(await store.list()).toMatchObject([{ kept: [0] }])
  })

  test('[REC-201] that the device did not take can be removed', async () => {
    const disk = { full: false }
    const store = await opfs(new FakeDirectory(disk))
    await store.open(recordingOf(1), partOf(1))
    disk.full = true
    await expect(store.append(partOf(1).id, 0, new Blob(['a']))).rejects.toThrow('no room')
    await store.forget(partOf(1).id)
    expect(await store.list()).toEqual([])
  })

  test('[REC-201] that another page removes meanwhile is passed over', async () => {
    const root = new FakeDirectory()
    const store = await opfs(root)
    for (const number of [1, 2]) await store.open(recordingOf(1), partOf(number))
    for (const seq of [0, 1]) await store.append(partOf(1).id, seq, new Blob(['a']))
    const folder = await (await root.getDirectoryHandle('parley-recordings')).getDirectoryHandle(partOf(1).id)
    const chunk = await folder.getFileHandle('000000.chunk')
    chunk.getFile = () => Promise.reject(new DOMException('gone', 'NotFoundError'))
    expect((await store.list()).map(({ kept }) => kept)).toEqual([[1], []])
  })

  test('a browser that forbids it has no such store', async () => {
    const getDirectory = async () => {
      throw new DOMException('forbidden', 'SecurityError')
    }
    expect(await OpfsChunkStore.open({ getDirectory }, CHUNK_FOLDER)).toBeNull()
  })
})

test('[REC-210] whether anything is left is known from what is in the folder, not from its being there', async () => {
  const root = new FakeDirectory()
  const getDirectory = async () => root as unknown as FileSystemDirectoryHandle
  const left = () => keepsAnything({ getDirectory }, [CHUNK_FOLDER])
  expect(await left()).toBe(false)
  const store = await opfs(root)
  expect(await left()).toBe(false)
  await store.open(recordingOf(1), partOf(1))
  expect(await left()).toBe(true)
  await store.forget(partOf(1).id)
  expect(await left()).toBe(false)
})
