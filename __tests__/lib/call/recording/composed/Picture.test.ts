import { openPicture } from '#lib/call/recording/composed/Picture.ts'

type Given = { enabled: boolean; stopped: boolean }
type Frame = { closed: boolean; displayWidth: number; displayHeight: number; close(): void }

/** A track of a browser that has insertable streams: a copy begins as its original is, and what is pushed comes of the copy. */
function setUp(enabled: boolean) {
  const copies: Given[] = []
  let give: (frame: Frame) => void = () => undefined
  const track = {
    enabled,
    clone() {
      const copy = {
        enabled: this.enabled,
        stopped: false,
        stop() {
          this.stopped = true
        },
      }
      copies.push(copy)
      return copy
    },
  }
  class Processor {
    readonly readable = new ReadableStream<Frame>({
      start: (controller) => {
        give = (frame) => controller.enqueue(frame)
      },
    })
  }
  Object.assign(globalThis, { MediaStreamTrackProcessor: Processor })
  const picture = openPicture(track as unknown as MediaStreamTrack, 'frames')
  async function push(): Promise<Frame> {
    const frame = {
      closed: false,
      displayWidth: 640,
      displayHeight: 360,
      close() {
        this.closed = true
      },
    }
    give(frame)
    await new Promise(setImmediate)
    return frame
  }
  return { track, copies, picture, push }
}

afterEach(() => {
  Reflect.deleteProperty(globalThis, 'MediaStreamTrackProcessor')
})

describe('[REC-137] a track that is disabled and enabled again', () => {
  test('is seen when it is enabled after its picture began', async () => {
    const { track, copies, picture, push } = setUp(false)
    // Of a copy that stays disabled all frames are black.
    expect(copies.map((copy) => copy.enabled)).toEqual([true])
    const hidden = await push()
    expect([picture.source, picture.version, hidden.closed]).toEqual([null, 0, true])
    track.enabled = true
    const seen = await push()
    expect([picture.source, picture.version, seen.closed]).toEqual([seen, 1, false])
  })

  test('shows what it showed last while it is disabled', async () => {
    const { track, picture, push } = setUp(true)
    const before = await push()
    track.enabled = false
    const hidden = await push()
    expect([picture.source, picture.version, hidden.closed]).toEqual([before, 1, true])
  })
})

describe('a picture that is closed', () => {
  beforeEach(() => jest.useFakeTimers({ doNotFake: ['setImmediate', 'queueMicrotask', 'nextTick'] }))
  afterEach(() => jest.useRealTimers())

  test('stops its copy with the frame that was on its way, and closes that', async () => {
    const { copies, picture, push } = setUp(true)
    picture.close()
    expect(copies[0]?.stopped).toBe(false)
    const late = await push()
    expect([copies[0]?.stopped, late.closed]).toEqual([true, true])
  })

  test('waits for that frame in steps: a page that was busy for longer than all of them finds it first', async () => {
    const { copies, picture, push } = setUp(true)
    picture.close()
    // Of the timers that fall due while a page is busy each runs once, whatever they wait for.
    jest.runOnlyPendingTimers()
    expect(copies[0]?.stopped).toBe(false)
    const late = await push()
    expect([copies[0]?.stopped, late.closed]).toEqual([true, true])
  })

  test('stops its copy in the end although no frame comes', () => {
    const { copies, picture } = setUp(true)
    picture.close()
    jest.runAllTimers()
    expect(copies[0]?.stopped).toBe(true)
  })
})
