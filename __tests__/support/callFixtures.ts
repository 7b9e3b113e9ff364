import { EVERYTHING } from '#lib/domain/authority.ts'
import type { ChatMessage, Snapshot } from '#lib/protocol/events.ts'
import type { ConferenceId, MessageId } from '#lib/protocol/ids.ts'
import { idOf, participantOf } from './meshRoom.ts'

const uuid = (group: number, number: number): string =>
  `0000000${group}-0000-4000-8000-${String(number).padStart(12, '0')}`

export const conferenceOf = (number: number): ConferenceId => uuid(1, number) as ConferenceId

export const messageOf = (seq: number, change: Partial<ChatMessage> = {}): ChatMessage => ({
  id: uuid(2, seq) as MessageId,
  seq,
  from: idOf(2),
  authorName: 'Person 2',
  text: `message ${seq}`,
  sentAt: 0,
  ...change,
})

/** A room of persons 1 (ourselves) and 2. */
export const snapshotOf = (change: Partial<Snapshot> = {}): Snapshot => ({
  version: 1,
  conferenceId: conferenceOf(1),
  title: 'Planning',
  self: idOf(1),
  participants: [participantOf(1), participantOf(2)],
  waiting: [],
  settings: {
    lobby: false,
    mediaPolicy: 'automatic',
    permissions: EVERYTHING,
    recording: [],
    unrecorded: false,
  },
  transport: { kind: 'mesh', epoch: 0 },
  recording: null,
  iceServers: [],
  iceExpiresAt: null,
  chat: [],
  serverTime: 0,
  ...change,
})
