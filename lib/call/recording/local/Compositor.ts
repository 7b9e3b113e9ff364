import type { ParticipantId } from '#lib/protocol/ids.ts'
import type { TileSize } from '../../ports.ts'
import { trackGenerator, workerTimer } from '../browserSupport.ts'
import { type ComposedTile, composedLayout } from './composedTiles.ts'
import { clearStage, drawTile } from './drawTiles.ts'
import { openPicture, type Picture } from './Picture.ts'

export const WIDTH = 1280
export const HEIGHT = 720
const PICTURES_PER_SECOND = 25

/**
 * Draws a call into one picture of 1280×720, 25 times a second by a worker's timer, so that it goes on while the tab is
 * hidden. In Chromium pictures come and go without a video element and stay fluent there; elsewhere a hidden tab's
 * elements stand still, and so does what is recorded of the others' pictures (REC-80).
 */
export class Compositor {
  readonly track: MediaStreamTrack
  readonly #canvas = document.createElement('canvas')
  readonly #context: CanvasRenderingContext2D
  readonly #pictures = new Map<MediaStreamTrack, Picture>()
  readonly #tiles: () => readonly ComposedTile[]
  readonly #stopTimer: () => void
  readonly #emit: () => void
  #order: readonly string[] = []
  #sizes: ReadonlyMap<ParticipantId, TileSize> = new Map()

  /** @param tiles asked for each picture */
  constructor(tiles: () => readonly ComposedTile[]) {
    this.#tiles = tiles
    this.#canvas.width = WIDTH
    this.#canvas.height = HEIGHT
    const context = this.#canvas.getContext('2d', { alpha: false, desynchronized: true })
    if (context === null) throw new Error('this browser has no canvas to draw on')
    this.#context = context
    const { track, emit } = outlet(this.#canvas)
    this.track = track
    this.#emit = emit
    this.#draw()
    this.#stopTimer = workerTimer(1000 / PICTURES_PER_SECOND, () => this.#draw())
  }

  /** How large each person is in it: what is asked of the SFU must not be less. */
  get sizes(): ReadonlyMap<ParticipantId, TileSize> {
    return this.#sizes
  }

  close(): void {
    this.#stopTimer()
    for (const picture of this.#pictures.values()) picture.close()
    this.#pictures.clear()
    this.track.stop()
  }

  #draw(): void {
    const tiles = this.#tiles()
    this.#follow(tiles)
    const { layout, order } = composedLayout(tiles, this.#order, { width: WIDTH, height: HEIGHT })
    this.#order = order
    clearStage(this.#context, WIDTH, HEIGHT)
    const sizes = new Map<ParticipantId, TileSize>()
    for (const tile of tiles) {
      const place = layout.places.get(tile.key)
      if (place === undefined) continue
      drawTile(
        this.#context,
        tile,
        place,
        tile.track === null ? null : (this.#pictures.get(tile.track) ?? null),
      )
      if (!tile.share)
        sizes.set(tile.participantId as ParticipantId, { width: place.width, height: place.height })
    }
    this.#sizes = sizes
    this.#emit()
  }

  /** A picture for each track that is shown, and for no other. */
  #follow(tiles: readonly ComposedTile[]): void {
    const wanted = new Set(tiles.flatMap(({ track }) => (track === null ? [] : [track])))
    for (const [track, picture] of this.#pictures) {
      if (wanted.has(track)) continue
      picture.close()
      this.#pictures.delete(track)
    }
    for (const track of wanted) if (!this.#pictures.has(track)) this.#pictures.set(track, openPicture(track))
  }
}

/** Where the canvas's pictures go: a track that needs no painting on the screen, or `captureStream`. */
function outlet(canvas: HTMLCanvasElement): { track: MediaStreamTrack; emit: () => void } {
  const generator = trackGenerator()
  if (generator !== null) {
    const writer = generator.writable.getWriter()
    const emit = (): void => {
      // One that is still on its way: this picture is left out rather than queued.
      if ((writer.desiredSize ?? 0) <= 0) return
      const frame = new VideoFrame(canvas, { timestamp: Math.round(performance.now() * 1000) })
      writer.write(frame).catch(() => frame.close())
    }
    return { track: generator, emit }
  }
  const [track] = canvas.captureStream(PICTURES_PER_SECOND).getVideoTracks()
  if (track === undefined) throw new Error('this browser cannot record a canvas')
  return { track, emit: () => undefined }
}
