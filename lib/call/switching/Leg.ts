import type { LinkSignal, Transport } from '#lib/protocol/events.ts'
import type { InstanceId, ParticipantId } from '#lib/protocol/ids.ts'
import { Store } from '#lib/store.ts'
import { NO_MEDIA } from '../callState.ts'
import type { IceServers, MeshContext, RoomSignals, Roster, SfuContext, SfuDoor } from '../EngineContext.ts'
import type { Arrivals, Clock, EngineState, MediaEngine, Source, TileSize } from '../ports.ts'
import { SampledStore } from '../SampledStore.ts'
import { sameEntries } from '../sameEntries.ts'
import { LegSignals } from './LegSignals.ts'

export type LegDeps = {
  readonly clock: Clock
  readonly signals: RoomSignals
  readonly iceServers: IceServers
  readonly sfuDoor: (epoch: number) => SfuDoor
  readonly createMesh: (context: MeshContext) => MediaEngine
  readonly createSfu: (context: SfuContext) => MediaEngine
}

/** Waits between attempts; the last one repeats. */
const RETRY_MS = [300, 1000, 2000, 4000]

/**
 * One transport of one epoch, with an engine in it: the people who are to be reached this way, the signals of this way,
 * and, when the engine cannot start or is lost for good, another engine in its place until the leg is closed.
 */
export class Leg {
  readonly transport: Transport
  readonly #deps: LegDeps
  readonly #roster = new Store<Roster | null>(null)
  readonly #signals: LegSignals
  readonly #state = new Store<EngineState>(NO_MEDIA)
  readonly state = this.#state
  readonly levels = new SampledStore<ReadonlyMap<ParticipantId, number>>(new Map(), (publish) =>
    this.#sampleLevels(publish),
  )
  readonly #tracks: Map<Source, MediaStreamTrack>
  #publishLevels: ((levels: ReadonlyMap<ParticipantId, number>) => void) | null = null
  #stopLevels = (): void => undefined
  #visible: ReadonlyMap<ParticipantId, TileSize>
  #engine: MediaEngine
  #unsubscribe: () => void
  #cancelRetry = (): void => undefined
  #attempts = 0
  #failedSince: number | null = null
  #closed = false

  constructor(
    transport: Transport,
    deps: LegDeps,
    tracks: ReadonlyMap<Source, MediaStreamTrack>,
    visible: ReadonlyMap<ParticipantId, TileSize>,
  ) {
    this.transport = transport
    this.#deps = deps
    this.#tracks = new Map(tracks)
    this.#visible = visible
    this.#signals = new LegSignals(deps.signals, transport.epoch)
    this.#engine = this.#create()
    this.#unsubscribe = this.#engine.state.subscribe(() => this.#engineChanged())
  }

  /** Since when no engine of this leg has run (ms), or null while one runs. */
  get failedSince(): number | null {
    return this.#failedSince
  }

  get people(): Roster['participants'] {
    return this.#roster.get()?.participants ?? new Map()
  }

  /** Resolves once media can flow, or the first attempt has failed and others follow. */
  async start(): Promise<void> {
    await this.#start()
  }

  /** Who is to be reached this way. */
  setRoster(roster: Roster | null): void {
    const known = this.#roster.get()
    if (
      roster !== null &&
      known?.self === roster.self &&
      sameEntries(known.participants, roster.participants)
    )
      return
    this.#roster.set(roster)
  }

  async setTrack(source: Source, track: MediaStreamTrack | null): Promise<void> {
    if (track === null) this.#tracks.delete(source)
    else this.#tracks.set(source, track)
    if (!this.#closed) await this.#engine.setTrack(source, track)
  }

  setVisible(sizes: ReadonlyMap<ParticipantId, TileSize>): void {
    this.#visible = sizes
    this.#engine.setVisible(sizes)
  }

  deliver(from: ParticipantId, fromInstance: InstanceId, signal: LinkSignal): void {
    this.#signals.deliver(from, fromInstance, signal)
  }

  arrivals(id: ParticipantId): Promise<Arrivals> {
    return this.#engine.arrivals(id)
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#cancelRetry()
    this.levels.close()
    this.#unsubscribe()
    await this.#engine.close()
    this.#state.set({ ...NO_MEDIA, link: 'closed' })
  }

  #create(): MediaEngine {
    const { createMesh, createSfu, iceServers, sfuDoor } = this.#deps
    const roster = this.#roster
    return this.transport.kind === 'mesh'
      ? createMesh({ roster, signals: this.#signals, iceServers })
      : createSfu({ roster, door: sfuDoor(this.transport.epoch) })
  }

  async #start(): Promise<void> {
    const engine = this.#engine
    for (const [source, track] of this.#tracks) void engine.setTrack(source, track)
    engine.setVisible(this.#visible)
    try {
      await engine.start()
    } catch {
      if (engine === this.#engine) this.#failed()
      return
    }
    if (this.#closed || engine !== this.#engine) return
    this.#attempts = 0
    this.#failedSince = null
  }

  #engineChanged(): void {
    const state = this.#engine.state.get()
    this.#state.set(state)
    if (state.link === 'lost') this.#failed()
  }

  /** Another engine takes this one's place, after a while. Whatever the former one still shows is gone with it. */
  #failed(): void {
    if (this.#closed) return
    this.#failedSince ??= this.#deps.clock.now()
    const waitMs = RETRY_MS[Math.min(this.#attempts, RETRY_MS.length - 1)] ?? 0
    this.#attempts += 1
    this.#cancelRetry()
    this.#cancelRetry = this.#deps.clock.after(waitMs, () => this.#replace())
  }

  #replace(): void {
    const former = this.#engine
    this.#unsubscribe()
    void former.close()
    this.#engine = this.#create()
    this.#unsubscribe = this.#engine.state.subscribe(() => this.#engineChanged())
    this.#engineChanged()
    if (this.#publishLevels) this.#listenToLevels(this.#publishLevels)
    void this.#start()
  }

  #sampleLevels(publish: (levels: ReadonlyMap<ParticipantId, number>) => void): () => void {
    this.#listenToLevels(publish)
    return () => {
      this.#publishLevels = null
      this.#stopLevels()
    }
  }

  #listenToLevels(publish: (levels: ReadonlyMap<ParticipantId, number>) => void): void {
    this.#stopLevels()
    this.#publishLevels = publish
    const { levels } = this.#engine
    this.#stopLevels = levels.subscribe(() => publish(levels.get()))
  }
}
