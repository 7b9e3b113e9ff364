import type { IceServer } from '#lib/protocol/events.ts'

type Create = (servers: readonly IceServer[]) => RTCPeerConnection
type Spare = { readonly connection: RTCPeerConnection; readonly servers: string }

/**
 * One connection made ahead. A browser's first one costs tens of milliseconds (threads, a certificate, the list of
 * networks, local candidates): they pass while the server is asked for a seat, not after its answer.
 */
export class ConnectionReserve {
  readonly #create: Create
  #spare: Spare | null = null

  constructor(create: Create) {
    this.#create = create
  }

  /** Makes one ready for these servers; nothing when there is one. */
  prepare(servers: readonly IceServer[]): void {
    this.#spare ??= { connection: this.#create(servers), servers: JSON.stringify(servers) }
  }

  /** The one made ahead when it was made for these servers, a new one otherwise. It is the caller's to close. */
  take(servers: readonly IceServer[]): RTCPeerConnection {
    const spare = this.#spare
    this.#spare = null
    if (spare?.servers === JSON.stringify(servers)) return spare.connection
    spare?.connection.close()
    return this.#create(servers)
  }

  /** Nobody needed it: its candidates grow old. */
  drop(): void {
    this.#spare?.connection.close()
    this.#spare = null
  }
}
