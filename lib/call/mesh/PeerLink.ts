import type { IceCandidate, LinkSignal } from '#lib/protocol/events.ts'
import { SerialQueue } from '#lib/queue.ts'
import { type Clock, SOURCES, type Source } from '../ports.ts'
import type { OfferedConnection } from './EarlyOffer.ts'
import { SignalOutbox, wireCandidate } from './SignalOutbox.ts'
import { withStartBitrate } from './startBitrate.ts'
import { addTransceivers, kindOf, type TransceiverOptions } from './transceivers.ts'

export type PeerLinkOptions = TransceiverOptions & {
  readonly createConnection: () => RTCPeerConnection
  /** The peer has this one's offer already, as ours. */
  readonly offered?: OfferedConnection | null
  /** It makes the first offer, and in a collision its offer stands. */
  readonly initiates: boolean
  readonly clock: Clock
  /** With how many bits per second sending begins. */
  readonly startBps: () => number
  readonly send: (signal: LinkSignal) => void
  /** A sender that no description names yet, and the track that it has or is about to have. */
  readonly onSender: (source: Source, sender: RTCRtpSender, track: MediaStreamTrack) => void
  /** Senders and receivers exist, or media may flow in a new way: after each completed negotiation. */
  readonly onNegotiated: () => void
  readonly onConnectionState: (state: RTCPeerConnectionState) => void
}

/**
 * One connection to one instance of one participant: perfect negotiation (W3C webrtc-pc §10.7) and nothing else.
 * Four transceivers in fixed order, made once by the initiator and adopted by the other, carry every source; tracks
 * come and go by replaceTrack, so the only later negotiations are ICE restarts, and those may collide.
 */
export class PeerLink {
  readonly #options: PeerLinkOptions
  readonly #connection: RTCPeerConnection
  readonly #polite: boolean
  readonly #outbox: SignalOutbox
  readonly #incoming = new SerialQueue()
  readonly #tracks: Map<Source, MediaStreamTrack>
  readonly #transceivers = new Map<Source, RTCRtpTransceiver>()
  #early: IceCandidate[] = []
  #startBps: number | null = null
  #makingOffer = false
  #closed = false

  constructor(options: PeerLinkOptions) {
    this.#options = options
    this.#polite = !options.initiates
    this.#tracks = new Map(options.tracks)
    this.#outbox = new SignalOutbox(options.clock, options.send)
    this.#connection = options.offered?.connection ?? options.createConnection()
    this.#connection.onnegotiationneeded = () => void this.#offer()
    this.#connection.onicecandidate = ({ candidate }) => this.#outbox.addCandidate(wireCandidate(candidate))
    this.#connection.onconnectionstatechange = () => {
      if (!this.#closed) options.onConnectionState(this.#connection.connectionState)
    }
    if (options.offered) this.#goOn(options.offered)
    else if (options.initiates) this.#begin()
  }

  /** The browser has closed it, not we; it tells nobody (webrtc-pc §4.4.2 close). */
  get dead(): boolean {
    return !this.#closed && this.#connection.signalingState === 'closed'
  }

  /** ICE has found a way, whatever else is wrong. */
  get reachesPeer(): boolean {
    const { iceConnectionState } = this.#connection
    return iceConnectionState === 'connected' || iceConnectionState === 'completed'
  }

  sender(source: Source): RTCRtpSender | undefined {
    return this.#transceivers.get(source)?.sender
  }

  receiver(source: Source): RTCRtpReceiver | undefined {
    return this.#transceivers.get(source)?.receiver
  }

  /** True once both descriptions are in place, so that receivers' tracks are theirs for good. */
  get negotiated(): boolean {
    return this.#connection.currentRemoteDescription !== null
  }

  getStats(): Promise<RTCStatsReport> {
    return this.#connection.getStats()
  }

  /** Takes effect without negotiation. A link that has closed meanwhile takes no track and says nothing. */
  async setTrack(source: Source, track: MediaStreamTrack | null): Promise<void> {
    if (track === null) this.#tracks.delete(source)
    else this.#tracks.set(source, track)
    await this.#replace(source, track)
  }

  /** Messages of one link are handled one after another: a candidate never overtakes its description. */
  receive(signal: LinkSignal): Promise<void> {
    return this.#incoming.run(() => this.#handle(signal)).catch(() => undefined)
  }

  /**
   * Looks for a new way to the peer, keeping the old one until then. An offer still waiting for its answer is sent
   * again instead: the message was lost, or the peer was away.
   */
  restart(iceServers?: readonly RTCIceServer[]): void {
    if (this.#closed) return
    if (iceServers !== undefined) {
      const configuration = this.#connection.getConfiguration()
      this.#connection.setConfiguration({ ...configuration, iceServers: [...iceServers] })
    }
    if (this.#connection.signalingState === 'have-local-offer') this.#sendDescription()
    else if (this.#transceivers.size > 0) this.#connection.restartIce()
  }

  /** Sends an unanswered offer again; nothing otherwise. */
  resend(): void {
    if (!this.#closed && this.#connection.signalingState === 'have-local-offer') this.#sendDescription()
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#outbox.close()
    this.#connection.onnegotiationneeded = null
    this.#connection.onicecandidate = null
    this.#connection.onconnectionstatechange = null
    this.#connection.close()
  }

  #begin(): void {
    const made = addTransceivers(this.#connection, {
      tracks: this.#tracks,
      streamOf: this.#options.streamOf,
    })
    for (const [source, transceiver] of made) this.#own(source, transceiver)
    // At once: `negotiationneeded` would come a task later, after the page has drawn the newcomer's tile.
    void this.#offer()
  }

  /** From where the offer has been made: tracks may have come and gone since. */
  #goOn({ connection, candidates }: OfferedConnection): void {
    for (const [index, transceiver] of connection.getTransceivers().entries()) {
      const source = SOURCES[index]
      if (source === undefined) continue
      const track = this.#tracks.get(source) ?? null
      this.#own(source, transceiver)
      if (transceiver.sender.track !== track) void this.#replace(source, track)
    }
    for (const candidate of candidates) this.#outbox.addCandidate(candidate)
  }

  #own(source: Source, transceiver: RTCRtpTransceiver): void {
    this.#transceivers.set(source, transceiver)
    const track = this.#tracks.get(source)
    if (track !== undefined) this.#options.onSender(source, transceiver.sender, track)
  }

  /** The other side's transceivers in the order of their m-lines, which is the order in which it made them. */
  #adoptTransceivers(): void {
    if (this.#transceivers.size > 0) return
    const offered = this.#connection.getTransceivers().filter(({ mid }) => mid !== null)
    for (const [index, transceiver] of offered.entries()) {
      const source = SOURCES[index]
      if (source === undefined || transceiver.receiver.track.kind !== kindOf(source)) {
        // Not ours to know: neither sent nor received.
        transceiver.direction = 'inactive'
        continue
      }
      transceiver.direction = 'sendrecv'
      const stream = this.#options.streamOf?.(source)
      if (stream !== undefined) transceiver.sender.setStreams(stream)
      this.#transceivers.set(source, transceiver)
      const track = this.#tracks.get(source)
      if (track === undefined) continue
      this.#options.onSender(source, transceiver.sender, track)
      // Chained before the answer by the connection itself, so the answer need not wait here.
      void this.#replace(source, track)
    }
  }

  async #replace(source: Source, track: MediaStreamTrack | null): Promise<void> {
    if (this.#closed) return
    try {
      await this.#transceivers.get(source)?.sender.replaceTrack(track)
    } catch (error) {
      if (!this.#closed) throw error
    }
  }

  async #offer(): Promise<void> {
    if (this.#closed || this.#makingOffer) return
    this.#makingOffer = true
    try {
      await this.#connection.setLocalDescription()
      this.#sendDescription()
    } catch {
      // Overtaken by the other side's offer or by close; the connection asks again when it still needs to.
    } finally {
      this.#makingOffer = false
    }
  }

  #sendDescription(): void {
    const description = this.#connection.localDescription
    if (this.#closed || description === null) return
    if (description.type !== 'offer' && description.type !== 'answer') return
    this.#outbox.send({ type: 'description', kind: description.type, sdp: description.sdp })
  }

  async #handle(signal: LinkSignal): Promise<void> {
    if (this.#closed) return
    if (signal.type === 'candidates') await this.#addCandidates(signal.candidates)
    else if (signal.kind === 'offer') await this.#answer(signal.sdp)
    else await this.#acceptAnswer(signal.sdp)
  }

  async #answer(sdp: string): Promise<void> {
    const collision = this.#makingOffer || this.#connection.signalingState !== 'stable'
    // Both offered at once: the polite side's offer gives way (implicit rollback), the other's stands.
    if (collision && !this.#polite) return
    await this.#connection.setRemoteDescription({ type: 'offer', sdp: this.#heard(sdp) })
    if (this.#closed) return
    this.#adoptTransceivers()
    await this.#connection.setLocalDescription()
    this.#sendDescription()
    const ways = this.#flushEarly()
    this.#options.onNegotiated()
    await ways
  }

  async #acceptAnswer(sdp: string): Promise<void> {
    if (this.#connection.signalingState !== 'have-local-offer' || this.#answersFormerOffer(sdp)) return
    await this.#connection.setRemoteDescription({ type: 'answer', sdp: this.#heard(sdp) })
    if (this.#closed) return
    const ways = this.#flushEarly()
    this.#options.onNegotiated()
    await ways
  }

  /** The same bits in each of a connection's descriptions: others would make the browser begin anew with its estimate. */
  #heard(sdp: string): string {
    this.#startBps ??= this.#options.startBps()
    return withStartBitrate(sdp, this.#startBps)
  }

  /**
   * An offer that was sent twice is answered twice. The second answer can arrive while a restart's offer waits for its
   * own, and would be taken for it: but an answer to a restart has new ICE credentials (RFC 8839 §4.4.1.1).
   */
  #answersFormerOffer(sdp: string): boolean {
    const { currentLocalDescription, currentRemoteDescription, localDescription } = this.#connection
    if (currentRemoteDescription === null || currentLocalDescription === null) return false
    const restarting = iceUfrag(localDescription?.sdp) !== iceUfrag(currentLocalDescription.sdp)
    return restarting && iceUfrag(sdp) === iceUfrag(currentRemoteDescription.sdp)
  }

  async #addCandidates(candidates: readonly IceCandidate[]): Promise<void> {
    if (this.#connection.remoteDescription === null) {
      // Bounded: a peer that only ever sends candidates must not fill our memory.
      this.#early = [...this.#early, ...candidates].slice(-MAX_EARLY_CANDIDATES)
      return
    }
    // The connection chains them itself. One that belongs to an offer we ignored, or that is nonsense, costs that one
    // path only.
    await Promise.all(
      candidates.map((candidate) => this.#connection.addIceCandidate(candidate).catch(() => undefined)),
    )
  }

  async #flushEarly(): Promise<void> {
    const early = this.#early
    this.#early = []
    if (early.length > 0) await this.#addCandidates(early)
  }
}

const MAX_EARLY_CANDIDATES = 128

const iceUfrag = (sdp: string | undefined): string | undefined => /^a=ice-ufrag:(\S+)/m.exec(sdp ?? '')?.[1]
