import type { PeerSignals, Roster } from '#lib/call/EngineContext.ts'
import type { EarlyOffer } from '#lib/call/mesh/EarlyOffer.ts'
import { MeshEngine } from '#lib/call/mesh/MeshEngine.ts'
import { SOURCES } from '#lib/call/ports.ts'
import type { LinkSignal, MediaState, Participant } from '#lib/protocol/events.ts'
import type { InstanceId, ParticipantId } from '#lib/protocol/ids.ts'
import { Store } from '#lib/store.ts'
import type { EngineRoom } from '../contracts/mediaEngineContract.ts'
import { settleEngines, trackMaker } from './engineRoom.ts'
import { FakeClock } from './FakeClock.ts'
import { FakeNetwork, type FakePeerConnection, HEARD_LATER_MS } from './FakePeerConnection.ts'

const uuid = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
export const idOf = (number: number): ParticipantId => uuid(number) as ParticipantId
export const instanceOf = (number: number): InstanceId => uuid(1000 + number) as InstanceId

export function participantOf(number: number, change: Partial<Participant> = {}): Participant {
  return {
    id: idOf(number),
    instanceId: instanceOf(number),
    instanceSeq: number,
    name: `Person ${number}`,
    role: 'member',
    seat: number,
    media: { microphone: false, camera: false, screen: false },
    coHost: false,
    handRaisedAt: null,
    connected: true,
    ...change,
  }
}

export class MeshMember {
  readonly connections: FakePeerConnection[] = []
  readonly roster = new Store<Roster | null>(null)
  readonly engine: MeshEngine
  readonly #listeners = new Set<(from: ParticipantId, instance: InstanceId, signal: LinkSignal) => void>()
  readonly #restored = new Set<() => void>()
  readonly #networkListeners = new Set<() => void>()
  readonly id: ParticipantId
  instance: InstanceId
  online = true
  earlyOffer: Pick<EarlyOffer, 'take'> | null = null
  sent = 0

  constructor(room: MeshRoom, number: number) {
    this.id = idOf(number)
    this.instance = instanceOf(number)
    const signals: PeerSignals = {
      available: () => this.online,
      send: (to, toInstance, signal) => {
        this.sent += 1
        if (this.online) room.deliver(this, to, toInstance, signal)
      },
      onReceived: (listener) => {
        this.#listeners.add(listener)
        return () => this.#listeners.delete(listener)
      },
      onRestored: (listener) => {
        this.#restored.add(listener)
        return () => this.#restored.delete(listener)
      },
    }
    this.engine = new MeshEngine({
      roster: this.roster,
      signals,
      iceServers: { current: () => [], refresh: async () => [] },
      clock: room.clock,
      createConnection: () => {
        const connection = room.network.connection()
        this.connections.push(connection as unknown as FakePeerConnection)
        return connection
      },
      earlyOffer: { take: (id) => this.earlyOffer?.take(id) ?? null },
      heardLaterMs: HEARD_LATER_MS,
      onNetworkChange: (listener) => {
        this.#networkListeners.add(listener)
        return () => this.#networkListeners.delete(listener)
      },
    })
  }

  get open(): FakePeerConnection[] {
    return this.connections.filter(({ closed }) => !closed)
  }

  hear(from: ParticipantId, instance: InstanceId, signal: LinkSignal): void {
    for (const listener of [...this.#listeners]) listener(from, instance, signal)
  }

  restored(): void {
    for (const listener of [...this.#restored]) listener()
  }

  networkChanged(): void {
    for (const listener of [...this.#networkListeners]) listener()
  }
}

/** Several mesh engines over fake connections, with a roster and a relay in between. */
export class MeshRoom {
  readonly network = new FakeNetwork()
  readonly clock = new FakeClock()
  readonly members = new Map<ParticipantId, MeshMember>()
  participants = new Map<ParticipantId, Participant>()

  constructor() {
    this.network.now = this.clock.now
  }

  member(number: number): MeshMember {
    const member = new MeshMember(this, number)
    this.members.set(member.id, member)
    return member
  }

  /** Everybody with a signalling connection learns of it, one after another. */
  async publish(...participants: Participant[]): Promise<void> {
    this.participants = new Map(participants.map((participant) => [participant.id, participant]))
    for (const member of this.members.values()) {
      if (member.online) member.roster.set({ self: member.id, participants: this.participants })
    }
    await this.settle()
  }

  deliver(from: MeshMember, to: ParticipantId, toInstance: InstanceId, signal: LinkSignal): void {
    const receiver = this.members.get(to)
    if (receiver?.online && receiver.instance === toInstance) receiver.hear(from.id, from.instance, signal)
  }

  settle(): Promise<void> {
    return settleEngines(this.clock)
  }
}

export async function makeMeshRoom(): Promise<EngineRoom> {
  const room = new MeshRoom()
  const [ann, ben] = [room.member(1), room.member(2)]
  await room.publish(participantOf(1), participantOf(2))
  return {
    ann,
    ben,
    settle: () => room.settle(),
    announce: async (id: ParticipantId, media: MediaState) => {
      const next = [...room.participants.values()].map((person) =>
        person.id === id ? { ...person, media } : person,
      )
      await room.publish(...next)
    },
    leave: (id) => room.publish(...[...room.participants.values()].filter((person) => person.id !== id)),
    track: trackMaker(),
    arriving: (from, source) => {
      const sender = from === ben.id ? ben : ann
      const [connection] = sender.open
      if (connection?.reaches === null || connection === undefined) return null
      return (connection.getTransceivers()[SOURCES.indexOf(source)]?.sender.track ??
        null) as MediaStreamTrack | null
    },
    waits: (source) =>
      ann.open[0]?.getTransceivers()[SOURCES.indexOf(source)]?.receiver.jitterBufferTarget ?? null,
    pass: (ms) => room.clock.advance(ms),
    sever: async () => {
      room.network.up = false
      await room.settle()
      return false
    },
    close: async () => {
      await Promise.all([...room.members.values()].map(({ engine }) => engine.close()))
    },
  }
}
