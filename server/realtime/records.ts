import type {
  ChatMessage,
  MediaPolicy,
  MediaState,
  Permissions,
  Role,
  Transport,
} from '#lib/protocol/events.ts'
import type { ConferenceId, InstanceId, MessageId, ParticipantId } from '#lib/protocol/ids.ts'
import type { Permission } from '#lib/protocol/permissions.ts'
import type { RecordingPolicy } from '#lib/protocol/recordings.ts'

/** The meeting behind a link. */
export type MeetingRecord = {
  readonly id: string
  readonly code: string
  readonly title: string
  readonly hostId: string
  readonly lobby: boolean
  readonly mediaPolicy: MediaPolicy
  readonly permissions: Permissions
  /** What its host wishes; the server's own policy is the limit. */
  readonly recording: {
    readonly policy: RecordingPolicy
    /** People are asked, and not only told. */
    readonly consent: boolean
    readonly keepDays: number | null
  }
  readonly repeats: boolean
  readonly endedAt: Date | null
}

/** A seat somebody took. Its id is the ParticipantId. */
export type VisitRecord = {
  readonly id: ParticipantId
  readonly instanceId: InstanceId
  readonly instanceSeq: number
  readonly sessionId: string
  readonly userId: string | null
  readonly name: string
  readonly role: Role
  readonly seat: number
  readonly media: MediaState
  /** ms since the epoch, or null. */
  readonly handRaisedAt: number | null
  readonly coHost: boolean
}

/** What of a seat changes while somebody sits there. */
export type SeatState = Pick<
  VisitRecord,
  'id' | 'instanceId' | 'instanceSeq' | 'media' | 'handRaisedAt' | 'coHost'
>

/** A conference that goes on, as it was written down. */
export type OpenConference = {
  readonly id: ConferenceId
  readonly lastActiveAt: Date
  readonly transport: Transport
  /** Those who have not left. */
  readonly visits: readonly VisitRecord[]
  /** Those a host removed: they may not come back to this conference (RM-4). */
  readonly removed: { readonly sessionIds: readonly string[]; readonly userIds: readonly string[] }
  /** The newest messages, oldest first. */
  readonly chat: readonly ChatMessage[]
}

export type VisitEnd = {
  readonly id: ParticipantId
  readonly reason: 'left' | 'lost' | 'removed' | 'revoked' | 'ended'
  readonly at: Date
}

export type NewMessage = {
  readonly id: MessageId
  readonly conferenceId: ConferenceId
  readonly visitId: ParticipantId
  readonly sessionId: string
  readonly authorName: string
  readonly text: string
}

/**
 * What the realtime part writes down and reads again. Each method throws AppError `unavailable` when the database is
 * away, and has then changed nothing, or something that doing it again does not do twice.
 */
export interface ConferenceRecords {
  /** Null for a code that was never given, and for a deleted meeting. */
  meetingByCode(code: string): Promise<MeetingRecord | null>
  /** The meeting of a conference that has not ended; null for any other, and for a deleted meeting. */
  meetingOfConference(conferenceId: ConferenceId): Promise<MeetingRecord | null>
  /** The conference of a meeting that has not ended, with what is needed to go on with it. */
  openConference(meetingId: string): Promise<OpenConference | null>
  /** Starts a conference, and clears the meeting's end when its host has returned. */
  startConference(meetingId: string): Promise<ConferenceId>
  /** Done again it does nothing twice. A visit whose session or conference is deleted by now is left out. */
  createVisits(conferenceId: ConferenceId, visits: readonly VisitRecord[]): Promise<void>
  saveSeats(seats: readonly SeatState[]): Promise<void>
  /** Ends seats that have not ended yet. */
  closeVisits(ends: readonly VisitEnd[]): Promise<void>
  /** Ends the conference and the seats still open in it. */
  endConference(conferenceId: ConferenceId, at: Date): Promise<void>
  /** As endConference, for all of a meeting's conferences; a meeting that does not repeat has ended with it. */
  endMeeting(meetingId: string, at: Date): Promise<void>
  setLobby(meetingId: string, enabled: boolean): Promise<void>
  setMediaPolicy(meetingId: string, policy: MediaPolicy): Promise<void>
  setPermission(meetingId: string, what: Permission, allowed: boolean): Promise<void>
  /** How media travels from now on: what a restarted server goes on with. */
  saveTransport(conferenceId: ConferenceId, transport: Transport): Promise<void>
  /** Writes that these conferences go on. */
  keepAlive(conferenceIds: readonly ConferenceId[], at: Date): Promise<void>
  /**
   * Stores a message under the conference's next number, without gaps. The same id again, from the same person, gives
   * the stored message; from another person AppError `conflict`, and says nothing of what is stored.
   */
  appendMessage(message: NewMessage): Promise<{ readonly message: ChatMessage; readonly isNew: boolean }>
  /** Up to `take` messages after `afterSeq`, oldest first. */
  messagesAfter(conferenceId: ConferenceId, afterSeq: number, take: number): Promise<readonly ChatMessage[]>
}
