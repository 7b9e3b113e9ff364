import { randomUUID } from 'node:crypto'
import { AppError } from '#lib/errors.ts'
import { type ConferenceId, type ParticipantId, type RecordingId, recordingId } from '#lib/protocol/ids.ts'
import type { RecordingKind, RecordingStopReason } from '#lib/protocol/recordings.ts'
import type { NewRecording, RecordingJobs, RecordingProgress } from '#server/recordings/RecordingJobs.ts'

type Written = { -readonly [Key in keyof RecordingProgress]: RecordingProgress[Key] }
type Job = { readonly asked: NewRecording; readonly written: Written }

export type MemoryJobsOptions = {
  /** Has the row in a real database as well, for what refers to it; and ends what refers to it. */
  readonly onStart?: (id: RecordingId, asked: NewRecording) => Promise<void>
  readonly onStop?: (id: RecordingId) => Promise<void>
  readonly now?: () => number
}

/** RecordingJobs in memory: the table, and by the test's hand what recorders and the intake would write into it. */
export class MemoryRecordingJobs implements RecordingJobs {
  offered: RecordingKind[] = ['server', 'local']
  /** Every question fails, as with the database away. */
  away = false
  /** The next start is written down, and its answer lost. */
  loseNextAnswer = false
  readonly jobs = new Map<RecordingId, Job>()
  readonly stops: { id: RecordingId; reason: RecordingStopReason }[] = []
  readonly #options: MemoryJobsOptions
  readonly #now: () => number

  constructor(options: MemoryJobsOptions = {}) {
    this.#options = options
    this.#now = options.now ?? Date.now
  }

  /** The one that goes on, or the last one. */
  get last(): Job {
    const job = [...this.jobs.values()].at(-1)
    if (!job) throw new Error('nothing was recorded')
    return job
  }

  /** A chunk of the composed picture is safe. */
  chunk(at = this.#now()): void {
    const { written } = this.last
    written.startedAt ??= at
    written.lastChunkAt = at
    written.held = written.kind === 'server'
  }

  offers = async (): Promise<readonly RecordingKind[]> => {
    this.#mayFail()
    return this.offered
  }

  start = async (asked: NewRecording): Promise<RecordingId> => {
    this.#mayFail()
    if (this.#goingOn(asked.conferenceId)) throw new AppError('conflict', 'Recorded already.')
    const id = recordingId.parse(randomUUID())
    const { kind, studio, copy, consent, startedBy } = asked
    const times = { startedAt: null, lastChunkAt: null, createdAt: this.#now() }
    this.jobs.set(id, {
      asked,
      written: {
        id,
        kind,
        studio,
        copy,
        consent,
        startedBy,
        ...times,
        held: false,
        stopReason: null,
        consents: [],
      },
    })
    await this.#options.onStart?.(id, asked)
    if (!this.loseNextAnswer) return id
    this.loseNextAnswer = false
    throw AppError.unavailable(new Error('the answer was lost'))
  }

  open = async (conference: ConferenceId): Promise<RecordingProgress | null> => {
    this.#mayFail()
    return this.#goingOn(conference) ?? null
  }

  progress = async (id: RecordingId): Promise<RecordingProgress | null> => {
    this.#mayFail()
    const job = this.jobs.get(id)
    return job ? { ...job.written } : null
  }

  stop = async (id: RecordingId, reason: RecordingStopReason): Promise<void> => {
    this.#mayFail()
    this.stops.push({ id, reason })
    const job = this.jobs.get(id)
    if (job) job.written.stopReason ??= reason
    await this.#options.onStop?.(id)
  }

  consent = async (id: RecordingId, person: { id: ParticipantId }, agree: boolean): Promise<void> => {
    this.#mayFail()
    const job = this.jobs.get(id)
    if (!job) return
    const others = job.written.consents.filter((one) => one.id !== person.id)
    job.written.consents = [...others, { id: person.id, agree }]
  }

  #goingOn(conference: ConferenceId): RecordingProgress | undefined {
    for (const { asked, written } of this.jobs.values()) {
      if (asked.conferenceId === conference && written.stopReason === null) return { ...written }
    }
    return undefined
  }

  #mayFail(): void {
    if (this.away) throw AppError.unavailable(new Error('away'))
  }
}
