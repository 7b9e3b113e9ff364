import { act, fireEvent, render, screen, waitFor } from '@testing-library/react'
import { RecordingScreen } from '#components/recordings/RecordingScreen.tsx'
import { SharedRecording } from '#components/recordings/sharing/SharedRecording.tsx'
import { toasts } from '#components/ui/showToast.ts'
import { film, installFilmDom } from '../../support/filmDom.ts'
import { RECORDING } from '../../support/recordingFixtures.ts'
import { installStageDom } from '../../support/stageDom.tsx'

const nothing = (): void => undefined
installStageDom()
installFilmDom()
beforeEach(() => window.history.replaceState(null, '', '/recordings/x'))

const shown = () => render(<RecordingScreen first={RECORDING} />)
const loaded = () => act(() => void film().dispatchEvent(new Event('loadedmetadata')))
const playTo = (seconds: number) =>
  act(async () => {
    await film().play()
    film().currentTime = seconds
    film().dispatchEvent(new Event('timeupdate'))
    film().pause()
  })
const kept = (): { id: string; ms: number | null; rate: number }[] =>
  JSON.parse(localStorage.getItem('parley.recordings.places') ?? '[]')

describe('a link to a moment', () => {
  it('[REC-152] leads there once the film is there, and again when it is another', () => {
    window.history.replaceState(null, '', '#t=2m30s')
    shown()
    expect(film().currentTime).toBe(0)
    loaded()
    expect(film().currentTime).toBe(150)
    window.history.replaceState(null, '', '#t=5:00')
    act(() => void window.dispatchEvent(new Event('hashchange')))
    loaded()
    expect(film().currentTime).toBe(300)
  })

  it('[REC-152] leads who has a link there, over where they left off', async () => {
    const first = { ...RECORDING, owned: false }
    const { unmount } = render(
      <SharedRecording shareId="link" first={first} onOver={nothing} onClosed={nothing} />,
    )
    await playTo(200)
    unmount()
    window.history.replaceState(null, '', '#t=90')
    render(<SharedRecording shareId="link" first={first} onOver={nothing} onClosed={nothing} />)
    loaded()
    expect(film().currentTime).toBe(90)
    expect(screen.queryByText(/Going on/)).toBeNull()
  })

  it('[REC-152] is copied beside the time: the page’s own address with the moment', async () => {
    const writeText = jest.fn(async (_text: string) => undefined)
    Object.defineProperty(navigator, 'clipboard', { configurable: true, value: { writeText } })
    window.history.replaceState(null, '', '/r/secret#t=3')
    shown()
    loaded()
    await playTo(195.7)
    fireEvent.click(screen.getByRole('button', { name: 'Copy link at 3:15' }))
    await waitFor(() => expect(toasts.get()[0]?.text).toBe('Link copied. It begins at 3:15.'))
    expect(writeText.mock.calls).toEqual([['http://localhost/r/secret#t=3m15s']])
  })
})

describe('where one left off', () => {
  it('[REC-152] is gone on from, as fast as before, and begun anew when asked', async () => {
    const { unmount } = shown()
    await playTo(200)
    fireEvent.keyDown(window, { key: '>' })
    act(() => void film().dispatchEvent(new Event('ratechange')))
    unmount()
    shown()
    loaded()
    expect([film().currentTime, film().playbackRate]).toEqual([200, 1.25])
    expect(screen.getByText('Going on at 3:20')).toBeTruthy()
    fireEvent.click(screen.getByRole('button', { name: 'From the beginning' }))
    loaded()
    expect(film().currentTime).toBe(0)
    expect(screen.queryByText(/Going on/)).toBeNull()
    expect(document.activeElement).toBe(film())
  })

  it('[REC-152] is not kept at either end, and forgotten there', async () => {
    shown()
    await playTo(9)
    expect(kept()).toEqual([])
    await playTo(300)
    expect(kept()).toEqual([{ id: RECORDING.id, ms: 300_000, rate: 1 }])
    await playTo(595)
    expect(kept()).toEqual([])
  })

  it('[REC-152] is kept of the hundred watched last, and what is unreadable is nothing', async () => {
    const places = Array.from({ length: 100 }, (_, at) => ({ id: String(at), ms: 60_000, rate: 1 }))
    localStorage.setItem('parley.recordings.places', JSON.stringify([null, { id: 1 }, ...places]))
    const { unmount } = shown()
    await playTo(300)
    expect(kept()).toHaveLength(100)
    expect([kept()[0]?.id, kept().at(-1)?.id]).toEqual([RECORDING.id, '98'])
    unmount()
    localStorage.setItem('parley.recordings.places', '{')
    shown()
    loaded()
    expect(film().currentTime).toBe(0)
  })
})
