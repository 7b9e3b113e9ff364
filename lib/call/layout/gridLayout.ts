/** A grid of columns × rows and the room it needs to be worth looking at (experience.md "Tiles"). */
type Grid = { readonly columns: number; readonly rows: number; readonly minWidth: number }

const SQUARE_GRIDS: readonly Grid[] = [
  { columns: 2, rows: 2, minWidth: 560 },
  { columns: 3, rows: 3, minWidth: 700 },
  { columns: 4, rows: 4, minWidth: 960 },
  { columns: 5, rows: 5, minWidth: 1100 },
]

const PHONE_MAX_WIDTH = 560
/** A row lower than this shows nobody's face well, px. */
const PHONE_ROW_MIN_HEIGHT = 150

export type GridSize = { readonly columns: number; readonly rows: number }

/**
 * The smallest grid that holds `count` tiles, or the largest that fits when none does: the rest goes to further pages.
 * `width` and `height` in CSS pixels.
 */
export function gridSize(width: number, height: number, count: number): GridSize {
  if (count <= 1) return { columns: 1, rows: 1 }
  const pair = width >= height ? { columns: 2, rows: 1 } : { columns: 1, rows: 2 }
  if (count === 2) return pair
  if (width < PHONE_MAX_WIDTH && height > width && height >= 2 * PHONE_ROW_MIN_HEIGHT) {
    return uprightPhone(height, count)
  }
  const fitting = SQUARE_GRIDS.filter((grid) => width >= grid.minWidth)
  const largest = fitting.at(-1)
  if (largest === undefined) return pair
  const square = fitting.find((grid) => grid.columns * grid.rows >= count) ?? largest
  return trimmed(square, count, width >= height)
}

/** Drops rows (or, on tall screens, columns) that `count` tiles leave empty: five people need 3×2, not 3×3. */
function trimmed(grid: GridSize, count: number, wide: boolean): GridSize {
  return wide
    ? { columns: grid.columns, rows: Math.min(grid.rows, Math.ceil(count / grid.columns)) }
    : { columns: Math.min(grid.columns, Math.ceil(count / grid.rows)), rows: grid.rows }
}

/** A telephone held upright has height to spare: three people one above the other, more in two columns. */
function uprightPhone(height: number, count: number): GridSize {
  if (count === 3 && height >= 4 * PHONE_ROW_MIN_HEIGHT) return { columns: 1, rows: 3 }
  const rows = Math.floor(height / PHONE_ROW_MIN_HEIGHT)
  return { columns: 2, rows: Math.min(rows, Math.ceil(count / 2)) }
}
