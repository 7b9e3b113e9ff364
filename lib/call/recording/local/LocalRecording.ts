import type { ParticipantId, RecordingId } from '#lib/protocol/ids.ts'
import { Scope } from '#lib/scope.ts'
import type { ReadableStore } from '#lib/store.ts'
import type { CallHandle } from '../../CallHandle.ts'
import type { TileSize } from '../../ports.ts'
import { ComposedRecording, type ComposedState } from '../ComposedRecording.ts'
import type { PartDeps } from '../PartRecording.ts'
import { recordedBits } from '../recordedBits.ts'
import { chooseRecordedType } from '../recordedType.ts'
import { SoundMix } from '../SoundMix.ts'
import { Compositor, HEIGHT, WIDTH } from './Compositor.ts'
import { composedSounds, composedTiles } from './composedTiles.ts'

export type LocalDeps = PartDeps & {
  readonly call: Pick<CallHandle, 'state' | 'local' | 'levels' | 'ownLevel' | 'serverNow'>
  readonly isSupported: (type: string) => boolean
  /** What the recording shows, and how large: as if it were on the screen. */
  readonly demand: (sizes: ReadonlyMap<ParticipantId, TileSize>) => void
}

const DEMAND_EVERY_MS = 1_000

/** The whole meeting, recorded by the browser of the host who started it (REC-80). */
export class LocalRecording {
  readonly #deps: LocalDeps
  readonly #scope = new Scope()
  readonly #compositor: Compositor
  readonly #sound = new SoundMix()
  readonly #recording: ComposedRecording

  /** @throws when this browser cannot record */
  constructor(deps: LocalDeps, recordingId: RecordingId) {
    const mimeType = chooseRecordedType('film', deps.isSupported)
    if (mimeType === null) throw new Error('this browser records no video')
    this.#deps = deps
    const { call } = deps
    this.#compositor = new Compositor(() => this.#tiles())
    const stream = new MediaStream([this.#compositor.track, this.#sound.track])
    this.#recording = new ComposedRecording(
      // Without rests: what everybody is told of it depends on a chunk a second with the server.
      { ...deps, rest: undefined, state: call.state, levels: call.levels, ownLevel: call.ownLevel },
      { recordingId, stream, mimeType, bitsPerSecond: recordedBits(WIDTH, HEIGHT) },
    )
    this.#listen()
    this.#scope.add(call.state.subscribe(() => this.#listen()))
    this.#scope.add(call.local.subscribe(() => this.#listen()))
    const demand = setInterval(() => deps.demand(this.#compositor.sizes), DEMAND_EVERY_MS)
    this.#scope.add(() => {
      clearInterval(demand)
      deps.demand(new Map())
    })
  }

  get state(): ReadableStore<ComposedState> {
    return this.#recording.state
  }

  async start(): Promise<void> {
    await this.#sound.flows
    await this.#recording.start()
  }

  /** Resolves when the server has all of it. The picture ends at once. */
  async stop(): Promise<void> {
    // Tells the recorder at once; what it has is brought to the server, which may take minutes.
    const stopped = this.#recording.stop()
    await Promise.resolve()
    this.#scope.end()
    this.#compositor.close()
    this.#sound.close()
    await stopped
  }

  #tiles() {
    const { call } = this.#deps
    const state = call.state.get()
    return state.status === 'inCall' ? composedTiles(state.room, state.media, call.local.get()) : []
  }

  #listen(): void {
    const { call } = this.#deps
    const state = call.state.get()
    if (state.status !== 'inCall') return
    this.#sound.set(composedSounds(state.room, state.media, call.local.get()))
  }
}
