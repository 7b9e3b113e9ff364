import { gridSize } from './gridLayout.ts'

/** In CSS pixels from the upper left corner of the stage. */
export type Rectangle = {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

export type LayoutInput = {
  readonly width: number
  readonly height: number
  /** Tile keys in the order to show them (see orderTiles). */
  readonly tiles: readonly string[]
  /** The tile that takes the stage (pinned, or the newest share), or null for a grid. */
  readonly stage: string | null
  readonly page: number
  /** Between tiles, px. */
  readonly gap: number
}

export type Layout = {
  readonly mode: 'grid' | 'stage'
  /** Only the tiles of this page; the stage tile is on every page. */
  readonly places: ReadonlyMap<string, Rectangle>
  readonly pages: number
  /** The page shown: `page` brought into range. */
  readonly page: number
}

const ASPECT = 16 / 9
/** The strip beside or below a stage: its tiles' shorter run, px. */
const STRIP_SHARE = 0.2
const STRIP_MIN = 96
const STRIP_MAX = 240

/** Where each tile goes. Pure; a tile keeps its place as long as its index and the numbers stay the same. */
export function layoutTiles(input: LayoutInput): Layout {
  const stage = input.stage !== null && input.tiles.includes(input.stage) ? input.stage : null
  if (input.width <= 0 || input.height <= 0 || input.tiles.length === 0) return empty(stage)
  return stage === null ? layoutGrid(input) : layoutStage(input, stage)
}

const empty = (stage: string | null): Layout => ({
  mode: stage === null ? 'grid' : 'stage',
  places: new Map(),
  pages: 1,
  page: 0,
})

function layoutGrid({ width, height, tiles, page: wanted, gap }: LayoutInput): Layout {
  const { columns, rows } = gridSize(width, height, tiles.length)
  const perPage = columns * rows
  const pages = Math.max(1, Math.ceil(tiles.length / perPage))
  const page = clamp(wanted, 0, pages - 1)
  const shown = tiles.slice(page * perPage, (page + 1) * perPage)
  const cell = sizeWithin(
    (width - gap * (columns - 1)) / columns,
    (height - gap * (rows - 1)) / rows,
    columns * rows,
    height > width,
  )
  const usedRows = Math.ceil(shown.length / columns)
  const top = (height - usedRows * cell.height - (usedRows - 1) * gap) / 2
  const places = new Map<string, Rectangle>()
  for (const [index, key] of shown.entries()) {
    const row = Math.floor(index / columns)
    // The last row may be short: centred, so that it does not look unfinished.
    const inRow = Math.min(columns, shown.length - row * columns)
    const left = (width - inRow * cell.width - (inRow - 1) * gap) / 2
    places.set(key, {
      left: Math.round(left + (index % columns) * (cell.width + gap)),
      top: Math.round(top + row * (cell.height + gap)),
      width: Math.floor(cell.width),
      height: Math.floor(cell.height),
    })
  }
  return { mode: 'grid', places, pages, page }
}

function layoutStage({ width, height, tiles, page: wanted, gap }: LayoutInput, stage: string): Layout {
  const others = tiles.filter((key) => key !== stage)
  if (others.length === 0) {
    return {
      mode: 'stage',
      places: new Map([[stage, { left: 0, top: 0, width, height }]]),
      pages: 1,
      page: 0,
    }
  }
  // Beside on wide screens, below on tall ones.
  const beside = width >= height * 1.2
  const thickness = Math.round(clamp((beside ? width : height) * STRIP_SHARE, STRIP_MIN, STRIP_MAX))
  const run = beside ? height : width
  const tile = beside
    ? { width: thickness, height: Math.round(thickness / ASPECT) }
    : stripTileBelow(width, thickness, gap)
  const step = (beside ? tile.height : tile.width) + gap
  const perPage = Math.max(1, Math.floor((run + gap) / step))
  const pages = Math.ceil(others.length / perPage)
  const page = clamp(wanted, 0, pages - 1)
  const shown = others.slice(page * perPage, (page + 1) * perPage)
  const places = new Map<string, Rectangle>([
    [
      stage,
      beside
        ? { left: 0, top: 0, width: width - thickness - gap, height }
        : { left: 0, top: 0, width, height: height - tile.height - gap },
    ],
  ])
  const start = Math.max(0, Math.round((run - shown.length * step + gap) / 2))
  for (const [index, key] of shown.entries()) {
    const along = start + index * step
    places.set(
      key,
      beside
        ? { left: width - thickness, top: along, ...tile }
        : { left: along, top: height - tile.height, ...tile },
    )
  }
  return { mode: 'stage', places, pages, page }
}

/** Three beside one another at the least: a strip that shows one person at a time is a queue, not a strip. */
function stripTileBelow(width: number, thickness: number, gap: number): { width: number; height: number } {
  const third = Math.floor((width - 2 * gap) / 3)
  if (third >= thickness * ASPECT) return { width: Math.round(thickness * ASPECT), height: thickness }
  return { width: third, height: Math.min(thickness, Math.round((third * 3) / 4)) }
}

/**
 * The largest tile in a cell: at most 16:9, and no narrower than 4:3 (3:4 on a tall stage), so that `cover` cuts off
 * little of a camera's picture. A lone tile takes the whole cell, whatever its shape.
 */
function sizeWithin(
  width: number,
  height: number,
  cells: number,
  tall: boolean,
): { width: number; height: number } {
  if (cells === 1) return { width, height }
  const narrowest = tall ? 3 / 4 : 4 / 3
  if (width / height > ASPECT) return { width: height * ASPECT, height }
  return width / height < narrowest ? { width, height: width / narrowest } : { width, height }
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most)
}
