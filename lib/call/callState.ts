import type { WireError } from '#lib/protocol/errors.ts'
import type {
  ChatMessage,
  EndReason,
  Participant,
  Settings,
  Transport,
  WaitingPerson,
} from '#lib/protocol/events.ts'
import type { ConferenceId, ParticipantId } from '#lib/protocol/ids.ts'
import type { EngineState, MediaFailure, Source } from './ports.ts'

/** What our own microphone, camera or screen does. */
export type LocalSource =
  | { readonly status: 'off' }
  | { readonly status: 'starting' }
  | { readonly status: 'on'; readonly track: MediaStreamTrack }
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
  | { readonly type: 'mutedByHost' | 'talkingWhileMuted' | 'noSoundFromMicrophone' | 'reconnected' }
  | { readonly type: 'shareStarted' | 'shareEnded'; readonly name: string }
  | { readonly type: 'deviceLost'; readonly source: Source }
  | { readonly type: 'requestFailed'; readonly error: WireError }
