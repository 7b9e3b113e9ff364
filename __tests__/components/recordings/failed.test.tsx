import { fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import { RecordingScreen } from '#components/recordings/RecordingScreen.tsx'
import { SharedRecording } from '#components/recordings/sharing/SharedRecording.tsx'
import type { RecordingView } from '#lib/protocol/recordings.ts'
import { installFakeApi, refusal } from '../../support/fakeApi.ts'
import { RECORDING } from '../../support/recordingFixtures.ts'
import { installStageDom } from '../../support/stageDom.tsx'

const nothing = (): void => undefined
installStageDom()
const PATH = `/api/recordings/${RECORDING.id}`
const WITHOUT = { ...RECORDING, files: [], durationMs: null }
const FAILED: RecordingView = { ...WITHOUT, state: 'failed', stopReason: 'stopped', unfinished: true }
const ONLY_COPY = /on this server alone, and is gone for good/

it('[REC-151] what waits for room on the disk can be deleted, and is the only copy', () => {
  render(<RecordingScreen first={{ ...WITHOUT, state: 'finishing', stopReason: 'disk-full' }} />)
  fireEvent.click(screen.getByRole('button', { name: 'Delete' }))
  expect(within(screen.getByRole('dialog')).getByText(ONLY_COPY)).toBeTruthy()
})

it('[REC-151] what goes on cannot be deleted', () => {
  render(<RecordingScreen first={{ ...WITHOUT, state: 'running' }} />)
  expect(screen.queryByRole('button', { name: 'Delete' })).toBeNull()
})

it('[REC-151] what could not be put together is still there: it is tried again, or deleted with a warning', async () => {
  const sent = installFakeApi({
    [`POST ${PATH}/finish`]: {},
    [`GET ${PATH}`]: { body: { recording: { ...FAILED, state: 'finishing', unfinished: false } } },
  })
  render(<RecordingScreen first={FAILED} />)
  expect(
    screen.getByText(/could not be put together\. What was recorded is still on the server/),
  ).toBeTruthy()
  expect(screen.queryByText(/nothing to watch/)).toBeNull()
  fireEvent.click(screen.getByRole('button', { name: 'Delete' }))
  expect(within(screen.getByRole('dialog')).getByText(ONLY_COPY)).toBeTruthy()
  fireEvent.click(screen.getByRole('button', { name: 'Keep it' }))
  fireEvent.click(screen.getByRole('button', { name: 'Try again' }))
  await screen.findByRole('heading', { name: 'Being prepared…' })
  expect(sent[0]).toEqual({ method: 'POST', path: `${PATH}/finish`, body: null })
})

it('[REC-151] one that another page has begun already is shown as it is', async () => {
  installFakeApi({
    [`POST ${PATH}/finish`]: refusal(409, 'This recording is being prepared already.'),
    [`GET ${PATH}`]: { body: { recording: { ...FAILED, state: 'finishing', unfinished: false } } },
  })
  render(<RecordingScreen first={FAILED} />)
  fireEvent.click(screen.getByRole('button', { name: 'Try again' }))
  await waitFor(() => expect(screen.getByRole('heading', { name: 'Being prepared…' })).toBeTruthy())
})

it('[REC-151] of one that can be watched, files that were given up are tried again', async () => {
  const sent = installFakeApi({
    [`POST ${PATH}/finish`]: {},
    [`GET ${PATH}`]: { body: { recording: { ...RECORDING, unfinished: true } } },
  })
  render(<RecordingScreen first={{ ...RECORDING, gaveUp: true }} />)
  expect(screen.getByText(/Some of its files could not be made/)).toBeTruthy()
  fireEvent.click(screen.getByRole('button', { name: 'Try again' }))
  await waitFor(() => expect(screen.queryByText(/Some of its files/)).toBeNull())
  expect(sent[0]).toEqual({ method: 'POST', path: `${PATH}/finish`, body: null })
})

it('[REC-151] of one that failed with nothing left nothing is tried, and a holder is offered nothing', () => {
  const { unmount } = render(<RecordingScreen first={{ ...FAILED, unfinished: false }} />)
  expect(screen.getByText(/There is nothing to watch; you can delete it\./)).toBeTruthy()
  expect(screen.queryByRole('button', { name: 'Try again' })).toBeNull()
  unmount()
  render(
    <SharedRecording
      shareId="link"
      first={{ ...FAILED, owned: false }}
      onOver={nothing}
      onClosed={nothing}
    />,
  )
  expect(screen.getByText(/could not be put together/)).toBeTruthy()
  expect(screen.queryByRole('button')).toBeNull()
})
