import { AppError } from '#lib/errors.ts'
import type { NewPart } from '#lib/protocol/recordings.ts'
import type { Sessions } from '#server/auth/createSessions.ts'
import { GRACE_MS } from '../limits.ts'
import type { IntakeRows, Seat, TakenPart, TakenRecording } from './IntakeRows.ts'

/** Whoever may add to a recording, by the session that asks. */
export type Adder = { readonly sessionId: string; readonly seat: Seat | null }

type Who = Pick<Sessions, 'authenticate' | 'authenticateGuest' | 'authenticateRecorder'>

/** Who may add what to which recording (UP-1). What is not theirs does not exist for them. */
export class Admission {
  readonly #sessions: Who
  readonly #rows: IntakeRows

  constructor(sessions: Who, rows: IntakeRows) {
    this.#sessions = sessions
    this.#rows = rows
  }

  /** @throws AppError not-found, unauthenticated, unavailable */
  async recording(
    id: string,
    cookie: string | undefined,
  ): Promise<{ recording: TakenRecording; all: Caller }> {
    const recording = await this.#rows.recording(id)
    const all = await this.#caller(cookie, recording?.meetingId)
    if (!recording) throw AppError.notFound('The recording')
    return { recording, all }
  }

  /** Who composes it: its recorder, or the host on their own device. @throws AppError not-found */
  composer(recording: TakenRecording, caller: Caller): Adder {
    const own =
      recording.kind === 'server'
        ? caller.recorder?.recordingId === recording.id && caller.recorder.sessionId
        : caller.user?.userId === recording.ownerId && caller.user.sessionId
    if (!own) throw AppError.notFound('The recording')
    return { sessionId: own, seat: null }
  }

  /** Who may open a part. @throws AppError not-found */
  async opener(recording: TakenRecording, caller: Caller, source: NewPart['source']): Promise<Adder> {
    if (source.type === 'composed') return this.composer(recording, caller)
    const person = caller.user ?? caller.guest
    if (!person || !recording.studio) throw AppError.notFound('The recording')
    const userId = caller.user?.userId ?? null
    const seat = await this.#rows.agreedSeat(recording, { sessionId: person.sessionId, userId })
    if (!seat) throw AppError.notFound('The recording')
    return { sessionId: person.sessionId, seat }
  }

  /**
   * Whether who may open such a part goes on with this one of theirs, which a former session of theirs began: they have
   * signed in anew, or a recorder's browser has died and another one has what it left (REC-214), and what was kept is still
   * to come.
   */
  goesOn(part: TakenPart, source: NewPart['source'], { seat }: Adder): boolean {
    if (source.type === 'composed') return part.composed
    return !part.composed && seat !== null && part.visitId === seat.id
  }

  /** A part belongs to the session that opened it. @throws AppError not-found */
  async part(recording: TakenRecording, caller: Caller, partId: string): Promise<TakenPart> {
    const part = await this.#rows.part(recording.id, partId)
    const own = [caller.recorder, caller.user, caller.guest].some((one) => one?.sessionId === part?.sessionId)
    if (!part || !own) throw AppError.notFound('The part')
    return part
  }

  async #caller(cookie: string | undefined, meetingId: string | undefined): Promise<Caller> {
    const [user, recorder, guest] = await Promise.all([
      this.#sessions.authenticate(cookie),
      this.#sessions.authenticateRecorder(cookie),
      meetingId === undefined ? null : this.#sessions.authenticateGuest(cookie, meetingId),
    ])
    if (!user && !recorder && !guest) throw AppError.unauthenticated()
    return { user, recorder, guest }
  }
}

type Identified<Name extends keyof Who> = Awaited<ReturnType<Who[Name]>>
export type Caller = {
  readonly user: Identified<'authenticate'>
  readonly guest: Identified<'authenticateGuest'>
  readonly recorder: Identified<'authenticateRecorder'>
}

/** Whether something new may still begin: a recorder's part only while it goes on, others' while they are waited for. */
export function mayOpen(recording: TakenRecording, source: NewPart['source'], now: number): boolean {
  if (recording.stoppedAt === null) return recording.state === 'waiting' || recording.state === 'running'
  const since = now - recording.stoppedAt
  if (source.type === 'track') return since < GRACE_MS.track
  return recording.kind === 'local' && recording.state === 'finishing' && since < GRACE_MS.local
}
