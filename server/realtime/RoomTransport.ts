import {
  chooseTransport,
  ON_MESH,
  type TransportChoice,
  type TransportFacts,
  type TransportRules,
} from '#lib/domain/transportPolicy.ts'
import { AppError } from '#lib/errors.ts'
import type { ClientAnswer, ClientPayload, Transport } from '#lib/protocol/events.ts'
import type { ConferenceId, ParticipantId } from '#lib/protocol/ids.ts'
import type { Log } from '#server/log.ts'
import type { Sfu, SfuIdentity, SfuPart, SfuRoom } from '#server/sfu/Sfu.ts'

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

  /** @param restored what a former process had ordered, or null for a room that begins */
  constructor(deps: RoomTransportDeps, restored: Transport | null) {
    this.#deps = deps
    this.#epoch = restored?.epoch ?? 0
    if (restored?.kind === 'sfu') this.#choice = { ...ON_MESH, kind: 'sfu' }
  }

  get current(): Transport {
    return { kind: this.#choice.kind, epoch: this.#epoch }
  }

  /** Something that the policy decides by may have changed. */
  consider(): void {
    const facts = this.#deps.facts()
    if (facts === null) return
    const before = this.#choice
    this.#choice = chooseTransport(before, this.#measured(facts), this.#deps.now(), this.#deps.rules)
    if (this.#choice.kind !== before.kind) this.#order(facts.conferenceId, before.kind)
  }

  /** What a member says of the present transport; news of a former one is none. */
  report(id: ParticipantId, report: Report): void {
    if (report.epoch !== this.#epoch) return
    this.#reports.set(id, report)
    this.consider()
  }

  /** A pass into the SFU's room. @throws AppError conflict for another epoch than the present, unavailable */
  async enter(identity: SfuIdentity, epoch: number, part: SfuPart): Promise<ClientAnswer<'sfu:enter'>> {
    const room = this.#room()
    if (room === null || room.epoch !== epoch) {
      throw new AppError('conflict', 'The meeting has moved on. Please wait a moment.')
    }
    await this.#opened(room)
    return this.#deps.sfu.access(room, identity, part)
  }

  /** True for the present room and for one that was left a moment ago. */
  serves(asked: SfuRoom): boolean {
    return this.#rooms().some((room) => isSame(room, asked))
  }

  /** This page load has no place in the meeting any more. */
  forget(identity: SfuIdentity): void {
    this.#reports.delete(identity.participantId)
    for (const room of this.#rooms()) void this.#deps.sfu.remove(room, identity)
  }

  mute(identity: SfuIdentity): void {
    for (const room of this.#rooms()) void this.#deps.sfu.muteMicrophone(room, identity)
  }

  /** The SFU has lost this room: back to a mesh that is small enough, else a new room on a living node. */
  lost(lost: SfuRoom): void {
    const room = this.#room()
    if (room === null || !isSame(room, lost)) return
    this.#deps.log.warn(room, 'a room on the SFU was lost')
    const before = this.#choice.kind
    this.consider()
    if (this.#choice.kind === before) this.#order(room.conferenceId, before)
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
  }

  /** Another process answers for the conference: its rooms on the SFU go on, and their connections move there. */
  abandon(): void {
    for (const room of this.#rooms()) this.#deps.sfu.disown(room)
  }

  /** The conference is over. */
  end(conferenceId: ConferenceId): void {
    if (this.#choice.kind === 'sfu') void this.#deps.sfu.closeRoom({ conferenceId, epoch: this.#epoch })
    for (const { room } of this.#former) void this.#deps.sfu.closeRoom(room)
    this.#former = []
    this.#opening = null
    this.#reports.clear()
    this.#choice = ON_MESH
    this.#epoch = 0
  }

  #order(conferenceId: ConferenceId, left: Transport['kind']): void {
    const { log, now, announce } = this.#deps
    if (left === 'sfu') {
      this.#former.push({ room: { conferenceId, epoch: this.#epoch }, until: now() + FORMER_ROOM_MS })
    }
    this.#epoch += 1
    this.#reports.clear()
    log.info({ conferenceId, transport: this.current }, 'transport ordered')
    const room = this.#room()
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
      // One that is only just starting (after a restart of ours) is not lost: its rooms may all be there.
      sfuAvailable: state === 'available' || (this.#choice.kind === 'sfu' && state === 'preparing'),
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
    return [...(present === null ? [] : [present]), ...this.#former.map(({ room }) => room)]
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

const isSame = (one: SfuRoom, other: SfuRoom): boolean =>
  one.conferenceId === other.conferenceId && one.epoch === other.epoch
