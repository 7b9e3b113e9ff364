import { composeTracks } from '#lib/media/composeTracks.ts'
import type { WrittenFile } from '#lib/media/joinBlobs.ts'
import type { TrackPicture } from '#lib/media/TrackPictures.ts'
import { Brush } from '../composed/Brush.ts'
import { composedLayout, FILM_SIZE } from '../composed/composedLayout.ts'
import { composedKey } from '../composed/composedTiles.ts'
import { drawTile } from '../composed/drawTile.ts'

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
  const canvas = Object.assign(document.createElement('canvas'), FILM_SIZE)
  const context = canvas.getContext('2d', { alpha: false })
  if (context === null) {
    await work.file.abort()
    throw new Error('this browser has no canvas to draw on')
  }
  const brush = new Brush(context)
  await brush.ready
  const tiles = people.map(tileOf)
  const { layout } = composedLayout(tiles, FILM_SIZE)
  const draw = (pictures: ReadonlyMap<string, TrackPicture | null>): void => {
    brush.clear(FILM_SIZE)
    for (const tile of tiles) {
      const place = layout.places.get(tile.key)
      const picture = pictures.get(tile.key) ?? null
      if (place !== undefined) drawTile(brush, tile, { place, picture, speaks: false, whole: false })
    }
  }
  await composeTracks({
    ...work,
    canvas,
    draw,
    people: people.map(({ id, cameras, microphones }) => ({ key: composedKey(id), cameras, microphones })),
  })
}

const tileOf = ({ id, name }: FilmPerson, seat: number) => ({
  key: composedKey(id),
  share: false,
  participantId: id,
  seat,
  name,
  muted: false,
  runsMeeting: false,
  handRaised: false,
  away: false,
  track: null,
})
