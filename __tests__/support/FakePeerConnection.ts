import { SerialQueue } from '#lib/queue.ts'

type Description = { type: 'offer' | 'answer'; sdp: string }
type FakeTrack = { id: string; kind: string; getSettings(): { width: number; height: number } }

/** What fake connections share: which ICE credentials belong to whom, and whether packets get through. */
export class FakeNetwork {
  readonly byUfrag = new Map<string, FakePeerConnection>()
  up = true
  /** ms, for statistics. */
  now = (): number => 0
  #counter = 0

  name(prefix: string): string {
    this.#counter += 1
    return `${prefix}${this.#counter}`
  }

  connection = (): RTCPeerConnection => new FakePeerConnection(this) as unknown as RTCPeerConnection
}

export const fakeTrack = (kind: 'audio' | 'video', id: string): MediaStreamTrack =>
  ({ id, kind, getSettings: () => ({ width: 1280, height: 720 }) }) as unknown as MediaStreamTrack

/** Every packet of sound waits in the receiver for so long. */
export const HELD_MS = 60
/** ms that it is heard later than that in the page of every engine of the tests. */
export const HEARD_LATER_MS = 15

/** What an inbound-rtp says of that. */
export const heldSound = ({ id, kind }: Pick<MediaStreamTrack, 'id' | 'kind'>, packets: number) => ({
  id,
  type: 'inbound-rtp',
  timestamp: 0,
  trackIdentifier: id,
  jitterBufferDelay: kind === 'audio' ? (packets * HELD_MS) / 1000 : 0,
  jitterBufferEmittedCount: packets,
})

const VIDEO = 'm=video 9 UDP/TLS/RTP/SAVPF 96\na=rtpmap:96 VP8/90000\n'
const ufragOf = (sdp: string): string => /^a=ice-ufrag:(\S+)/m.exec(sdp)?.[1] ?? ''
const kindsOf = (sdp: string): string[] => (/^kinds=(.*)$/m.exec(sdp)?.[1] ?? '').split(',').filter(Boolean)

class FakeTransceiver {
  mid: string | null = null
  direction = 'recvonly'
  readonly receiver: {
    track: FakeTrack
    jitterBufferTarget: number | null
    getSynchronizationSources(): { audioLevel: number }[]
    getStats(): Promise<Map<string, object>>
  }
  readonly sender: {
    track: FakeTrack | null
    /** For each time that parameters were set: whether our description was there already. */
    described: boolean[]
    parameters: { encodings: Record<string, number>[] }
    replaceTrack(track: FakeTrack | null): Promise<void>
    setStreams(): void
    getParameters(): { encodings: Record<string, number>[] }
    setParameters(parameters: { encodings: Record<string, number>[] }): Promise<void>
  }

  constructor(connection: FakePeerConnection, kind: string, track: FakeTrack | null) {
    const id = connection.network.name('remote')
    let packets = 0
    this.receiver = {
      track: { id, kind, getSettings: () => ({ width: 0, height: 0 }) },
      jitterBufferTarget: null,
      getSynchronizationSources: () => [{ audioLevel: 0.5 }],
      getStats: async () => {
        if (connection.reaches !== null) packets += 100
        const counters = { packetsReceived: packets, framesDecoded: packets }
        const size = kind === 'video' ? { frameWidth: 640, frameHeight: 360 } : {}
        return new Map([[id, { id, type: 'inbound-rtp', kind, timestamp: 0, ...counters, ...size }]])
      },
    }
    const sender = {
      track,
      described: [] as boolean[],
      parameters: { encodings: [{}] },
      replaceTrack: (next: FakeTrack | null) =>
        connection.run(() => {
          sender.track = next
        }),
      setStreams: () => undefined,
      getParameters: () => structuredClone(sender.parameters),
      setParameters: async (parameters: { encodings: Record<string, number>[] }) => {
        sender.described.push(connection.localDescription !== null)
        sender.parameters = parameters
      },
    }
    this.sender = sender
  }
}

/**
 * RTCPeerConnection's signalling state machine (webrtc-pc §4.4): operations chain, implicit rollback, negotiationneeded
 * only when stable, ICE credentials that change with a restart. Two of them are connected when each holds the other's
 * current credentials.
 */
export class FakePeerConnection {
  readonly network: FakeNetwork
  signalingState = 'stable'
  connectionState: RTCPeerConnectionState = 'new'
  iceConnectionState: RTCIceConnectionState = 'new'
  onnegotiationneeded: (() => void) | null = null
  onicecandidate: ((event: { candidate: object | null }) => void) | null = null
  onconnectionstatechange: (() => void) | null = null
  currentLocalDescription: Description | null = null
  currentRemoteDescription: Description | null = null
  configuration: RTCConfiguration = {}
  readonly candidates: string[] = []
  readonly refused: string[] = []
  #pendingLocal: Description | null = null
  #pendingRemote: Description | null = null
  #transceivers: FakeTransceiver[] = []
  #ufrag = ''
  #restart = false
  #needed = false
  #asking = false
  #packets = 0
  readonly #chain = new SerialQueue()

  constructor(network: FakeNetwork) {
    this.network = network
  }

  get localDescription(): Description | null {
    return this.#pendingLocal ?? this.currentLocalDescription
  }

  get remoteDescription(): Description | null {
    return this.#pendingRemote ?? this.currentRemoteDescription
  }

  get closed(): boolean {
    return this.signalingState === 'closed'
  }

  run<Value>(task: () => Value): Promise<Value> {
    return this.#chain.run(() => {
      if (this.closed) throw new DOMException('closed', 'InvalidStateError')
      return task()
    })
  }

  addTransceiver(trackOrKind: FakeTrack | string, { direction }: { direction: string }): FakeTransceiver {
    const track = typeof trackOrKind === 'string' ? null : trackOrKind
    const kind = typeof trackOrKind === 'string' ? trackOrKind : trackOrKind.kind
    const transceiver = new FakeTransceiver(this, kind, track)
    transceiver.direction = direction
    this.#transceivers.push(transceiver)
    this.#negotiate()
    return transceiver
  }

  getTransceivers = (): FakeTransceiver[] => this.#transceivers
  getConfiguration = (): RTCConfiguration => this.configuration
  setConfiguration(configuration: RTCConfiguration): void {
    this.configuration = configuration
  }

  restartIce(): void {
    this.#restart = true
    this.#negotiate()
  }

  setLocalDescription(): Promise<void> {
    return this.run(() => {
      if (this.signalingState === 'have-remote-offer') this.#makeAnswer()
      else this.#makeOffer()
      setImmediate(() => this.onicecandidate?.({ candidate: candidateOf(this.#ufrag) }))
      setImmediate(() => this.onicecandidate?.({ candidate: null }))
    })
  }

  setRemoteDescription(description: Description): Promise<void> {
    return this.run(() => {
      if (description.sdp === 'nonsense') throw new DOMException('bad', 'InvalidAccessError')
      if (description.type === 'answer') {
        if (this.signalingState !== 'have-local-offer') throw new DOMException('state', 'InvalidStateError')
        this.#settle(this.#pendingLocal, description)
        return
      }
      // Implicit rollback: our offer never was.
      if (this.signalingState === 'have-local-offer') this.#needed = true
      this.#pendingLocal = null
      this.#pendingRemote = description
      this.signalingState = 'have-remote-offer'
      for (const kind of kindsOf(description.sdp).slice(this.#transceivers.length)) {
        this.#transceivers.push(new FakeTransceiver(this, kind, null))
      }
      this.#name()
    })
  }

  addIceCandidate({
    candidate,
    usernameFragment,
  }: {
    candidate: string
    usernameFragment: string
  }): Promise<void> {
    return this.run(() => {
      const remote = this.remoteDescription
      if (remote === null) throw new DOMException('no description', 'InvalidStateError')
      if (ufragOf(remote.sdp) !== usernameFragment) {
        this.refused.push(candidate)
        throw new DOMException('unknown ufrag', 'OperationError')
      }
      this.candidates.push(candidate)
    })
  }

  getStats = async (): Promise<Map<string, object>> => {
    if (this.reaches !== null) this.#packets += 100
    const counters = {
      bytesReceived: this.#packets * 100,
      packetsReceived: this.#packets,
      framesDecoded: this.#packets,
    }
    const sounds = this.#transceivers.map(({ receiver: { track } }) => heldSound(track, this.#packets))
    return new Map<string, object>([
      ...sounds.map((sound) => [sound.id, sound] as const),
      ['in', { id: 'in', type: 'inbound-rtp', timestamp: this.network.now(), ...counters }],
      ['t', { id: 't', type: 'transport', timestamp: 0, selectedCandidatePairId: 'p' }],
      ['p', { id: 'p', type: 'candidate-pair', timestamp: 0, localCandidateId: 'l', remoteCandidateId: 'r' }],
      ['l', { id: 'l', type: 'local-candidate', timestamp: 0, candidateType: 'host' }],
      ['r', { id: 'r', type: 'remote-candidate', timestamp: 0, candidateType: 'host' }],
    ])
  }

  close(): void {
    this.signalingState = 'closed'
    this.connectionState = 'closed'
    this.network.byUfrag.delete(this.#ufrag)
  }

  setConnectionState(state: RTCPeerConnectionState): void {
    if (this.closed || state === this.connectionState) return
    this.connectionState = state
    this.onconnectionstatechange?.()
  }

  /** Whether packets pass both ways with the present credentials. */
  get reaches(): FakePeerConnection | null {
    if (!this.network.up || this.currentRemoteDescription === null) return null
    const other = this.network.byUfrag.get(ufragOf(this.currentRemoteDescription.sdp))
    const known = other?.currentRemoteDescription ? ufragOf(other.currentRemoteDescription.sdp) : null
    return other !== undefined && known !== null && this.network.byUfrag.get(known) === this ? other : null
  }

  #negotiate(): void {
    this.#needed = true
    if (this.#asking) return
    this.#asking = true
    queueMicrotask(() => {
      this.#asking = false
      if (this.#needed && this.signalingState === 'stable') this.onnegotiationneeded?.()
    })
  }

  #makeOffer(): void {
    if (this.#ufrag === '' || this.#restart) this.#newCredentials()
    this.#needed = false
    this.#pendingLocal = this.#describe('offer')
    this.signalingState = 'have-local-offer'
  }

  #makeAnswer(): void {
    const remote = this.#pendingRemote
    if (remote === null) throw new DOMException('state', 'InvalidStateError')
    const former = this.currentRemoteDescription
    if (this.#ufrag === '' || former === null || ufragOf(former.sdp) !== ufragOf(remote.sdp))
      this.#newCredentials()
    this.#settle(this.#describe('answer'), remote)
  }

  #settle(local: Description | null, remote: Description): void {
    this.currentLocalDescription = local
    this.currentRemoteDescription = remote
    this.#pendingLocal = null
    this.#pendingRemote = null
    this.signalingState = 'stable'
    this.#restart = false
    this.#name()
    const other = this.reaches
    if (other !== null) {
      queueMicrotask(() => this.setConnectionState('connected'))
      queueMicrotask(() => other.setConnectionState('connected'))
    }
    if (this.#needed) this.#negotiate()
  }

  #name(): void {
    for (const [index, transceiver] of this.#transceivers.entries()) transceiver.mid = String(index)
  }

  #newCredentials(): void {
    this.#ufrag = this.network.name('u')
    this.network.byUfrag.set(this.#ufrag, this)
  }

  #describe(type: 'offer' | 'answer'): Description {
    const kinds = this.#transceivers.map(({ receiver }) => receiver.track.kind).join(',')
    return { type, sdp: `v=0\nkinds=${kinds}\na=ice-ufrag:${this.#ufrag}\n${VIDEO}` }
  }
}

const candidateOf = (ufrag: string) => ({
  candidate: `candidate:1 1 udp 1 192.0.2.1 1000 typ host ufrag ${ufrag}`,
  sdpMid: '0',
  sdpMLineIndex: 0,
  usernameFragment: ufrag,
})
