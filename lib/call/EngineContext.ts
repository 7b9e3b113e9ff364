import type { IceServer, Signal } from '#lib/protocol/events.ts'
import type { InstanceId, ParticipantId } from '#lib/protocol/ids.ts'
import type { ReadableStore } from '#lib/store.ts'
import type { Room } from './callState.ts'

/** The people in the room, as far as an engine needs them. */
export type Roster = Pick<Room, 'self' | 'participants'>

/** Signals between instances, carried by our server. Delivery is not promised: what is lost is made anew. */
export interface PeerSignals {
  /** False while the connection to our server is away. */
  available(): boolean
  send(to: ParticipantId, toInstance: InstanceId, signal: Signal): void
  onReceived(listener: (from: ParticipantId, fromInstance: InstanceId, signal: Signal) => void): () => void
  /** After signalling was away: what was sent meanwhile is lost. */
  onRestored(listener: () => void): () => void
}

export interface IceServers {
  current(): readonly IceServer[]
  /** With credentials that hold for a while; the current ones when the server cannot be asked. */
  refresh(): Promise<readonly IceServer[]>
}

/** What a call hands to whatever exchanges its media. */
export type EngineContext = {
  readonly roster: ReadableStore<Roster | null>
  readonly signals: PeerSignals
  readonly iceServers: IceServers
}
