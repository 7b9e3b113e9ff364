import { type Layout, layoutTiles } from '../../layout/layoutTiles.ts'
import { orderTiles } from '../../layout/orderTiles.ts'
import { type ComposedTile, composedKey } from './composedTiles.ts'

/** More people than this side by side and nobody's face is seen well: whoever speaks is large. */
const LARGEST_GALLERY = 9
const GAP = 8

/** In pixels. */
export type PictureSize = { readonly width: number; readonly height: number }

/** Of a film that a person's browser makes. */
export const FILM_SIZE: PictureSize = { width: 1280, height: 720 }

/** As much of a tile as decides its place. */
export type LaidTile = Pick<ComposedTile, 'key' | 'share' | 'seat' | 'track'> & {
  readonly participantId: string
}

/** Who was heard, as far as it decides who is large and who is beside it. */
export type Heard = {
  readonly loudest: string | null
  /** When somebody was last heard, ms; 0 for never. */
  heardAt(id: string): number
}

export type ComposedLayout = {
  readonly layout: Layout
  /** The tile of which all is shown, or null. */
  readonly staged: string | null
  /** Of all tiles, to be handed in the next time: a tile keeps its place. */
  readonly order: readonly string[]
}

const NOBODY: Heard = { loudest: null, heardAt: () => 0 }

/** The same places as on a screen of this size. Of more tiles than there are places, those who spoke last are seen. */
export function composedLayout(
  tiles: readonly LaidTile[],
  size: PictureSize,
  { previous = [], heard = NOBODY }: { previous?: readonly string[]; heard?: Heard } = {},
): ComposedLayout {
  const staged = stagedKey(tiles, heard)
  const facts = tiles.map(({ key, share, track, seat, participantId }) => ({
    key,
    own: false,
    share,
    lastSpokeAt: heard.heardAt(participantId),
    camera: track !== null,
    seat,
  }))
  const place = (order: readonly string[]): Layout =>
    layoutTiles({ ...size, tiles: order, stage: staged, page: 0, gap: GAP })
  const seen = place(facts.map(({ key }) => key)).places.size
  const order = orderTiles(facts, previous, seen)
  return { layout: place(order), staged, order }
}

/** The newest screen; of many people whoever speaks, or did last. */
function stagedKey(tiles: readonly LaidTile[], { loudest }: Heard): string | null {
  const share = tiles.filter((tile) => tile.share).at(-1)
  if (share !== undefined) return share.key
  if (tiles.length <= LARGEST_GALLERY) return null
  const speaker = loudest === null ? null : composedKey(loudest)
  return tiles.some(({ key }) => key === speaker) ? speaker : (tiles[0]?.key ?? null)
}
