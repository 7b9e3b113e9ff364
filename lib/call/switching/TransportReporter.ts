import type { ClientPayload } from '#lib/protocol/events.ts'
import type { ParticipantId } from '#lib/protocol/ids.ts'
import type { Roster } from '../EngineContext.ts'
import type { Clock, TileSize } from '../ports.ts'
import type { Leg } from './Leg.ts'

type Report = ClientPayload<'transport:report'>
type Visible = ReadonlyMap<ParticipantId, TileSize>

export type TransportReporterDeps = { readonly clock: Clock; readonly report: (report: Report) => void }

/** A bad moment is none of the server's business; this long is no moment. */
const FAILED_MS = 8000
const LIMITED_MS = 10_000
const CHECK_MS = 500
/** Where something came before: a silent microphone still sends every 400 ms. */
const SILENT_MS = 1500

/** Tells the server how the ordered transport serves us, whenever that has changed and lasted. */
export class TransportReporter {
  readonly #deps: TransportReporterDeps
  #leg: Leg | null = null
  #roster: Roster | null = null
  #visible: Visible = new Map()
  /** What has come of whom over the leg, and when something last did (ms). */
  readonly #arrived = new Map<ParticipantId, number>()
  #flowedAt: number | null = null
  #failedSince: number | null = null
  #limitedSince: number | null = null
  #said: Report | null = null
  #cancel: (() => void) | null = null

  constructor(deps: TransportReporterDeps) {
    this.#deps = deps
  }

  /** The present transport does not serve us, by what was last said of it. */
  get hasFailed(): boolean {
    return this.#said?.link === 'failed'
  }

  update(leg: Leg, roster: Roster | null, visible: Visible): void {
    this.#visible = visible
    if (leg !== this.#leg) {
      this.#leg = leg
      this.#arrived.clear()
      this.#flowedAt = null
      this.#failedSince = null
      this.#limitedSince = null
      this.#said = null
    }
    this.#roster = roster
    this.#cancel ??= this.#checkLater()
  }

  /** What was said while signalling was away is lost. */
  repeat(): void {
    if (this.#said !== null) this.#deps.report(this.#said)
  }

  close(): void {
    this.#cancel?.()
    this.#leg = null
  }

  #checkLater(): () => void {
    return this.#deps.clock.after(CHECK_MS, () => {
      this.#cancel = this.#checkLater()
      void this.#check()
    })
  }

  async #check(): Promise<void> {
    const leg = this.#leg
    const roster = this.#roster
    if (leg === null || roster === null) return
    const nothingComes = await this.#isSilent(leg, roster)
    if (leg !== this.#leg) return
    const now = this.#deps.clock.now()
    const state = leg.state.get()
    this.#failedSince = isFailing(leg, roster) ? (this.#failedSince ?? now) : null
    const failed = nothingComes || (this.#failedSince !== null && now - this.#failedSince >= FAILED_MS)
    this.#limitedSince = state.limited ? (this.#limitedSince ?? now) : null
    const paths = [...state.participants.values()].map(({ path }) => path)
    const report: Report = {
      epoch: leg.transport.epoch,
      link: failed ? 'failed' : 'running',
      limited: this.#limitedSince !== null && now - this.#limitedSince >= LIMITED_MS,
      relayed: paths.filter((path) => path === 'relayed').length * 2 > paths.length,
    }
    if (isSame(this.#said ?? silent(report.epoch), report)) return
    this.#said = report
    this.#deps.report(report)
  }

  /**
   * Over the SFU nothing comes of anybody who sends something: its media ports may be blocked while its signalling
   * works. Waiting for ICE to notice takes it many seconds.
   */
  async #isSilent(leg: Leg, roster: Roster): Promise<boolean> {
    const now = this.#deps.clock.now()
    const running = leg.transport.kind === 'sfu' && leg.state.get().link === 'running'
    const expected = running ? this.#expected(leg, roster) : []
    if (expected.length === 0 || this.#flowedAt === null) {
      this.#flowedAt = now
      return false
    }
    // The one of whom something came last is asked first: while that goes on, nobody else need be.
    for (const id of expected) {
      if (!(await this.#flows(leg, id))) continue
      this.#flowedAt = now
      return false
    }
    return now - this.#flowedAt >= (this.#arrived.size > 0 ? SILENT_MS : FAILED_MS)
  }

  /** Of whom something should come now, those first of whom something did. A picture out of sight does not come. */
  #expected(leg: Leg, roster: Roster): ParticipantId[] {
    const ids = [...leg.state.get().participants.keys()].filter((id) => {
      const person = roster.participants.get(id)
      if (person?.connected !== true) return false
      const { microphone, camera, screen } = person.media
      return microphone || ((camera || screen) && this.#visible.has(id))
    })
    return ids.sort((one, other) => (this.#arrived.get(other) ?? 0) - (this.#arrived.get(one) ?? 0))
  }

  async #flows(leg: Leg, id: ParticipantId): Promise<boolean> {
    const arrivals = Object.values(await leg.arrivals(id))
    const total = arrivals.reduce((sum, { count }) => sum + count, 0)
    const before = this.#arrived.get(id) ?? 0
    if (total > 0) this.#arrived.set(id, total)
    return total !== before
  }
}

/** Not running at all, or not reaching somebody who is there. */
function isFailing(leg: Leg, roster: Roster): boolean {
  const { link, participants } = leg.state.get()
  if (leg.failedSince !== null || link !== 'running') return true
  if (leg.transport.kind === 'sfu') return false
  return [...participants].some(([id, { path }]) => {
    const present = roster.participants.get(id)?.connected === true
    return present && (path === 'connecting' || path === 'lost')
  })
}

/** What the server takes for granted of an epoch of which nothing was said. */
const silent = (epoch: number): Report => ({ epoch, link: 'running', limited: false, relayed: false })

const isSame = (a: Report, b: Report): boolean =>
  a.epoch === b.epoch && a.link === b.link && a.limited === b.limited && a.relayed === b.relayed
