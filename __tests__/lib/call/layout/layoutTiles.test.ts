import { gridSize } from '#lib/call/layout/gridLayout.ts'
import { layoutTiles, type Rectangle } from '#lib/call/layout/layoutTiles.ts'
import { orderTiles, type TileFacts } from '#lib/call/layout/orderTiles.ts'

const keys = (count: number) => Array.from({ length: count }, (_, index) => `t${index}`)
const overlap = (a: Rectangle, b: Rectangle) =>
  a.left < b.left + b.width &&
  b.left < a.left + a.width &&
  a.top < b.top + b.height &&
  b.top < a.top + a.height

describe('layout', () => {
  test.each([
    [1440, 900, 1, '1x1'],
    [1440, 900, 2, '2x1'],
    [390, 844, 2, '1x2'],
    [390, 844, 3, '1x3'],
    [390, 844, 5, '2x3'],
    [560, 800, 4, '2x2'],
    [559, 800, 4, '2x2'],
    [700, 500, 9, '3x3'],
    [960, 600, 16, '4x4'],
    [1100, 700, 25, '5x5'],
    [1100, 700, 30, '5x5'],
    [1440, 900, 3, '2x2'],
    [1440, 900, 5, '3x2'],
    [1440, 900, 10, '4x3'],
  ])('[CALL-30] %i × %i px with %i tiles is a grid of %s', (width, height, count, grid) => {
    const { columns, rows } = gridSize(width, height, count)
    expect(`${columns}x${rows}`).toBe(grid)
  })

  const sizes = [
    [320, 568],
    [390, 844],
    [844, 390],
    [1024, 768],
    [1440, 900],
    [3840, 2160],
  ] as const
  const cases = sizes.flatMap(([width, height]) =>
    [0, 1, 2, 3, 4, 5, 9, 12, 26, 60].flatMap((count) =>
      [null, 't0'].map((stage) => ({ width, height, count, stage })),
    ),
  )
  test.each(cases)(
    '[CALL-31] $count tiles in $width × $height (stage $stage): inside, apart, all on some page',
    (given) => {
      const input = { ...given, tiles: keys(given.count), gap: 8 }
      const seen = new Set<string>()
      const { pages } = layoutTiles({ ...input, page: 0 })
      for (let page = 0; page < pages; page += 1) {
        const { places } = layoutTiles({ ...input, page })
        const all = [...places.values()]
        for (const [index, place] of all.entries()) {
          expect(place.left).toBeGreaterThanOrEqual(0)
          expect(place.top).toBeGreaterThanOrEqual(0)
          expect(place.left + place.width).toBeLessThanOrEqual(given.width + 1)
          expect(place.top + place.height).toBeLessThanOrEqual(given.height + 1)
          expect(all.slice(index + 1).some((other) => overlap(place, other))).toBe(false)
        }
        for (const key of places.keys()) seen.add(key)
      }
      expect(seen.size).toBe(given.count)
    },
  )

  test('[CALL-31] a page out of range is brought into it, a stage that is gone gives way to the grid', () => {
    const input = { width: 390, height: 844, tiles: keys(30), stage: 'gone', page: 99, gap: 8 }
    expect(layoutTiles(input)).toMatchObject({ mode: 'grid', pages: 3, page: 2 })
  })
})

describe('orderTiles', () => {
  const person = (key: string, change: Partial<TileFacts> = {}): TileFacts => ({
    key,
    own: false,
    share: false,
    lastSpokeAt: 0,
    camera: false,
    seat: Number(key.slice(1)),
    ...change,
  })

  test('[CALL-32] own, shares, then by seat', () => {
    const tiles = [person('p3'), person('p1'), person('s1', { share: true }), person('p2', { own: true })]
    expect(orderTiles(tiles, [], 9)).toEqual(['p2', 's1', 'p1', 'p3'])
  })

  test('[CALL-32] who speaks on the first page moves nobody', () => {
    const before = ['p1', 'p2', 'p3', 'p4']
    const tiles = before.map((key) => person(key, key === 'p3' ? { lastSpokeAt: 9, camera: true } : {}))
    expect(orderTiles(tiles, before, 4)).toEqual(before)
  })

  test('[CALL-32] a speaker from a later page takes the place of the least important, and only those two move', () => {
    const before = ['p1', 'p2', 'p3', 'p4', 'p5', 'p6']
    const tiles = before.map((key) =>
      person(key, { lastSpokeAt: { p1: 5, p2: 1, p3: 4, p6: 9 }[key] ?? 0, camera: key === 'p4' }),
    )
    expect(orderTiles(tiles, before, 4)).toEqual(['p1', 'p2', 'p3', 'p6', 'p5', 'p4'])
  })

  test('[CALL-32] somebody who leaves moves nobody past another', () => {
    const tiles = [person('p4'), person('p1'), person('p3')]
    expect(orderTiles(tiles, ['p1', 'p2', 'p3', 'p4'], 9)).toEqual(['p1', 'p3', 'p4'])
  })
})
