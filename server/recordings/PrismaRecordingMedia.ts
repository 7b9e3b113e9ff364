import { createHash } from 'node:crypto'
import type { Prisma, PrismaClient } from '@prisma/client'
import { HIDDEN_KINDS, WATCHED_KINDS } from './fileKinds.ts'
import { hasAgreed } from './PrismaAgreement.ts'
import { liveAt, sharedAt } from './PrismaRecordingViews.ts'

const HOUR_MS = 3_600_000

/** A finished file, as it is sent. */
export type MediaFile = {
  readonly id: string
  readonly recordingId: string
  readonly title: string
  readonly kind: string
  readonly storageKey: string
  readonly mimeType: string
  readonly bytes: number
  readonly personName: string | null
  readonly film: number
  readonly fromMs: number | null
  readonly durationMs: number
  /** The recording's own, as its row has it: how its bytes are deciphered. */
  readonly wrappedKey: Uint8Array | null
}

export type Watched = {
  readonly action: 'recording.watched' | 'recording.downloaded'
  readonly actorId: string | null
  /** Who it is, for counting once: a user or a link. */
  readonly who: string
  readonly recordingId: string
  readonly address: string
  readonly details: Readonly<Record<string, string>>
}

/** What sending media asks of the database, on each request and every two seconds of a stream. */
export interface RecordingMedia {
  fileOfOwner(ownerId: string, recordingId: string, fileId: string): Promise<MediaFile | null>
  /** Of a recording whose link the caller has checked. Without `download` only what the player plays. */
  fileOfShare(recordingId: string, fileId: string, download: boolean): Promise<MediaFile | null>
  /** Written once per person, recording (or file) and hour, whichever process is asked, however many ranges. */
  note(watched: Watched): Promise<void>
}

const COLUMNS = {
  id: true,
  recordingId: true,
  kind: true,
  storageKey: true,
  mimeType: true,
  bytes: true,
  visitId: true,
  personName: true,
  film: true,
  fromMs: true,
  durationMs: true,
  recording: { select: { title: true, wrappedKey: true, consentAsked: true } },
} as const

const SEEN = { kind: { notIn: [...HIDDEN_KINDS] } }

export function createRecordingMedia(
  prisma: PrismaClient,
  now: () => Date = () => new Date(),
): RecordingMedia {
  async function file(where: Prisma.RecordingFileWhereInput): Promise<MediaFile | null> {
    const row = await prisma.recordingFile.findFirst({ where, select: COLUMNS })
    if (!row) return null
    const { visitId, bytes, recording, ...known } = row
    const { consentAsked, ...kept } = recording
    if (consentAsked && visitId !== null && !(await hasAgreed(prisma, known.recordingId, visitId)))
      return null
    return { ...known, ...kept, bytes: Number(bytes) }
  }

  return {
    fileOfOwner: (ownerId, recordingId, id) =>
      file({ id, recordingId, ...SEEN, recording: { ownerId, ...liveAt(now()) } }),

    fileOfShare: (recordingId, id, download) =>
      file({
        id,
        recordingId,
        recording: sharedAt(now()),
        ...(download ? SEEN : { kind: { in: [...WATCHED_KINDS] } }),
      }),

    note: async ({ who, action, actorId, recordingId, address, details }) => {
      const hour = Math.floor(now().getTime() / HOUR_MS)
      const id = onceId(action, who, details.file ?? recordingId, String(hour))
      await prisma.auditEvent.createMany({
        data: [{ id, action, actorId, targetId: recordingId, address, details: { ...details } }],
        skipDuplicates: true,
      })
    },
  }
}

/** The same parts make the same id, so that the table itself refuses a second row. A UUID of version 8 (RFC 9562 §5.8). */
function onceId(...parts: readonly string[]): string {
  const bytes = createHash('sha256').update(parts.join('\n')).digest().subarray(0, 16)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  const hex = bytes.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
