import { z } from 'zod'
import './zodWithoutEval.ts'

/**
 * Branded identifiers: a string of one kind cannot be passed where another kind is meant.
 * Each schema is also the wire's bound on that identifier.
 */
export const participantId = z.uuid().brand<'ParticipantId'>()
export type ParticipantId = z.infer<typeof participantId>

/** One page load of one participant. A reload keeps the participant and changes the instance. */
export const instanceId = z.uuid().brand<'InstanceId'>()
export type InstanceId = z.infer<typeof instanceId>

export const conferenceId = z.uuid().brand<'ConferenceId'>()
export type ConferenceId = z.infer<typeof conferenceId>

export const messageId = z.uuid().brand<'MessageId'>()
export type MessageId = z.infer<typeof messageId>

export const recordingId = z.uuid().brand<'RecordingId'>()
export type RecordingId = z.infer<typeof recordingId>

/** `readable-words-` and 26 Crockford base32 digits, see lib/domain/meetingCode.ts. */
export const meetingCode = z
  .string()
  .max(64)
  .regex(/^[a-z]+-[a-z]+-[0-9a-hjkmnp-tv-z]{26}$/)
  .brand<'MeetingCode'>()
export type MeetingCode = z.infer<typeof meetingCode>
