import { act, fireEvent, render, screen } from '@testing-library/react'
import { RecordingScreen } from '#components/recordings/RecordingScreen.tsx'
import { film, installFilmDom } from '../../support/filmDom.ts'
import { RECORDING } from '../../support/recordingFixtures.ts'
import { installStageDom } from '../../support/stageDom.tsx'

installStageDom()
installFilmDom()
const media = HTMLMediaElement.prototype
afterEach(() => {
  Reflect.deleteProperty(document, 'fullscreenElement')
  Reflect.deleteProperty(Element.prototype, 'requestFullscreen')
  Reflect.deleteProperty(media, 'webkitEnterFullscreen')
})

/** jsdom has no full screen: this is what a browser tells. */
function onWholeScreen(element: Element | null): void {
  Object.defineProperty(document, 'fullscreenElement', { configurable: true, value: element })
  act(() => void document.dispatchEvent(new Event('fullscreenchange')))
}
const player = () => screen.getByRole('region', { name: 'Player' })

it('[REC-154] the menu of speeds and the hints are within the player while it is on the whole screen', async () => {
  render(<RecordingScreen first={RECORDING} />)
  onWholeScreen(player())
  act(() => screen.getByRole('button', { name: 'Play' }).focus())
  expect(player().contains(await screen.findByRole('tooltip'))).toBe(true)
  fireEvent.keyDown(screen.getByRole('button', { name: 'Speed, 1×' }), { key: 'Enter' })
  expect(player().contains(await screen.findByRole('menu'))).toBe(true)
})

it('[REC-154] out of it they are where they were', async () => {
  render(<RecordingScreen first={RECORDING} />)
  onWholeScreen(player())
  onWholeScreen(null)
  fireEvent.keyDown(screen.getByRole('button', { name: 'Speed, 1×' }), { key: 'Enter' })
  expect(player().contains(await screen.findByRole('menu'))).toBe(false)
})

it('[REC-154] where only videos have full screen the film goes there', async () => {
  const alone: unknown[] = []
  Object.assign(media, {
    webkitEnterFullscreen() {
      alone.push(this)
    },
  })
  render(<RecordingScreen first={RECORDING} />)
  await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Full screen' })))
  expect(alone).toEqual([film()])
  const whole: unknown[] = []
  Object.assign(Element.prototype, {
    async requestFullscreen() {
      whole.push(this)
    },
  })
  await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Full screen' })))
  expect([alone.length, whole]).toEqual([1, [player()]])
})
