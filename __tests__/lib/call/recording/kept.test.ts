import { KeptPart } from '#lib/call/recording/kept/KeptPart.ts'
import { KeptRecordings } from '#lib/call/recording/kept/KeptRecordings.ts'
import { MemoryChunkStore } from '#lib/call/recording/MemoryChunkStore.ts'
import type { Sent } from '#lib/call/recording/ports.ts'
import type { BlobPart, WrittenFile } from '#lib/media/joinBlobs.ts'
import { composedRecording } from '../../../support/composedRecording.ts'
import { settle } from '../../../support/FakeClock.ts'
import { partOf, recordingOf } from '../../../support/FakeRecordingApi.ts'

const DONE: Sent = { type: 'done', value: null }

describe('a recording that stays on this device', () => {
  const setUp = (store = new MemoryChunkStore()) =>
    composedRecording({ store, sinks: (api, clock) => (id, part) => new KeptPart({ api, clock }, id, part) })

  test('[REC-84] [REC-85] the server is told of each chunk that is safe, and of nothing else; all of it is kept', async () => {
    const { api, store, recorders, recording } = setUp()
    await recording.start()
    expect(api.requests).toEqual([])
    for (const text of ['aaaa', 'bbbb']) {
      recorders[0]?.give(text)
      await settle()
    }
    await recording.stop()
    expect(new Set(api.requests)).toEqual(new Set(['kept 5000']))
    expect(api.requests.length).toBeGreaterThanOrEqual(2)
    expect([api.parts.size, api.events]).toEqual([0, []])
    expect(await store.list()).toMatchObject([{ recordingId: recordingOf(1), kept: [0, 1, 2] }])
    expect(recording.state.get()).toMatchObject({ acknowledged: 3, backlog: 0, ended: 'stopped' })
  })

  test.each<Sent>([{ type: 'later', afterMs: null }, { type: 'over' }, { type: 'refused', status: 404 }])(
    '[REC-85] whatever the server answers ($type), recording goes on and nothing is lost',
    async (answer) => {
      const { api, store, recorders, recording } = setUp()
      await recording.start()
      for (const text of ['aaaa', 'bbbb', 'cccc']) {
        if (answer.type !== 'done') api.trouble.push(answer)
        recorders[0]?.give(text)
        await settle()
      }
      expect(recording.state.get().ended).toBeNull()
      expect(recorders).toHaveLength(1)
      await recording.stop()
      expect(await store.list()).toMatchObject([{ kept: [0, 1, 2, 3] }])
    },
  )

  test('[REC-85] one word at a time, and one more for what came meanwhile', async () => {
    const { api, recorders, recording } = setUp()
    const answers: ((sent: Sent) => void)[] = []
    api.tellKept = () => new Promise((resolve) => answers.push(resolve))
    await recording.start()
    for (const text of ['aaaa', 'bbbb', 'cccc']) {
      recorders[0]?.give(text)
      await settle()
    }
    expect(answers).toHaveLength(1)
    answers[0]?.(DONE)
    await settle()
    expect(answers).toHaveLength(2)
    answers[1]?.(DONE)
    await settle()
    expect(answers).toHaveLength(2)
  })

  test('[REC-86] without room on this device it ends, and what there is stays', async () => {
    const store = new MemoryChunkStore()
    const { recorders, recording } = setUp(store)
    await recording.start()
    recorders[0]?.give('aaaa')
    await settle()
    store.append = async () => {
      throw new DOMException('full', 'QuotaExceededError')
    }
    recorders[0]?.give('bbbb')
    await settle()
    expect(recording.state.get().ended).toBe('full')
    expect(recorders[0]?.state).toBe('inactive')
    expect(await store.list()).toMatchObject([{ kept: [0] }])
  })
})

describe('what is kept, until the person has it', () => {
  type Held = { readonly names: Set<string> }
  const setUp = (join?: (parts: readonly BlobPart[], file: WrittenFile) => Promise<Set<string> | null>) => {
    const store = new MemoryChunkStore()
    const copies = new MemoryChunkStore()
    const held: Held = { names: new Set() }
    const joined: string[][] = []
    const removed: string[] = []
    const kept = new KeptRecordings({
      stores: { kept: store, copy: copies },
      alone: async (id, work) => {
        if (!held.names.has(id)) await work()
      },
      join: async (parts, file) => {
        if (join) return join(parts, file)
        for (const { chunks } of parts) joined.push(await Promise.all(chunks.map((chunk) => chunk.text())))
        await file.close()
        return new Set(parts.map(({ id }) => id))
      },
      files: {
        write: async () => file() as unknown as FileSystemWritableFileStream,
        read: async (id) => new File([id], 'joined'),
        remove: async (id) => void removed.push(id),
      },
    })
    return { store, copies, kept, held, joined, removed }
  }
  const file = () => {
    const ends: string[] = []
    return {
      ends,
      write: async () => undefined,
      close: async () => void ends.push('closed'),
      abort: async () => void ends.push('aborted'),
    }
  }
  async function fill(store: MemoryChunkStore, recording: number, part: number, chunks: readonly number[]) {
    await store.open(recordingOf(recording), partOf(part))
    for (const seq of chunks) await store.append(partOf(part).id, seq, new Blob([`${part}.${seq}`]))
  }

  test('[REC-87] is found by recording, whatever page left it: all parts of it together', async () => {
    const { store, kept } = setUp()
    await fill(store, 1, 2, [0, 1])
    await fill(store, 1, 3, [0])
    await fill(store, 4, 5, [0])
    expect(await kept.list()).toEqual([
      { id: recordingOf(1), startedAt: partOf(2).startedAt, seconds: 3, bytes: 9, copy: false },
      { id: recordingOf(4), startedAt: partOf(5).startedAt, seconds: 1, bytes: 3, copy: false },
    ])
  })

  test('[REC-87] what is still being recorded, here or in another tab, is neither offered, saved nor deleted', async () => {
    const { store, kept, held, joined } = setUp()
    await fill(store, 1, 2, [0])
    held.names.add(recordingOf(1))
    expect(await kept.list()).toEqual([])
    const target = file()
    await expect(kept.save(recordingOf(1), target)).rejects.toThrow('another page')
    expect(target.ends).toEqual(['aborted'])
    await kept.forget(recordingOf(1))
    expect([joined, (await store.list()).length]).toEqual([[], 1])
  })

  test('[REC-86] is saved to the first hole of each part, and forgotten when it is saved', async () => {
    const { store, kept, joined, removed } = setUp()
    await fill(store, 1, 2, [0, 1, 3])
    await fill(store, 1, 3, [0])
    await fill(store, 4, 5, [0])
    const parts = await kept.save(recordingOf(1), file())
    expect(joined).toEqual([['2.0', '2.1'], ['3.0']])
    // Nothing is gone before it is said to be where it should be.
    expect(await store.list()).toHaveLength(3)
    await kept.forget(recordingOf(1), parts)
    expect((await kept.list()).map(({ id }) => id)).toEqual([recordingOf(4)])
    expect(removed).toEqual([recordingOf(1)])
  })

  test('[REC-220] a copy of what a recorder made is told apart, saved and forgotten like what is here alone', async () => {
    const { store, copies, kept, joined } = setUp()
    await fill(store, 1, 2, [0])
    await fill(copies, 4, 5, [0, 1])
    const found = await kept.list()
    expect(found.map(({ id, copy }) => [id, copy])).toEqual([
      [recordingOf(1), false],
      [recordingOf(4), true],
    ])
    await kept.forget(recordingOf(4), await kept.save(recordingOf(4), file()))
    expect(joined).toEqual([['5.0', '5.1']])
    expect([await store.list(), await copies.list()]).toMatchObject([[{ kept: [0] }], []])
  })

  test('[REC-86] what did not go into the file is still there', async () => {
    const { store, kept } = setUp(async (_, target) => {
      await target.close()
      return new Set([partOf(2).id])
    })
    await fill(store, 1, 2, [0])
    await fill(store, 1, 3, [0])
    await kept.forget(recordingOf(1), await kept.save(recordingOf(1), file()))
    expect(await kept.list()).toMatchObject([{ id: recordingOf(1), seconds: 1 }])
  })

  test('[REC-86] a file that could not be written takes nothing with it', async () => {
    const { store, kept } = setUp(async () => {
      throw new DOMException('full', 'QuotaExceededError')
    })
    await fill(store, 1, 2, [0])
    await expect(kept.save(recordingOf(1), file())).rejects.toThrow('full')
    await expect(kept.file(recordingOf(1))).rejects.toThrow('full')
    expect(await kept.list()).toHaveLength(1)
    await expect(setUp(async () => null).kept.save(recordingOf(1), file())).rejects.toThrow('nothing')
  })
})
