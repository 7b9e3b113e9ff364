import { act, fireEvent, render } from '@testing-library/react'
import { RemoteAudio } from '#components/call/RemoteAudio.tsx'
import { TileVideo } from '#components/call/TileVideo.tsx'
import type { RemoteMedia } from '#lib/call/ports.ts'
import { fakeTrack } from '../../support/FakePeerConnection.ts'
import { idOf } from '../../support/meshRoom.ts'
import { installStageDom } from '../../support/stageDom.tsx'

installStageDom()

const first = fakeTrack('video', 'first')
const second = fakeTrack('video', 'second')

describe('another track takes the place of the former one', () => {
  test('[UI-22] a picture stays until the next one has a frame, and is gone then', () => {
    const { container, rerender } = render(<TileVideo track={first} />)
    rerender(<TileVideo track={second} />)
    const [former, next] = container.querySelectorAll('video')
    expect(former?.className).not.toContain('opacity-0')
    expect(next?.className).toContain('opacity-0')
    fireEvent.loadedData(next as HTMLVideoElement)
    expect([...container.querySelectorAll('video')]).toEqual([next])
    expect(next?.className).not.toContain('opacity-0')
  })

  test('[UI-22] a picture that never comes takes its place after four seconds all the same', () => {
    jest.useFakeTimers()
    const { container, rerender } = render(<TileVideo track={first} />)
    rerender(<TileVideo track={second} />)
    act(() => jest.advanceTimersByTime(3999))
    expect(container.querySelectorAll('video')).toHaveLength(2)
    act(() => jest.advanceTimersByTime(1))
    expect(container.querySelectorAll('video')).toHaveLength(1)
    jest.useRealTimers()
  })

  const hear = (microphone?: MediaStreamTrack) => {
    const media: RemoteMedia = {
      path: 'server',
      quality: 'good',
      tracks: microphone === undefined ? {} : { microphone },
    }
    return <RemoteAudio participants={new Map([[idOf(2), media]])} speaker={null} silenced={new Set()} />
  }

  test('[UI-22] of two sounds of one person exactly one is heard at any time', () => {
    jest.useFakeTimers()
    const { container, rerender } = render(hear(fakeTrack('audio', 'one')))
    rerender(hear(fakeTrack('audio', 'two')))
    const [former, next] = container.querySelectorAll('audio')
    expect([former?.muted, next?.muted]).toEqual([false, true])
    fireEvent.playing(next as HTMLAudioElement)
    act(() => jest.advanceTimersByTime(49))
    expect([former?.muted, next?.muted]).toEqual([false, true])
    act(() => jest.advanceTimersByTime(1))
    expect([...container.querySelectorAll('audio')]).toEqual([next])
    expect(next?.muted).toBe(false)
    jest.useRealTimers()
  })

  test('[UI-22] a first sound waits for nothing', () => {
    const { container, rerender } = render(hear())
    rerender(hear(fakeTrack('audio', 'one')))
    expect([...container.querySelectorAll('audio')].some(({ muted }) => !muted)).toBe(true)
  })
})
