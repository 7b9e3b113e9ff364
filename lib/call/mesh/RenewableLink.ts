import type { LinkSignal } from '#lib/protocol/events.ts'
import type { Source } from '../ports.ts'
import { PeerLink, type PeerLinkOptions } from './PeerLink.ts'

export type RenewableLinkOptions = PeerLinkOptions & {
  /** Of the first connection. As `initiates` unless the newer instance's offer came with its request to join. */
  readonly begins?: boolean
  /** Another connection has taken the former one's place, by our wish or the peer's. */
  readonly onRenewed: () => void
}

/**
 * The way to one instance of one participant, over one connection after another. An ICE restart keeps the connection
 * with its DTLS association (RFC 8842 §4), so what is broken there, or in the browser around it, only a new connection
 * mends. The pair counts its connections; whoever begins one makes its offer, and the other follows.
 */
export class RenewableLink {
  readonly #options: RenewableLinkOptions
  readonly #tracks: Map<Source, MediaStreamTrack>
  #number = 0
  /** We made the offer of this connection. */
  #began: boolean
  #link: PeerLink
  #closed = false

  constructor(options: RenewableLinkOptions) {
    this.#options = options
    this.#tracks = new Map(options.tracks)
    this.#began = options.begins ?? options.initiates
    this.#link = this.#connect(options.offered)
  }

  sender(source: Source): RTCRtpSender | undefined {
    return this.#link.sender(source)
  }

  receiver(source: Source): RTCRtpReceiver | undefined {
    return this.#link.receiver(source)
  }

  get negotiated(): boolean {
    return this.#link.negotiated
  }

  get reachesPeer(): boolean {
    return this.#link.reachesPeer
  }

  getStats(): Promise<RTCStatsReport> {
    return this.#link.getStats()
  }

  async setTrack(source: Source, track: MediaStreamTrack | null): Promise<void> {
    if (track === null) this.#tracks.delete(source)
    else this.#tracks.set(source, track)
    await this.#link.setTrack(source, track)
  }

  /** A former connection's signals are late news; a later one's begin with its offer. */
  async receive(signal: LinkSignal): Promise<void> {
    const number = signal.connection ?? 0
    if (this.#closed) return
    if (number < this.#number) {
      // They have not heard of this connection: they were away when it was offered.
      if (isOffer(signal)) this.#link.resend()
      return
    }
    if (isOffer(signal) && this.#begunByPeer(number)) this.#replace(number, false)
    if (number === this.#number) await this.#link.receive(signal)
  }

  restart(iceServers?: readonly RTCIceServer[]): void {
    if (this.#link.dead) this.renew()
    else this.#link.restart(iceServers)
  }

  resend(): void {
    this.#link.resend()
  }

  /** Begins another connection; the present one is closed. */
  renew(): void {
    if (!this.#closed) this.#replace(this.#number + 1, true)
  }

  close(): void {
    this.#closed = true
    this.#link.close()
  }

  /** Of two who began the same connection, the older instance did. */
  #begunByPeer(number: number): boolean {
    if (number > this.#number) return true
    return number === this.#number && this.#began && !this.#options.initiates && !this.#link.negotiated
  }

  #replace(number: number, begins: boolean): void {
    this.#link.close()
    this.#number = number
    this.#began = begins
    this.#link = this.#connect()
    this.#options.onRenewed()
  }

  #connect(offered: PeerLinkOptions['offered'] = null): PeerLink {
    const number = this.#number
    return new PeerLink({
      ...this.#options,
      offered,
      initiates: this.#began,
      tracks: this.#tracks,
      send: (signal) => this.#options.send(number === 0 ? signal : { ...signal, connection: number }),
    })
  }
}

const isOffer = (signal: LinkSignal): boolean => signal.type === 'description' && signal.kind === 'offer'
