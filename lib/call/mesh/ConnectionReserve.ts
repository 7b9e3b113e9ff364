import type { IceServer } from '#lib/protocol/events.ts'

/**
 * One connection made ahead. A browser's first one costs tens of milliseconds (threads, codecs, a certificate, the list
 * of networks, local candidates): they pass while the server is asked for a seat, or while somebody waits alone, not
 * when the other is there.
 */
export class ConnectionReserve {
  readonly #create: (configuration: RTCConfiguration) => RTCPeerConnection
  #spare: RTCPeerConnection | null = null

  constructor(create: (configuration: RTCConfiguration) => RTCPeerConnection) {
    this.#create = create
  }

  /** For who is about to be in, and to be met by somebody: local candidates are looked for already. */
  prepare(): void {
    this.#spare ??= this.#create(configurationOf([]))
  }

  /** For who waits alone, however long that may be: nothing is looked for yet, so nothing of it grows old. */
  hold(): void {
    this.drop()
    this.#spare = this.#create({ ...configurationOf([]), iceCandidatePoolSize: 0 })
  }

  /** The one made ahead, told of these servers, or a new one. It is the caller's to close. */
  take(servers: readonly IceServer[]): RTCPeerConnection {
    const configuration = configurationOf(servers)
    const spare = this.#spare
    this.#spare = null
    if (spare === null) return this.#create(configuration)
    // Possible for as long as it has no description (webrtc-pc §4.4.1.6).
    spare.setConfiguration(configuration)
    return spare
  }

  /** Nobody needed it. */
  drop(): void {
    this.#spare?.close()
    this.#spare = null
  }
}

/**
 * One transport for all media (RFC 8843): fewer candidates to gather, fewer checks, one handshake. Its candidates are
 * looked for at once, not when the descriptions are there.
 */
const configurationOf = (servers: readonly IceServer[]): RTCConfiguration => ({
  bundlePolicy: 'max-bundle',
  iceCandidatePoolSize: 1,
  iceServers: servers.map(({ urls, username, credential }) => ({
    urls,
    ...(username === undefined ? {} : { username }),
    ...(credential === undefined ? {} : { credential }),
  })),
})
