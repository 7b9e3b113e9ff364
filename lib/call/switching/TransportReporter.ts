import type { ClientPayload } from '#lib/protocol/events.ts'
import type { Roster } from '../EngineContext.ts'
import type { Clock } from '../ports.ts'
import type { Leg } from './Leg.ts'

type Report = ClientPayload<'transport:report'>

export type TransportReporterDeps = { readonly clock: Clock; readonly report: (report: Report) => void }

/** A bad moment is none of the server's business; this long is no moment. */
const FAILED_MS = 8000
const LIMITED_MS = 10_000
const CHECK_MS = 1000

/** Tells the server how the ordered transport serves us, whenever that has changed and lasted. */
export class TransportReporter {
  readonly #deps: TransportReporterDeps
  #leg: Leg | null = null
  #roster: Roster | null = null
  #failedSince: number | null = null
  #limitedSince: number | null = null
  #said: Report | null = null
  #cancel: (() => void) | null = null

  constructor(deps: TransportReporterDeps) {
    this.#deps = deps
  }

  update(leg: Leg, roster: Roster | null): void {
    if (leg !== this.#leg) {
      this.#leg = leg
      this.#failedSince = null
      this.#limitedSince = null
      this.#said = null
    }
    this.#roster = roster
    this.#cancel ??= this.#deps.clock.after(CHECK_MS, () => this.#check())
  }

  /** What was said while signalling was away is lost. */
  repeat(): void {
    if (this.#said !== null) this.#deps.report(this.#said)
  }

  close(): void {
    this.#cancel?.()
    this.#leg = null
  }

  #check(): void {
    this.#cancel = this.#deps.clock.after(CHECK_MS, () => this.#check())
    const leg = this.#leg
    const roster = this.#roster
    if (leg === null || roster === null) return
    const now = this.#deps.clock.now()
    const state = leg.state.get()
    this.#failedSince = isFailing(leg, roster) ? (this.#failedSince ?? now) : null
    const failed =
      isSilent(leg, roster) || (this.#failedSince !== null && now - this.#failedSince >= FAILED_MS)
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

/**
 * Over the SFU nothing comes of anybody who sends something: its media ports may be blocked while its signalling works.
 * The engine calls it lost after three seconds, which is no moment any more.
 */
function isSilent(leg: Leg, roster: Roster): boolean {
  const { link, participants } = leg.state.get()
  if (leg.transport.kind !== 'sfu' || link !== 'running') return false
  const sending = [...participants].filter(([id]) => {
    const person = roster.participants.get(id)
    return person?.connected === true && Object.values(person.media).includes(true)
  })
  return sending.length > 0 && sending.every(([, { quality }]) => quality === 'lost')
}

/** What the server takes for granted of an epoch of which nothing was said. */
const silent = (epoch: number): Report => ({ epoch, link: 'running', limited: false, relayed: false })

const isSame = (a: Report, b: Report): boolean =>
  a.epoch === b.epoch && a.link === b.link && a.limited === b.limited && a.relayed === b.relayed
