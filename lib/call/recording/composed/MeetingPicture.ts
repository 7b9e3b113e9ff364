import type { ParticipantId } from '#lib/protocol/ids.ts'
import { Scope } from '#lib/scope.ts'
import type { CallHandle } from '../../CallHandle.ts'
import { every } from '../../every.ts'
import type { Clock, TileSize } from '../../ports.ts'
import { SpeakerTracker } from '../../SpeakerTracker.ts'
import { heardLevels } from '../heardLevels.ts'
import { mayBeRecorded } from '../recordedPeople.ts'
import { Compositor, type DrawingPlan, type Scene } from './Compositor.ts'
import { composedLayout, type PictureSize } from './composedLayout.ts'
import { type ComposedTile, composedTiles } from './composedTiles.ts'

export type MeetingPictureDeps = {
  readonly call: Pick<CallHandle, 'state' | 'local' | 'levels' | 'ownLevel'>
  readonly clock: Clock
  /** What the film shows, and how large: as if it were on the screen. */
  readonly demand: (sizes: ReadonlyMap<ParticipantId, TileSize>) => void
}

/** Who is large is looked at as often as that, so that a cough moves nothing. */
const LOOK_EVERY_MS = 1_000
const NOTHING: Scene = { tiles: [], places: new Map(), staged: null }

/**
 * A meeting as one picture, laid out as on a screen: those who may be recorded, their screens, and of all others that they
 * are there. It follows the call until it is closed, and never ends before.
 */
export class MeetingPicture {
  readonly #deps: MeetingPictureDeps
  readonly #size: PictureSize
  readonly #scope = new Scope()
  readonly #speakers = new SpeakerTracker()
  readonly #compositor: Compositor
  #tiles: readonly ComposedTile[] = []
  #scene = NOTHING
  #order: readonly string[] = []

  /** @throws when this browser cannot make a picture of its own */
  constructor(deps: MeetingPictureDeps, plan: DrawingPlan) {
    this.#deps = deps
    this.#size = plan.size
    this.#compositor = new Compositor({
      ...plan,
      scene: () => this.#scene,
      speaking: () => this.#speakers.speaking(deps.clock.now()),
    })
    this.#scope.add(() => this.#compositor.close())
    const { call, clock, demand } = deps
    const follow = (): void => this.#follow()
    this.#scope.add(call.state.subscribe(follow))
    this.#scope.add(call.local.subscribe(follow))
    this.#scope.add(call.levels.subscribe(() => this.#listen()))
    this.#scope.add(call.ownLevel.subscribe(() => this.#listen()))
    this.#scope.add(every(clock, LOOK_EVERY_MS, () => this.#lay(this.#tiles)))
    this.#scope.add(() => demand(new Map()))
    follow()
  }

  get track(): MediaStreamTrack {
    return this.#compositor.track
  }

  /** Its track ends. */
  close(): void {
    this.#scope.end()
  }

  #follow(): void {
    const { call } = this.#deps
    const state = call.state.get()
    if (state.status !== 'inCall') return
    this.#lay(composedTiles(state.room, state.media, call.local.get()))
  }

  #lay(tiles: readonly ComposedTile[]): void {
    const { layout, staged, order } = composedLayout(tiles, this.#size, {
      previous: this.#order,
      heard: this.#speakers,
    })
    const same = tiles === this.#tiles && staged === this.#scene.staged && sameItems(order, this.#order)
    if (same) return
    const { places } = layout
    this.#tiles = tiles
    this.#order = order
    this.#scene = { tiles: tiles.filter(({ key }) => places.has(key)), places, staged }
    this.#deps.demand(sizesIn(this.#scene))
  }

  #listen(): void {
    const { call } = this.#deps
    const state = call.state.get()
    if (state.status !== 'inCall') return
    const { recording } = state.room
    const heard = [...heardLevels(call)].filter(([id]) => mayBeRecorded(recording, id))
    this.#speakers.update(new Map(heard), this.#deps.clock.now())
  }
}

/** How large each person, or their screen, is in it: what is asked of them must not be less. */
function sizesIn({ tiles, places }: Scene): ReadonlyMap<ParticipantId, TileSize> {
  const sizes = new Map<ParticipantId, TileSize>()
  for (const { key, participantId } of tiles) {
    const place = places.get(key)
    if (place === undefined || (sizes.get(participantId)?.width ?? 0) >= place.width) continue
    sizes.set(participantId, { width: place.width, height: place.height })
  }
  return sizes
}

const sameItems = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((item, index) => item === b[index])
