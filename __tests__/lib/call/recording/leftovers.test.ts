import { MemoryChunkStore } from '#lib/call/recording/MemoryChunkStore.ts'
import { NOTHING_WAITS, type Waiting } from '#lib/call/recording/OwnRecording.ts'
import type { Sent } from '#lib/call/recording/ports.ts'
import { uploadLeftovers } from '#lib/call/recording/studio/leftovers.ts'
import { FakeClock, settle } from '../../../support/FakeClock.ts'
import { FakeRecordingApi, partOf, recordingOf } from '../../../support/FakeRecordingApi.ts'

const part = partOf(1)
const DAY_MS = 86_400_000

/** Three chunks of a part that a former page has left, and what became of them. */
async function leftBehind(
  trouble: readonly Exclude<Sent, { type: 'done' }>[] = [],
  now = part.startedAt,
  taken = false,
) {
  const api = new FakeRecordingApi()
  api.trouble.push(...trouble)
  const store = new MemoryChunkStore()
  await store.open(recordingOf(1), part)
  for (const seq of [0, 1, 2]) await store.append(part.id, seq, new Blob([`chunk ${seq}`]))
  const told: Waiting[] = []
  await uploadLeftovers({
    api,
    store,
    clock: new FakeClock(),
    random: () => 0.5,
    serverNow: () => now,
    alone: async (_, work) => {
      if (!taken) await work()
    },
    onBacklog: (waiting) => told.push(waiting),
  })
  await settle()
  return { sent: api.parts.get(part.id), kept: (await store.list()).flatMap(({ kept }) => kept), told }
}

test('[REC-82] [REC-202] all of it is sent and closed, then it is kept no longer; what waits is told in bytes', async () => {
  const { sent, kept, told } = await leftBehind()
  expect(sent).toEqual({ chunks: ['chunk 0', 'chunk 1', 'chunk 2'], closed: 3 })
  expect(kept).toEqual([])
  expect(told).toContainEqual({ seconds: 2, bytes: 'chunk 1chunk 2'.length })
  expect(told.at(-1)).toEqual(NOTHING_WAITS)
})

test.each([
  ['refused: nobody is signed in now', { type: 'refused', status: 401 }, [0, 1, 2]],
  ['without space', { type: 'no-space' }, [0, 1, 2]],
  ['over for good', { type: 'over' }, []],
] as const)('[REC-82] %s', async (_, trouble, left) => {
  expect((await leftBehind([trouble])).kept).toEqual(left)
})

test('[REC-82] what another tab has in hand is left to it', async () => {
  expect(await leftBehind([], part.startedAt, true)).toMatchObject({ sent: undefined, kept: [0, 1, 2] })
})

test('[REC-82] after 14 days it is forgotten, and not sent', async () => {
  expect(await leftBehind([], part.startedAt + 15 * DAY_MS)).toMatchObject({ sent: undefined, kept: [] })
})

test('[REC-201] what cannot be removed keeps no other part waiting', async () => {
  const api = new FakeRecordingApi()
  const store = new MemoryChunkStore()
  for (const number of [1, 2]) {
    await store.open(recordingOf(1), partOf(number))
    await store.append(partOf(number).id, 0, new Blob([`of ${number}`]))
  }
  store.forget = () => Promise.reject(new DOMException('in use', 'NoModificationAllowedError'))
  await uploadLeftovers({
    api,
    store,
    clock: new FakeClock(),
    random: () => 0.5,
    serverNow: () => part.startedAt,
    alone: (_, work) => work(),
    onBacklog: () => undefined,
  })
  expect([...api.parts.values()].map(({ closed }) => closed)).toEqual([1, 1])
})
