import { applyChanges } from '#lib/domain/roster.ts'
import type { WireError } from '#lib/protocol/errors.ts'
import type {
  ChatMessage,
  EndReason,
  Participant,
  RosterChange,
  Settings,
  Snapshot,
  Transport,
  WaitingPerson,
} from '#lib/protocol/events.ts'
import type { ConferenceId, ParticipantId } from '#lib/protocol/ids.ts'
import type { Permission } from '#lib/protocol/permissions.ts'
import type { RecordingInterruption, RecordingStopReason, RoomRecording } from '#lib/protocol/recordings.ts'
import type { EngineState, MediaFailure, Source } from './ports.ts'
import type { RecordedWhere } from './recordedWhere.ts'

/** What our own microphone, camera or screen does. */
export type LocalSource =
  | { readonly status: 'off' }
  | { readonly status: 'starting' }
  /** `sound`: what comes with a screen, where the browser offers it. */
  | { readonly status: 'on'; readonly track: MediaStreamTrack; readonly sound?: MediaStreamTrack }
  | { readonly status: 'failed'; readonly failure: MediaFailure }

export type LocalMedia = Readonly<Record<'microphone' | 'camera' | 'screen', LocalSource>>

/** The server's part of the room, at one version. */
export type Room = {
  readonly version: number
  readonly conferenceId: ConferenceId
  readonly title: string
  readonly self: ParticipantId
  readonly participants: ReadonlyMap<ParticipantId, Participant>
  readonly waiting: readonly WaitingPerson[]
  readonly settings: Settings
  readonly transport: Transport
  /** The one that goes on, or null. */
  readonly recording: RoomRecording | null
  readonly chat: readonly ChatMessage[]
}

/** A message of ours on its way: shown at once, marked until the server has it. */
export type PendingMessage = {
  readonly id: string
  readonly text: string
  readonly status: 'sending' | 'failed'
}

export type CallState =
  /** The green room: nobody sees us yet. */
  | { readonly status: 'lobby'; readonly error: WireError | null }
  | { readonly status: 'joining' }
  /** At the door; a host decides. */
  | { readonly status: 'waiting' }
  | {
      readonly status: 'inCall'
      readonly room: Room
      readonly media: EngineState
      readonly pending: readonly PendingMessage[]
      /** Media goes on while signalling is away. */
      readonly connection: 'connected' | 'reconnecting'
    }
  | { readonly status: 'ended'; readonly reason: EndReason | 'left' }
  | { readonly status: 'failed'; readonly error: WireError }

/** Passing news, for toasts and live regions; not state. */
export type CallNotice =
  | { readonly type: 'joined' | 'left' | 'lost' | 'handRaised'; readonly name: string }
  | { readonly type: 'waiting'; readonly name: string }
  | { readonly type: 'reaction'; readonly from: ParticipantId; readonly name: string; readonly emoji: string }
  | { readonly type: 'message'; readonly name: string; readonly text: string }
  | { readonly type: 'talkingWhileMuted' | 'noSoundFromMicrophone' | 'reconnected' }
  /** By a host or co-host, who is named while they are still here. */
  | { readonly type: 'mutedBySomebody'; readonly name: string | null }
  | { readonly type: 'shareStarted' | 'shareEnded'; readonly name: string }
  /** We run the meeting from now on, or no longer. */
  | { readonly type: 'madeCoHost' | 'noLongerCoHost' }
  | { readonly type: 'coHostNamed'; readonly name: string }
  /** What the host has taken from us, or given back. */
  | { readonly type: 'forbidden' | 'allowed'; readonly what: Permission }
  | { readonly type: 'deviceLost'; readonly source: Source }
  | { readonly type: 'recordingResumed' | 'recordedDirectly' }
  | { readonly type: 'recordingInterrupted'; readonly why: RecordingInterruption }
  /** From here on somebody may be recorded. Who began it; null when it began by itself. */
  | { readonly type: 'recordingStarting'; readonly by: string | null }
  | { readonly type: 'recordingStarted'; readonly where: RecordedWhere }
  /** `onDevice`: it stays on the host's. */
  | { readonly type: 'recordingStopped'; readonly reason: RecordingStopReason; readonly onDevice: boolean }
  | { readonly type: 'requestFailed'; readonly error: WireError }

/** What happened to the call. Everything that changes `CallState` is one of these. */
export type CallEvent =
  | { readonly type: 'joinRequested' }
  /** Back to the green room, with the reason. */
  | { readonly type: 'joinRefused'; readonly error: WireError | null }
  | { readonly type: 'keptWaiting' }
  | { readonly type: 'snapshotReceived'; readonly snapshot: Snapshot }
  | { readonly type: 'rosterChanged'; readonly version: number; readonly changes: readonly RosterChange[] }
  | { readonly type: 'settingsChanged'; readonly version: number; readonly settings: Settings }
  | { readonly type: 'transportChanged'; readonly version: number; readonly transport: Transport }
  | {
      readonly type: 'recordingChanged'
      readonly version: number
      readonly recording: RoomRecording | null
    }
  | { readonly type: 'lobbyChanged'; readonly waiting: readonly WaitingPerson[] }
  | { readonly type: 'chatReceived'; readonly messages: readonly ChatMessage[] }
  | { readonly type: 'messageQueued'; readonly id: string; readonly text: string }
  | { readonly type: 'messageFailed'; readonly id: string }
  | { readonly type: 'mediaChanged'; readonly media: EngineState }
  | { readonly type: 'connectionLost' }
  | { readonly type: 'ended'; readonly reason: EndReason | 'left' }
  | { readonly type: 'failed'; readonly error: WireError }

export const NO_MEDIA: EngineState = { link: 'idle', limited: false, participants: new Map() }

/** Pure and total: an event that means nothing in a state leaves it as it is (the same object). */
export function reduce(state: CallState, event: CallEvent): CallState {
  // Terminal states stay: late news of a call that is over changes nothing.
  if (state.status === 'ended' || state.status === 'failed') return state
  switch (event.type) {
    case 'joinRequested':
      return state.status === 'inCall' ? state : { status: 'joining' }
    case 'joinRefused':
      return { status: 'lobby', error: event.error }
    case 'keptWaiting':
      return { status: 'waiting' }
    case 'snapshotReceived':
      return enter(state, event.snapshot)
    case 'ended':
      return { status: 'ended', reason: event.reason }
    case 'failed':
      return { status: 'failed', error: event.error }
    default:
      return state.status === 'inCall' ? reduceInCall(state, event) : state
  }
}

type InCall = Extract<CallState, { status: 'inCall' }>
type RoomEvent = Extract<
  CallEvent,
  {
    type:
      | 'rosterChanged'
      | 'settingsChanged'
      | 'transportChanged'
      | 'recordingChanged'
      | 'lobbyChanged'
      | 'chatReceived'
      | 'messageQueued'
      | 'messageFailed'
      | 'mediaChanged'
      | 'connectionLost'
  }
>

function reduceInCall(state: InCall, event: RoomEvent): CallState {
  const { room } = state
  switch (event.type) {
    case 'rosterChanged': {
      if (event.version !== room.version + 1) return state
      const participants = applyChanges(room.participants, event.changes)
      return { ...state, room: { ...room, version: event.version, participants } }
    }
    case 'settingsChanged':
      if (event.version !== room.version + 1) return state
      return { ...state, room: { ...room, version: event.version, settings: event.settings } }
    case 'transportChanged':
      if (event.version !== room.version + 1) return state
      return { ...state, room: { ...room, version: event.version, transport: event.transport } }
    case 'recordingChanged':
      if (event.version !== room.version + 1) return state
      return { ...state, room: { ...room, version: event.version, recording: event.recording } }
    case 'lobbyChanged':
      return { ...state, room: { ...room, waiting: event.waiting } }
    case 'chatReceived':
      return withMessages(state, event.messages)
    case 'messageQueued': {
      const message: PendingMessage = { id: event.id, text: event.text, status: 'sending' }
      return { ...state, pending: [...state.pending.filter((other) => other.id !== event.id), message] }
    }
    case 'messageFailed':
      return {
        ...state,
        pending: state.pending.map((message) =>
          message.id === event.id ? { ...message, status: 'failed' } : message,
        ),
      }
    case 'mediaChanged':
      return { ...state, media: event.media }
    case 'connectionLost':
      return state.connection === 'reconnecting' ? state : { ...state, connection: 'reconnecting' }
  }
}

/** True when news of `version` cannot be applied because news before it never came: ask for the whole state. */
export function isGap(state: CallState, version: number): boolean {
  return state.status === 'inCall' && version > state.room.version + 1
}

function enter(state: CallState, snapshot: Snapshot): CallState {
  const before = state.status === 'inCall' ? state : null
  const sameRoom = before !== null && before.room.conferenceId === snapshot.conferenceId
  // A late answer to meeting:sync must not undo news that came after it.
  if (sameRoom && before.connection === 'connected' && snapshot.version < before.room.version) return state
  const chat = sameRoom ? before.room.chat : []
  const next: InCall = {
    status: 'inCall',
    room: {
      version: snapshot.version,
      conferenceId: snapshot.conferenceId,
      title: snapshot.title,
      self: snapshot.self,
      participants: new Map(snapshot.participants.map((participant) => [participant.id, participant])),
      waiting: snapshot.waiting,
      settings: snapshot.settings,
      transport: snapshot.transport,
      recording: snapshot.recording,
      chat,
    },
    media: before?.media ?? NO_MEDIA,
    pending: before?.pending ?? [],
    connection: 'connected',
  }
  return withMessages(next, snapshot.chat)
}

/** Adds messages by their number, each once, and takes what the server now has out of the pending ones. */
function withMessages(state: InCall, messages: readonly ChatMessage[]): InCall {
  if (messages.length === 0) return state
  const bySeq = new Map(state.room.chat.map((message) => [message.seq, message]))
  for (const message of messages) bySeq.set(message.seq, message)
  const arrived = new Set<string>(messages.map((message) => message.id))
  const chat = [...bySeq.values()].sort((a, b) => a.seq - b.seq)
  return {
    ...state,
    room: { ...state.room, chat },
    pending: state.pending.filter((message) => !arrived.has(message.id)),
  }
}
