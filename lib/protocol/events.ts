import { z } from 'zod'
import { ERROR_CODES } from './errors.ts'
import { conferenceId, instanceId, messageId, participantId, recordingId } from './ids.ts'
import { PERMISSIONS } from './permissions.ts'
import { REACTIONS } from './reactions.ts'
import { recordingKind, recordingStopReason, roomRecording } from './recordings.ts'

/**
 * THE CONTRACT. One table per direction; the run-time check and the types are both derived from it.
 * A payload never says who sent it, which role they have or which room they mean: the server knows.
 * Every string and array is bounded; unknown fields are refused (`strictObject`).
 */

/* ── shared shapes ─────────────────────────────────────────────────────────────────────────────── */

export const personName = z.string().trim().min(1).max(80)

/** What somebody sends at present. The truth is the sender's; the server repeats it. */
export const mediaState = z.strictObject({
  microphone: z.boolean(),
  camera: z.boolean(),
  screen: z.boolean(),
})
export type MediaState = z.infer<typeof mediaState>

/** `recorder`: sends nothing, has no tile; that it is there is what everybody sees as "Recording". */
export const role = z.enum(['host', 'member', 'guest', 'recorder'])
export type Role = z.infer<typeof role>

export const participant = z.strictObject({
  id: participantId,
  /** Changes with each page load; a peer connection belongs to a pair of instances. */
  instanceId,
  /**
   * Counts instances in the order in which they came in. Of two instances the one with the lower number was there
   * first, and it makes the offer.
   */
  instanceSeq: z.int().nonnegative(),
  name: personName,
  role,
  /** Named by the host, for as long as this seat lasts: runs the meeting with them. */
  coHost: z.boolean(),
  /** Position in the room, kept over reloads; tiles keep their place by it. */
  seat: z.int().nonnegative(),
  media: mediaState,
  /** Server time in ms since the epoch, or null: the order of raised hands. */
  handRaisedAt: z.number().nullable(),
  /** False while the seat is kept for somebody whose connection was lost. */
  connected: z.boolean(),
})
export type Participant = z.infer<typeof participant>

export const chatMessage = z.strictObject({
  id: messageId,
  seq: z.int().positive(),
  /** Null when the seat is gone from the record. */
  from: participantId.nullable(),
  authorName: personName,
  text: z.string().min(1).max(2000),
  /** Server time, ms since the epoch. */
  sentAt: z.number(),
})
export type ChatMessage = z.infer<typeof chatMessage>

export const waitingPerson = z.strictObject({ id: participantId, name: personName })
export type WaitingPerson = z.infer<typeof waitingPerson>

/** How a host wants media to travel: by the number of people and their links, never by the SFU, always by it. */
export const mediaPolicy = z.enum(['automatic', 'direct', 'server'])
export type MediaPolicy = z.infer<typeof mediaPolicy>

/** What those who do not run the meeting may do. */
export const permissions = z.strictObject({
  microphone: z.boolean(),
  camera: z.boolean(),
  screen: z.boolean(),
  chat: z.boolean(),
})
export type Permissions = z.infer<typeof permissions>

export const settings = z.strictObject({
  lobby: z.boolean(),
  mediaPolicy,
  permissions,
  /** In which ways a host can have this meeting recorded; none where it must not be. */
  recording: z.array(recordingKind).max(3),
  /** It should be recorded by itself, and is not: no recorder is free. */
  unrecorded: z.boolean(),
})
export type Settings = z.infer<typeof settings>

/** RTCIceServer as the browser takes it, with credentials that end at `iceExpiresAt`. */
export const iceServer = z.strictObject({
  urls: z.array(z.string().max(300)).max(4),
  username: z.string().max(200).optional(),
  credential: z.string().max(200).optional(),
})
export type IceServer = z.infer<typeof iceServer>

const epoch = z.int().nonnegative()

/** Chosen by the server alone. Each change is a new epoch, so that late news of an old one is recognised. */
export const transport = z.strictObject({
  kind: z.enum(['mesh', 'sfu']),
  epoch,
  /** The media of the epoch before has ended with its node: nobody need wait for it, or send there. */
  formerLost: z.literal(true).optional(),
  /** The epoch of a room that is open on another node: to be entered and kept silent, for when this one's node dies. */
  standby: epoch.optional(),
})
export type Transport = z.infer<typeof transport>

/** All that a person in the room may know, at one `version`. */
export const snapshot = z.strictObject({
  /** Rises by one with each `roster:`, `settings:`, `transport:` and `recording:changed`; a gap means: ask `meeting:sync`. */
  version: z.int().nonnegative(),
  conferenceId,
  title: z.string().max(200),
  self: participantId,
  participants: z.array(participant).max(500),
  /** Hosts and co-hosts only; empty for others. */
  waiting: z.array(waitingPerson).max(500),
  settings,
  transport,
  /** The recording that goes on, or null. */
  recording: roomRecording.nullable(),
  iceServers: z.array(iceServer).max(8),
  /** Server time in ms at which TURN credentials end, or null when there are none. */
  iceExpiresAt: z.number().nullable(),
  /** The newest messages, oldest first; older ones by `chat:history`. */
  chat: z.array(chatMessage).max(200),
  serverTime: z.number(),
})
export type Snapshot = z.infer<typeof snapshot>

export const rosterChange = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('joined'), participant }),
  z.strictObject({ type: z.literal('updated'), participant }),
  z.strictObject({
    type: z.literal('left'),
    id: participantId,
    /** `lost`: the connection was lost and the seat given up. */
    reason: z.enum(['left', 'lost', 'removed', 'revoked']),
  }),
])
export type RosterChange = z.infer<typeof rosterChange>

/** Why a person's part in the meeting is over. Terminal: the client does not reconnect by itself. */
export const endReason = z.enum([
  'ended-by-host',
  'removed',
  'declined',
  'session-revoked',
  'session-expired',
  'signed-out',
  'meeting-deleted',
  'replaced',
  'seat-lost',
])
export type EndReason = z.infer<typeof endReason>

/* ── signalling (RFC 8829 JSEP descriptions, RFC 8838 trickled candidates) ──────────────────────── */

const sdp = z.string().min(1).max(48_000)

export const iceCandidate = z.strictObject({
  candidate: z.string().max(1000),
  sdpMid: z.string().max(32).nullable(),
  sdpMLineIndex: z.int().min(0).max(63).nullable(),
  usernameFragment: z.string().max(256).nullable(),
})
export type IceCandidate = z.infer<typeof iceCandidate>

/** Which of the connections that two people made one after another; the first one when left out. */
const connection = z.int().min(1).optional()

const description = z.strictObject({
  type: z.literal('description'),
  kind: z.enum(['offer', 'answer']),
  sdp,
  connection,
})
const candidates = z.strictObject({
  type: z.literal('candidates'),
  candidates: z.array(iceCandidate).min(1).max(32),
  connection,
})
/** "I show you from this epoch's transport now": the former way to me is no longer needed. */
const moved = z.strictObject({ type: z.literal('moved') })

export const signal = z.discriminatedUnion('type', [description, candidates, moved])
export type Signal = z.infer<typeof signal>
/** What two ends of one peer connection say to each other. */
export type LinkSignal = Exclude<Signal, { type: 'moved' }>

/** The ways to the sender that were found by then; those found later follow as `candidates`. Fits into one frame with all the rest. */
const joinOffer = z.strictObject({
  sdp: z.string().min(1).max(32_000),
  candidates: z.array(iceCandidate).max(16),
})
export type JoinOffer = z.infer<typeof joinOffer>

/* ── client → server ───────────────────────────────────────────────────────────────────────────── */

const nothing = z.strictObject({})

export const clientEvents = {
  /** Take a seat, wait at the door, or return to a seat (`resume`). Guests give their name. */
  'meeting:join': {
    payload: z.strictObject({
      instanceId,
      name: personName.optional(),
      media: mediaState,
      /** The seat this person had, and the last chat message seen; granted only to the session that held it. */
      resume: z.strictObject({ conferenceId, participantId, chatSeq: z.int().nonnegative() }).optional(),
      /** The offer of a first connection, for whoever is there longest: they answer instead of offering (decision 20). */
      offer: joinOffer.optional(),
    }),
    answer: z.discriminatedUnion('status', [
      z.strictObject({
        status: z.literal('joined'),
        snapshot,
        /** Who was given the offer; left out when nobody was. */
        offeredTo: participantId.optional(),
      }),
      z.strictObject({ status: z.literal('waiting') }),
    ]),
  },
  'meeting:leave': { payload: nothing, answer: nothing },
  /** After a gap in versions: the whole state again. */
  'meeting:sync': { payload: nothing, answer: z.strictObject({ snapshot }) },
  /** Host: end the meeting for everyone. */
  'meeting:end': { payload: nothing, answer: nothing },
  'media:update': { payload: mediaState, answer: nothing },
  'hand:set': { payload: z.strictObject({ raised: z.boolean() }), answer: nothing },
  'reaction:send': { payload: z.strictObject({ emoji: z.enum(REACTIONS) }), answer: nothing },
  /** The id makes it idempotent: sent twice, stored once, and the same answer both times. */
  'chat:send': {
    payload: z.strictObject({ id: messageId, text: z.string().trim().min(1).max(2000) }),
    answer: z.strictObject({ message: chatMessage }),
  },
  'chat:history': {
    payload: z.strictObject({ afterSeq: z.int().nonnegative() }),
    answer: z.strictObject({ messages: z.array(chatMessage).max(200) }),
  },
  /** Relayed to one instance of one participant of the same room; the server stamps the sender. */
  'signal:send': {
    payload: z.strictObject({ to: participantId, toInstance: instanceId, epoch, signal }),
    answer: nothing,
  },
  /** Where and with what to enter the SFU's room of this epoch; the token lives a minute at most. */
  'sfu:enter': {
    payload: z.strictObject({ epoch }),
    answer: z.strictObject({ path: z.string().max(200), token: z.string().max(4000) }),
  },
  /** How the present transport serves this person, whenever that changes: what the transport policy decides by. */
  'transport:report': {
    payload: z.strictObject({
      epoch,
      /** `failed`: not reachable, or lost and not back within seconds. */
      link: z.enum(['running', 'failed']),
      /** A sender of ours is held back by its uplink or its processor, for seconds. */
      limited: z.boolean(),
      /** Most of our direct links run over a relay. */
      relayed: z.boolean(),
    }),
    answer: nothing,
  },
  /** The answer of somebody who was asked whether they may be recorded; it can be changed while the recording goes on. */
  'recording:consent': { payload: z.strictObject({ agree: z.boolean() }), answer: nothing },
  /** Fresh TURN credentials, before an ICE restart. */
  'ice:refresh': {
    payload: nothing,
    answer: z.strictObject({ iceServers: z.array(iceServer).max(8), iceExpiresAt: z.number().nullable() }),
  },
  /* the host alone, as meeting:end */
  'mediaPolicy:set': { payload: z.strictObject({ policy: mediaPolicy }), answer: nothing },
  /** Makes somebody with a seat a co-host, or takes it back. Answered once it is written down. */
  'coHost:set': { payload: z.strictObject({ id: participantId, coHost: z.boolean() }), answer: nothing },
  /* host and co-hosts */
  'lobby:set': { payload: z.strictObject({ enabled: z.boolean() }), answer: nothing },
  /** What those who do not run the meeting may do. What is taken from them ends at once; what is given starts nothing. */
  'permission:set': {
    payload: z.strictObject({ what: z.enum(PERMISSIONS), allowed: z.boolean() }),
    answer: nothing,
  },
  'lobby:admit': { payload: z.strictObject({ id: participantId }), answer: nothing },
  'lobby:decline': { payload: z.strictObject({ id: participantId }), answer: nothing },
  /** Asks that person's client to mute; nobody can be unmuted from afar. */
  'participant:mute': { payload: z.strictObject({ id: participantId }), answer: nothing },
  'participant:remove': { payload: z.strictObject({ id: participantId }), answer: nothing },
  'hand:lower': { payload: z.strictObject({ id: participantId }), answer: nothing },
  /**
   * One recording at a time. `studio`: whoever agrees records their own tracks on their device as well. What stays on
   * the host's device is of nobody's own tracks. `copy`: beside a recorder's, their own browser keeps one as well.
   */
  'recording:start': {
    payload: z
      .strictObject({
        kind: recordingKind,
        studio: z.boolean(),
        copy: z.boolean(),
        consent: z.enum(['told', 'asked']),
      })
      .refine(({ kind, studio }) => !(kind === 'device' && studio))
      .refine(({ kind, copy }) => !copy || kind === 'server'),
    answer: z.strictObject({ id: recordingId }),
  },
  'recording:stop': { payload: nothing, answer: nothing },
} as const

/* ── server → client ───────────────────────────────────────────────────────────────────────────── */

export const serverEvents = {
  /** The person who waited may come in. */
  'meeting:admitted': z.strictObject({ snapshot }),
  'meeting:ended': z.strictObject({ reason: endReason }),
  /** One or more changes of the roster, together one version. */
  'roster:changed': z.strictObject({
    version: z.int().nonnegative(),
    changes: z.array(rosterChange).max(500),
  }),
  'settings:changed': z.strictObject({ version: z.int().nonnegative(), settings }),
  /** An order: media goes this way from now on, make before break. Comes before the roster change that caused it. */
  'transport:changed': z.strictObject({ version: z.int().nonnegative(), transport }),
  /** The recording has begun, changed, or ended: then `recording` is null and `stopped` says why. */
  'recording:changed': z.strictObject({
    version: z.int().nonnegative(),
    recording: roomRecording.nullable(),
    stopped: recordingStopReason.nullable(),
  }),
  /** Hosts and co-hosts only: everybody at the door. Nobody, to whom it is no longer told. */
  'lobby:changed': z.strictObject({ waiting: z.array(waitingPerson).max(500) }),
  'chat:received': z.strictObject({ message: chatMessage }),
  'reaction:received': z.strictObject({ from: participantId, emoji: z.enum(REACTIONS) }),
  'signal:received': z.strictObject({ from: participantId, fromInstance: instanceId, epoch, signal }),
  /** A host asks for silence. */
  'microphone:muteRequested': z.strictObject({ by: participantId }),
} as const

/* ── types derived from the tables ─────────────────────────────────────────────────────────────── */

export type ClientEventName = keyof typeof clientEvents
export type ClientPayload<Name extends ClientEventName> = z.infer<(typeof clientEvents)[Name]['payload']>
export type ClientAnswer<Name extends ClientEventName> = z.infer<(typeof clientEvents)[Name]['answer']>

export type ServerEventName = keyof typeof serverEvents
export type ServerPayload<Name extends ServerEventName> = z.infer<(typeof serverEvents)[Name]>

/** What every acknowledgement looks like on the wire. */
export const wireError = z.strictObject({
  code: z.enum(ERROR_CODES),
  message: z.string().max(500),
  retryAfterMs: z.number().nonnegative().optional(),
})
export type Acknowledgement<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: z.infer<typeof wireError> }

/** Socket.IO generics, from the same tables. */
export type ClientToServer = {
  [Name in ClientEventName]: (
    payload: ClientPayload<Name>,
    acknowledge: (answer: Acknowledgement<ClientAnswer<Name>>) => void,
  ) => void
}
export type ServerToClient = { [Name in ServerEventName]: (payload: ServerPayload<Name>) => void }

/** What a socket says of itself when it connects; who it is comes from its cookies. */
export const handshake = z.object({ protocol: z.int(), meeting: z.string().max(64) })
