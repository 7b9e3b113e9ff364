import { act, render, screen } from '@testing-library/react'
import { Leftovers } from '#components/recordings/Leftovers.tsx'
import { NOTHING_WAITS, type Waiting } from '#lib/call/recording/OwnRecording.ts'
import MeetingNotFound from '../../../app/m/[code]/not-found.tsx'

const spoken = () => screen.getByRole('status', { name: 'Your own recording' }).textContent

test('[REC-210] what is left is sent from a page without a call, which says so until it is done', async () => {
  let tell = (_: Waiting): void => undefined
  const load = async () => async (onBacklog: (waiting: Waiting) => void) => {
    tell = onBacklog
  }
  const find = async () => true
  const { container } = render(<Leftovers find={find} load={load} />)
  await act(async () => undefined)
  expect(spoken()).toBe('')
  act(() => tell({ seconds: 40, bytes: 31_400_000 }))
  expect(spoken()).toBe('Uploading an earlier recording. Keep this tab open.')
  expect(container.textContent).toContain('32 MB left')
  act(() => tell(NOTHING_WAITS))
  expect(spoken()).toBe('')
})

test.each([
  ['nothing is left', async () => false],
  ['the browser forbids looking', () => Promise.reject(new DOMException('no', 'SecurityError'))],
])('[REC-210] where %s nothing is loaded', async (_, find) => {
  const load = jest.fn()
  render(<Leftovers find={find} load={load} />)
  await act(async () => undefined)
  expect(load).not.toHaveBeenCalled()
  expect(spoken()).toBe('')
})

test('[REC-210] the link of a meeting that is over sends as well', async () => {
  render(<MeetingNotFound />)
  await act(async () => undefined)
  expect(screen.getByText(/meeting link doesn’t work/)).toBeTruthy()
  expect(spoken()).toBe('')
})
