import type { Roster, SfuPass } from '#lib/call/EngineContext.ts'
import { SfuEngine } from '#lib/call/sfu/SfuEngine.ts'
import type { WireError } from '#lib/protocol/errors.ts'
import type { Participant } from '#lib/protocol/events.ts'
import type { InstanceId, ParticipantId } from '#lib/protocol/ids.ts'
import { fail, ok, type Result } from '#lib/result.ts'
import { Store } from '#lib/store.ts'
import type { EngineRoom } from '../contracts/mediaEngineContract.ts'
import { settleEngines, trackMaker } from './engineRoom.ts'
import { FakeClock } from './FakeClock.ts'
import { HEARD_LATER_MS } from './FakePeerConnection.ts'
import { FakeSfu, type FakeSfuRoom } from './FakeSfu.ts'
import { idOf, instanceOf, participantOf } from './meshRoom.ts'

export class SfuPerson {
  readonly id: ParticipantId
  readonly instance: InstanceId
  readonly roster = new Store<Roster | null>(null)
  readonly engine: SfuEngine
  /** Answered at the door instead of a pass. */
  refusal: WireError | null = null
  passes = 0
  pixelRatio = 1
  readonly #sfu: FakeSfu

  constructor(room: SfuTestRoom, number: number) {
    this.id = idOf(number)
    this.instance = instanceOf(number)
    this.#sfu = room.sfu
    this.engine = new SfuEngine({
      roster: this.roster,
      door: { enter: () => this.#enter() },
      clock: room.clock,
      loadClient: async () => room.sfu.client,
      createUrl: (path) => `wss://meet.test${path}`,
      pixelRatio: () => this.pixelRatio,
      heardLaterMs: HEARD_LATER_MS,
    })
  }

  get identity(): string {
    return `${this.id}.${this.instance}`
  }

  /** Where this person is on the SFU. */
  get stay(): FakeSfuRoom {
    const stay = this.#sfu.rooms.get(this.identity)
    if (stay === undefined) throw new Error('not in the room')
    return stay
  }

  async #enter(): Promise<Result<SfuPass, WireError>> {
    this.passes += 1
    return this.refusal === null ? ok({ path: '/sfu', token: this.identity }) : fail(this.refusal)
  }
}

/** Several engines in one room of a fake SFU, with a roster. */
export class SfuTestRoom {
  readonly clock = new FakeClock()
  readonly sfu = new FakeSfu()
  readonly people = new Map<ParticipantId, SfuPerson>()
  participants = new Map<ParticipantId, Participant>()

  constructor() {
    this.sfu.now = this.clock.now
  }

  person(number: number): SfuPerson {
    const person = new SfuPerson(this, number)
    this.people.set(person.id, person)
    return person
  }

  async publish(...participants: Participant[]): Promise<void> {
    this.participants = new Map(participants.map((participant) => [participant.id, participant]))
    for (const { id, roster } of this.people.values())
      roster.set({ self: id, participants: this.participants })
    await this.settle()
  }

  async change(id: ParticipantId, change: Partial<Participant>): Promise<void> {
    await this.publish(
      ...[...this.participants.values()].map((person) =>
        person.id === id ? { ...person, ...change } : person,
      ),
    )
  }

  settle(): Promise<void> {
    return settleEngines(this.clock)
  }

  async close(): Promise<void> {
    await Promise.all([...this.people.values()].map(({ engine }) => engine.close()))
  }
}

export async function makeSfuRoom(): Promise<EngineRoom> {
  const room = new SfuTestRoom()
  const [ann, ben] = [room.person(1), room.person(2)]
  await room.publish(participantOf(1), participantOf(2))
  return {
    ann,
    ben,
    settle: () => room.settle(),
    announce: (id, media) => room.change(id, { media }),
    leave: (id) => room.publish(...[...room.participants.values()].filter((person) => person.id !== id)),
    track: trackMaker(),
    arriving: (from, source) => room.people.get(from)?.stay.sent.get(source)?.track ?? null,
    waits: (source) =>
      ann.stay.members().get(ben.identity)?.tracks.get(source)?.receiver?.jitterBufferTarget ?? null,
    pass: (ms) => room.clock.advance(ms),
    sever: async (id) => {
      const person = room.people.get(id)
      if (person === undefined) return false
      person.refusal = { code: 'forbidden', message: 'Out.' }
      room.sfu.drop(person.identity)
      await room.settle()
      return true
    },
    close: () => room.close(),
  }
}
