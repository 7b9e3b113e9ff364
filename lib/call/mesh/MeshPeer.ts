import type { LinkSignal, MediaState } from '#lib/protocol/events.ts'
import type { InstanceId, ParticipantId } from '#lib/protocol/ids.ts'
import type { IceServers } from '../EngineContext.ts'
import {
  type Arrivals,
  type Clock,
  type Path,
  type Quality,
  type RemoteMedia,
  SOURCES,
  type Source,
} from '../ports.ts'
import { arrivalsOf } from '../receiving/arrivals.ts'
import { LipSync } from '../receiving/LipSync.ts'
import { type LinkSample, pathOf, qualityOf, readSample } from '../receiving/linkStats.ts'
import { sameMedia } from '../sameMedia.ts'
import type { OfferedConnection } from './EarlyOffer.ts'
import { type LinkHealth, LinkRecovery } from './LinkRecovery.ts'
import { RenewableLink } from './RenewableLink.ts'
import { SenderLimits } from './SenderLimits.ts'
import type { Budget } from './sendBudget.ts'

export type MeshPeerOptions = {
  readonly id: ParticipantId
  readonly instanceId: InstanceId
  /** The older instance of the pair: it leads where both could. */
  readonly initiates: boolean
  /** The first offer is ours; theirs has come, or comes, otherwise. */
  readonly begins: boolean
  /** They have our offer already. */
  readonly offered: OfferedConnection | null
  readonly media: MediaState
  readonly tracks: ReadonlyMap<Source, MediaStreamTrack>
  readonly budget: Budget
  /** See LipSync. */
  readonly heardLaterMs?: number | undefined
  readonly clock: Clock
  readonly iceServers: IceServers
  readonly createConnection: () => RTCPeerConnection
  readonly streamOf?: ((source: Source) => MediaStream) | undefined
  readonly send: (signal: LinkSignal) => void
  readonly canSignal: () => boolean
  /** Something in `media()` may have changed. */
  readonly onChange: () => void
}

/** A voice or a picture brings packets far more often than this. */
const VERIFY_MS = 1000

/** One other person in the mesh: the link to them, its recovery, and what to show of it. */
export class MeshPeer {
  readonly id: ParticipantId
  readonly instanceId: InstanceId
  readonly #options: MeshPeerOptions
  readonly #link: RenewableLink
  readonly #recovery: LinkRecovery
  readonly #limits: SenderLimits
  readonly #lipSync: LipSync
  #announced: MediaState
  #health: LinkHealth = 'connecting'
  #path: Path = 'connecting'
  #quality: Quality = 'good'
  #sample: LinkSample | null = null
  #samples = 0
  #lastMediaAt = 0
  #shown: RemoteMedia | null = null
  #cancelVerify = (): void => undefined
  #closed = false

  constructor(options: MeshPeerOptions) {
    this.id = options.id
    this.instanceId = options.instanceId
    this.#options = options
    this.#limits = new SenderLimits(options.budget)
    this.#lipSync = new LipSync(options.heardLaterMs)
    this.#announced = options.media
    this.#link = new RenewableLink({
      createConnection: options.createConnection,
      initiates: options.initiates,
      begins: options.begins,
      offered: options.offered,
      tracks: options.tracks,
      clock: options.clock,
      send: options.send,
      streamOf: options.streamOf,
      startBps: () => this.#limits.budget.camera.maxBitrateBps,
      onSender: (source, sender, track) => this.#limits.prepare(source, sender, track),
      onNegotiated: () => this.#negotiated(),
      onConnectionState: (state) => this.#connectionStateChanged(state),
      onRenewed: () => this.#renewed(),
    })
    this.#recovery = new LinkRecovery({
      clock: options.clock,
      leads: options.initiates,
      canSignal: options.canSignal,
      restart: () => void this.#restart(),
      renew: () => void this.#renew(),
      report: (health) => this.#setHealth(health),
    })
  }

  receive(signal: LinkSignal): void {
    void this.#link.receive(signal)
  }

  async setTrack(source: Source, track: MediaStreamTrack | null): Promise<void> {
    await this.#link.setTrack(source, track)
    this.#applyBudget()
  }

  /** What the roster says this person sends. */
  setAnnounced(media: MediaState): void {
    this.#announced = media
  }

  setBudget(budget: Budget): void {
    this.#limits.setBudget(budget)
    this.#applyBudget()
  }

  /**
   * The old path may be dead before ICE notices, or may not be touched at all. A restart can interrupt a path that
   * works (Firefox receives nothing from Chromium for seconds), so first it is seen whether anything still arrives.
   */
  networkChanged(): void {
    if (this.#health === 'connected') void this.#verifyPath()
    else this.#recovery.networkChanged()
  }

  /** Signals of the meantime are lost: an unanswered offer goes out again, a link that is down starts over. */
  signallingRestored(): void {
    if (!this.#recovery.signallingRestored()) this.#link.resend()
  }

  /** The same object as before while nothing has changed. */
  media(): RemoteMedia {
    const next = { path: this.#shownPath(), quality: this.#quality, tracks: this.#liveTracks() }
    if (this.#shown === null || !sameMedia(this.#shown, next)) this.#shown = next
    return this.#shown
  }

  /** 0…1, of the last packet played. */
  level(): number {
    if (!this.#announced.microphone) return 0
    return this.#link.receiver('microphone')?.getSynchronizationSources()[0]?.audioLevel ?? 0
  }

  /** Something we send this person is smaller than it could be, for want of uplink or processor. */
  get limited(): boolean {
    return this.#sample?.limited ?? false
  }

  arrivals(): Promise<Arrivals> {
    return arrivalsOf((source) => this.#link.receiver(source))
  }

  /** One getStats for path and quality, and for how long a picture waits for its sound. */
  async measure(): Promise<void> {
    if (this.#closed || this.#health !== 'connected') return
    const report = await this.#link.getStats().catch(() => null)
    if (this.#closed || report === null) return
    this.#lipSync.follow((source) => this.#link.receiver(source), report)
    const sample = readSample(report)
    const before = this.#sample
    this.#sample = sample
    if (before === null || sample.bytesReceived > before.bytesReceived) this.#lastMediaAt = sample.at
    this.#path = pathOf(sample)
    this.#samples += 1
    // The first interval after connecting holds the start of the picture, which says nothing of the path.
    if (before !== null && this.#samples > 2) {
      const { microphone, camera, screen } = this.#announced
      const expected = {
        anything: microphone || camera || screen,
        framesPerSecond: camera ? this.#limits.budget.camera.framesPerSecond : null,
      }
      this.#quality = qualityOf(before, sample, expected, this.#lastMediaAt)
      if (this.#quality === 'lost') this.#recovery.mediaSilent()
    }
    this.#options.onChange()
  }

  close(): void {
    this.#closed = true
    this.#cancelVerify()
    this.#recovery.close()
    this.#link.close()
  }

  async #verifyPath(): Promise<void> {
    const before = await this.#bytesReceived()
    this.#cancelVerify()
    this.#cancelVerify = this.#options.clock.after(VERIFY_MS, () => {
      void this.#bytesReceived().then((after) => {
        if (!this.#closed && after <= before) this.#recovery.networkChanged()
      })
    })
    if (this.#closed) this.#cancelVerify()
  }

  async #bytesReceived(): Promise<number> {
    const report = await this.#link.getStats().catch(() => null)
    return report === null ? 0 : readSample(report).bytesReceived
  }

  #negotiated(): void {
    this.#recovery.negotiated()
    this.#applyBudget()
    this.#options.onChange()
  }

  #connectionStateChanged(state: RTCPeerConnectionState): void {
    if (state === 'failed' && this.#link.reachesPeer) this.#recovery.broken()
    else this.#recovery.connectionState(state)
  }

  /** Nothing of the former connection says anything of this one. */
  #renewed(): void {
    this.#sample = null
    this.#samples = 0
    this.#path = 'connecting'
    this.#recovery.renewed()
    this.#options.onChange()
  }

  #setHealth(health: LinkHealth): void {
    this.#health = health
    this.#options.onChange()
    if (health === 'connected') void this.measure()
  }

  #shownPath(): Path {
    if (this.#health === 'lost') return 'lost'
    return this.#path
  }

  #liveTracks(): RemoteMedia['tracks'] {
    const tracks: Partial<Record<Source, MediaStreamTrack>> = {}
    if (!this.#link.negotiated) return tracks
    for (const source of SOURCES) {
      const on = source === 'screenAudio' ? this.#announced.screen : this.#announced[source]
      const track = this.#link.receiver(source)?.track
      if (on && track !== undefined) tracks[source] = track
    }
    return tracks
  }

  async #renew(): Promise<void> {
    await this.#options.iceServers.refresh()
    if (!this.#closed) this.#link.renew()
  }

  async #restart(): Promise<void> {
    const servers = await this.#options.iceServers.refresh()
    if (!this.#closed) this.#link.restart(servers.map(toBrowser))
  }

  #applyBudget(): void {
    if (!this.#closed && this.#link.negotiated) this.#limits.apply((source) => this.#link.sender(source))
  }
}

const toBrowser = ({
  urls,
  username,
  credential,
}: {
  urls: string[]
  username?: string
  credential?: string
}) => ({
  urls,
  ...(username === undefined ? {} : { username }),
  ...(credential === undefined ? {} : { credential }),
})
