import type { LinkSignal, Transport } from '#lib/protocol/events.ts'
import type { InstanceId, ParticipantId } from '#lib/protocol/ids.ts'
import { Store } from '#lib/store.ts'
import { NO_MEDIA } from '../callState.ts'
import type { IceServers, MeshContext, RoomSignals, Roster, SfuContext, SfuDoor } from '../EngineContext.ts'
import type { Arrivals, Clock, EngineState, MediaEngine, Source, TileSize } from '../ports.ts'
import { arrivalsSince } from '../receiving/arrivals.ts'
import { SampledStore } from '../SampledStore.ts'
import { sameEntries } from '../sameEntries.ts'
import { LegSignals } from './LegSignals.ts'
import { RestingTracks } from './RestingTracks.ts'

export type LegDeps = {
  readonly clock: Clock
  readonly signals: RoomSignals
  readonly iceServers: IceServers
  readonly sfuDoor: (epoch: number) => SfuDoor
  readonly createMesh: (context: MeshContext) => MediaEngine
  readonly createSfu: (context: SfuContext) => MediaEngine
}

export type LegStart = {
  readonly tracks: ReadonlyMap<Source, MediaStreamTrack>
  readonly visible: ReadonlyMap<ParticipantId, TileSize>
  /** Held ready only (Standby). */
  readonly resting?: boolean
}

/** By then the new leg serves, or something worse is the matter. */
const ABANDONED_MS = 1500

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
  #resting: RestingTracks | null = null
  /** What had come while it rested. */
  #before: Promise<ReadonlyMap<ParticipantId, Arrivals>> | null = null
  #abandoned = false
  #closed = false

  constructor(transport: Transport, deps: LegDeps, { tracks, visible, resting = false }: LegStart) {
    this.transport = transport
    this.#deps = deps
    this.#tracks = new Map(tracks)
    this.#visible = visible
    if (resting)
      this.#resting = new RestingTracks(deps.clock, (source) => void this.#engine.setTrack(source, null))
    this.#signals = new LegSignals(deps.signals, transport.epoch)
    this.#engine = this.#create()
    this.#unsubscribe = this.#engine.state.subscribe(() => this.#engineChanged())
  }

  /** Since when no engine of this leg has run (ms), or null while one runs. */
  get failedSince(): number | null {
    return this.#failedSince
  }

  /** Its media has ended; what is shown of it are last pictures. */
  get abandoned(): boolean {
    return this.#abandoned
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
    if (!this.#closed && !this.#abandoned) await this.#send(source)
  }

  setVisible(sizes: ReadonlyMap<ParticipantId, TileSize>): void {
    this.#visible = sizes
    if (!this.#abandoned) this.#engine.setVisible(this.#resting?.sizes(sizes) ?? sizes)
  }

  deliver(from: ParticipantId, fromInstance: InstanceId, signal: LinkSignal): void {
    this.#signals.deliver(from, fromInstance, signal)
  }

  /** Since it serves. */
  async arrivals(id: ParticipantId): Promise<Arrivals> {
    const [now, before] = await Promise.all([this.#engine.arrivals(id), this.#before])
    return arrivalsSince(before?.get(id) ?? {}, now)
  }

  /** Held ready until now, it serves from now on. */
  wake(): void {
    if (this.#resting === null) return
    this.#resting.end()
    this.#resting = null
    const engine = this.#engine
    const all = [...this.people.keys()].map(async (id) => [id, await engine.arrivals(id)] as const)
    this.#before = Promise.all(all).then((known) => new Map(known))
    for (const source of this.#tracks.keys()) void this.#send(source)
    engine.setVisible(this.#visible)
  }

  /**
   * Nothing comes over it any more: nothing is sent either, and no time is spent on reaching it. The last pictures stay
   * on the screen until the leg is closed.
   */
  abandon(): void {
    if (this.#closed || this.#abandoned) return
    this.#abandoned = true
    this.#stop()
    const engine = this.#engine
    for (const source of this.#tracks.keys()) void engine.setTrack(source, null)
    // Closing connections holds the page up for tenths of a second on a busy machine, just when the new leg's pictures come.
    this.#cancelRetry = this.#deps.clock.after(ABANDONED_MS, () => void engine.close())
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#stop()
    await this.#engine.close()
    this.#state.set({ ...NO_MEDIA, link: 'closed' })
  }

  #stop(): void {
    this.#cancelRetry()
    this.#resting?.end()
    this.levels.close()
    this.#unsubscribe()
  }

  async #send(source: Source): Promise<void> {
    const resting = this.#resting
    if (resting !== null && !resting.sends(source)) return
    if (this.#state.get().link === 'running') resting?.sent(source)
    await this.#engine.setTrack(source, this.#tracks.get(source) ?? null)
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
    for (const source of this.#tracks.keys()) void this.#send(source)
    this.setVisible(this.#visible)
    try {
      await engine.start()
    } catch {
      if (engine === this.#engine) this.#failed()
      return
    }
    if (this.#closed || this.#abandoned || engine !== this.#engine) return
    this.#attempts = 0
    this.#failedSince = null
    for (const source of this.#tracks.keys()) this.#resting?.sent(source)
  }

  #engineChanged(): void {
    const state = this.#engine.state.get()
    this.#state.set(state)
    if (state.link === 'lost') this.#failed()
  }

  /** Another engine takes this one's place, after a while. Whatever the former one still shows is gone with it. */
  #failed(): void {
    if (this.#closed || this.#abandoned) return
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
