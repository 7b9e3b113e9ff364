import type { WireError } from '#lib/protocol/errors.ts'
import type {
  ClientAnswer,
  ClientPayload,
  IceServer,
  LinkSignal,
  ServerPayload,
  Signal,
  Transport,
} from '#lib/protocol/events.ts'
import type { InstanceId, ParticipantId } from '#lib/protocol/ids.ts'
import type { Result } from '#lib/result.ts'
import type { ReadableStore } from '#lib/store.ts'
import type { Room } from './callState.ts'

/** The people in the room, as far as an engine needs them. */
export type Roster = Pick<Room, 'self' | 'participants'>

/** Signals between instances, carried by our server. Delivery is not promised: what is lost is made anew. */
export interface PeerSignals {
  /** False while the connection to our server is away. */
  available(): boolean
  send(to: ParticipantId, toInstance: InstanceId, signal: LinkSignal): void
  onReceived(
    listener: (from: ParticipantId, fromInstance: InstanceId, signal: LinkSignal) => void,
  ): () => void
  /** After signalling was away: what was sent meanwhile is lost. */
  onRestored(listener: () => void): () => void
}

/** As PeerSignals, of every epoch. */
export interface RoomSignals {
  available(): boolean
  send(to: ParticipantId, toInstance: InstanceId, epoch: number, signal: Signal): void
  onReceived(listener: (received: ServerPayload<'signal:received'>) => void): () => void
  onRestored(listener: () => void): () => void
}

export interface IceServers {
  current(): readonly IceServer[]
  /** With credentials that hold for a while; the current ones when the server cannot be asked. */
  refresh(): Promise<readonly IceServer[]>
}

/** The SFU's room of one epoch, as our server opens it to us. Each attempt needs a new pass: a token lives a minute. */
export interface SfuDoor {
  enter(): Promise<Result<SfuPass, WireError>>
}
export type SfuPass = ClientAnswer<'sfu:enter'>

/** What a mesh needs. */
export type MeshContext = {
  readonly roster: ReadableStore<Roster | null>
  readonly signals: PeerSignals
  readonly iceServers: IceServers
}

/** What an engine on the SFU needs. */
export type SfuContext = { readonly roster: ReadableStore<Roster | null>; readonly door: SfuDoor }

/** What a call hands to whatever exchanges its media, over any transport. */
export type EngineContext = {
  readonly roster: ReadableStore<Roster | null>
  /** The server's order; null outside a room. */
  readonly transport: ReadableStore<Transport | null>
  readonly signals: RoomSignals
  readonly iceServers: IceServers
  readonly sfuDoor: (epoch: number) => SfuDoor
  readonly report: (report: ClientPayload<'transport:report'>) => void
}
