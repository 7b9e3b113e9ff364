import { randomUUID } from 'node:crypto'
import { io, type Socket } from 'socket.io-client'
import { applyChanges } from '#lib/domain/roster.ts'
import type { WireError } from '#lib/protocol/errors.ts'
import {
  type Acknowledgement,
  type ClientAnswer,
  type ClientEventName,
  type ClientPayload,
  type Participant,
  type ServerEventName,
  type ServerPayload,
  type Snapshot,
  serverEvents,
} from '#lib/protocol/events.ts'
import { type InstanceId, instanceId, type ParticipantId } from '#lib/protocol/ids.ts'
import { ROUTING_PARAMETER, routingKeyOf } from '#lib/protocol/routingKey.ts'
import { PROTOCOL_VERSION } from '#lib/protocol/version.ts'

const WAIT_MS = 8_000
export const SILENT = { microphone: false, camera: false, screen: false }
export const newInstance = (): InstanceId => instanceId.parse(randomUUID())

export type Heard = { readonly name: string; readonly payload: unknown }

/** A page as the server sees it: one socket, everything it heard, and the roster it made of that. */
export class RealtimeClient {
  readonly socket: Socket
  readonly heard: Heard[] = []
  instanceId: InstanceId = newInstance()
  people: ReadonlyMap<ParticipantId, Participant> = new Map()
  version = -1
  /** Versions that did not follow the one before. */
  gaps = 0
  snapshot: Snapshot | null = null
  readonly #watchers = new Set<() => void>()

  /** @param via where the server listens, when that is not the origin that it takes itself to be */
  constructor(origin: string, cookie: string | undefined, code: string, auth: object = {}, via = origin) {
    this.socket = io(via, {
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      query: { [ROUTING_PARAMETER]: routingKeyOf(code) },
      extraHeaders: { origin, host: new URL(origin).host, ...(cookie === undefined ? {} : { cookie }) },
      auth: { protocol: PROTOCOL_VERSION, meeting: code, ...auth },
    })
    this.socket.onAny((name: string, payload: unknown) => this.#hear(name, payload))
    this.socket.on('disconnect', () => this.#wake())
  }

  get id(): ParticipantId {
    if (!this.snapshot) throw new Error('not in the meeting')
    return this.snapshot.self
  }

  connected(): Promise<void> {
    return new Promise((done, fail) => {
      this.socket.once('connect', done)
      this.socket.once('connect_error', (error: Error & { data?: WireError }) => fail(error.data ?? error))
    })
  }

  /** Anything at all, as a hostile client would. */
  async raw(name: string, ...args: unknown[]): Promise<Acknowledgement<unknown>> {
    return this.socket.timeout(WAIT_MS).emitWithAck(name, ...args)
  }

  async request<Name extends ClientEventName>(
    name: Name,
    payload: ClientPayload<Name>,
  ): Promise<Acknowledgement<ClientAnswer<Name>>> {
    return this.socket.timeout(WAIT_MS).emitWithAck(name, payload)
  }

  /** The answer's value; throws the error's code. */
  async ask<Name extends ClientEventName>(
    name: Name,
    payload: ClientPayload<Name>,
  ): Promise<ClientAnswer<Name>> {
    const answer = await this.request(name, payload)
    if (!answer.ok) throw new Error(answer.error.code)
    return answer.value
  }

  /** The error's code, or 'ok'. */
  async code<Name extends ClientEventName>(name: Name, payload: ClientPayload<Name>): Promise<string> {
    const answer = await this.request(name, payload)
    return answer.ok ? 'ok' : answer.error.code
  }

  async join(options: Partial<ClientPayload<'meeting:join'>> = {}): Promise<Snapshot> {
    const answer = await this.ask('meeting:join', { instanceId: this.instanceId, media: SILENT, ...options })
    if (answer.status !== 'joined') throw new Error(answer.status)
    this.#adopt(answer.snapshot)
    return answer.snapshot
  }

  /** What is needed to come back to this seat. */
  get resume() {
    if (!this.snapshot) throw new Error('not in the meeting')
    const { conferenceId, self, chat } = this.snapshot
    return { conferenceId, participantId: self, chatSeq: chat.at(-1)?.seq ?? 0 }
  }

  all<Name extends ServerEventName>(name: Name): ServerPayload<Name>[] {
    return this.heard
      .filter((event) => event.name === name)
      .map((event) => event.payload as ServerPayload<Name>)
  }

  /** The first event of that name that fits, heard already or still to come. */
  async next<Name extends ServerEventName>(
    name: Name,
    fits: (payload: ServerPayload<Name>) => boolean = () => true,
  ): Promise<ServerPayload<Name>> {
    await this.until(() => this.all(name).some(fits), name)
    return this.all(name).find(fits) as ServerPayload<Name>
  }

  /** Resolves when `holds`, looked at after each event. */
  until(holds: () => boolean, what = 'what was waited for', waitMs = WAIT_MS): Promise<void> {
    if (holds()) return Promise.resolve()
    return new Promise((done, fail) => {
      const watcher = () => {
        if (!holds()) return
        clearTimeout(timer)
        this.#watchers.delete(watcher)
        done()
      }
      const timer = setTimeout(() => {
        this.#watchers.delete(watcher)
        fail(new Error(`${what} did not happen; heard ${JSON.stringify(this.heard.map(({ name }) => name))}`))
      }, waitMs)
      this.#watchers.add(watcher)
    })
  }

  disconnected(): Promise<void> {
    return this.until(() => !this.socket.connected, 'disconnect')
  }

  /** Everything sent before has been handled when this answers. */
  async settled(): Promise<void> {
    await this.request('hand:set', { raised: false })
  }

  /** Cut without a goodbye. */
  cut(): void {
    this.socket.io.engine.close()
  }

  close(): void {
    this.socket.close()
  }

  #adopt(snapshot: Snapshot): void {
    this.snapshot = snapshot
    this.version = snapshot.version
    this.people = new Map(snapshot.participants.map((participant) => [participant.id, participant]))
  }

  #hear(name: string, payload: unknown): void {
    this.heard.push({ name, payload })
    if (name === 'meeting:admitted') this.#adopt((payload as ServerPayload<'meeting:admitted'>).snapshot)
    if (isVersioned(name)) {
      const { version } = serverEvents[name].parse(payload)
      if (version !== this.version + 1) this.gaps += 1
      this.version = version
    }
    if (name === 'roster:changed') {
      this.people = applyChanges(this.people, (payload as ServerPayload<'roster:changed'>).changes)
    }
    this.#wake()
  }

  #wake(): void {
    for (const watcher of [...this.#watchers]) watcher()
  }
}

const VERSIONED = ['roster:changed', 'settings:changed', 'transport:changed', 'recording:changed'] as const
const isVersioned = (name: string): name is (typeof VERSIONED)[number] =>
  VERSIONED.some((versioned) => versioned === name)
