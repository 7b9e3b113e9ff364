import { Prisma, type PrismaClient } from '@prisma/client'
import { AppError } from '#lib/errors.ts'
import type { ChatMessage, MediaPolicy, MediaState, Role, Transport } from '#lib/protocol/events.ts'
import { type ConferenceId, conferenceId, instanceId, messageId, participantId } from '#lib/protocol/ids.ts'
import type { Permission } from '#lib/protocol/permissions.ts'
import { sqlState } from '#server/http/errorResponse.ts'
import type {
  ConferenceRecords,
  MeetingRecord,
  NewMessage,
  OpenConference,
  SeatState,
  VisitEnd,
  VisitRecord,
} from './records.ts'

/** Messages that a room keeps at hand for those who come in. */
const RECENT_MESSAGES = 200
/** Another process that writes to the same conference may take a number first; then the next one is tried. */
const APPEND_ATTEMPTS = 5

const meetingFields = {
  id: true,
  code: true,
  title: true,
  hostId: true,
  lobby: true,
  mediaPolicy: true,
  allowMicrophone: true,
  allowCamera: true,
  allowScreen: true,
  allowChat: true,
  recordingPolicy: true,
  recordingConsent: true,
  recordingKeepDays: true,
  repeats: true,
  endedAt: true,
} satisfies Prisma.MeetingSelect

const visitFields = {
  id: true,
  instanceId: true,
  instanceSeq: true,
  sessionId: true,
  userId: true,
  name: true,
  role: true,
  seat: true,
  media: true,
  handRaisedAt: true,
  coHost: true,
} satisfies Prisma.VisitSelect

const messageFields = {
  id: true,
  seq: true,
  visitId: true,
  authorName: true,
  text: true,
  sentAt: true,
} satisfies Prisma.ChatMessageSelect

type MeetingRow = Prisma.MeetingGetPayload<{ select: typeof meetingFields }>
type VisitRow = Prisma.VisitGetPayload<{ select: typeof visitFields }>
type MessageRow = Prisma.ChatMessageGetPayload<{ select: typeof messageFields }>

/** ConferenceRecords in PostgreSQL. */
export class PrismaConferenceRecords implements ConferenceRecords {
  readonly #database: PrismaClient

  constructor(database: PrismaClient) {
    this.#database = database
  }

  meetingByCode = (code: string): Promise<MeetingRecord | null> =>
    answered(async () => {
      const row = await this.#database.meeting.findFirst({
        where: { code, deletedAt: null },
        select: meetingFields,
      })
      return row && toMeeting(row)
    })

  meetingOfConference = (conference: ConferenceId): Promise<MeetingRecord | null> =>
    answered(async () => {
      const row = await this.#database.meeting.findFirst({
        where: { deletedAt: null, conferences: { some: { id: conference, endedAt: null } } },
        select: meetingFields,
      })
      return row && toMeeting(row)
    })

  openConference = (meetingId: string): Promise<OpenConference | null> =>
    answered(async () => {
      const row = await this.#database.conference.findFirst({
        where: { meetingId, endedAt: null },
        orderBy: { startedAt: 'desc' },
        select: {
          id: true,
          lastActiveAt: true,
          onSfu: true,
          transportEpoch: true,
          visits: {
            where: { OR: [{ leftAt: null }, { leftReason: 'removed' }] },
            select: { ...visitFields, leftAt: true },
          },
          messages: { orderBy: { seq: 'desc' }, take: RECENT_MESSAGES, select: messageFields },
        },
      })
      if (!row) return null
      const removed = row.visits.filter((visit) => visit.leftAt !== null)
      return {
        id: conferenceId.parse(row.id),
        lastActiveAt: row.lastActiveAt,
        transport: { kind: row.onSfu ? 'sfu' : 'mesh', epoch: row.transportEpoch },
        visits: row.visits.filter((visit) => visit.leftAt === null).flatMap(toVisit),
        removed: {
          sessionIds: removed.flatMap(({ sessionId }) => sessionId ?? []),
          userIds: removed.flatMap(({ userId }) => userId ?? []),
        },
        chat: row.messages.map(toMessage).reverse(),
      }
    })

  startConference = (meetingId: string): Promise<ConferenceId> =>
    answered(async () => {
      const [, row] = await this.#database.$transaction([
        this.#database.meeting.updateMany({
          where: { id: meetingId, endedAt: { not: null } },
          data: { endedAt: null },
        }),
        this.#database.conference.create({ data: { meetingId }, select: { id: true } }),
      ])
      return conferenceId.parse(row.id)
    })

  createVisits = (conference: ConferenceId, visits: readonly VisitRecord[]): Promise<void> =>
    answered(async () => {
      try {
        await this.#createVisits(conference, visits)
      } catch (error) {
        if (!isGoneReference(error)) throw error
        for (const visit of visits) {
          await this.#createVisits(conference, [visit]).catch((one: unknown) => {
            if (!isGoneReference(one)) throw one
          })
        }
      }
    })

  saveSeats = (seats: readonly SeatState[]): Promise<void> =>
    answered(async () => {
      const rows = seats.map(
        ({ id, instanceId, instanceSeq, media, handRaisedAt, coHost }) =>
          Prisma.sql`(${id}::uuid, ${instanceId}::uuid, ${instanceSeq}::int, ${bitsOf(media)}::int,
            ${handRaisedAt === null ? null : new Date(handRaisedAt)}::timestamptz, ${coHost}::boolean)`,
      )
      await this.#database.$executeRaw`
        UPDATE "Visit" AS visit
        SET "instanceId" = seat.instance, "instanceSeq" = seat.seq, media = seat.media, "handRaisedAt" = seat.hand,
          "coHost" = seat.cohost
        FROM (VALUES ${Prisma.join(rows)}) AS seat(id, instance, seq, media, hand, cohost)
        WHERE visit.id = seat.id AND visit."leftAt" IS NULL`
    })

  closeVisits = (ends: readonly VisitEnd[]): Promise<void> =>
    answered(async () => {
      const rows = ends.map(
        ({ id, reason, at }) => Prisma.sql`(${id}::uuid, ${reason}::text, ${at}::timestamptz)`,
      )
      await this.#database.$executeRaw`
        UPDATE "Visit" AS visit SET "leftAt" = ended.at, "leftReason" = ended.reason
        FROM (VALUES ${Prisma.join(rows)}) AS ended(id, reason, at)
        WHERE visit.id = ended.id AND visit."leftAt" IS NULL`
    })

  endConference = (conference: ConferenceId, at: Date): Promise<void> =>
    answered(async () => {
      await this.#endConferences({ id: conference }, at)
    })

  endMeeting = (meetingId: string, at: Date): Promise<void> =>
    answered(async () => {
      await this.#database.meeting.updateMany({
        where: { id: meetingId, repeats: 'NONE', endedAt: null },
        data: { endedAt: at },
      })
      await this.#endConferences({ meetingId }, at)
    })

  setLobby = (meetingId: string, enabled: boolean): Promise<void> =>
    answered(async () => {
      await this.#database.meeting.updateMany({ where: { id: meetingId }, data: { lobby: enabled } })
    })

  setMediaPolicy = (meetingId: string, policy: MediaPolicy): Promise<void> =>
    answered(async () => {
      await this.#database.meeting.updateMany({
        where: { id: meetingId },
        data: { mediaPolicy: POLICY_TO_ROW[policy] },
      })
    })

  setPermission = (meetingId: string, what: Permission, allowed: boolean): Promise<void> =>
    answered(async () => {
      await this.#database.meeting.updateMany({
        where: { id: meetingId },
        data: { [PERMISSION_COLUMN[what]]: allowed },
      })
    })

  saveTransport = (conference: ConferenceId, { kind, epoch }: Transport): Promise<void> =>
    answered(async () => {
      await this.#database.conference.updateMany({
        where: { id: conference, transportEpoch: { lt: epoch } },
        data: { onSfu: kind === 'sfu', transportEpoch: epoch },
      })
    })

  keepAlive = (conferenceIds: readonly ConferenceId[], at: Date): Promise<void> =>
    answered(async () => {
      await this.#database.conference.updateMany({
        where: { id: { in: [...conferenceIds] } },
        data: { lastActiveAt: at },
      })
    })

  appendMessage = (message: NewMessage): Promise<{ message: ChatMessage; isNew: boolean }> =>
    answered(async () => {
      for (let attempt = 0; attempt < APPEND_ATTEMPTS; attempt += 1) {
        const stored = await this.#tryAppend(message)
        if (stored) return stored
      }
      throw AppError.unavailable(new Error('the next number of a message was taken again and again'))
    })

  messagesAfter = (conference: ConferenceId, afterSeq: number, take: number): Promise<ChatMessage[]> =>
    answered(async () => {
      const rows = await this.#database.chatMessage.findMany({
        where: { conferenceId: conference, seq: { gt: afterSeq } },
        orderBy: { seq: 'asc' },
        take,
        select: messageFields,
      })
      return rows.map(toMessage)
    })

  async #createVisits(conference: ConferenceId, visits: readonly VisitRecord[]): Promise<void> {
    const rows = visits.map(({ role, media, handRaisedAt, ...visit }) => ({
      ...visit,
      role: ROLE_TO_ROW[role],
      media: bitsOf(media),
      handRaisedAt: handRaisedAt === null ? null : new Date(handRaisedAt),
    }))
    // One statement, however many come: Prisma's own is compiled anew for each number of rows, which in a storm of
    // joins costs more than all else. Conflicts: written again after an answer that was lost.
    await this.#database.$executeRaw`
      INSERT INTO "Visit" (id, "conferenceId", "sessionId", "userId", name, role, seat, "handRaisedAt", "instanceId",
        "instanceSeq", media, "coHost")
      SELECT id, ${conference}::uuid, "sessionId", "userId", name, role, seat, "handRaisedAt", "instanceId",
        "instanceSeq", media, "coHost"
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS visit(id uuid, "sessionId" uuid, "userId" uuid,
        name text, role "VisitRole", seat int, "handRaisedAt" timestamptz, "instanceId" uuid, "instanceSeq" int,
        media int, "coHost" boolean)
      ON CONFLICT DO NOTHING`
  }

  /** One statement takes the next number and stores; either unique constraint makes it store nothing. */
  async #tryAppend(message: NewMessage): Promise<{ message: ChatMessage; isNew: boolean } | null> {
    const { id, conferenceId: conference, visitId, authorName, text, sessionId } = message
    const inserted = await this.#database.$queryRaw<MessageRow[]>`
      INSERT INTO "ChatMessage" (id, "conferenceId", seq, "visitId", "authorName", text)
      SELECT ${id}::uuid, ${conference}::uuid, COALESCE(MAX(seq), 0) + 1, ${visitId}::uuid, ${authorName}, ${text}
      FROM "ChatMessage" WHERE "conferenceId" = ${conference}::uuid
      ON CONFLICT DO NOTHING
      RETURNING id, seq, "visitId", "authorName", text, "sentAt"`
    if (inserted[0]) return { message: toMessage(inserted[0]), isNew: true }
    const existing = await this.#database.chatMessage.findUnique({
      where: { id },
      select: { ...messageFields, conferenceId: true, visit: { select: { sessionId: true } } },
    })
    if (!existing) return null
    const own = existing.visitId === visitId || existing.visit?.sessionId === sessionId
    if (existing.conferenceId !== conference || !own) {
      throw new AppError('conflict', 'This message could not be sent. Please write it again.')
    }
    return { message: toMessage(existing), isNew: false }
  }

  async #endConferences(where: { id: ConferenceId } | { meetingId: string }, at: Date): Promise<void> {
    await this.#database.$transaction([
      this.#database.visit.updateMany({
        where: { conference: where, leftAt: null },
        data: { leftAt: at, leftReason: 'ended' },
      }),
      this.#database.conference.updateMany({ where: { ...where, endedAt: null }, data: { endedAt: at } }),
    ])
  }
}

/** Doubt is refusal: whatever the database says against it, the answer to the person is that it is away. */
async function answered<Value>(work: () => Promise<Value>): Promise<Value> {
  try {
    return await work()
  } catch (cause) {
    throw cause instanceof AppError ? cause : AppError.unavailable(cause)
  }
}

/** The session, the person or the conference was deleted meanwhile: there is nobody to write it down for. */
const isGoneReference = (error: unknown): boolean =>
  error instanceof Prisma.PrismaClientKnownRequestError && sqlState(error) === FOREIGN_KEY_VIOLATION

const FOREIGN_KEY_VIOLATION = '23503'

const ROLE_TO_ROW = { host: 'HOST', member: 'MEMBER', guest: 'GUEST', recorder: 'RECORDER' } as const
const ROLE_FROM_ROW: Record<VisitRow['role'], Role> = {
  HOST: 'host',
  MEMBER: 'member',
  GUEST: 'guest',
  RECORDER: 'recorder',
}

const POLICY_TO_ROW = { automatic: 'AUTOMATIC', direct: 'DIRECT', server: 'SERVER' } as const
const POLICY_FROM_ROW = { AUTOMATIC: 'automatic', DIRECT: 'direct', SERVER: 'server' } as const

const PERMISSION_COLUMN = {
  microphone: 'allowMicrophone',
  camera: 'allowCamera',
  screen: 'allowScreen',
  chat: 'allowChat',
} as const satisfies Record<Permission, keyof MeetingRow>

const bitsOf = ({ microphone, camera, screen }: MediaState): number =>
  Number(microphone) + 2 * Number(camera) + 4 * Number(screen)

const mediaOf = (bits: number): MediaState => ({
  microphone: (bits & 1) !== 0,
  camera: (bits & 2) !== 0,
  screen: (bits & 4) !== 0,
})

const RECORDING_FROM_ROW = { NEVER: 'never', ASK: 'ask', AUTOMATIC: 'automatic' } as const

function toMeeting(row: MeetingRow): MeetingRecord {
  const { recordingPolicy, recordingConsent: consent, recordingKeepDays: keepDays, ...rest } = row
  const { allowMicrophone: microphone, allowCamera: camera, allowScreen: screen, ...others } = rest
  const { allowChat: chat, ...plain } = others
  return {
    ...plain,
    permissions: { microphone, camera, screen, chat },
    mediaPolicy: POLICY_FROM_ROW[row.mediaPolicy],
    recording: { policy: RECORDING_FROM_ROW[recordingPolicy], consent, keepDays },
    repeats: row.repeats !== 'NONE',
  }
}

/** A seat whose session was deleted, or that never had an instance, can be given back to nobody. */
function toVisit(row: VisitRow): VisitRecord[] {
  const { sessionId, instanceId: instance } = row
  if (sessionId === null || instance === null) return []
  const { userId, name, seat, instanceSeq, coHost } = row
  return [
    {
      id: participantId.parse(row.id),
      instanceId: instanceId.parse(instance),
      instanceSeq,
      sessionId,
      userId,
      name,
      role: ROLE_FROM_ROW[row.role],
      seat,
      media: mediaOf(row.media),
      handRaisedAt: row.handRaisedAt?.getTime() ?? null,
      coHost,
    },
  ]
}

function toMessage(row: MessageRow): ChatMessage {
  return {
    id: messageId.parse(row.id),
    seq: row.seq,
    from: row.visitId === null ? null : participantId.parse(row.visitId),
    authorName: row.authorName,
    text: row.text,
    sentAt: row.sentAt.getTime(),
  }
}
