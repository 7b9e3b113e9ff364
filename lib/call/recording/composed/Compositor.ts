import type { ParticipantId } from '#lib/protocol/ids.ts'
import type { Rectangle } from '../../layout/layoutTiles.ts'
import { trackGenerator, workerTimer } from '../browserSupport.ts'
import { Brush } from './Brush.ts'
import type { PictureSize } from './composedLayout.ts'
import type { ComposedTile } from './composedTiles.ts'
import { drawTile } from './drawTile.ts'
import { openPicture, type PictureKind } from './Picture.ts'
import { TilePicture } from './TilePicture.ts'

/** A film in which nothing moves has a picture as often as that, so that it can be searched and goes on visibly. */
const LONGEST_STILL_MS = 1_000

/** What is to be drawn: the tiles that have a place, and which of them shows all of its picture. */
export type Scene = {
  readonly tiles: readonly ComposedTile[]
  readonly places: ReadonlyMap<string, Rectangle>
  readonly staged: string | null
}

/** How a film is drawn. */
export type DrawingPlan = {
  readonly size: PictureSize
  readonly picturesPerSecond: number
  readonly pictures: PictureKind
  /** At that pace whatever it takes: nothing else in this page is worth waiting for. */
  readonly steady: boolean
}

export type CompositorPlan = DrawingPlan & {
  /** Asked for each picture; another object when anything in it is another. */
  readonly scene: () => Scene
  /** Ids of those who speak; asked for each picture. */
  readonly speaking: () => ReadonlySet<ParticipantId>
}

/**
 * Draws a call into one picture by a worker's timer, so that it goes on while the tab is hidden: of each tile what has
 * changed, and nothing when nothing has. In Chromium pictures come and go without a video element and stay fluent there;
 * elsewhere a hidden tab's elements stand still, and so does what is recorded of the others' pictures (REC-80).
 */
export class Compositor {
  readonly track: MediaStreamTrack
  readonly #plan: CompositorPlan
  readonly #brush: Brush
  readonly #pictures = new Map<string, TilePicture>()
  readonly #stopTimer: () => void
  readonly #emit: () => void
  #scene: Scene | null = null
  /** What each tile looks like now. */
  readonly #looks = new Map<string, string>()
  #emittedAt = Number.NEGATIVE_INFINITY

  /** @throws when this browser cannot record what is drawn */
  constructor(plan: CompositorPlan) {
    this.#plan = plan
    const canvas = Object.assign(document.createElement('canvas'), plan.size)
    const context = canvas.getContext('2d', {
      alpha: false,
      desynchronized: true,
      willReadFrequently: plan.pictures === 'copies',
    })
    if (context === null) throw new Error('this browser has no canvas to draw on')
    this.#brush = new Brush(context)
    const { track, emit } = outlet(context, plan.picturesPerSecond)
    this.track = track
    this.#emit = emit
    this.#draw()
    // All of it is drawn once more, with the font.
    void this.#brush.ready.then(() => {
      this.#scene = null
    })
    this.#stopTimer = workerTimer(1000 / plan.picturesPerSecond, () => this.#draw(), plan.steady)
  }

  close(): void {
    this.#stopTimer()
    for (const picture of this.#pictures.values()) picture.close()
    this.#pictures.clear()
    this.track.stop()
  }

  #draw(): void {
    const scene = this.#plan.scene()
    const another = scene !== this.#scene
    if (another) this.#take(scene)
    const speaking = this.#plan.speaking()
    const drawn = scene.tiles.filter((tile) => this.#drawTile(tile, scene, speaking))
    const now = performance.now()
    if (!another && drawn.length === 0 && now - this.#emittedAt < LONGEST_STILL_MS) return
    this.#emittedAt = now
    this.#emit()
  }

  /** A picture for each tile that is seen, and for no other; and an empty stage. */
  #take(scene: Scene): void {
    this.#scene = scene
    this.#looks.clear()
    this.#brush.clear(this.#plan.size)
    const seen = new Set(scene.tiles.map(({ key }) => key))
    for (const [key, picture] of this.#pictures) {
      if (seen.has(key)) continue
      picture.close()
      this.#pictures.delete(key)
    }
    for (const { key, track } of scene.tiles) {
      const picture = this.#pictures.get(key) ?? new TilePicture(this.#open)
      this.#pictures.set(key, picture)
      picture.follow(track)
    }
  }

  /** @returns whether there was anything new to draw */
  #drawTile(tile: ComposedTile, scene: Scene, speaking: ReadonlySet<ParticipantId>): boolean {
    const place = scene.places.get(tile.key)
    if (place === undefined) return false
    const picture = this.#pictures.get(tile.key)?.get() ?? null
    const speaks = !tile.share && speaking.has(tile.participantId)
    const look = `${picture?.version ?? 0} ${picture?.track.id} ${speaks}`
    if (this.#looks.get(tile.key) === look) return false
    this.#looks.set(tile.key, look)
    drawTile(this.#brush, tile, { place, picture, speaks, whole: tile.share || scene.staged === tile.key })
    return true
  }

  #open = (track: MediaStreamTrack) => openPicture(track, this.#plan.pictures)
}

/** Where the canvas's pictures go: a track that needs no painting on the screen, or `captureStream`. */
function outlet(
  context: CanvasRenderingContext2D,
  picturesPerSecond: number,
): { track: MediaStreamTrack; emit: () => void } {
  const { canvas } = context
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
  const [track] = canvas.captureStream(picturesPerSecond).getVideoTracks()
  if (track === undefined) throw new Error('this browser cannot record a canvas')
  // It takes what is drawn by itself, and nothing where nothing is.
  return { track, emit: () => context.fillRect(0, 0, 1, 1) }
}
