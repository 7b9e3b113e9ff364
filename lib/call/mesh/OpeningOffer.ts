import type { InstanceId, ParticipantId } from '#lib/protocol/ids.ts'
import type { Clock, OpeningOffers, Source } from '../ports.ts'
import { addTransceivers } from './transceivers.ts'

/** A connection whose offer is with somebody already. */
export type MadeOffer = {
  readonly connection: RTCPeerConnection
  readonly transceivers: ReadonlyMap<Source, RTCRtpTransceiver>
  /** Found after the offer had gone: the other side does not know them. */
  readonly late: readonly RTCIceCandidate[]
}

export type OpeningOfferOptions = {
  /** Without ICE servers and without a pool of candidates: nobody is asked for anything before there is a seat. */
  readonly createConnection: () => RTCPeerConnection
  readonly streamOf?: ((source: Source) => MediaStream) | undefined
  readonly clock: Clock
}

type Receiver = { readonly id: ParticipantId; readonly instanceId: InstanceId }
type Making = {
  readonly made: MadeOffer & { late: RTCIceCandidate[] }
  readonly description: Promise<RTCSessionDescriptionInit>
  asked: boolean
  receiver: Receiver | null
}

/** The addresses of one machine are found together. */
const TOGETHER_MS = 2
/** A browser that finds no address by then goes without; what it finds later is sent later. */
const LONGEST_MS = 50
/** How long the engine has to take it once we are in. */
const UNUSED_MS = 1000

/**
 * One connection whose offer, with this machine's addresses, travels in the request for a seat: the server hands it to
 * one of those who are here, and their answer comes with our seat. The classic way, in which they hear of us and offer,
 * is a round trip longer. A connection without a local description gathers nothing and sends nothing (RFC 8829 §3.5.1):
 * so far it may be prepared in the green room. Addresses are looked for when the person has asked to join (ME-1).
 */
export class OpeningOffer implements OpeningOffers {
  readonly #options: OpeningOfferOptions
  #making: Making | null = null

  constructor(options: OpeningOfferOptions) {
    this.#options = options
  }

  prepare(): void {
    this.#making ??= this.#prepared()
  }

  async make(): Promise<string | null> {
    if (this.#making?.asked) this.#drop()
    const making = this.#making ?? this.#prepared()
    this.#making = making
    making.asked = true
    const { clock } = this.#options
    const { connection } = making.made
    const found = new Promise<void>((done) => {
      clock.after(LONGEST_MS, done)
      connection.onicecandidate = () => void clock.after(TOGETHER_MS, done)
    })
    try {
      await connection.setLocalDescription(await making.description)
      await found
    } catch {
      if (this.#making === making) this.#drop()
      return null
    }
    if (this.#making !== making) return null
    connection.onicecandidate = ({ candidate }) => {
      if (candidate !== null) making.made.late.push(candidate)
    }
    return connection.localDescription?.sdp ?? null
  }

  settle(receiver: Receiver | null): void {
    const making = this.#making
    if (receiver === null || making === null) {
      this.#drop()
      return
    }
    making.receiver = receiver
    // The order may be another transport by now, or that person another page.
    this.#options.clock.after(UNUSED_MS, () => {
      if (this.#making === making) this.#drop()
    })
  }

  /** The connection whose offer this very page of that person has. It is the caller's to close. */
  take(id: ParticipantId, instanceId: InstanceId): MadeOffer | null {
    const making = this.#making
    if (making?.receiver?.id !== id || making.receiver.instanceId !== instanceId) return null
    this.#making = null
    return making.made
  }

  #prepared(): Making {
    const { createConnection, streamOf } = this.#options
    const connection = createConnection()
    const transceivers = addTransceivers(connection, new Map(), streamOf)
    const description = connection.createOffer()
    // Told to whoever waits for it; nobody may.
    description.catch(() => undefined)
    return { made: { connection, transceivers, late: [] }, description, asked: false, receiver: null }
  }

  #drop(): void {
    this.#making?.made.connection.close()
    this.#making = null
  }
}
