import type { IceCandidate, JoinOffer } from '#lib/protocol/events.ts'
import type { ParticipantId } from '#lib/protocol/ids.ts'
import type { Clock, Source } from '../ports.ts'
import { wireCandidate } from './SignalOutbox.ts'
import { addTransceivers, type TransceiverOptions } from './transceivers.ts'

export type EarlyOfferOptions = Pick<TransceiverOptions, 'streamOf'> & {
  readonly clock: Pick<Clock, 'after'>
  readonly createConnection: () => RTCPeerConnection
}

/** A connection whose offer the other side has, and what it has found since. */
export type OfferedConnection = {
  readonly connection: RTCPeerConnection
  readonly candidates: readonly IceCandidate[]
}

/** A device's own addresses are found together, and soon after the description; whatever else there is may follow. */
const FIRST_MS = 30
const OTHERS_MS = 3
/** The contract's bounds. */
const MAX_SDP = 32_000
const MAX_CANDIDATES = 16

/**
 * The offer that goes with the request to join, made before it is known to whom: whoever is there can answer at once,
 * and looks for a way to us a round trip earlier than if they had to offer (decision 20). Candidates travel beside the
 * description, not in it: the other side takes them when its answer is on its way, so that no check comes before it.
 */
export class EarlyOffer {
  readonly #options: EarlyOfferOptions
  readonly #tracks = new Map<Source, MediaStreamTrack>()
  #connection: RTCPeerConnection | null = null
  #found: IceCandidate[] = []
  #to: ParticipantId | null = null

  constructor(options: EarlyOfferOptions) {
    this.#options = options
  }

  /** What is on when the offer is made goes with it. */
  setTrack(source: Source, track: MediaStreamTrack | null): void {
    if (track === null) this.#tracks.delete(source)
    else this.#tracks.set(source, track)
  }

  /** @returns null when there is none to be had; joining goes on without it */
  async make(): Promise<JoinOffer | null> {
    this.drop()
    let connection: RTCPeerConnection | null = null
    try {
      connection = this.#options.createConnection()
      this.#connection = connection
      const sdp = await this.#describe(connection)
      if (this.#connection === connection && sdp.length <= MAX_SDP)
        return { sdp, candidates: this.#takeFound(MAX_CANDIDATES) }
    } catch {
      // A browser without what it takes says so when the links are made.
    }
    // Another one may have been asked for meanwhile.
    if (this.#connection === connection) this.drop()
    return null
  }

  /** The server has given it to them; null: to nobody, and it is over. */
  givenTo(participant: ParticipantId | null): void {
    if (participant === null) this.drop()
    else this.#to = participant
  }

  /** For who was given the offer, once: the connection is the caller's to close from then on. */
  take(participant: ParticipantId): OfferedConnection | null {
    const connection = this.#connection
    if (connection === null || this.#to !== participant) return null
    const candidates = this.#takeFound()
    this.#forget()
    return { connection, candidates }
  }

  /** Nobody answers it. */
  drop(): void {
    const connection = this.#connection
    this.#forget()
    connection?.close()
  }

  async #describe(connection: RTCPeerConnection): Promise<string> {
    const { clock, streamOf } = this.#options
    const gathered = new Promise<void>((resolve) => {
      connection.onicecandidate = ({ candidate }) => {
        const found = wireCandidate(candidate)
        if (found !== null && this.#found.push(found) === 1) clock.after(OTHERS_MS, resolve)
      }
    })
    addTransceivers(connection, { tracks: this.#tracks, streamOf })
    await connection.setLocalDescription()
    await Promise.race([gathered, new Promise<void>((resolve) => void clock.after(FIRST_MS, resolve))])
    if (connection.localDescription === null) throw new Error('closed before it was described')
    return withoutCandidates(connection.localDescription.sdp)
  }

  #takeFound(most = Number.POSITIVE_INFINITY): IceCandidate[] {
    return this.#found.splice(0, most)
  }

  #forget(): void {
    if (this.#connection !== null) this.#connection.onicecandidate = null
    this.#connection = null
    this.#found = []
    this.#to = null
  }
}

/** Those found meanwhile stand in the description as well (RFC 8829 §4.1.16). */
const withoutCandidates = (sdp: string): string =>
  sdp.replace(/^a=(?:candidate:.*|end-of-candidates)\r\n/gm, '')
