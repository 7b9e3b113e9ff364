import type { Participant } from '#lib/protocol/events.ts'
import type { ParticipantId } from '#lib/protocol/ids.ts'
import { Scope } from '#lib/scope.ts'
import { Store } from '#lib/store.ts'
import { NO_MEDIA } from '../callState.ts'
import type { SfuContext } from '../EngineContext.ts'
import { every } from '../every.ts'
import type { Arrivals, Clock, EngineState, MediaEngine, RemoteMedia, Source, TileSize } from '../ports.ts'
import { readSample } from '../receiving/linkStats.ts'
import { SampledStore } from '../SampledStore.ts'
import { sameEntries } from '../sameEntries.ts'
import { PictureDemand } from './PictureDemand.ts'
import { SfuConnection } from './SfuConnection.ts'
import { SfuPeer } from './SfuPeer.ts'
import type { SfuClient } from './SfuRoom.ts'

export type SfuEngineOptions = SfuContext & {
  readonly clock: Clock
  readonly loadClient: () => Promise<SfuClient>
  /** Where a pass's path leads, as a WebSocket's address. */
  readonly createUrl: (path: string) => string
  /** Pixels of the screen per CSS pixel. */
  readonly pixelRatio: () => number
  /** See LipSync. */
  readonly heardLaterMs?: number | undefined
}

const STATS_INTERVAL_MS = 2000
/** Each look costs a getStats of everybody whose microphone is on. */
const LEVEL_INTERVAL_MS = 150

/**
 * Everybody sends to the SFU, which sends on what each can use. Of the people in its room only those count whom the
 * roster names with the same page load; whoever else is there, is not shown.
 */
export class SfuEngine implements MediaEngine {
  readonly kind = 'sfu'
  readonly #options: SfuEngineOptions
  readonly #state = new Store<EngineState>(NO_MEDIA)
  readonly state = this.#state
  readonly levels = new SampledStore<ReadonlyMap<ParticipantId, number>>(new Map(), (publish) =>
    this.#watchLevels(publish),
  )
  readonly #connection: SfuConnection
  readonly #demand: PictureDemand
  readonly #peers = new Map<ParticipantId, SfuPeer>()
  readonly #scope = new Scope()
  #starting: Promise<void> | null = null
  #microphoneOn = false
  #limited = false

  constructor(options: SfuEngineOptions) {
    this.#options = options
    this.#connection = new SfuConnection({
      ...options,
      onChange: () => this.#reconcile(),
      onLost: () => this.#setLink('starting'),
      onReturned: () => this.#setLink('running'),
      onGone: () => this.#gone(),
    })
    this.#demand = new PictureDemand({ ...options, onChange: () => this.#forEach((peer) => peer.demand()) })
  }

  /** @throws AppError when the SFU's room cannot be entered */
  async start(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    if (this.#state.get().link === 'closed') return
    this.#starting ??= this.#begin(signal)
    await this.#starting
  }

  async setTrack(source: Source, track: MediaStreamTrack | null): Promise<void> {
    await this.#connection.send(source, track)
  }

  setVisible(sizes: ReadonlyMap<ParticipantId, TileSize>): void {
    this.#demand.set(sizes)
    this.#forEach((peer) => peer.demand())
  }

  async arrivals(id: ParticipantId): Promise<Arrivals> {
    return (await this.#peers.get(id)?.arrivals()) ?? {}
  }

  async close(): Promise<void> {
    if (this.#state.get().link === 'closed') return
    this.#end()
    this.#state.set({ ...NO_MEDIA, link: 'closed' })
    await this.#connection.close()
  }

  async #begin(signal: AbortSignal | undefined): Promise<void> {
    const { clock, roster } = this.#options
    const abort = () => void this.close()
    this.#setLink('starting')
    this.#scope.add(roster.subscribe(() => this.#reconcile()))
    this.#scope.add(every(clock, STATS_INTERVAL_MS, () => void this.#measure()))
    signal?.addEventListener('abort', abort, { once: true })
    try {
      await this.#connection.open()
      this.#setLink('running')
    } catch (error) {
      signal?.throwIfAborted()
      this.#gone()
      throw error
    } finally {
      signal?.removeEventListener('abort', abort)
    }
  }

  #reconcile(): void {
    if (this.#scope.ended) return
    const { heardLaterMs } = this.#options
    const roster = this.#options.roster.get()
    const others = [...(roster?.participants.values() ?? [])].filter(({ id }) => id !== roster?.self)
    const members = this.#connection.room?.members()
    const present = new Set(others.map(({ id }) => id))
    for (const id of [...this.#peers.keys()]) if (!present.has(id)) this.#peers.delete(id)
    for (const participant of others) {
      const peer = this.#peers.get(participant.id) ?? new SfuPeer(participant, this.#demand, heardLaterMs)
      this.#peers.set(participant.id, peer)
      peer.update(participant, members?.get(identityOf(participant)) ?? null)
    }
    this.#unmute(roster?.participants.get(roster.self)?.media.microphone ?? false)
    this.#publish()
  }

  /** A host's wish for silence is kept by the SFU as well; turning the microphone on again is ours to say. */
  #unmute(microphoneOn: boolean): void {
    if (microphoneOn && !this.#microphoneOn)
      void this.#connection.room?.unmute('microphone').catch(() => undefined)
    this.#microphoneOn = microphoneOn
  }

  async #measure(): Promise<void> {
    const room = this.#connection.room
    if (room === null) return
    void this.#connection.retryFailed()
    const [reports] = await Promise.all([
      room.sendReports(),
      ...[...this.#peers.values()].map((peer) => peer.measure()),
    ])
    this.#limited = reports.some((report) => readSample(report).limited)
    this.#publish()
  }

  #publish(): void {
    const before = this.#state.get()
    if (this.#scope.ended) return
    const participants = new Map<ParticipantId, RemoteMedia>()
    for (const [id, peer] of this.#peers) participants.set(id, peer.media())
    if (this.#limited === before.limited && sameEntries(before.participants, participants)) return
    this.#state.set({ ...before, limited: this.#limited, participants })
  }

  #setLink(link: 'starting' | 'running'): void {
    if (this.#scope.ended) return
    this.#state.update((state) => ({ ...state, link }))
    this.#reconcile()
  }

  #gone(): void {
    if (this.#scope.ended) return
    this.#end()
    this.#state.set({ ...NO_MEDIA, link: 'lost' })
    void this.#connection.close()
  }

  #end(): void {
    this.#scope.end()
    this.levels.close()
    this.#demand.close()
    this.#peers.clear()
  }

  #watchLevels(publish: (levels: ReadonlyMap<ParticipantId, number>) => void): () => void {
    let watching = true
    let looking = false
    const stop = every(this.#options.clock, LEVEL_INTERVAL_MS, async () => {
      // On a busy machine a look takes longer than that, and looks that wait for each other would make it busier.
      if (looking) return
      looking = true
      const peers = [...this.#peers].map(async ([id, peer]) => [id, await peer.level()] as const)
      const levels = new Map(await Promise.all(peers))
      looking = false
      if (watching && !sameEntries(this.levels.get(), levels)) publish(levels)
    })
    return () => {
      watching = false
      stop()
    }
  }

  #forEach(act: (peer: SfuPeer) => void): void {
    for (const peer of this.#peers.values()) act(peer)
  }
}

/** As the server names us in its tokens: a seat and a page load. */
const identityOf = ({ id, instanceId }: Participant): string => `${id}.${instanceId}`
