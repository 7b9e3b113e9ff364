import type { Picture } from '#lib/call/recording/composed/Picture.ts'
import { TilePicture } from '#lib/call/recording/composed/TilePicture.ts'

type Fake = Picture & { source: CanvasImageSource | null; closed: boolean }

const trackOf = (id: string) => ({ id }) as MediaStreamTrack
const ARRIVED = {} as CanvasImageSource

function setUp() {
  const opened: Fake[] = []
  const tile = new TilePicture((track) => {
    const picture: Fake = {
      track,
      source: null,
      version: 0,
      width: 2,
      height: 2,
      closed: false,
      close: () => {
        picture.closed = true
      },
    }
    opened.push(picture)
    return picture
  })
  return { tile, opened }
}

describe('[REC-134] what is seen on a tile of a film', () => {
  test('nothing before the first picture', () => {
    const { tile, opened } = setUp()
    tile.follow(trackOf('a'))
    expect(tile.get()).toBeNull()
    Object.assign(opened[0] ?? {}, { source: ARRIVED })
    expect(tile.get()).toBe(opened[0])
  })

  test('the former track’s picture until the next one has one', () => {
    const { tile, opened } = setUp()
    tile.follow(trackOf('a'))
    Object.assign(opened[0] ?? {}, { source: ARRIVED })
    tile.follow(trackOf('b'))
    expect(tile.get()).toBe(opened[0])
    expect(opened[0]?.closed).toBe(false)
    Object.assign(opened[1] ?? {}, { source: ARRIVED })
    expect(tile.get()).toBe(opened[1])
    expect(opened[0]?.closed).toBe(true)
  })

  test('the same track is opened once; one that never showed anything is closed with the next', () => {
    const { tile, opened } = setUp()
    const [a, b, c] = [trackOf('a'), trackOf('b'), trackOf('c')]
    for (const track of [a, a, b, b, c]) tile.follow(track)
    expect(opened.map(({ track }) => track)).toEqual([a, b, c])
    expect(opened.map(({ closed }) => closed)).toEqual([true, true, false])
  })

  test('back to the track that is seen, the one that was to follow is given up', () => {
    const { tile, opened } = setUp()
    const a = trackOf('a')
    tile.follow(a)
    Object.assign(opened[0] ?? {}, { source: ARRIVED })
    tile.get()
    tile.follow(trackOf('b'))
    tile.follow(a)
    expect(opened).toHaveLength(2)
    expect(opened[1]?.closed).toBe(true)
    expect(tile.get()).toBe(opened[0])
  })

  test('without a track nothing, and nothing is left open', () => {
    const { tile, opened } = setUp()
    tile.follow(trackOf('a'))
    Object.assign(opened[0] ?? {}, { source: ARRIVED })
    tile.get()
    tile.follow(trackOf('b'))
    tile.follow(null)
    expect(tile.get()).toBeNull()
    expect(opened.map(({ closed }) => closed)).toEqual([true, true])
  })
})
