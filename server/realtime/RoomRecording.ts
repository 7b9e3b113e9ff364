import { effectivePolicy } from '#lib/domain/recordingPolicy.ts'
import {
  followRecording,
  sameRecording,
  unreadRecording,
  type WatchedRecording,
  watchRecording,
  withAnswer,
} from '#lib/domain/recordingWatch.ts'
import { AppError } from '#lib/errors.ts'
import type { ClientPayload } from '#lib/protocol/events.ts'
import type { ConferenceId, ParticipantId, RecordingId } from '#lib/protocol/ids.ts'
import type {
  RecordingKind,
  RecordingPolicy,
  RecordingStopReason,
  RoomRecording as ShownRecording,
} from '#lib/protocol/recordings.ts'
import type { AuditEntry } from '#server/auth/PrismaAudit.ts'
import type { Log } from '#server/log.ts'
import type { RecordingJobs, RecordingProgress } from '#server/recordings/RecordingJobs.ts'
import type { RecordingEnds } from './RecordingEnds.ts'
import type { RecordingOffers } from './RecordingOffers.ts'
import type { MeetingRecord } from './records.ts'

/** What all rooms of a process share of recordings. */
export type RecordingParts = {
  readonly jobs: RecordingJobs
  readonly offers: RecordingOffers
  readonly ends: RecordingEnds
  /** The server's own policy: no meeting's goes beyond it. */
  readonly policy: RecordingPolicy
  readonly audit: (entry: AuditEntry) => Promise<void>
}

/** Who acts, as the audit log names them. */
export type RecordingActor = {
  readonly id: ParticipantId
  readonly name: string
  readonly userId: string | null
  readonly address: string
}

export type RoomRecordingDeps = RecordingParts & {
  readonly meeting: MeetingRecord
  readonly log: Log
  /** ms since the epoch */
  readonly now: () => number
  /** The conference that goes on, and who sits in it; null outside of one. */
  readonly conference: () => { readonly id: ConferenceId; seated(id: ParticipantId): boolean } | null
  /** `missing` is no longer what it was. */
  readonly changed: () => void
  /** Tells the members, under a version of its own. `stopped` with null alone. */
  readonly announce: (recording: ShownRecording | null, stopped: RecordingStopReason | null) => void
}

type Choice = ClientPayload<'recording:start'>

/** Between two looks at what is written; shorter while the next chunk is late, so that everybody hears of it in time. */
const LOOK_EVERY_MS = 900
const LOOK_CLOSELY_EVERY_MS = 400
const LATE_MS = 2_000
/** A meeting that is recorded by itself tries again after this. */
const AUTOMATIC_AGAIN_MS = 60_000

/**
 * The recording of one room: begun, followed and ended here, written down as a job that others work on. What is shown is
 * what is written: while nobody can read it, it stands as it was, but for the chunks that do not come (REC-6). Everything but the asking is synchronous.
 */
export class RoomRecording {
  readonly #deps: RoomRecordingDeps
  #rules: MeetingRecord['recording']
  #watched: WatchedRecording | null
  /** Prevents: two that start at once, and a look that overtakes a stop. */
  #asking: 'start' | 'stop' | null = null
  /** A start whose outcome nobody knows: what is written is looked up before anything else. */
  #uncertain = false
  #looking = false
  #lookedAt = Number.NEGATIVE_INFINITY
  #away = false
  /** By itself not before then. */
  #automaticAt: number
  #missing = false
  #closed = false

  /** @param restored what a former process has left in this conference; undefined for a room that begins */
  constructor(deps: RoomRecordingDeps, restored: RecordingProgress | null | undefined) {
    this.#deps = deps
    this.#rules = deps.meeting.recording
    this.#watched = restored ? watchRecording(restored, deps.now()) : null
    // A host may have stopped it in the former process: it does not begin again by itself.
    this.#automaticAt = restored === null ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY
  }

  get current(): ShownRecording | null {
    return this.#watched?.shown ?? null
  }

  /** Its recorder takes part in the call. */
  get byServer(): boolean {
    return this.#watched?.shown.kind === 'server'
  }

  /** In which ways a host can have this meeting recorded now. */
  get offered(): RecordingKind[] {
    return this.#policy === 'never' ? [] : [...this.#deps.offers.current]
  }

  /** It should be recorded by itself, and nobody does: everybody believes otherwise until they are told (REC-181). */
  get missing(): boolean {
    return this.#missing
  }

  /** The meeting's own rules have changed: for what begins from now on. */
  setRules(rules: MeetingRecord['recording']): void {
    this.#rules = rules
  }

  /** True for the recorder of the recording that goes on. */
  admits(id: RecordingId | string): boolean {
    return this.#watched?.shown.id === id && this.byServer
  }

  /** @throws AppError conflict while one goes on, forbidden, full, unavailable */
  async start(by: RecordingActor | null, choice: Choice): Promise<RecordingId> {
    const { conference } = this.#deps
    const during = conference()
    if (!during) throw AppError.notFound('The meeting')
    if (this.#watched !== null || this.#asking !== null) throw GOES_ON()
    if (this.#uncertain) throw AppError.unavailable(new Error('whether a recording goes on is not known'))
    this.#asking = 'start'
    try {
      await this.#requireOffered(choice.kind)
      const id = await this.#begin(by, choice, during.id)
      this.#audit('recording.started', id, by, { ...choice, automatic: by === null })
      return id
    } finally {
      this.#asking = null
    }
  }

  /** @throws AppError not-found, unavailable: it goes on */
  async stop(by: RecordingActor): Promise<void> {
    const watched = this.#watched
    if (!watched || this.#asking === 'start') throw AppError.notFound('A recording')
    if (this.#asking === 'stop') return
    const { id } = watched.shown
    this.#asking = 'stop'
    const { status, interruption } = watched.shown
    this.#show({ ...watched, shown: { ...watched.shown, status: 'stopping', interruption: null } })
    try {
      await inTurn(this.#deps.jobs.stop(id, 'stopped'))
      this.#automaticAt = Number.POSITIVE_INFINITY
      this.#over(id, 'stopped', by)
    } catch (error) {
      const now = this.#watched
      if (now?.shown.id === id) this.#show({ ...now, shown: { ...now.shown, status, interruption } })
      throw error
    } finally {
      this.#asking = null
    }
  }

  /** @throws AppError not-found when nobody was asked, unavailable: then nothing has changed */
  async answer(by: RecordingActor, agree: boolean): Promise<void> {
    const asked = this.#watched?.shown
    if (!asked || (asked.consent !== 'asked' && !asked.studio)) throw AppError.notFound('That question')
    await inTurn(this.#deps.jobs.consent(asked.id, by, agree))
    this.#audit('recording.consented', asked.id, by, { agree })
    const now = this.#watched
    if (now?.shown.id === asked.id) this.#show({ ...now, shown: withAnswer(now.shown, by.id, agree) })
  }

  /** Time passes. */
  tick(): void {
    const conference = this.#deps.conference()
    if (this.#closed || conference === null || this.#asking !== null) return
    if (this.#uncertain) this.#look(() => this.#lookUp(conference.id), LOOK_EVERY_MS)
    else if (this.#watched === null) this.#beginByItself()
    else if (this.#hostHasLeft(this.#watched)) this.#giveUp(this.#watched.shown.id, 'host-left')
    else this.#follow(this.#watched)
  }

  /** The conference is over, and with it everybody who could be told. The next one begins anew. */
  end(): void {
    if (this.#watched) {
      const { id } = this.#watched.shown
      this.#deps.ends.stop(id, 'meeting-ended')
      this.#audit('recording.stopped', id, null, { reason: 'meeting-ended' })
    }
    this.#watched = null
    this.#uncertain = false
    this.#automaticAt = Number.NEGATIVE_INFINITY
    this.#missing = false
  }

  /** Another process may go on with it. */
  close(): void {
    this.#closed = true
  }

  get #policy(): RecordingPolicy {
    return effectivePolicy(this.#deps.policy, this.#rules.policy)
  }

  async #requireOffered(kind: RecordingKind): Promise<void> {
    if (this.#policy === 'never') throw AppError.forbidden()
    if (!this.offered.includes(kind)) await this.#deps.offers.refresh()
    // Where not even a host's browser may record to here there is no room for it: who is asked for it says which.
    if (this.offered.includes('local') && !this.offered.includes(kind)) throw NOT_OFFERED()
  }

  async #begin(by: RecordingActor | null, choice: Choice, during: ConferenceId): Promise<RecordingId> {
    const { jobs, meeting, now, conference, ends } = this.#deps
    const { kind, studio, copy } = choice
    // What the meeting promises to everybody is not a host's to take back.
    const consent = this.#rules.consent ? 'asked' : choice.consent
    const startedBy = by && { id: by.id, name: by.name }
    const { id: meetingId, hostId: ownerId, title } = meeting
    const { keepDays } = this.#rules
    const job = {
      meetingId,
      conferenceId: during,
      ownerId,
      title,
      kind,
      studio,
      copy,
      consent,
      startedBy,
      keepDays,
    }
    let id: RecordingId
    try {
      id = await inTurn(jobs.start(job))
    } catch (error) {
      this.#uncertain = !(error instanceof AppError) || UNCERTAIN.has(error.code)
      throw error
    }
    if (this.#closed || conference()?.id !== during) {
      if (!this.#closed) ends.stop(id, 'meeting-ended')
      throw AppError.notFound('The meeting')
    }
    const started = { startedBy, startedAt: null, lastChunkAt: null, consents: [] }
    this.#show(watchRecording({ id, kind, studio, copy, consent, ...started }, now()))
    // Who starts it has agreed; not written, they are asked like everybody.
    if (by && (consent === 'asked' || studio)) await this.answer(by, true).catch(() => undefined)
    return id
  }

  #beginByItself(): void {
    const { now, log, offers } = this.#deps
    const due = this.#policy === 'automatic' && this.#automaticAt !== Number.POSITIVE_INFINITY
    const possible = offers.current.includes('server') && now() >= this.#automaticAt
    this.#setMissing(due && !possible)
    if (!due || !possible) return
    this.#automaticAt = now() + AUTOMATIC_AGAIN_MS
    const consent = this.#rules.consent ? 'asked' : 'told'
    this.start(null, { kind: 'server', studio: false, copy: false, consent }).catch((error: unknown) =>
      log.warn({ err: error, meetingId: this.#deps.meeting.id }, 'a recording did not begin by itself'),
    )
  }

  #setMissing(missing: boolean): void {
    if (this.#missing === missing) return
    this.#missing = missing
    this.#deps.changed()
  }

  #hostHasLeft({ shown: { kind, byId } }: WatchedRecording): boolean {
    if (kind === 'server' || byId === null) return false
    return this.#deps.conference()?.seated(byId) === false
  }

  #follow({ shown: { id }, quietSince }: WatchedRecording): void {
    const { jobs, now } = this.#deps
    const everyMs = now() - quietSince > LATE_MS ? LOOK_CLOSELY_EVERY_MS : LOOK_EVERY_MS
    this.#look(async () => {
      const written = await inTurn(jobs.progress(id))
      const before = this.#watched
      if (before?.shown.id !== id || this.#asking !== null || this.#closed) return
      const step = followRecording(before, written, now())
      if (step.watched === null) this.#giveUp(id, step.stopped)
      else this.#show(step.watched)
    }, everyMs)
  }

  /** What a start whose answer was lost has begun, if anything. */
  async #lookUp(during: ConferenceId): Promise<void> {
    const { jobs, now, conference } = this.#deps
    const written = await inTurn(jobs.open(during))
    if (conference()?.id !== during || this.#closed) return
    this.#uncertain = false
    if (written && this.#watched === null) this.#show(watchRecording(written, now()))
  }

  /** One look at a time. One that fails says nothing of the recording. */
  #look(look: () => Promise<void>, everyMs: number): void {
    const { now, log, meeting } = this.#deps
    if (this.#looking || now() - this.#lookedAt < everyMs) return
    this.#looking = true
    this.#lookedAt = now()
    look()
      .then(
        () => {
          this.#away = false
        },
        (error: unknown) => {
          if (!this.#away)
            log.warn({ err: error, meetingId: meeting.id }, 'a recording cannot be followed now')
          this.#away = true
          this.#showUnread()
        },
      )
      .finally(() => {
        this.#looking = false
      })
  }

  #showUnread(): void {
    const watched = this.#watched
    if (watched && !this.#closed && this.#asking === null)
      this.#show(unreadRecording(watched, this.#deps.now()))
  }

  /** Over by our own judgement, or by what others have written: everybody hears of it now, the table as soon as it can. */
  #giveUp(id: RecordingId, reason: RecordingStopReason): void {
    this.#deps.ends.stop(id, reason)
    this.#over(id, reason, null)
  }

  #over(id: RecordingId, reason: RecordingStopReason, by: RecordingActor | null): void {
    if (this.#watched?.shown.id !== id) return
    this.#watched = null
    this.#audit('recording.stopped', id, by, { reason })
    this.#deps.log.info({ recordingId: id, reason }, 'a recording has stopped')
    this.#deps.announce(null, reason)
  }

  #show(watched: WatchedRecording): void {
    const before = this.#watched?.shown
    this.#watched = watched
    this.#setMissing(false)
    if (!before || !sameRecording(before, watched.shown)) this.#deps.announce(watched.shown, null)
  }

  /** Written beside what it tells of: a call does not stand still because the log cannot be written. */
  #audit(
    action: AuditEntry['action'],
    id: RecordingId,
    by: RecordingActor | null,
    more: AuditEntry['details'],
  ): void {
    const { audit, meeting, log } = this.#deps
    const who = by && { participantId: by.id, name: by.name }
    const details = { ...more, meetingId: meeting.id, ...who }
    audit({ action, actorId: by?.userId ?? null, targetId: id, address: by?.address ?? null, details }).catch(
      (error: unknown) => log.error({ err: error, action, details }, 'the audit log could not be written'),
    )
  }
}

/**
 * Goes on in a turn of the loop of its own. Prevents: news of the recording that overtake the snapshot of somebody who
 * was let in within this turn, and whose answer leaves at its end.
 */
async function inTurn<Value>(question: Promise<Value>): Promise<Value> {
  try {
    return await question
  } finally {
    await new Promise((done) => setImmediate(done))
  }
}

/** After these nobody knows whether it has begun. */
const UNCERTAIN = new Set<string>(['unavailable', 'internal', 'timeout', 'conflict'])

const GOES_ON = (): AppError => new AppError('conflict', 'This meeting is being recorded already.')
const NOT_OFFERED = (): AppError =>
  new AppError('conflict', 'No recorder is free on this server. Please try again later.')
