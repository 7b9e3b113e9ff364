import fc from 'fast-check'
import { gridSize } from '#lib/call/layout/gridLayout.ts'
import { type Layout, layoutTiles } from '#lib/call/layout/layoutTiles.ts'

const keys = (count: number): string[] => Array.from({ length: count }, (_, index) => `tile-${index}`)
const lay = (width: number, height: number, count: number, stage: string | null = null, page = 0): Layout =>
  layoutTiles({ width, height, tiles: keys(count), stage, page, gap: 8 })

describe('[UI-21] how many columns and rows', () => {
  test.each([
    ['alone', 1280, 720, 1, 1, 1],
    ['two, wide', 1280, 720, 2, 2, 1],
    ['two, upright', 390, 760, 2, 1, 2],
    ['three on an upright phone', 390, 760, 3, 1, 3],
    ['four on an upright phone', 390, 760, 4, 2, 2],
    ['seven on an upright phone', 390, 760, 7, 2, 4],
    ['seven on the smallest phone: three rows, then a page', 320, 460, 7, 2, 3],
    ['four', 1280, 720, 4, 2, 2],
    ['five', 1280, 720, 5, 3, 2],
    ['nine', 1280, 720, 9, 3, 3],
    ['ten', 1280, 720, 10, 4, 3],
    ['twenty-five', 1280, 720, 25, 5, 5],
  ])('%s', (_, width, height, count, columns, rows) => {
    expect(gridSize(width, height, count)).toEqual({ columns, rows })
  })
})

const anyStage = fc.record({
  width: fc.integer({ min: 300, max: 3840 }),
  height: fc.integer({ min: 300, max: 2160 }),
  count: fc.integer({ min: 1, max: 60 }),
  staged: fc.boolean(),
  page: fc.integer({ min: 0, max: 9 }),
})

test('[UI-21] tiles never overlap and never leave the stage, whatever its size', () => {
  fc.assert(
    fc.property(anyStage, ({ width, height, count, staged, page }) => {
      const { places } = lay(width, height, count, staged ? 'tile-0' : null, page)
      const all = [...places.values()]
      for (const [index, one] of all.entries()) {
        expect(one.width).toBeGreaterThan(0)
        expect(one.height).toBeGreaterThan(0)
        expect(one.left).toBeGreaterThanOrEqual(0)
        expect(one.top).toBeGreaterThanOrEqual(0)
        expect(one.left + one.width).toBeLessThanOrEqual(width + 1)
        expect(one.top + one.height).toBeLessThanOrEqual(height + 1)
        for (const other of all.slice(index + 1)) {
          const apart =
            one.left + one.width <= other.left ||
            other.left + other.width <= one.left ||
            one.top + one.height <= other.top ||
            other.top + other.height <= one.top
          expect(apart).toBe(true)
        }
      }
    }),
  )
})

test('[UI-21] every tile stands on exactly one page, the staged one on all', () => {
  fc.assert(
    fc.property(anyStage, ({ width, height, count, staged }) => {
      const stage = staged ? 'tile-0' : null
      const { pages } = lay(width, height, count, stage)
      const seen = Array.from({ length: pages }, (_, page) => [
        ...lay(width, height, count, stage, page).places.keys(),
      ])
      const others = seen.flat().filter((key) => key !== stage)
      expect(others.sort()).toEqual(
        keys(count)
          .filter((key) => key !== stage)
          .sort(),
      )
      if (stage) for (const page of seen) expect(page).toContain(stage)
    }),
  )
})

test('[UI-21] below a staged tile on a phone stand three beside one another', () => {
  const { places } = lay(374, 760, 4, 'tile-0')
  expect([...places.keys()]).toEqual(keys(4))
  const strip = [...places].filter(([key]) => key !== 'tile-0').map(([, place]) => place)
  expect(new Set(strip.map((place) => place.top)).size).toBe(1)
})

test('[UI-21] a stage without extent shows nothing, and asks for nothing', () => {
  expect(lay(0, 700, 3).places.size).toBe(0)
  expect(lay(700, 700, 0).places.size).toBe(0)
})
