import type { Rate } from '#lib/domain/tokenBucket.ts'
import type { ClientEventName } from '#lib/protocol/events.ts'

/** Events that are counted together. */
export type EventClass = 'join' | 'state' | 'chat' | 'reaction' | 'signal' | 'read' | 'ice' | 'enter' | 'host'

export type RealtimeLimits = {
  /** Per socket. */
  readonly rates: Readonly<Record<EventClass, Rate>>
  /** All frames of one socket, known or not; above it the socket is closed without a word. */
  readonly everything: Rate
  /** Refused requests (unknown, malformed, too many) of one socket; above it the socket is closed. */
  readonly refusals: Rate
  /** All frames of one person's sockets together. */
  readonly perPerson: Rate
  /** ICE candidates of one socket (ME-3). */
  readonly candidates: Rate
  /** Handshakes of one address that were refused: wrong codes, no session (RM-1). */
  readonly refusedHandshakes: Rate
  /** New connections of one address. */
  readonly connections: Rate
  readonly socketsPerUser: number
  readonly socketsPerGuest: number
  readonly socketsPerAddress: number
  readonly socketsPerMeeting: number
  readonly waitingPerMeeting: number
  /** Requests of one socket that are being worked on. */
  readonly concurrentRequests: number
  /** What one socket may leave unread before it is closed (WS-11). */
  readonly backlogPackets: number
  readonly backlogBytes: number
}

/**
 * Generous for people, an office behind one address and a page that reconnects; tight for a flood.
 * A join into a room of 12 sends some 11 descriptions and 200 candidates.
 */
export const DEFAULT_LIMITS: RealtimeLimits = {
  rates: {
    join: { burst: 10, perSecond: 0.5 },
    state: { burst: 40, perSecond: 5 },
    chat: { burst: 10, perSecond: 2 },
    reaction: { burst: 20, perSecond: 4 },
    signal: { burst: 600, perSecond: 60 },
    read: { burst: 20, perSecond: 2 },
    ice: { burst: 10, perSecond: 0.2 },
    enter: { burst: 20, perSecond: 1 },
    host: { burst: 60, perSecond: 10 },
  },
  everything: { burst: 1_000, perSecond: 120 },
  refusals: { burst: 30, perSecond: 1 },
  perPerson: { burst: 3_000, perSecond: 300 },
  candidates: { burst: 3_000, perSecond: 100 },
  refusedHandshakes: { burst: 30, perSecond: 0.5 },
  connections: { burst: 1_000, perSecond: 100 },
  socketsPerUser: 12,
  socketsPerGuest: 6,
  socketsPerAddress: 1_000,
  socketsPerMeeting: 1_500,
  waitingPerMeeting: 200,
  concurrentRequests: 16,
  backlogPackets: 1_000,
  backlogBytes: 2 * 1024 * 1024,
}

/** Which class an event is counted in. */
export const EVENT_CLASS: Readonly<Record<ClientEventName, EventClass>> = {
  'meeting:join': 'join',
  'meeting:leave': 'state',
  'meeting:sync': 'read',
  'meeting:end': 'host',
  'media:update': 'state',
  'hand:set': 'state',
  'reaction:send': 'reaction',
  'chat:send': 'chat',
  'chat:history': 'read',
  'signal:send': 'signal',
  'ice:refresh': 'ice',
  'sfu:enter': 'enter',
  'transport:report': 'state',
  'coHost:set': 'host',
  'lobby:set': 'host',
  'permission:set': 'host',
  'mediaPolicy:set': 'host',
  'lobby:admit': 'host',
  'lobby:decline': 'host',
  'participant:mute': 'host',
  'participant:remove': 'host',
  'hand:lower': 'host',
  'recording:start': 'host',
  'recording:stop': 'host',
  'recording:consent': 'state',
}
