import type { Arrivals } from '#lib/call/ports.ts'
import { isReady } from '#lib/call/switching/readiness.ts'
import type { MediaState } from '#lib/protocol/events.ts'

const OFF: MediaState = { microphone: false, camera: false, screen: false }
const TILE = { width: 640, height: 360 }
const voice = { microphone: { count: 2, shortSidePx: null } }
const picture = (shortSidePx: number, count = 2): Arrivals => ({ camera: { count, shortSidePx } })

describe('when somebody can be shown from another transport', () => {
  test.each<[string, Arrivals, Partial<MediaState>, number, boolean]>([
    ['who sends nothing, at once', {}, {}, 0, true],
    ['a voice that has not come', {}, { microphone: true }, 9999, false],
    ['a voice that has come', voice, { microphone: true }, 0, true],
    ['a voice without the picture', voice, { microphone: true, camera: true }, 9999, false],
    ['a picture without the voice', picture(360), { microphone: true, camera: true }, 9999, false],
    ['both', { ...voice, ...picture(360) }, { microphone: true, camera: true }, 0, true],
    ['a single frame', picture(360, 1), { camera: true }, 9999, false],
    ['a picture of half the size', picture(180), { camera: true }, 0, true],
    ['a smaller picture, early', picture(179), { camera: true }, 1499, false],
    ['a smaller picture that did not grow', picture(179), { camera: true }, 1500, true],
    ['a share that has not come', picture(360), { camera: true, screen: true }, 9999, false],
  ])('[SW-1] %s', (_words, arrivals, media, waitedMs, ready) => {
    expect(isReady(arrivals, { ...OFF, ...media }, TILE, waitedMs)).toBe(ready)
  })

  test('[SW-1] off the screen a voice is enough, and necessary', () => {
    expect(isReady(voice, { ...OFF, microphone: true, camera: true }, undefined, 0)).toBe(true)
    expect(isReady({}, { ...OFF, microphone: true, camera: true }, undefined, 0)).toBe(false)
  })
})
