import type { Quality, Source } from '#lib/call/ports.ts'
import type {
  PixelSize,
  SfuClient,
  SfuMember,
  SfuRoom,
  SfuRoomEvents,
  SfuTrack,
} from '#lib/call/sfu/SfuRoom.ts'
import { fakeTrack, heldSound } from './FakePeerConnection.ts'

type Sent = { readonly track: MediaStreamTrack; readonly carried: MediaStreamTrack }

/** A selective forwarding unit with one room. A token is the identity it lets in, once. */
export class FakeSfu {
  readonly rooms = new Map<string, FakeSfuRoom>()
  readonly urls: string[] = []
  /** How many of the next attempts to connect fail. */
  failures = 0
  /** Set: an attempt waits for it. */
  gate: Promise<void> | null = null
  /** ms, for statistics. */
  now = (): number => 0
  #made = 0

  client: SfuClient = { createRoom: (events) => new FakeSfuRoom(this, events) }

  /** Throws somebody out, or loses them. */
  drop(identity: string): void {
    const room = this.rooms.get(identity)
    this.rooms.delete(identity)
    room?.events.onLost()
    this.tell()
  }

  tell(): void {
    for (const room of [...this.rooms.values()]) room.events.onChange()
  }

  name(): string {
    this.#made += 1
    return `carried ${this.#made}`
  }
}

export class FakeSfuRoom implements SfuRoom {
  readonly events: SfuRoomEvents
  readonly sent = new Map<Source, Sent>()
  /** What the others are asked for, by identity and source. */
  readonly wanted = new Map<string, PixelSize | null>()
  readonly unmuted: Source[] = []
  quality: Quality = 'good'
  limited = false
  /** Nothing arrives any more. */
  silent = false
  refuseToSend = false
  /** Set: statistics of what arrives wait for it. */
  statistics: Promise<void> | null = null
  statisticsAsked = 0
  closed = false
  readonly #sfu: FakeSfu
  readonly #tracks = new Map<MediaStreamTrack, SfuTrack>()
  #identity = ''
  #packets = 0

  constructor(sfu: FakeSfu, events: SfuRoomEvents) {
    this.#sfu = sfu
    this.events = events
  }

  async connect(url: string, token: string): Promise<void> {
    this.#sfu.urls.push(url)
    await this.#sfu.gate
    if (this.closed) throw new Error('closed')
    if (this.#sfu.failures > 0) {
      this.#sfu.failures -= 1
      throw new Error('unreachable')
    }
    this.#identity = token
    this.#sfu.rooms.set(token, this)
    this.#sfu.tell()
  }

  members(): ReadonlyMap<string, SfuMember> {
    const others = [...this.#sfu.rooms].filter(([, room]) => room !== this)
    return new Map(
      others.map(([identity, { quality, sent }]) => [
        identity,
        {
          quality,
          tracks: new Map(
            [...sent].map(([source, { carried }]) => [source, this.#track(identity, source, carried)]),
          ),
        },
      ]),
    )
  }

  async send(source: Source, track: MediaStreamTrack | null): Promise<void> {
    if (this.refuseToSend) throw new Error('refused')
    if (track === null) this.sent.delete(source)
    else {
      const carried = this.sent.get(source)?.carried ?? fakeTrack(kindOf(track), this.#sfu.name())
      this.sent.set(source, { track, carried })
    }
    if (this.#sfu.rooms.get(this.#identity) === this) this.#sfu.tell()
  }

  async unmute(source: Source): Promise<void> {
    this.unmuted.push(source)
  }

  async sendReports(): Promise<readonly RTCStatsReport[]> {
    const qualityLimitationReason = this.limited ? 'bandwidth' : 'none'
    const outbound = { id: 'out', type: 'outbound-rtp', timestamp: this.#sfu.now(), qualityLimitationReason }
    return [new Map([['out', outbound]]) as unknown as RTCStatsReport]
  }

  async close(): Promise<void> {
    this.closed = true
    if (this.#sfu.rooms.get(this.#identity) === this) this.#sfu.rooms.delete(this.#identity)
    this.#sfu.tell()
  }

  #track(identity: string, source: Source, carried: MediaStreamTrack): SfuTrack {
    const known = this.#tracks.get(carried)
    if (known !== undefined) return known
    const track = {
      track: carried,
      receiver: this.#receiver(carried),
      want: (size: PixelSize | null) => void this.wanted.set(`${identity} ${source}`, size),
    }
    this.#tracks.set(carried, track)
    return track
  }

  #receiver(track: MediaStreamTrack): RTCRtpReceiver {
    const { id, kind } = track
    const getStats = async () => {
      this.statisticsAsked += 1
      await this.statistics
      if (!this.silent) this.#packets += 100
      const counters = {
        bytesReceived: this.#packets * 100,
        packetsReceived: this.#packets,
        framesDecoded: this.#packets,
      }
      const size = kind === 'video' ? { frameWidth: 640, frameHeight: 360 } : { audioLevel: 0.5 }
      return new Map([
        [id, { ...heldSound(track, this.#packets), kind, timestamp: this.#sfu.now(), ...counters, ...size }],
      ])
    }
    return { track, jitterBufferTarget: null, getStats } as unknown as RTCRtpReceiver
  }
}

const kindOf = ({ kind }: MediaStreamTrack): 'audio' | 'video' => (kind === 'audio' ? 'audio' : 'video')
