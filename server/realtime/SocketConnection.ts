import type { Socket } from 'socket.io'
import { TokenBucket } from '#lib/domain/tokenBucket.ts'
import type {
  ClientToServer,
  EndReason,
  ServerEventName,
  ServerPayload,
  ServerToClient,
} from '#lib/protocol/events.ts'
import type { Identity } from '#server/auth/identity.ts'
import { type Audience, type Connection, OUTSIDE, type Place } from './Connection.ts'
import { EVENT_CLASS, type EventClass, type RealtimeLimits } from './limits.ts'
import type { MeetingRecord } from './records.ts'
import { backlogOf, terminate } from './transportSocket.ts'

export type ParleySocket = Socket<ClientToServer, ServerToClient, Record<never, never>, SocketData>
export type SocketData = { connection?: SocketConnection }

/** How long a close may wait for what was sent before it; then the transport is cut. */
const CLOSE_TIMEOUT_MS = 1_000

/** Who hears what is a Socket.IO room, named by us alone (WS-12). */
export const channelOf = (meetingId: string, audience: Audience): string => `${audience}:${meetingId}`

/** A Connection over one Socket.IO socket, with its rate limits. */
export class SocketConnection implements Connection {
  readonly identity: Identity
  readonly meeting: MeetingRecord
  readonly address: string
  /** Who is counted: a person over all their sockets. */
  readonly owner: string
  place: Place = OUTSIDE
  /** Requests that are being worked on. */
  requests = 0
  readonly everything: TokenBucket
  readonly refusals: TokenBucket
  readonly candidates: TokenBucket
  readonly #buckets = new Map<EventClass, TokenBucket>()
  readonly #socket: ParleySocket
  readonly #limits: RealtimeLimits
  #open = true

  constructor(
    socket: ParleySocket,
    who: { identity: Identity; meeting: MeetingRecord; address: string },
    limits: RealtimeLimits,
  ) {
    this.#socket = socket
    this.#limits = limits
    this.identity = who.identity
    this.meeting = who.meeting
    this.address = who.address
    this.owner = ownerOf(who.identity)
    const now = performance.now()
    this.everything = new TokenBucket(limits.everything, now)
    this.refusals = new TokenBucket(limits.refusals, now)
    this.candidates = new TokenBucket(limits.candidates, now)
  }

  get meetingId(): string {
    return this.meeting.id
  }

  get open(): boolean {
    return this.#open && this.#socket.connected
  }

  /** @returns 0, or the ms after which this event may be sent again */
  take(event: keyof typeof EVENT_CLASS, now: number): number {
    const name = EVENT_CLASS[event]
    let bucket = this.#buckets.get(name)
    if (!bucket) {
      bucket = new TokenBucket(this.#limits.rates[name], now)
      this.#buckets.set(name, bucket)
    }
    return bucket.take(now)
  }

  send<Name extends ServerEventName>(event: Name, payload: ServerPayload<Name>): void {
    if (!this.open) return
    // Socket.IO's overloads do not follow a generic event name; the signature above has checked the pair.
    this.#socket.emit(event, ...([payload] as Parameters<ServerToClient[Name]>))
    this.cutIfBehind()
  }

  enter(audience: Audience): void {
    void this.#socket.join(channelOf(this.meetingId, audience))
  }

  leave(audience: Audience): void {
    void this.#socket.leave(channelOf(this.meetingId, audience))
  }

  exit(): void {
    this.leave('members')
    this.leave('hosts')
  }

  end(reason: EndReason): void {
    if (!this.open) return
    this.send('meeting:ended', { reason })
    this.drop()
  }

  /** Closes after the answers of this turn; the room forgets it now, and nothing it sends is heard any more. */
  drop(): void {
    if (!this.#open) return
    this.#open = false
    this.exit()
    setImmediate(() => {
      const { conn } = this.#socket
      this.#socket.disconnect(true)
      setTimeout(() => terminate(conn), CLOSE_TIMEOUT_MS).unref()
    })
  }

  /** A reader that does not read must not eat our memory (WS-11). @returns whether it was cut */
  cutIfBehind(): boolean {
    const { conn } = this.#socket
    const { backlogPackets, backlogBytes } = this.#limits
    const backlog = backlogOf(conn)
    if (backlog.packets <= backlogPackets && backlog.bytes <= backlogBytes) return false
    this.#open = false
    this.exit()
    terminate(conn)
    return true
  }
}

export const ownerOf = (identity: Identity): string =>
  identity.kind === 'user' ? `user ${identity.userId}` : `${identity.kind} ${identity.sessionId}`
