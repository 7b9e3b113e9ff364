import type { EndReason, ServerEventName, ServerPayload } from '#lib/protocol/events.ts'
import type { ParticipantId } from '#lib/protocol/ids.ts'
import type { Identity } from '#server/auth/identity.ts'
import type { Room } from './Room.ts'

/** Where a connection stands. Only its room moves it. */
export type Place =
  | { readonly at: 'outside' }
  /** A join is being worked on. */
  | { readonly at: 'entrance' }
  | { readonly at: 'door'; readonly room: Room; readonly id: ParticipantId }
  | { readonly at: 'seat'; readonly room: Room; readonly id: ParticipantId }

export const OUTSIDE: Place = { at: 'outside' }

/** Who hears a broadcast: everybody with a seat, or those among them who run the meeting. */
export type Audience = 'members' | 'hosts'

/** One client's connection as a room sees it. The socket behind it is not the room's business. */
export interface Connection {
  readonly identity: Identity
  readonly meetingId: string
  /** False once it has ended, even if the socket lingers. */
  readonly open: boolean
  place: Place
  send<Name extends ServerEventName>(event: Name, payload: ServerPayload<Name>): void
  /** From now on it hears what this audience hears. */
  enter(audience: Audience): void
  /** No longer hears what this audience hears. */
  leave(audience: Audience): void
  /** Hears nothing of the meeting any more. */
  exit(): void
  /** Tells the person why it is over, and closes. */
  end(reason: EndReason): void
  /** Closes without a word: the client may come back. */
  drop(): void
}

/** Encodes once, sends to all of an audience. */
export type Broadcast = <Name extends ServerEventName>(
  meetingId: string,
  audience: Audience,
  event: Name,
  payload: ServerPayload<Name>,
) => void
