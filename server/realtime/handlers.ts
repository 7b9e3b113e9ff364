import { mayRecord, mayRemove, runsMeeting } from '#lib/domain/authority.ts'
import { AppError } from '#lib/errors.ts'
import type { ClientEventName, Participant, Role } from '#lib/protocol/events.ts'
import type { ParticipantId } from '#lib/protocol/ids.ts'
import type { Hub } from './Hub.ts'
import type { Room } from './Room.ts'
import type { RecordingActor } from './RoomRecording.ts'
import type { Handlers } from './router.ts'
import type { SocketConnection } from './SocketConnection.ts'

/** PostgreSQL's text cannot hold U+0000. */
const NUL = '\u0000'

/** What each client event does. Who asks, in which role and which room comes from the connection, never from a payload. */
export function createHandlers(hub: Hub): Handlers {
  return {
    'meeting:join': async (connection, payload) => {
      if (connection.place.at !== 'outside')
        throw new AppError('conflict', 'You are already in this meeting.')
      takeCandidates(connection, payload.offer?.candidates ?? [])
      await hub.requireLive(connection)
      const name = nameOf(connection, payload.name)
      return hub.join(connection, payload, name, roleOf(connection))
    },
    'meeting:leave': (connection) => {
      if (connection.place.at === 'door' || connection.place.at === 'seat') {
        connection.place.room.leave(connection)
      }
      return {}
    },
    'meeting:sync': (connection) => {
      const { room, id } = seatOf(connection)
      return { snapshot: room.snapshot(id, null) }
    },
    'meeting:end': async (connection) => {
      await hostOf(hub, connection)
      await hub.endMeeting(connection.meetingId, 'ended-by-host')
      return {}
    },
    'media:update': (connection, media) => {
      const { room, id } = seatOf(connection)
      room.setMedia(id, media)
      return {}
    },
    'hand:set': (connection, { raised }) => {
      const { room, id } = seatOf(connection)
      room.setHand(id, raised)
      return {}
    },
    'reaction:send': (connection, { emoji }) => {
      const { room, id } = seatOf(connection)
      room.react(id, emoji)
      return {}
    },
    'chat:send': async (connection, { id: messageId, text }) => {
      const { room, id } = seatOf(connection)
      room.requirePermission(id, 'chat')
      if (text.includes(NUL))
        throw new AppError('invalid-request', 'This message holds a character that cannot be sent.')
      const { name: authorName } = room.participant(id)
      const { sessionId } = connection.identity
      return { message: await room.chat().send({ id: messageId, visitId: id, sessionId, authorName, text }) }
    },
    'chat:history': async (connection, { afterSeq }) => {
      const { room } = seatOf(connection)
      return { messages: [...(await room.chat().history(afterSeq))] }
    },
    'signal:send': (connection, payload) => {
      const { room, id } = seatOf(connection)
      if (payload.signal.type === 'candidates') takeCandidates(connection, payload.signal.candidates)
      room.relay(id, payload)
      return {}
    },
    'ice:refresh': async (connection) => {
      const { room, id } = seatOf(connection)
      await hub.requireLive(connection)
      return room.iceAccess(id)
    },
    'sfu:enter': async (connection, { epoch }) => {
      seatOf(connection)
      await hub.requireLive(connection)
      const { room, id } = seatOf(connection)
      return room.enterSfu(id, epoch)
    },
    'transport:report': (connection, report) => {
      const { room, id } = seatOf(connection)
      room.reportTransport(id, report)
      return {}
    },
    'mediaPolicy:set': async (connection, { policy }) => {
      const { room } = await hostOf(hub, connection)
      await hub.setMediaPolicy(room, policy)
      return {}
    },
    'coHost:set': async (connection, { id: target, coHost }) => {
      const { room } = await hostOf(hub, connection)
      await hub.setCoHost(room, target, coHost, connection)
      return {}
    },
    'permission:set': async (connection, { what, allowed }) => {
      const { room } = await runnerOf(hub, connection)
      await hub.setPermission(room, what, allowed)
      return {}
    },
    'lobby:set': async (connection, { enabled }) => {
      await runnerOf(hub, connection)
      await hub.setLobby(connection.meetingId, enabled)
      return {}
    },
    'lobby:admit': async (connection, { id }) => {
      const { room } = await runnerOf(hub, connection)
      await room.admit([id])
      return {}
    },
    'lobby:decline': async (connection, { id }) => {
      const { room } = await runnerOf(hub, connection)
      room.decline(id)
      return {}
    },
    'participant:mute': async (connection, { id: target }) => {
      const { room, id } = await runnerOf(hub, connection)
      room.requestMute(id, target)
      return {}
    },
    'participant:remove': async (connection, { id: target }) => {
      const { room, id } = await runnerOf(hub, connection)
      if (!mayRemove(room.participant(id), room.person(target))) throw AppError.forbidden()
      await hub.remove(room, target, connection)
      return {}
    },
    'recording:start': async (connection, choice) => {
      const { room, id } = await runnerOf(hub, connection)
      if (!mayRecord(room.participant(id), choice)) throw AppError.forbidden()
      return room.startRecording(actorOf(connection, room, id), choice)
    },
    'recording:stop': async (connection) => {
      const { room, id } = await runnerOf(hub, connection)
      await room.stopRecording(actorOf(connection, room, id))
      return {}
    },
    'recording:consent': async (connection, { agree }) => {
      const { room, id } = seatOf(connection)
      await room.answerRecording(actorOf(connection, room, id), agree)
      return {}
    },
    'hand:lower': async (connection, { id: target }) => {
      const { room } = await runnerOf(hub, connection)
      room.person(target)
      room.setHand(target, false)
      return {}
    },
  }
}

type Seat = { readonly room: Room; readonly id: ParticipantId }

/** @throws AppError forbidden for whoever has no seat: the green room and the door get nothing (K6) */
function seatOf({ place }: SocketConnection): Seat {
  if (place.at !== 'seat') throw AppError.forbidden()
  return place
}

/** What only the host decides. @throws AppError forbidden */
const hostOf = (hub: Hub, connection: SocketConnection): Promise<Seat> =>
  authorised(hub, connection, ({ role }) => role === 'host')

/** What the host and co-hosts decide. @throws AppError forbidden */
const runnerOf = (hub: Hub, connection: SocketConnection): Promise<Seat> =>
  authorised(hub, connection, runsMeeting)

/**
 * By the standing of this meeting's own seat, with the session looked at again (WS-7, WS-8), and the standing once more
 * after that: it may have been taken back meanwhile (HOST-4).
 */
async function authorised(
  hub: Hub,
  connection: SocketConnection,
  may: (self: Participant) => boolean,
): Promise<Seat> {
  const look = (): Seat => {
    const seat = seatOf(connection)
    if (!may(seat.room.participant(seat.id))) throw AppError.forbidden()
    return seat
  }
  look()
  await hub.requireLive(connection)
  return look()
}

/** As the audit log names them. */
function actorOf({ identity, address }: SocketConnection, room: Room, id: ParticipantId): RecordingActor {
  const userId = identity.kind === 'user' ? identity.userId : null
  return { id, name: room.participant(id).name, userId, address }
}

/**
 * All that a recorder may ask: to come and go, and what its media needs to reach it. It says nothing and decides nothing
 * (REC-10).
 */
const RECORDER_MAY: ReadonlySet<ClientEventName> = new Set([
  'meeting:join',
  'meeting:leave',
  'meeting:sync',
  'signal:send',
  'sfu:enter',
  'transport:report',
  'ice:refresh',
])

/** @throws AppError rate-limited */
function takeCandidates(connection: SocketConnection, candidates: readonly unknown[]): void {
  if (candidates.length === 0) return
  const retryAfterMs = connection.candidates.take(performance.now(), candidates.length)
  if (retryAfterMs > 0) throw new AppError('rate-limited', 'Too many candidates.', { retryAfterMs })
}

/** Whether this kind of connection has any business with this event; the handler looks at the rest. */
export const mayAsk = ({ identity }: SocketConnection, name: ClientEventName): boolean =>
  identity.kind !== 'recorder' || RECORDER_MAY.has(name)

/** By identity alone: not by name, not by who came first (RM-7). */
function roleOf({ identity, meeting }: SocketConnection): Role {
  if (identity.kind !== 'user') return identity.kind
  return identity.userId === meeting.hostId ? 'host' : 'member'
}

/** A user's name is their account's; a guest gives theirs; a recorder has none that anybody could choose. */
function nameOf({ identity }: SocketConnection, given: string | undefined): string {
  if (identity.kind === 'recorder') return 'Recording'
  const name = identity.kind === 'user' ? identity.name : given
  if (name === undefined || name.trim() === '' || name.includes(NUL)) {
    throw new AppError('invalid-request', 'Please enter a name.')
  }
  return name.trim().slice(0, 80)
}
