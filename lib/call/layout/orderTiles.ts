/** What decides a tile's place in the order. */
export type TileFacts = {
  readonly key: string
  readonly own: boolean
  readonly share: boolean
  /** Server or local time in ms when this person last spoke, 0 for never; "now" for somebody who speaks. */
  readonly lastSpokeAt: number
  readonly camera: boolean
  /** Order of joining; kept over reloads. */
  readonly seat: number
}

/**
 * Own, shares, recent speakers, camera on, joined — but stable: tiles that already have a place keep it, newcomers come
 * after them, and only somebody who would be on a later page (`perPage`) moves forward, into the place of the least
 * important tile of the first page.
 */
export function orderTiles(
  tiles: readonly TileFacts[],
  previous: readonly string[],
  perPage: number,
): string[] {
  const wanted = [...tiles].sort(byImportance)
  const known = new Map(previous.map((key, index) => [key, index]))
  const order = [...tiles].sort((a, b) => group(a) - group(b) || placeOf(a) - placeOf(b) || a.seat - b.seat)
  const rank = new Map(wanted.map((tile, index) => [tile.key, index]))
  for (const tile of wanted.slice(0, perPage)) {
    const at = order.findIndex((other) => other.key === tile.key)
    if (at < perPage) continue
    const least = leastImportant(order.slice(0, perPage), rank)
    const moved = order[least]
    if (moved === undefined) continue
    order[least] = tile
    order[at] = moved
  }
  return order.map((tile) => tile.key)

  function placeOf(tile: TileFacts): number {
    return known.get(tile.key) ?? Number.MAX_SAFE_INTEGER
  }
}

function leastImportant(tiles: readonly TileFacts[], rank: ReadonlyMap<string, number>): number {
  let least = 0
  for (const [index, tile] of tiles.entries()) {
    const worst = tiles[least]
    if (worst !== undefined && (rank.get(tile.key) ?? 0) > (rank.get(worst.key) ?? 0)) least = index
  }
  return least
}

/** Own and shares come first whatever was before. */
const group = (tile: TileFacts): number => (tile.own && !tile.share ? 0 : tile.share ? 1 : 2)

function byImportance(a: TileFacts, b: TileFacts): number {
  return (
    group(a) - group(b) ||
    b.lastSpokeAt - a.lastSpokeAt ||
    Number(b.camera) - Number(a.camera) ||
    a.seat - b.seat
  )
}
