import { isPerson } from '#lib/domain/roster.ts'
import type { Participant } from '#lib/protocol/events.ts'
import type { ParticipantId } from '#lib/protocol/ids.ts'
import type { RecordedEvent, RecordingEventType } from '#lib/protocol/recordings.ts'

/** Louder than this begins to be speech; a voice that has begun goes on down to the second, 0…1. */
const SPEECH_FROM = 0.04
const SPEECH_DOWN_TO = 0.02
/** A pause for a breath is not the end. */
const PAUSE_MS = 800
/** A cough is not speech. */
const SHORTEST_MS = 400
/** Long speech is told in pieces: a recorder that dies loses one piece at most. */
const LONGEST_MS = 30_000

type Speech = { readonly from: number; heardAt: number }
type Share = { readonly from: number }
type Known = {
  readonly name: string
  readonly media: Participant['media']
  readonly handRaisedAt: number | null
}

/**
 * What happens in a call as events of a time line: pure but for its memory, with server time handed in. Recorders are
 * not people (REC-66).
 */
export class Timeline {
  readonly #newId: () => string
  readonly #people = new Map<ParticipantId, Known>()
  readonly #speech = new Map<ParticipantId, Speech>()
  readonly #shares = new Map<ParticipantId, Share>()
  #events: RecordedEvent[] = []

  constructor(newId: () => string) {
    this.#newId = newId
  }

  /** What has been noted since the last time. */
  take(): readonly RecordedEvent[] {
    const events = this.#events
    this.#events = []
    return events
  }

  roster(participants: Iterable<Participant>, at: number): void {
    const present = new Map<ParticipantId, Participant>()
    for (const one of participants) if (isPerson(one)) present.set(one.id, one)
    for (const id of [...this.#people.keys()]) if (!present.has(id)) this.#left(id, at)
    for (const one of present.values()) this.#seen(one, at)
  }

  levels(levels: ReadonlyMap<ParticipantId, number>, at: number): void {
    for (const [id, level] of levels) {
      if (!this.#people.has(id)) continue
      const speech = this.#speech.get(id)
      if (speech && level >= SPEECH_DOWN_TO) speech.heardAt = at
      else if (!speech && level >= SPEECH_FROM) this.#speech.set(id, { from: at, heardAt: at })
    }
    this.tick(at)
  }

  /** Ends what has fallen silent; to be called also while no levels come. */
  tick(at: number): void {
    for (const [id, { from, heardAt }] of [...this.#speech]) {
      if (at - heardAt > PAUSE_MS) this.#spoke(id, heardAt)
      else if (at - from >= LONGEST_MS) {
        this.#spoke(id, at)
        this.#speech.set(id, { from: at, heardAt })
      }
    }
  }

  /** Everything that lasts ends now. */
  end(at: number): void {
    for (const [id, { heardAt }] of [...this.#speech]) this.#spoke(id, heardAt)
    for (const id of [...this.#shares.keys()]) this.#shared(id, at)
  }

  #seen(one: Participant, at: number): void {
    const before = this.#people.get(one.id)
    const { name, media, handRaisedAt } = one
    this.#people.set(one.id, { name, media, handRaisedAt })
    if (before === undefined) this.#note('joined', one.id, at, null)
    if (media.screen && !this.#shares.has(one.id)) this.#shares.set(one.id, { from: at })
    if (!media.screen) this.#shared(one.id, at)
    const raised = handRaisedAt !== null && handRaisedAt !== before?.handRaisedAt
    if (raised) this.#note('hand-raised', one.id, at, null)
  }

  #left(id: ParticipantId, at: number): void {
    const heardAt = this.#speech.get(id)?.heardAt
    if (heardAt !== undefined) this.#spoke(id, heardAt)
    this.#shared(id, at)
    this.#note('left', id, at, null)
    this.#people.delete(id)
  }

  #spoke(id: ParticipantId, until: number): void {
    const speech = this.#speech.get(id)
    this.#speech.delete(id)
    if (speech && until - speech.from >= SHORTEST_MS)
      this.#note('spoke', id, speech.from, until - speech.from)
  }

  #shared(id: ParticipantId, until: number): void {
    const share = this.#shares.get(id)
    this.#shares.delete(id)
    if (share) this.#note('shared', id, share.from, Math.max(0, until - share.from))
  }

  #note(type: RecordingEventType, id: ParticipantId, at: number, durationMs: number | null): void {
    const name = this.#people.get(id)?.name ?? null
    this.#events.push({
      id: this.#newId(),
      at: Math.max(0, Math.round(at)),
      durationMs: durationMs === null ? null : Math.round(durationMs),
      type,
      participantId: id,
      name,
      text: null,
    })
  }
}
