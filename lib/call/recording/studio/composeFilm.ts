import { composeTracks } from '#lib/media/composeTracks.ts'
import type { WrittenFile } from '#lib/media/joinBlobs.ts'
import type { TrackPicture } from '#lib/media/TrackPictures.ts'
import { HEIGHT, WIDTH } from '../local/Compositor.ts'
import { type ComposedTile, composedLayout } from '../local/composedTiles.ts'
import { clearStage, drawTile } from '../local/drawTiles.ts'

/** Somebody whose own tracks go into the film. */
export type FilmPerson = {
  readonly id: string
  readonly name: string
  /** Where their files are. */
  readonly cameras: readonly string[]
  readonly microphones: readonly string[]
}

type Work = {
  /** Closed at the end, or given up. */
  readonly file: WrittenFile
  readonly onProgress: (share: number) => void
  readonly signal: AbortSignal
}

/**
 * Makes a film of these people's own tracks, laid out as a call is, in full quality, on this device (REC-89). To be loaded
 * when it is asked for: it brings what decodes and encodes.
 *
 * @throws as `composeTracks` does
 */
export async function composeFilm(people: readonly FilmPerson[], work: Work): Promise<void> {
  const canvas = document.createElement('canvas')
  Object.assign(canvas, { width: WIDTH, height: HEIGHT })
  const context = canvas.getContext('2d', { alpha: false })
  if (context === null) {
    await work.file.abort()
    throw new Error('this browser has no canvas to draw on')
  }
  const tiles = people.map(tileOf)
  const { layout } = composedLayout(tiles, [], { width: WIDTH, height: HEIGHT })
  const draw = (pictures: ReadonlyMap<string, TrackPicture | null>): void => {
    clearStage(context, WIDTH, HEIGHT)
    for (const tile of tiles) {
      const place = layout.places.get(tile.key)
      if (place !== undefined) drawTile(context, tile, place, pictures.get(tile.key) ?? null)
    }
  }
  await composeTracks({
    ...work,
    canvas,
    draw,
    people: people.map(({ id, cameras, microphones }) => ({ key: keyOf(id), cameras, microphones })),
  })
}

const keyOf = (id: string): string => `person:${id}`

const tileOf = ({ id, name }: FilmPerson): ComposedTile => ({
  key: keyOf(id),
  share: false,
  participantId: id,
  name,
  muted: false,
  track: null,
})
