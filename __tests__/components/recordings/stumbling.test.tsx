import { act, fireEvent, render, screen } from '@testing-library/react'
import { RecordingScreen } from '#components/recordings/RecordingScreen.tsx'
import { SharedRecording } from '#components/recordings/sharing/SharedRecording.tsx'
import { film, installFilmDom } from '../../support/filmDom.ts'
import { RECORDING } from '../../support/recordingFixtures.ts'
import { installStageDom } from '../../support/stageDom.tsx'

const nothing = (): void => undefined
installStageDom()
const dom = installFilmDom()

const happens = (name: string) => act(() => void film().dispatchEvent(new Event(name)))
async function stumblesAt(seconds: number): Promise<void> {
  await act(async () => film().play())
  film().currentTime = seconds
  happens('timeupdate')
  happens('error')
}

it('[REC-153] is taken up where it stumbled, and plays on', async () => {
  render(<RecordingScreen first={RECORDING} />)
  await stumblesAt(77)
  // What a browser does when it loads anew.
  HTMLMediaElement.prototype.load = function load() {
    this.currentTime = 0
    dom.paused = true
    this.dispatchEvent(new Event('emptied'))
    this.dispatchEvent(new Event('timeupdate'))
  }
  fireEvent.click(screen.getByRole('button', { name: 'Try again' }))
  expect(screen.getByRole('alert')).toBeTruthy()
  expect(screen.getByRole('slider', { name: 'Position' }).getAttribute('aria-valuetext')).toContain(
    '1 minute 17 seconds',
  )
  happens('loadedmetadata')
  expect(screen.queryByRole('alert')).toBeNull()
  expect([film().currentTime, dom.paused]).toEqual([77, false])
})

it('[REC-153] says so until it is there again, whatever else happens', async () => {
  render(<RecordingScreen first={RECORDING} />)
  await stumblesAt(77)
  for (const name of ['progress', 'pause', 'playing', 'volumechange']) happens(name)
  expect(screen.getByRole('alert').textContent).toContain('could not be played')
})

it('[REC-153] to download it is said to who may', async () => {
  const { unmount } = render(<RecordingScreen first={RECORDING} />)
  happens('error')
  expect(screen.getByRole('alert').textContent).toContain('download it instead')
  unmount()
  const first = { ...RECORDING, owned: false, mayDownload: false }
  render(<SharedRecording shareId="link" first={first} onOver={nothing} onClosed={nothing} />)
  happens('error')
  expect(screen.getByRole('alert').textContent).not.toContain('download')
})

it('[REC-153] says so of what failed before anybody listened', () => {
  Object.defineProperty(HTMLMediaElement.prototype, 'error', { configurable: true, value: { code: 4 } })
  render(<RecordingScreen first={RECORDING} />)
  expect(screen.getByRole('alert').textContent).toContain('could not be played')
})
