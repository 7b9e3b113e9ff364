import { isPerson } from '#lib/domain/roster.ts'
import type { LinkSignal, Participant } from '#lib/protocol/events.ts'
import type { InstanceId, ParticipantId } from '#lib/protocol/ids.ts'
import { Scope } from '#lib/scope.ts'
import { Store } from '#lib/store.ts'
import { NO_MEDIA } from '../callState.ts'
import type { MeshContext, Roster } from '../EngineContext.ts'
import { every } from '../every.ts'
import type { Arrivals, Clock, EngineState, MediaEngine, RemoteMedia, Source, TileSize } from '../ports.ts'
import { SampledStore } from '../SampledStore.ts'
import { sameEntries } from '../sameEntries.ts'
import type { EarlyOffer } from './EarlyOffer.ts'
import { EarlySignals } from './EarlySignals.ts'
import { MeshPeer } from './MeshPeer.ts'
import { type Budget, filmedBudget, sendBudget } from './sendBudget.ts'

export type MeshEngineOptions = MeshContext & {
  readonly clock: Clock
  readonly createConnection: (servers: ReturnType<MeshContext['iceServers']['current']>) => RTCPeerConnection
  readonly streamOf?: ((source: Source) => MediaStream) | undefined
  /** Made before anybody's link: whoever was given it is not waited for. */
  readonly earlyOffer?: Pick<EarlyOffer, 'take'> | null
  /** See LipSync. */
  readonly heardLaterMs?: number | undefined
  /** The device has moved to another network. */
  readonly onNetworkChange: (listener: () => void) => () => void
}

const STATS_INTERVAL_MS = 2000
const LEVEL_INTERVAL_MS = 100
const UNREACHED: RemoteMedia = { path: 'lost', quality: 'lost', tracks: {} }

/**
 * Everybody sends to everybody. One MeshPeer per instance in the roster; of a pair the instance that came in first
 * makes the offer as soon as it hears of the other, unless the other's came before that news. A person whose signalling is away keeps their link.
 */
export class MeshEngine implements MediaEngine {
  readonly kind = 'mesh'
  readonly #options: MeshEngineOptions
  readonly #state = new Store<EngineState>(NO_MEDIA)
  readonly state = this.#state
  readonly levels = new SampledStore<ReadonlyMap<ParticipantId, number>>(new Map(), (publish) =>
    every(this.#options.clock, LEVEL_INTERVAL_MS, () => publish(this.#measureLevels())),
  )
  readonly #peers = new Map<ParticipantId, MeshPeer>()
  readonly #tracks = new Map<Source, MediaStreamTrack>()
  readonly #early = new EarlySignals()
  readonly #scope = new Scope()
  #self: ParticipantId | null = null
  #budget: Budget = sendBudget(1, false)

  constructor(options: MeshEngineOptions) {
    this.#options = options
  }

  async start(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    if (this.#state.get().link !== 'idle') return
    const { clock, roster, signals, onNetworkChange } = this.#options
    this.#state.update((state) => ({ ...state, link: 'running' }))
    this.#scope.add(roster.subscribe(() => this.#reconcile()))
    this.#scope.add(signals.onReceived((from, instance, message) => this.#receive(from, instance, message)))
    this.#scope.add(signals.onRestored(() => this.#forEach((peer) => peer.signallingRestored())))
    this.#scope.add(onNetworkChange(() => this.#forEach((peer) => peer.networkChanged())))
    this.#scope.add(every(clock, STATS_INTERVAL_MS, () => this.#forEach((peer) => void peer.measure())))
    this.#reconcile()
  }

  async setTrack(source: Source, track: MediaStreamTrack | null): Promise<void> {
    if (track === null) this.#tracks.delete(source)
    else this.#tracks.set(source, track)
    this.#updateBudget()
    await Promise.all([...this.#peers.values()].map((peer) => peer.setTrack(source, track)))
  }

  /** A mesh sender knows nothing of the receivers' screens: sizes follow the number of people (sendBudget). */
  setVisible(_sizes: ReadonlyMap<ParticipantId, TileSize>): void {}

  async arrivals(id: ParticipantId): Promise<Arrivals> {
    return (await this.#peers.get(id)?.arrivals()) ?? {}
  }

  async close(): Promise<void> {
    if (this.#state.get().link === 'closed') return
    this.#scope.end()
    this.levels.close()
    this.#forEach((peer) => peer.close())
    this.#peers.clear()
    this.#state.set({ ...NO_MEDIA, link: 'closed' })
  }

  #reconcile(): void {
    const roster = this.#options.roster.get()
    // Another seat than before: the others know us as somebody new, and so do we them.
    if (roster === null || roster.self !== this.#self) this.#drop([...this.#peers.keys()])
    this.#self = roster?.self ?? null
    if (roster !== null) {
      this.#drop([...this.#peers.keys()].filter((id) => !roster.participants.has(id)))
      this.#updateBudget(roster)
      for (const participant of roster.participants.values()) {
        if (participant.id !== roster.self) this.#reconcilePeer(roster, participant)
      }
    }
    this.#publish()
  }

  #reconcilePeer(roster: Roster, participant: Participant): void {
    const known = this.#peers.get(participant.id)
    if (known?.instanceId === participant.instanceId) {
      known.setAnnounced(participant.media)
      return
    }
    if (known !== undefined) this.#drop([participant.id])
    // Somebody who is away cannot answer; their return is news of its own.
    if (participant.connected) this.#connect(roster, participant)
  }

  #connect(roster: Roster, participant: Participant): void {
    const { id, instanceId, instanceSeq, media } = participant
    const { clock, iceServers, signals, createConnection, streamOf, earlyOffer, heardLaterMs } = this.#options
    const ownSeq = roster.participants.get(roster.self)?.instanceSeq ?? Number.POSITIVE_INFINITY
    const initiates = ownSeq < instanceSeq
    const early = this.#early.take(id, instanceId)
    const offered = initiates ? null : (earlyOffer?.take(id) ?? null)
    const peer = new MeshPeer({
      id,
      instanceId,
      initiates,
      begins: initiates ? !early.some(isFirstOffer) : offered !== null,
      offered,
      media,
      tracks: this.#tracks,
      budget: this.#budgetOf(participant),
      clock,
      iceServers,
      createConnection: () => createConnection(iceServers.current()),
      streamOf,
      heardLaterMs,
      send: (signal) => signals.send(id, instanceId, signal),
      canSignal: () => signals.available(),
      onChange: () => this.#publish(),
    })
    this.#peers.set(id, peer)
    // The ways before the description: kept until its answer is on the way, they are taken before anything is drawn.
    for (const signal of early) if (signal.type === 'candidates') peer.receive(signal)
    for (const signal of early) if (signal.type !== 'candidates') peer.receive(signal)
  }

  #receive(from: ParticipantId, instance: InstanceId, signal: LinkSignal): void {
    const peer = this.#peers.get(from)
    if (peer?.instanceId === instance) peer.receive(signal)
    else this.#early.add(from, instance, signal)
  }

  #drop(ids: readonly ParticipantId[]): void {
    for (const id of ids) {
      this.#peers.get(id)?.close()
      this.#peers.delete(id)
    }
  }

  #updateBudget(roster: Roster | null = this.#options.roster.get()): void {
    const others = [...(roster?.participants.values() ?? [])].filter(({ id }) => id !== roster?.self)
    const sharing = this.#tracks.has('screen') || others.some(({ media }) => media.screen)
    this.#budget = sendBudget(others.length, sharing)
    for (const one of others) this.#peers.get(one.id)?.setBudget(this.#budgetOf(one))
  }

  #budgetOf(participant: Participant): Budget {
    return isPerson(participant) ? this.#budget : filmedBudget(this.#budget)
  }

  #publish(): void {
    const roster = this.#options.roster.get()
    const before = this.#state.get()
    if (before.link !== 'running') return
    const participants = new Map<ParticipantId, RemoteMedia>()
    for (const id of roster?.participants.keys() ?? []) {
      if (id !== roster?.self) participants.set(id, this.#peers.get(id)?.media() ?? UNREACHED)
    }
    const limited = [...this.#peers.values()].some((peer) => peer.limited)
    if (limited === before.limited && sameEntries(before.participants, participants)) return
    this.#state.set({ ...before, limited, participants })
  }

  #measureLevels(): ReadonlyMap<ParticipantId, number> {
    const levels = new Map([...this.#peers].map(([id, peer]) => [id, peer.level()]))
    const before = this.levels.get()
    return sameEntries(before, levels) ? before : levels
  }

  #forEach(act: (peer: MeshPeer) => void): void {
    for (const peer of this.#peers.values()) act(peer)
  }
}

const isFirstOffer = (signal: LinkSignal): boolean =>
  signal.type === 'description' && signal.kind === 'offer' && signal.connection === undefined
