import { Prisma, type PrismaClient } from '@prisma/client'
import { conferenceId, type RecordingId, recordingId } from '#lib/protocol/ids.ts'
import { type RecordingStopReason, recordedType } from '#lib/protocol/recordings.ts'
import { answered } from './answered.ts'
import { stopping } from './PrismaRecordingJobs.ts'
import {
  LEASE_MS,
  MAX_ATTEMPTS,
  type OpenRecording,
  type RecorderDesk,
  type RecorderJob,
  type RecorderSeat,
} from './RecorderDesk.ts'

type ClaimedRow = {
  readonly id: string
  readonly meetingId: string
  readonly conferenceId: string
  readonly title: string
  readonly studio: boolean
  readonly attempts: number
  readonly startedAt: Date | null
  readonly code: string
  readonly recordedAs: string | null
}

const LEASE = Prisma.sql`now() + ${LEASE_MS} * interval '1 ms'`
const FREE = Prisma.sql`("leaseUntil" IS NULL OR "leaseUntil" < now())`
/** Killed recorders' rows are kept for so long: nobody asks for them, and nothing hangs on them. */
const FORGOTTEN = Prisma.sql`now() - interval '1 hour'`

/** RecorderDesk in PostgreSQL, by its clock. */
export class PrismaRecorderDesk implements RecorderDesk {
  readonly #database: PrismaClient

  constructor(database: PrismaClient) {
    this.#database = database
  }

  heartbeat = ({ id, hostname, free }: RecorderSeat): Promise<void> =>
    answered(async () => {
      await this.#database.$executeRaw`
        INSERT INTO "RecorderProcess" (id, free, "seenAt", hostname) VALUES (${id}, ${free}, now(), ${hostname})
        ON CONFLICT (id) DO UPDATE SET free = ${free}, "seenAt" = now()`
      await this.#database.$executeRaw`DELETE FROM "RecorderProcess" WHERE "seenAt" < ${FORGOTTEN}`
    })

  leave = (recorderId: string): Promise<void> =>
    answered(async () => {
      await this.#database.$executeRaw`DELETE FROM "RecorderProcess" WHERE id = ${recorderId}`
      await this.#letGo(Prisma.sql`holder = ${recorderId}`)
    })

  claim = (recorderId: string): Promise<RecorderJob | null> =>
    answered(async () => {
      const used = Prisma.sql`kind = 'SERVER' AND attempts >= ${MAX_ATTEMPTS} AND ${FREE}`
      await this.#database.$executeRaw(stopping(used, 'recorder-lost'))
      // SKIP LOCKED: of two recorders that ask at once each gets another job, and neither waits.
      const [row] = await this.#database.$queryRaw<ClaimedRow[]>`
        UPDATE "Recording" AS job SET holder = ${recorderId}, "leaseUntil" = ${LEASE}, attempts = job.attempts + 1
        FROM "Meeting" AS meeting
        WHERE meeting.id = job."meetingId" AND job.id = (
          SELECT id FROM "Recording"
          WHERE kind = 'SERVER' AND state IN ('WAITING', 'RUNNING') AND "deletedAt" IS NULL
            AND attempts < ${MAX_ATTEMPTS} AND ${FREE}
          ORDER BY "createdAt" LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING job.id::text, job."meetingId"::text, job."conferenceId"::text, job.title, job.studio,
          job.attempts, job."startedAt", meeting.code,
          (SELECT part."mimeType" FROM "RecordingPart" AS part
            WHERE part."recordingId" = job.id AND part.source = 'COMPOSED' ORDER BY part.index DESC LIMIT 1) AS "recordedAs"`
      return row ? toJob(row) : null
    })

  renew = (recorderId: string, jobs: readonly RecordingId[]): Promise<readonly RecordingId[]> =>
    answered(async () => {
      if (jobs.length === 0) return []
      const rows = await this.#database.$queryRaw<{ id: string }[]>`
        UPDATE "Recording" SET "leaseUntil" = ${LEASE}
        WHERE holder = ${recorderId} AND state IN ('WAITING', 'RUNNING') AND "deletedAt" IS NULL
          AND id IN (${Prisma.join(jobs.map((id) => Prisma.sql`${id}::uuid`))})
        RETURNING id::text`
      return rows.map(({ id }) => recordingId.parse(id))
    })

  release = (recorderId: string, job: RecordingId, { failed }: { readonly failed: boolean }): Promise<void> =>
    answered(() => this.#letGo(Prisma.sql`holder = ${recorderId} AND id = ${job}::uuid`, failed ? 0 : 1))

  giveUp = (recorderId: string, job: RecordingId, reason: RecordingStopReason): Promise<void> =>
    answered(async () => {
      await this.#database.$executeRaw(
        stopping(Prisma.sql`holder = ${recorderId} AND id = ${job}::uuid`, reason),
      )
    })

  find = (id: RecordingId): Promise<OpenRecording | null> =>
    answered(async () => {
      const row = await this.#database.recording.findFirst({
        where: {
          id,
          kind: 'SERVER',
          state: { in: ['WAITING', 'RUNNING', 'FINISHING'] },
          deletedAt: null,
          meeting: { deletedAt: null },
        },
        select: { meetingId: true, meeting: { select: { code: true } } },
      })
      return row && { id, meetingId: row.meetingId, meetingCode: row.meeting.code }
    })

  /** Only what goes on: a finisher's lease is none of a recorder's business. */
  async #letGo(which: Prisma.Sql, uncounted = 0): Promise<void> {
    await this.#database.$executeRaw`
      UPDATE "Recording" SET holder = NULL, "leaseUntil" = NULL, attempts = greatest(attempts - ${uncounted}, 0)
      WHERE state IN ('WAITING', 'RUNNING') AND ${which}`
  }
}

function toJob(claimed: ClaimedRow): RecorderJob {
  const { id, code, conferenceId: conference, attempts, startedAt, recordedAs, ...row } = claimed
  return {
    ...row,
    id: recordingId.parse(id),
    conferenceId: conferenceId.parse(conference),
    meetingCode: code,
    attempt: attempts,
    startedAt: startedAt?.getTime() ?? null,
    recordedAs: recordedType.nullable().catch(null).parse(recordedAs),
  }
}
