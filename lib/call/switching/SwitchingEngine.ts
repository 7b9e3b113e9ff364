import type { Transport } from '#lib/protocol/events.ts'
import type { InstanceId, ParticipantId } from '#lib/protocol/ids.ts'
import { Scope } from '#lib/scope.ts'
import { Store } from '#lib/store.ts'
import { NO_MEDIA } from '../callState.ts'
import type { EngineContext, Roster } from '../EngineContext.ts'
import type { Arrivals, EngineState, MediaEngine, RemoteMedia, Source, TileSize } from '../ports.ts'
import { SampledStore } from '../SampledStore.ts'
import { sameEntries } from '../sameEntries.ts'
import { Handover } from './Handover.ts'
import { Leg, type LegDeps } from './Leg.ts'
import { canTakeOver, isReady } from './readiness.ts'
import { Standby } from './Standby.ts'
import { TransportReporter } from './TransportReporter.ts'

export type SwitchingEngineOptions = EngineContext &
  Pick<LegDeps, 'clock' | 'createMesh' | 'createSfu'> & {
    /** Fetches the SFU engine's code, so that a switch does not wait for it. */
    readonly preloadSfu: () => void
  }

/** How often it is looked whether somebody can be shown from the new leg: less than two frames of a film. */
const LOOK_MS = 50
/** Longer than any pause between two packets of sound, but for silence, which loses nothing by it. */
const STALLED_MS = 300
/** From this many people on, one more may mean a switch. */
const PRELOAD_PEOPLE = 4
/** Two may be ordered to the SFU as well; there is time to fetch its code when all has come to rest. */
const PRELOAD_MS = 5_000
const UNREACHED: RemoteMedia = { path: 'lost', quality: 'lost', tracks: {} }

/**
 * A MediaEngine made of MediaEngines. The server orders a transport; its leg is made beside the one in use, and each
 * person is shown from the new leg as soon as all they send arrives there (make before break). A former leg serves
 * those it served when the order came, and loses each of them when both sides have moved. Whoever cannot be reached
 * over the new leg stays on the former one: every pair may be in another state.
 */
export class SwitchingEngine implements MediaEngine {
  readonly #options: SwitchingEngineOptions
  readonly #state = new Store<EngineState>(NO_MEDIA)
  readonly state = this.#state
  readonly levels = new SampledStore<ReadonlyMap<ParticipantId, number>>(new Map(), (publish) =>
    this.#sampleLevels(publish),
  )
  readonly #scope = new Scope()
  readonly #tracks = new Map<Source, MediaStreamTrack>()
  readonly #handover: Handover
  readonly #reporter: TransportReporter
  readonly #standby: Standby
  /** Who is shown from which leg. */
  readonly #shown = new Map<ParticipantId, Leg>()
  /** Since when anything of somebody arrives on the target (ms). */
  readonly #arrivingSince = new Map<ParticipantId, number>()
  /** What had come of somebody over the leg they are shown from, and since when it is no more than that (ms). */
  readonly #flow = new Map<ParticipantId, { readonly total: number; readonly since: number }>()
  /** Oldest first; the last one is what the server ordered. */
  #legs: readonly Leg[] = []
  #visible: ReadonlyMap<ParticipantId, TileSize> = new Map()
  #relisten = (): void => undefined
  #cancelLook = (): void => undefined
  #cancelPreload: (() => void) | null = null
  #looking = false
  #closed = false

  constructor(options: SwitchingEngineOptions) {
    this.#options = options
    const { clock, signals } = options
    this.#handover = new Handover({ clock, signals, onAgreed: () => this.#update() })
    this.#reporter = new TransportReporter({ clock, report: options.report })
    this.#standby = new Standby((transport) => this.#legFor(transport, true))
  }

  get kind(): Transport['kind'] {
    return this.#target?.transport.kind ?? 'mesh'
  }

  async start(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    if (this.#state.get().link !== 'idle') return
    const { roster, transport, signals } = this.#options
    this.#state.set({ ...NO_MEDIA, link: 'starting' })
    this.#scope.add(transport.subscribe(() => this.#obey()))
    this.#scope.add(roster.subscribe(() => this.#update()))
    this.#scope.add(
      signals.onReceived(({ from, fromInstance, epoch, signal: message }) => {
        if (message.type === 'moved') this.#handover.heard(from, fromInstance, epoch)
        else this.#legOf(epoch)?.deliver(from, fromInstance, message)
      }),
    )
    this.#scope.add(
      signals.onRestored(() => {
        if (this.#target) this.#handover.repeat(this.#target.transport.epoch)
        this.#reporter.repeat()
      }),
    )
    await this.#obey()
  }

  async setTrack(source: Source, track: MediaStreamTrack | null): Promise<void> {
    if (track === null) this.#tracks.delete(source)
    else this.#tracks.set(source, track)
    await Promise.all(this.#allLegs.map((leg) => leg.setTrack(source, track)))
  }

  setVisible(sizes: ReadonlyMap<ParticipantId, TileSize>): void {
    this.#visible = sizes
    for (const leg of this.#allLegs) leg.setVisible(sizes)
  }

  async arrivals(id: ParticipantId): Promise<Arrivals> {
    return (await this.#shown.get(id)?.arrivals(id)) ?? {}
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#scope.end()
    this.#cancelLook()
    this.#cancelPreload?.()
    this.#handover.close()
    this.#reporter.close()
    this.levels.close()
    const legs = this.#allLegs
    this.#legs = []
    await Promise.all(legs.map((leg) => leg.close()))
    this.#state.set({ ...NO_MEDIA, link: 'closed' })
  }

  get #target(): Leg | undefined {
    return this.#legs.at(-1)
  }

  get #allLegs(): readonly Leg[] {
    const { leg } = this.#standby
    return leg === null ? this.#legs : [...this.#legs, leg]
  }

  #legFor(transport: Transport, resting: boolean): Leg {
    return new Leg(transport, this.#options, { tracks: this.#tracks, visible: this.#visible, resting })
  }

  #legOf(epoch: number): Leg | undefined {
    return this.#legs.find(({ transport }) => transport.epoch === epoch)
  }

  /** Does what the server ordered: whatever differs from the present target is a new leg, an older epoch as well. */
  async #obey(): Promise<void> {
    const transport = this.#options.transport.get()
    if (this.#closed || transport === null) return
    const former = this.#target
    if (former?.transport.epoch === transport.epoch && former.transport.kind === transport.kind) {
      this.#standby.keep(transport)
      return this.#update()
    }
    const held = this.#standby.take(transport)
    const leg = held ?? this.#legFor(transport, false)
    this.#standby.keep(transport)
    if (transport.formerLost || this.#reporter.hasFailed) former?.abandon()
    this.#arrivingSince.clear()
    this.#flow.clear()
    this.#legs = [...this.#legs, leg]
    leg.state.subscribe(() => this.#update())
    this.#relisten()
    this.#update()
    if (held === null) await leg.start()
    else await this.#moveWhoIsReady()
    this.#update()
  }

  /** Everything that follows from the roster, the legs and what has been agreed. Idempotent. */
  #update(): void {
    const target = this.#target
    if (this.#closed || target === undefined) return
    const roster = this.#options.roster.get()
    if (roster !== null) {
      this.#handover.keep(roster.participants)
      this.#preload(roster.participants.size)
    }
    target.setRoster(roster)
    this.#standby.leg?.setRoster(roster)
    for (const leg of this.#legs) if (leg !== target) leg.setRoster(this.#remaining(leg, roster))
    this.#forgetEmptyLegs()
    this.#choose(roster)
    this.#publish(roster)
    this.#reporter.update(target, roster, this.#visible)
    this.#look()
  }

  #preload(people: number): void {
    if (people >= PRELOAD_PEOPLE) this.#options.preloadSfu()
    else if (people > 1)
      this.#cancelPreload ??= this.#options.clock.after(PRELOAD_MS, this.#options.preloadSfu)
  }

  /** Of those whom a former leg serves: who is still here with the same page, and has not moved with us. */
  #remaining(leg: Leg, roster: Roster | null): Roster | null {
    const target = this.#target
    if (roster === null || target === undefined) return null
    const people = [...leg.people.values()].flatMap(({ id, instanceId }) => {
      const now = roster.participants.get(id)
      if (now === undefined || now.instanceId !== instanceId) return []
      const moved = this.#handover.agreed(id, instanceId, target.transport.epoch)
      return id !== roster.self && moved ? [] : [[id, now] as const]
    })
    return { self: roster.self, participants: new Map(people) }
  }

  #forgetEmptyLegs(): void {
    const self = this.#options.roster.get()?.self
    const serves = (leg: Leg) => leg === this.#target || [...leg.people.keys()].some((id) => id !== self)
    const over = this.#legs.filter((leg) => !serves(leg))
    if (over.length === 0) return
    this.#legs = this.#legs.filter(serves)
    for (const leg of over) void leg.close()
    this.#relisten()
  }

  /** Whoever has no other leg than the target is shown from it at once. */
  #choose(roster: Roster | null): void {
    const target = this.#target
    if (target === undefined) return
    for (const id of [...this.#shown.keys()]) if (!roster?.participants.has(id)) this.#shown.delete(id)
    for (const id of roster?.participants.keys() ?? []) {
      if (id === roster?.self) continue
      const leg = this.#shown.get(id)
      const serves = leg !== undefined && this.#legs.includes(leg) && (leg === target || leg.people.has(id))
      if (!serves) this.#shown.set(id, target)
    }
  }

  #publish(roster: Roster | null): void {
    const participants = new Map<ParticipantId, RemoteMedia>()
    for (const id of roster?.participants.keys() ?? []) {
      if (id === roster?.self) continue
      participants.set(id, this.#shown.get(id)?.state.get().participants.get(id) ?? UNREACHED)
    }
    const before = this.#state.get()
    const runs = before.link === 'running' || this.#legs.some(({ state }) => state.get().link === 'running')
    const limited = this.#target?.state.get().limited ?? false
    const link = runs ? 'running' : 'starting'
    const same = before.link === link && before.limited === limited
    if (same && sameEntries(before.participants, participants)) return
    this.#state.set({ link, limited, participants })
  }

  /** While somebody is shown from a former leg: again and again, whether the target has them by now. */
  #look(): void {
    const target = this.#target
    if (this.#looking || target === undefined || this.#waiting(target).length === 0) return
    this.#looking = true
    this.#cancelLook = this.#options.clock.after(LOOK_MS, () => {
      // The target of now: another order may have come meanwhile.
      void this.#moveWhoIsReady().then(() => {
        this.#looking = false
        this.#update()
      })
    })
  }

  async #moveWhoIsReady(): Promise<void> {
    const target = this.#target
    if (target === undefined) return
    await Promise.all(this.#waiting(target).map((id) => this.#tryToMove(id, target)))
  }

  #waiting(target: Leg): ParticipantId[] {
    return [...this.#shown].flatMap(([id, leg]) => (leg === target ? [] : [id]))
  }

  async #tryToMove(id: ParticipantId, target: Leg): Promise<void> {
    const person = this.#options.roster.get()?.participants.get(id)
    const path = target.state.get().participants.get(id)?.path ?? 'connecting'
    if (person === undefined || path === 'connecting' || path === 'lost') return
    const tracks = target.state.get().participants.get(id)?.tracks ?? {}
    if (this.#shown.get(id)?.abandoned) {
      if (canTakeOver(tracks, person.media)) this.#move(id, person.instanceId, target)
      return
    }
    const [arrivals, stalled] = await Promise.all([target.arrivals(id), this.#isStalled(id)])
    if (this.#closed || this.#target !== target) return
    const now = this.#options.clock.now()
    if (Object.values(arrivals).some(({ count }) => count > 0) && !this.#arrivingSince.has(id)) {
      this.#arrivingSince.set(id, now)
    }
    // From a leg that died nobody waits for a larger picture.
    const waitedMs = stalled ? Number.POSITIVE_INFINITY : now - (this.#arrivingSince.get(id) ?? now)
    if (!isReady(arrivals, person.media, this.#visible.get(id), waitedMs)) return
    this.#move(id, person.instanceId, target)
  }

  #move(id: ParticipantId, instanceId: InstanceId, target: Leg): void {
    this.#shown.set(id, target)
    this.#handover.moved(id, instanceId, target.transport.epoch)
  }

  /** Nothing new of somebody comes over the leg they are shown from. */
  async #isStalled(id: ParticipantId): Promise<boolean> {
    const total = countOf((await this.#shown.get(id)?.arrivals(id)) ?? {})
    const now = this.#options.clock.now()
    const before = this.#flow.get(id)
    if (before?.total !== total) this.#flow.set(id, { total, since: now })
    return before?.total === total && now - before.since >= STALLED_MS
  }

  #sampleLevels(publish: (levels: ReadonlyMap<ParticipantId, number>) => void): () => void {
    let stops: (() => void)[] = []
    const stop = () => {
      for (const end of stops) end()
    }
    const merge = () => {
      const all = [...this.#shown].flatMap(([id, leg]) => {
        const level = leg.levels.get().get(id)
        return level === undefined ? [] : [[id, level] as const]
      })
      const before = this.levels.get()
      const next = new Map(all)
      publish(sameEntries(before, next) ? before : next)
    }
    this.#relisten = () => {
      stop()
      stops = this.#legs.map(({ levels }) => levels.subscribe(merge))
    }
    this.#relisten()
    return () => {
      this.#relisten = () => undefined
      stop()
    }
  }
}

const countOf = (arrivals: Arrivals): number =>
  Object.values(arrivals).reduce((total, { count }) => total + count, 0)
