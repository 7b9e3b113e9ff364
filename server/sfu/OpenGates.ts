import type { Duplex } from 'node:stream'
import type { Put } from './LiveKitSfu.ts'
import { identityNameOf, roomNameOf } from './names.ts'
import type { SfuRoom } from './Sfu.ts'
import type { SfuPass } from './SfuTokens.ts'

/** One, and those that a reconnecting client has given up but whose end has not arrived. */
const MAX_PER_IDENTITY = 3

/** A connection through the gate, from when it is asked for until it is closed. */
export type OpenGate = {
  readonly pass: SfuPass
  readonly socket: Duplex
  /** Ends it for somebody who was put out. */
  end: () => void
  /** When its node let them in, on the monotonic clock (ms); null until then. */
  since: number | null
}

/** Who is connected through the gate, so that they can be put out; entered before the guard is asked. */
export class OpenGates {
  /** By room, then by identity, oldest first. */
  readonly #rooms = new Map<string, Map<string, OpenGate[]>>()

  get size(): number {
    return [...this.#rooms.values()].flatMap((people) => [...people.values()].flat()).length
  }

  /** The oldest connection of the same identity gives way: a client that comes back must win over its own dead one. */
  add(gate: OpenGate): void {
    const [room, who] = [roomNameOf(gate.pass.room), identityNameOf(gate.pass.identity)]
    const people = this.#rooms.get(room) ?? new Map<string, OpenGate[]>()
    const gates = people.get(who) ?? []
    this.#rooms.set(room, people.set(who, [...gates, gate]))
    for (const old of gates.slice(0, Math.max(0, gates.length + 1 - MAX_PER_IDENTITY))) old.socket.destroy()
    gate.socket.once('close', () => this.#delete(room, who, gate))
  }

  /** Who is connected to this room, by name at LiveKit, since their node let them in at least so long ago. */
  connected(room: SfuRoom, ms: number): string[] {
    const before = performance.now() - ms
    const people = [...(this.#rooms.get(roomNameOf(room)) ?? [])]
    return people
      .filter(([, gates]) => gates.some(({ since }) => since !== null && since <= before))
      .map(([who]) => who)
  }

  /** Ends the connections of one person, or of all who are in the room. */
  close({ room, identity }: Put): void {
    const people = this.#rooms.get(roomNameOf(room))
    const gates = identity ? people?.get(identityNameOf(identity)) : [...(people?.values() ?? [])].flat()
    for (const gate of [...(gates ?? [])]) gate.end()
  }

  closeAll(): void {
    for (const people of this.#rooms.values())
      for (const gates of people.values()) for (const { socket } of [...gates]) socket.destroy()
  }

  #delete(room: string, who: string, gate: OpenGate): void {
    const people = this.#rooms.get(room)
    const left = people?.get(who)?.filter((each) => each !== gate) ?? []
    if (left.length > 0) people?.set(who, left)
    else people?.delete(who)
    if (people?.size === 0) this.#rooms.delete(room)
  }
}
