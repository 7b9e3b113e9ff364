import { AppError } from '#lib/errors.ts'
import { routingKeyOf } from '#lib/protocol/routingKey.ts'
import { SerialQueue } from '#lib/queue.ts'
import type { Log } from '#server/log.ts'
import type { LeaseRows } from './leaseRows.ts'
import type { Membership } from './Membership.ts'

/**
 * The meetings that this process answers for. Known here without a round trip once taken; looked up again after each
 * time that others may have taken this process for dead.
 */
export class Leases {
  readonly #rows: LeaseRows
  readonly #membership: Membership
  readonly #log: Log
  /** Routing keys by meeting. */
  readonly #held = new Map<string, string>()
  readonly #keys = new Set<string>()
  /** Prevents: a release on its way that reaches the database after the next taking of the same lease. */
  readonly #queues = new Map<string, SerialQueue>()
  readonly #lost = new Set<(meetingId: string) => void>()
  #leaving = false

  constructor(rows: LeaseRows, membership: Membership, log: Log) {
    this.#rows = rows
    this.#membership = membership
    this.#log = log
  }

  get held(): Iterable<string> {
    return this.#held.keys()
  }

  holds(meetingId: string): boolean {
    return this.#held.has(meetingId)
  }

  holdsKey(routingKey: string): boolean {
    return this.#keys.has(routingKey)
  }

  /** @throws AppError unavailable when another process answers for it, or nobody can tell: to be tried again */
  async take(meeting: { readonly id: string; readonly code: string }): Promise<void> {
    if (this.#held.has(meeting.id)) return
    await this.#inTurn(meeting.id, async () => {
      if (this.#held.has(meeting.id)) return
      if (!(await this.#taken(meeting.id, routingKeyOf(meeting.code)))) {
        this.#membership.noteOthers()
        throw elsewhere()
      }
    })
  }

  /** Nobody here needs them any more. */
  async giveUp(meetingIds: readonly string[]): Promise<void> {
    await Promise.all(
      meetingIds.map((meetingId) => this.#inTurn(meetingId, () => this.#release(meetingId))),
    ).catch((error: unknown) =>
      this.#log.warn({ err: error }, 'a lease could not be given up; it ends with us'),
    )
  }

  /** All of them, and none is taken any more: another process may go on. */
  async leave(): Promise<void> {
    this.#leaving = true
    this.#held.clear()
    this.#keys.clear()
    const { id } = this.#membership
    if (id === null) return
    await this.#rows
      .release(id)
      .catch((error: unknown) => this.#log.warn({ err: error }, 'the leases could not be given up'))
  }

  /** Others may have taken this process for dead: what they took over is lost here. */
  async check(): Promise<void> {
    const { id } = this.#membership
    const remembered = [...this.#held.keys()]
    if (id === null || remembered.length === 0) return
    const still = new Set(await this.#rows.heldBy(id))
    for (const meetingId of remembered) if (!still.has(meetingId)) this.#lose(meetingId)
  }

  onLost(listener: (meetingId: string) => void): () => void {
    this.#lost.add(listener)
    return () => this.#lost.delete(listener)
  }

  async #taken(meetingId: string, routingKey: string): Promise<boolean> {
    const { id } = this.#membership
    if (this.#leaving || id === null) throw elsewhere()
    const taken = await this.#rows.take(meetingId, routingKey, id).catch((cause: unknown) => {
      throw AppError.unavailable(cause)
    })
    if (!taken || this.#leaving) return false
    this.#held.set(meetingId, routingKey)
    this.#keys.add(routingKey)
    return true
  }

  async #release(meetingId: string): Promise<void> {
    const { id } = this.#membership
    if (id === null || !this.#held.has(meetingId)) return
    this.#forget(meetingId)
    await this.#rows.release(id, [meetingId])
  }

  #lose(meetingId: string): void {
    this.#forget(meetingId)
    for (const listener of [...this.#lost]) listener(meetingId)
  }

  #forget(meetingId: string): void {
    const key = this.#held.get(meetingId)
    this.#held.delete(meetingId)
    if (key !== undefined) this.#keys.delete(key)
  }

  #inTurn(meetingId: string, work: () => Promise<void>): Promise<void> {
    const queue = this.#queues.get(meetingId) ?? new SerialQueue()
    this.#queues.set(meetingId, queue)
    return queue.run(work).finally(() => {
      if (queue.size === 0) this.#queues.delete(meetingId)
    })
  }
}

const elsewhere = (): AppError =>
  new AppError('unavailable', 'The meeting has moved to another server. Connecting again.', {
    retryAfterMs: 0,
  })
