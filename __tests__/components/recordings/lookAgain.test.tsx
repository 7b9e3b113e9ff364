import { act, fireEvent, render, screen } from '@testing-library/react'
import { RecordingScreen } from '#components/recordings/RecordingScreen.tsx'
import { SharedRecording } from '#components/recordings/sharing/SharedRecording.tsx'
import type { RecordingView } from '#lib/protocol/recordings.ts'
import { installFakeApi } from '../../support/fakeApi.ts'
import { film, installFilmDom } from '../../support/filmDom.ts'
import { RECORDING } from '../../support/recordingFixtures.ts'
import { installStageDom } from '../../support/stageDom.tsx'

const nothing = (): void => undefined
installStageDom()
const dom = installFilmDom()
beforeEach(() => jest.useFakeTimers())
afterEach(() => jest.useRealTimers())

const [WEBM, ADA] = RECORDING.files
const MP4 = { ...WEBM, id: 'file-mp4', kind: 'mp4', mimeType: 'video/mp4' } as const
const ALL = { ...RECORDING, files: [WEBM, MP4, ADA] } as RecordingView
const FIRST = { ...RECORDING, files: [WEBM], unfinished: true } as RecordingView
const wait = (ms: number) => act(async () => jest.advanceTimersByTimeAsync(ms))
const sources = () => [...film().querySelectorAll('source')].map(({ type }) => type)

/** @returns how often the page has asked */
function answering(path: string, recording: () => RecordingView): () => number {
  const sent = installFakeApi({
    [`GET ${path}`]: () => ({ body: { recording: recording() } }),
    [`HEAD ${path}/files/file-webm`]: {},
  })
  return () => sent.filter(({ method }) => method === 'GET').length
}

describe.each([
  ['its owner', `/api/recordings/${RECORDING.id}`],
  ['who has a link', '/api/shared/link'],
])('for %s', (who, path) => {
  const shown = (recording: RecordingView) =>
    render(
      who === 'its owner' ? (
        <RecordingScreen first={recording} />
      ) : (
        <SharedRecording shareId="link" first={recording} onOver={nothing} onClosed={nothing} />
      ),
    )

  it('[REC-150] what is made after the first file comes by itself, and the film plays on where it is', async () => {
    let now = FIRST
    const asked = answering(path, () => now)
    shown(FIRST)
    const video = film()
    await act(async () => {
      await video.play()
      video.currentTime = 42
    })
    await wait(11_000)
    expect(asked()).toBeGreaterThan(0)
    now = ALL
    await wait(11_000)
    expect(film()).toBe(video)
    expect([video.currentTime, dom.paused, dom.loads]).toEqual([42, false, 0])
    expect(sources()).toEqual(['video/webm', 'video/mp4'])
    fireEvent.keyDown(screen.getByRole('button', { name: 'Download' }), { key: 'Enter' })
    await wait(10)
    expect(screen.getAllByRole('menuitem')).toHaveLength(3)
    const soFar = asked()
    await wait(120_000)
    expect(asked()).toBe(soFar)
  })

  it('[REC-150] own tracks are looked for once a minute', async () => {
    const waiting = { ...ALL, tracksAwaited: true }
    const asked = answering(path, () => waiting)
    shown(waiting)
    await wait(55_000)
    expect(asked()).toBe(0)
    await wait(130_000)
    expect(asked()).toBe(3)
  })

  it('[REC-150] only the last source that there is tells that a film cannot be played', async () => {
    let now = FIRST
    answering(path, () => now)
    shown(FIRST)
    now = ALL
    await wait(11_000)
    const [webm, mp4] = film().querySelectorAll('source')
    act(() => void webm?.dispatchEvent(new Event('error')))
    expect(screen.queryByRole('alert')).toBeNull()
    act(() => void mp4?.dispatchEvent(new Event('error')))
    expect(screen.getByRole('alert').textContent).toContain('could not be played')
  })
})
