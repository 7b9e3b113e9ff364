import {
  chooseTransport,
  mostCannotReach,
  ON_MESH,
  type TransportChoice,
  type TransportFacts,
  type TransportRules,
} from '#lib/domain/transportPolicy.ts'
import { AppError } from '#lib/errors.ts'
import type { ClientAnswer, ClientPayload, Transport } from '#lib/protocol/events.ts'
import type { ConferenceId, ParticipantId } from '#lib/protocol/ids.ts'
import type { Log } from '#server/log.ts'
import {
  isSameRoom,
  type RoomLoss,
  type Sfu,
  type SfuIdentity,
  type SfuRoom,
  type SfuSource,
} from '#server/sfu/Sfu.ts'
import { StandbyRoom } from './StandbyRoom.ts'

type Report = ClientPayload<'transport:report'>
type Facts = Omit<TransportFacts, 'sfuAvailable' | 'limited' | 'relayed' | 'failed'>

export type RoomTransportDeps = {
  readonly sfu: Sfu
  readonly rules: TransportRules
  readonly log: Log
  /** ms since the epoch */
  readonly now: () => number
  /** What is true of the room now; null outside a conference. */
  readonly facts: () => (Facts & { readonly conferenceId: ConferenceId }) | null
  /** Tells the members, and has it written down. */
  readonly announce: (transport: Transport) => void
}

/** The room that a switch has left is kept for those who are still on their way out of it. */
const FORMER_ROOM_MS = 30_000
/** A large room whose people get nothing from one node tries another, no more often than this. */
const ELSEWHERE_MS = 30_000

/**
 * How one room's media travels: asks the policy whenever something it decides by has changed, orders the switch, and
 * keeps the SFU's rooms in step with the conference. Everything but the SFU's own work is synchronous, so that an order
 * is told before the roster change that caused it.
 */
export class RoomTransport {
  readonly #deps: RoomTransportDeps
  readonly #reports = new Map<ParticipantId, Report>()
  #choice: TransportChoice = ON_MESH
  #epoch: number
  #opening: { readonly room: SfuRoom; readonly opened: Promise<void> } | null = null
  #former: { readonly room: SfuRoom; readonly until: number }[] = []
  readonly #standby: StandbyRoom
  #formerLost = false
  #notElsewhereBefore = 0

  /** @param restored what a former process had ordered, or null for a room that begins */
  constructor(deps: RoomTransportDeps, restored: Transport | null) {
    this.#deps = deps
    this.#epoch = restored?.epoch ?? 0
    if (restored?.kind === 'sfu') this.#choice = { ...ON_MESH, kind: 'sfu' }
    this.#standby = new StandbyRoom({
      ...deps,
      present: () => this.#room(),
      onChange: () => deps.announce(this.current),
    })
  }

  get current(): Transport {
    return {
      kind: this.#choice.kind,
      epoch: this.#epoch,
      ...(this.#formerLost ? { formerLost: true } : {}),
      ...(this.#standby.room === null ? {} : { standby: this.#standby.room.epoch }),
    }
  }

  /** Something that the policy decides by may have changed. */
  consider(): void {
    this.#consider(null)
  }

  /** What a member says of the present transport; news of a former one is none. */
  report(id: ParticipantId, report: Report): void {
    if (report.epoch !== this.#epoch) return
    this.#reports.set(id, report)
    const room = this.#room()
    if (report.link === 'failed' && room !== null && this.#isDeaf()) this.#leaveDeaf(room)
    else this.consider()
  }

  /**
   * A pass into the SFU's room, or into the standby.
   *
   * @throws AppError conflict for another epoch than these, unavailable
   */
  async enter(
    identity: SfuIdentity,
    epoch: number,
    sources: readonly SfuSource[],
  ): Promise<ClientAnswer<'sfu:enter'>> {
    const ahead = this.#standby.room
    if (ahead?.epoch === epoch) return this.#deps.sfu.access(ahead, identity, sources)
    const room = this.#room()
    if (room === null || room.epoch !== epoch) {
      throw new AppError('conflict', 'The meeting has moved on. Please wait a moment.')
    }
    await this.#opened(room)
    return this.#deps.sfu.access(room, identity, sources)
  }

  /** True for the present room, the standby, and one that was left a moment ago. */
  serves(asked: SfuRoom): boolean {
    return this.#rooms().some((room) => isSameRoom(room, asked))
  }

  /** This page load has no place in the meeting any more. */
  forget(identity: SfuIdentity): void {
    this.#reports.delete(identity.participantId)
    for (const room of this.#rooms()) void this.#deps.sfu.remove(room, identity)
  }

  mute(identity: SfuIdentity): void {
    for (const room of this.#rooms()) void this.#deps.sfu.muteMicrophone(room, identity)
  }

  /** What this page load may send has changed. */
  permit(identity: SfuIdentity, sources: readonly SfuSource[]): void {
    for (const room of this.#rooms()) void this.#deps.sfu.permit(room, identity, sources)
  }

  /** The SFU has lost this room: back to a mesh that is small enough, else a new room on a living node. */
  lost(lost: SfuRoom, loss: RoomLoss): void {
    if (this.#standby.lost(lost)) return
    const room = this.#room()
    if (room === null || !isSameRoom(room, lost)) return
    this.#deps.log.warn(room, 'a room on the SFU was lost')
    const before = this.#choice.kind
    this.#consider(loss)
    if (this.#choice.kind === before) this.#order(room.conferenceId, before, loss)
  }

  /** Time passes: calm is noticed, rooms that were left are closed. */
  tick(): void {
    const now = this.#deps.now()
    const over = this.#former.filter(({ until }) => now >= until)
    if (over.length > 0) {
      this.#former = this.#former.filter(({ until }) => now < until)
      for (const { room } of over) void this.#deps.sfu.closeRoom(room)
    }
    this.consider()
    this.#adopt()
    const people = this.#deps.facts()?.people ?? 0
    this.#standby.keep(people > 1 && people <= this.#deps.rules.standbyPeople)
  }

  /** Another process answers for the conference: its rooms on the SFU go on, and their connections move there. */
  abandon(): void {
    for (const room of this.#rooms()) this.#deps.sfu.disown(room)
  }

  /** The conference is over. */
  end(conferenceId: ConferenceId): void {
    if (this.#choice.kind === 'sfu') void this.#deps.sfu.closeRoom({ conferenceId, epoch: this.#epoch })
    for (const { room } of this.#former) void this.#deps.sfu.closeRoom(room)
    const ahead = this.#standby.end()
    if (ahead !== null) void this.#deps.sfu.closeRoom(ahead)
    this.#former = []
    this.#formerLost = false
    this.#opening = null
    this.#reports.clear()
    this.#choice = ON_MESH
    this.#epoch = 0
  }

  #consider(loss: RoomLoss | null): void {
    const facts = this.#deps.facts()
    if (facts === null) return
    const before = this.#choice
    this.#choice = chooseTransport(before, this.#measured(facts), this.#deps.now(), this.#deps.rules)
    if (this.#choice.kind !== before.kind) this.#order(facts.conferenceId, before.kind, loss)
  }

  /** Most people get nothing over the SFU. */
  #isDeaf(): boolean {
    const facts = this.#deps.facts()
    return facts !== null && mostCannotReach(this.#measured(facts))
  }

  /** Back to a mesh that is small enough, else onto another node, where there is one. */
  #leaveDeaf(room: SfuRoom): void {
    const { sfu, now } = this.#deps
    void sfu.doubt(room)
    this.consider()
    const elsewhere = sfu.status.state === 'available' && sfu.status.nodes > 1
    if (this.#choice.kind === 'mesh' || !elsewhere || now() < this.#notElsewhereBefore) return
    this.#notElsewhereBefore = now() + ELSEWHERE_MS
    this.#order(room.conferenceId, 'sfu', null)
  }

  #order(conferenceId: ConferenceId, left: Transport['kind'], loss: RoomLoss | null): void {
    const { sfu, log, now, announce } = this.#deps
    const ahead = this.#standby.take()
    if (left === 'sfu') {
      this.#former.push({ room: { conferenceId, epoch: this.#epoch }, until: now() + FORMER_ROOM_MS })
    }
    const taken = this.#choice.kind === 'sfu' ? ahead : null
    this.#epoch = taken?.epoch ?? this.#standby.after(this.#epoch)
    this.#formerLost = loss === 'ended'
    this.#reports.clear()
    log.info({ conferenceId, transport: this.current }, 'transport ordered')
    const room = this.#room()
    if (room !== null && taken !== null) this.#opening = { room, opened: Promise.resolve() }
    else if (ahead !== null) void sfu.closeRoom(ahead)
    // Opened while the order is on its way, so that the first who asks to enter hardly waits.
    if (room !== null) this.#opened(room).catch(() => undefined)
    announce(this.current)
  }

  /** A room that a former process has opened is this one's to answer for, whether anybody enters it anew or not. */
  #adopt(): void {
    const room = this.#room()
    if (room === null || this.#opening !== null || this.#deps.sfu.status.state !== 'available') return
    this.#opened(room).catch(() => undefined)
  }

  #measured(facts: Facts): TransportFacts {
    const reports = [...this.#reports.values()]
    const { state } = this.#deps.sfu.status
    return {
      ...facts,
      // One that is only just starting (after a restart of ours) is not lost, its rooms may all be there; and one that
      // takes no new rooms keeps those it has. To lead eight people from an overloaded machine to a mesh would finish it.
      sfuAvailable:
        state === 'available' || (this.#choice.kind === 'sfu' && (state === 'preparing' || state === 'busy')),
      limited: reports.filter(({ limited }) => limited).length,
      relayed: reports.filter(({ relayed }) => relayed).length,
      failed: reports.filter(({ link }) => link === 'failed').length,
    }
  }

  #room(): SfuRoom | null {
    const conferenceId = this.#deps.facts()?.conferenceId
    if (this.#choice.kind !== 'sfu' || conferenceId === undefined) return null
    return { conferenceId, epoch: this.#epoch }
  }

  #rooms(): SfuRoom[] {
    const present = this.#room()
    const ahead = this.#standby.room
    const now = [present, ahead].filter((room) => room !== null)
    return [...now, ...this.#former.map(({ room }) => room)]
  }

  /** One opening for all who wait; one that failed is tried again by the next who asks. */
  #opened(room: SfuRoom): Promise<void> {
    if (this.#opening?.room.epoch !== room.epoch) {
      const opened = this.#deps.sfu.openRoom(room)
      this.#opening = { room, opened }
      opened.catch((error: unknown) => {
        this.#deps.log.warn({ err: error, ...room }, 'a room could not be opened on the SFU')
        if (this.#opening?.opened === opened) this.#opening = null
      })
    }
    return this.#opening.opened
  }
}
