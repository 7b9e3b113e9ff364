import { act, render, screen } from '@testing-library/react'
import { SharedScreen } from '#components/recordings/sharing/SharedScreen.tsx'
import { installFakeApi, refusal } from '../../support/fakeApi.ts'
import { film, installFilmDom } from '../../support/filmDom.ts'
import { RECORDING } from '../../support/recordingFixtures.ts'
import { installStageDom } from '../../support/stageDom.tsx'

installStageDom()
const dom = installFilmDom()
beforeEach(() => jest.useFakeTimers())
afterEach(() => jest.useRealTimers())

const wait = (ms: number) => act(async () => jest.advanceTimersByTimeAsync(ms))
const SHARED = { ...RECORDING, owned: false, mayDownload: false, files: RECORDING.files.slice(0, 1) }

/** A link that has been opened, and whose cookie runs out when the test says so. */
async function opened(reopen: () => 'open' | 'asks' | 'gone' | 'refuses') {
  let inside = true
  let opens = 0
  installFakeApi({
    'POST /api/shared': () => {
      opens += 1
      const how = opens === 1 ? 'open' : reopen()
      if (how === 'gone') return refusal(404, 'This link was not found.')
      inside = how === 'open'
      return { body: { id: 'link', open: how !== 'asks' } }
    },
    'GET /api/shared/link': () =>
      inside ? { body: { recording: SHARED } } : refusal(401, 'Please open the link again.'),
    'HEAD /api/shared/link/files/file-webm': () => ({ status: inside ? 200 : 401 }),
  })
  render(<SharedScreen secret="x" />)
  await wait(10)
  await act(async () => film().play())
  return {
    runsOut: async () => {
      inside = false
      await wait(4_000)
    },
    opens: () => opens,
  }
}

it('[REC-157] a link that has run out is opened again, and the film plays on; as often as it takes', async () => {
  const link = await opened(() => 'open')
  const video = film()
  video.currentTime = 42
  await link.runsOut()
  await wait(4_000)
  await link.runsOut()
  expect(link.opens()).toBe(3)
  expect(film()).toBe(video)
  expect([video.currentTime, dom.paused]).toEqual([42, false])
})

it('[REC-157] one with a passcode asks for it, and the film is gone', async () => {
  const link = await opened(() => 'asks')
  await link.runsOut()
  expect(screen.getByLabelText('Passcode')).toBeTruthy()
  expect(document.querySelector('video')).toBeNull()
})

it('[REC-157] one that is gone does not work', async () => {
  const link = await opened(() => 'gone')
  await link.runsOut()
  expect(screen.getByRole('heading', { name: 'This link doesn’t work' })).toBeTruthy()
})

it('[REC-157] a browser that keeps nobody in is told so, and not asked for ever', async () => {
  const link = await opened(() => 'refuses')
  await link.runsOut()
  expect(screen.getByRole('heading', { name: 'This did not work' })).toBeTruthy()
  await wait(30_000)
  expect(link.opens()).toBe(2)
})
