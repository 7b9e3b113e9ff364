import type { RecordingId } from '#lib/protocol/ids.ts'
import type { RecordedEvent } from '#lib/protocol/recordings.ts'
import { Scope } from '#lib/scope.ts'
import { every } from '../every.ts'
import type { Clock } from '../ports.ts'
import { type HeardDeps, heardLevels } from './heardLevels.ts'
import type { RecordingApi } from './ports.ts'
import { mayBeRecorded } from './recordedPeople.ts'
import { Timeline } from './Timeline.ts'

/** Of one request (lib/protocol/recordings.ts). */
const BATCH = 200
const SEND_EVERY_MS = 2_000
const LISTEN_EVERY_MS = 200
/** The newest are dropped beyond: hours without a server. */
const MOST_KEPT = 20_000

export type EventsDeps = HeardDeps & {
  readonly api: Pick<RecordingApi, 'sendEvents'>
  readonly clock: Clock
  readonly serverNow: () => number
  readonly newId: () => string
}

/**
 * Who came and went, spoke, shared and raised a hand, from a call's stores to the server in batches (REC-66): of those who
 * may be recorded, and from when they may (REC-65).
 */
export class RecordedEvents {
  readonly #deps: EventsDeps
  readonly #recordingId: RecordingId
  readonly #timeline: Timeline
  readonly #scope = new Scope()
  #waiting: RecordedEvent[] = []
  #sending: Promise<void> | null = null
  /** The server takes no more. */
  #over = false

  constructor(deps: EventsDeps, recordingId: RecordingId) {
    this.#deps = deps
    this.#recordingId = recordingId
    this.#timeline = new Timeline(deps.newId)
    const { clock, state } = deps
    this.#scope.add(state.subscribe(() => this.#look()))
    this.#scope.add(every(clock, LISTEN_EVERY_MS, () => this.#listen()))
    this.#scope.add(every(clock, SEND_EVERY_MS, () => void this.#send()))
    // Keeps the levels measured: they are only while somebody listens.
    this.#scope.add(deps.levels.subscribe(() => undefined))
    if (deps.ownLevel) this.#scope.add(deps.ownLevel.subscribe(() => undefined))
    this.#look()
  }

  /** Ends what lasts and sends all that is left. */
  async stop(): Promise<void> {
    this.#scope.end()
    this.#timeline.end(this.#deps.serverNow())
    await this.#sending
    await this.#send()
  }

  #look(): void {
    const state = this.#deps.state.get()
    if (state.status !== 'inCall') return
    const { recording, participants } = state.room
    // Over: who is in it still does not leave by that.
    if (recording === null) return
    const shown = [...participants.values()].filter(({ id }) => mayBeRecorded(recording, id))
    this.#timeline.roster(shown, this.#deps.serverNow())
  }

  #listen(): void {
    this.#timeline.levels(heardLevels(this.#deps), this.#deps.serverNow())
  }

  async #send(): Promise<void> {
    if (this.#sending) return this.#sending
    this.#sending = this.#sendAll().finally(() => {
      this.#sending = null
    })
    return this.#sending
  }

  async #sendAll(): Promise<void> {
    this.#waiting.push(...this.#timeline.take())
    if (this.#waiting.length > MOST_KEPT) this.#waiting.length = MOST_KEPT
    while (this.#waiting.length > 0 && !this.#over) {
      const batch = this.#waiting.slice(0, BATCH)
      const sent = await this.#deps.api.sendEvents(this.#recordingId, batch)
      if (sent.type === 'later') return
      if (sent.type === 'over' || sent.type === 'no-space') this.#over = true
      // Done, or refused for good: neither is sent again.
      this.#waiting.splice(0, batch.length)
    }
  }
}
