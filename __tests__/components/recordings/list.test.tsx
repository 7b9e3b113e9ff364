import { act, fireEvent, render, screen } from '@testing-library/react'
import { RecordingList } from '#components/recordings/RecordingList.tsx'
import type { RecordingSummary } from '#lib/protocol/recordings.ts'
import { installFakeApi, refusal, type Sent } from '../../support/fakeApi.ts'
import { RECORDING } from '../../support/recordingFixtures.ts'
import { installStageDom } from '../../support/stageDom.tsx'

installStageDom()
beforeEach(() => jest.useFakeTimers())
afterEach(() => jest.useRealTimers())

const wait = (ms: number) => act(async () => jest.advanceTimersByTimeAsync(ms))
const row = (id: string, rest: Partial<RecordingSummary> = {}) => ({ ...RECORDING, id, title: id, ...rest })
const going = { state: 'running', durationMs: null } as const
const titles = () => screen.getAllByRole('listitem').map((line) => line.querySelector('h2')?.textContent)
const asked = ({ path }: Sent, name: string) => new URLSearchParams(path.split('?')[1] ?? '').get(name)
const search = async (text: string) => {
  fireEvent.change(screen.getByRole('searchbox'), { target: { value: text } })
  await wait(1_000)
}

it('[REC-156] further rows stay while one is being recorded, whatever comes, ends and goes before them', async () => {
  let first = [row('a', going), row('b'), row('c')]
  installFakeApi({
    'GET /api/recordings': (sent) =>
      asked(sent, 'cursor') === null
        ? { body: { recordings: first, nextCursor: 'page-2' } }
        : { body: { recordings: [row('d'), row('e')], nextCursor: null } },
  })
  render(<RecordingList meetingId={null} />)
  await wait(10)
  fireEvent.click(screen.getByRole('button', { name: 'Show more' }))
  await wait(10)
  expect(titles()).toEqual(['a', 'b', 'c', 'd', 'e'])
  await wait(6_000)
  expect(titles()).toEqual(['a', 'b', 'c', 'd', 'e'])
  expect(screen.queryByRole('button', { name: 'Show more' })).toBeNull()
  // One more before them, and `c` has moved on to the second page.
  first = [row('new', going), row('a', { title: 'a, ended' }), row('b')]
  await wait(6_000)
  expect(titles()).toEqual(['new', 'a, ended', 'b', 'c', 'd', 'e'])
  // `b` is gone, so that `d` is of the first page.
  first = [row('new', going), row('a'), row('c'), row('d')]
  await wait(6_000)
  expect(titles()).toEqual(['new', 'a', 'c', 'd', 'e'])
})

it('[REC-156] a first page that no longer meets the rest stands alone', async () => {
  let first = [row('a', going), row('b')]
  installFakeApi({
    'GET /api/recordings': (sent) =>
      asked(sent, 'cursor') === null
        ? { body: { recordings: first, nextCursor: 'next' } }
        : { body: { recordings: [row('c')], nextCursor: null } },
  })
  render(<RecordingList meetingId={null} />)
  await wait(10)
  fireEvent.click(screen.getByRole('button', { name: 'Show more' }))
  await wait(10)
  first = [row('y', going), row('z')]
  await wait(6_000)
  expect(titles()).toEqual(['y', 'z'])
  expect(screen.getByRole('button', { name: 'Show more' })).toBeTruthy()
})

it('[REC-156] a search that fails shows no other’s rows, and says so; how many were found is told', async () => {
  const found = { Ada: [row('a')], Nobody: [] } as Record<string, RecordingSummary[]>
  installFakeApi({
    'GET /api/recordings': (sent) => {
      const q = asked(sent, 'q')
      if (q === 'broken') return refusal(503, 'The server is away.')
      return { body: { recordings: q === null ? [row('a'), row('b')] : found[q], nextCursor: null } }
    },
  })
  render(<RecordingList meetingId={null} />)
  await wait(10)
  expect(screen.getByRole('status').textContent).toBe('')
  await search('Ada')
  expect([titles(), screen.getByRole('status').textContent]).toEqual([['a'], '1 recording found'])
  await search('broken')
  expect(screen.queryByRole('listitem')).toBeNull()
  expect(screen.getByRole('alert').textContent).toContain('The server is away.')
  await search('Nobody')
  expect(screen.queryByRole('alert')).toBeNull()
  expect(screen.getByRole('status').textContent).toBe('No recordings found')
})

it('[REC-156] while it cannot be looked at again, what was there stays, and why is said above', async () => {
  let away = false
  installFakeApi({
    'GET /api/recordings': () =>
      away
        ? refusal(503, 'The server is away.')
        : { body: { recordings: [row('a', going)], nextCursor: null } },
  })
  render(<RecordingList meetingId={null} />)
  await wait(10)
  away = true
  await wait(6_000)
  expect(titles()).toEqual(['a'])
  expect(screen.getByRole('alert').textContent).toContain('The server is away.')
  away = false
  await wait(6_000)
  expect(screen.queryByRole('alert')).toBeNull()
})
