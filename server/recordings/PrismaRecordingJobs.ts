import { randomUUID } from 'node:crypto'
import { Prisma, type PrismaClient } from '@prisma/client'
import { AppError } from '#lib/errors.ts'
import { type ConferenceId, participantId, type RecordingId, recordingId } from '#lib/protocol/ids.ts'
import {
  type RecordingKind,
  type RecordingPolicy,
  type RecordingStopReason,
  recordingKind,
  recordingStopReason,
} from '#lib/protocol/recordings.ts'
import { answered } from './answered.ts'
import type { Capacity } from './Capacity.ts'
import { RECORDER_SILENCE_MS } from './RecorderDesk.ts'
import type { NewRecording, RecordingJobs, RecordingProgress, RecordingStarter } from './RecordingJobs.ts'
import type { MasterKeys } from './storage/MasterKeys.ts'

const DAY_MS = 86_400_000
const MOST_CONSENTS = 1_000

const progressFields = {
  id: true,
  kind: true,
  studio: true,
  copy: true,
  consentAsked: true,
  startedById: true,
  startedByName: true,
  startedAt: true,
  lastChunkAt: true,
  createdAt: true,
  stopReason: true,
  consents: { select: { visitId: true, given: true }, take: MOST_CONSENTS },
} satisfies Prisma.RecordingSelect

type ProgressRow = Prisma.RecordingGetPayload<{ select: typeof progressFields }>

export type JobsOptions = {
  readonly policy: RecordingPolicy
  readonly keepDays: number | undefined
  /** Null where recordings are stored as they are. */
  readonly masterKeys: MasterKeys | null
  readonly capacity: Pick<Capacity, 'shortage' | 'require'>
}

/** RecordingJobs in PostgreSQL. */
export class PrismaRecordingJobs implements RecordingJobs {
  readonly #database: PrismaClient
  readonly #options: JobsOptions

  constructor(database: PrismaClient, options: JobsOptions) {
    this.#database = database
    this.#options = options
  }

  offers = (): Promise<readonly RecordingKind[]> =>
    answered(async () => {
      if (this.#options.policy === 'never') return []
      // What stays on a host's device needs no room here.
      if ((await this.#options.capacity.shortage()) !== null) return ['device']
      const [row] = await this.#database.$queryRaw<{ any: boolean }[]>`
        SELECT EXISTS (SELECT 1 FROM "RecorderProcess"
          WHERE free > 0 AND "seenAt" > now() - ${RECORDER_SILENCE_MS} * interval '1 ms') AS any`
      return row?.any ? ['server', 'local', 'device'] : ['local', 'device']
    })

  start = (recording: NewRecording): Promise<RecordingId> =>
    answered(async () => {
      const { policy, capacity, masterKeys } = this.#options
      if (policy === 'never') throw new AppError('forbidden', 'Recording is switched off on this server.')
      const stored = recording.kind !== 'device'
      if (stored) await capacity.require()
      const id = randomUUID()
      const { keepDays, kind, consent, startedBy, ...known } = recording
      await this.#database.$transaction(async (transaction) => {
        // Two hosts who press the button at once: the second one waits here, and then finds the first one's.
        await transaction.$queryRaw`
          SELECT id::text FROM "Conference" WHERE id = ${recording.conferenceId}::uuid FOR UPDATE`
        const open = await transaction.recording.count({
          where: { conferenceId: recording.conferenceId, ...GOES_ON },
        })
        if (open > 0) throw new AppError('conflict', 'This meeting is being recorded already.')
        await transaction.recording.create({
          data: {
            ...known,
            id,
            kind: KINDS[kind],
            consentAsked: consent === 'asked',
            startedById: startedBy?.id ?? null,
            startedByName: startedBy?.name ?? null,
            wrappedKey: (stored && masterKeys?.create(id)) || null,
            expiresAt: this.#expiry(keepDays),
          },
          select: { id: true },
        })
      })
      return recordingId.parse(id)
    })

  open = (conference: ConferenceId): Promise<RecordingProgress | null> =>
    answered(async () => {
      const row = await this.#database.recording.findFirst({
        where: { conferenceId: conference, ...GOES_ON },
        select: progressFields,
        orderBy: { createdAt: 'desc' },
      })
      return row && this.#progressOf(row)
    })

  progress = (id: RecordingId): Promise<RecordingProgress | null> =>
    answered(async () => {
      const row = await this.#database.recording.findFirst({
        where: { id, deletedAt: null },
        select: progressFields,
      })
      return row && this.#progressOf(row)
    })

  stop = (id: RecordingId, reason: RecordingStopReason): Promise<void> =>
    answered(async () => {
      await this.#database.$executeRaw(stopping(Prisma.sql`id = ${id}::uuid`, reason))
    })

  consent = (id: RecordingId, person: { id: string; name: string }, agree: boolean): Promise<void> =>
    answered(async () => {
      await this.#database.recordingConsent.upsert({
        where: { recordingId_visitId: { recordingId: id, visitId: person.id } },
        create: { recordingId: id, visitId: person.id, name: person.name, given: agree },
        update: { given: agree, name: person.name, at: new Date() },
        select: { recordingId: true },
      })
    })

  /** The meeting's wish, within the server's limit. */
  #expiry(wish: number | null): Date | null {
    const days = Math.min(
      wish ?? Number.POSITIVE_INFINITY,
      this.#options.keepDays ?? Number.POSITIVE_INFINITY,
    )
    return Number.isFinite(days) ? new Date(Date.now() + days * DAY_MS) : null
  }

  async #progressOf(row: ProgressRow): Promise<RecordingProgress> {
    return {
      id: recordingId.parse(row.id),
      kind: recordingKind.parse(row.kind.toLowerCase()),
      studio: row.studio,
      copy: row.copy,
      consent: row.consentAsked ? 'asked' : 'told',
      startedBy: starterOf(row),
      startedAt: row.lastChunkAt === null ? null : (row.startedAt?.getTime() ?? null),
      lastChunkAt: row.lastChunkAt?.getTime() ?? null,
      createdAt: row.createdAt.getTime(),
      held: await this.#isHeld(row.id),
      stopReason: recordingStopReason.nullable().catch('failed').parse(row.stopReason),
      consents: row.consents.map(({ visitId, given }) => ({
        id: participantId.parse(visitId),
        agree: given,
      })),
    }
  }

  /** By the database's own clock, which the leases were given by. */
  async #isHeld(id: string): Promise<boolean> {
    const [row] = await this.#database.$queryRaw<{ held: boolean }[]>`
      SELECT (holder IS NOT NULL AND "leaseUntil" > now()) AS held FROM "Recording" WHERE id = ${id}::uuid`
    return row?.held ?? false
  }
}

function starterOf({ startedById, startedByName }: ProgressRow): RecordingStarter | null {
  if (startedById === null || startedByName === null) return null
  return { id: participantId.parse(startedById), name: startedByName }
}

const GOES_ON = {
  state: { in: ['WAITING', 'RUNNING'] },
  deletedAt: null,
} satisfies Prisma.RecordingWhereInput

const KINDS = { server: 'SERVER', local: 'LOCAL', device: 'DEVICE' } as const satisfies Record<
  RecordingKind,
  string
>

/**
 * Ends what goes on among those that fit. The lease goes with it: from here on it is the finisher's. Of what stays on a
 * host's device nothing is to be finished here.
 */
export const stopping = (which: Prisma.Sql, reason: RecordingStopReason): Prisma.Sql => Prisma.sql`
  UPDATE "Recording" SET "stoppedAt" = now(), "stopReason" = ${reason},
    state = (CASE WHEN kind <> 'DEVICE' THEN 'FINISHING' WHEN "startedAt" IS NULL THEN 'FAILED' ELSE 'KEPT' END)::"RecordingState",
    "durationMs" = CASE WHEN kind = 'DEVICE' THEN extract(epoch FROM "lastChunkAt" - "startedAt") * 1000 END,
    holder = NULL, "leaseUntil" = NULL, attempts = 0
  WHERE state IN ('WAITING', 'RUNNING') AND ${which}`
