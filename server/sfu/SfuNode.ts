import net from 'node:net'
import { RoomServiceClient } from 'livekit-server-sdk'
import { drainRoomOf } from './names.ts'
import { parseMetrics } from './parseMetrics.ts'
import type { SfuKeys } from './SfuTokens.ts'
import { within } from './within.ts'

/** What a node does at present. */
export type NodeLoad = {
  readonly rooms: number
  readonly participants: number
  readonly tracks: number
  /** Processor cores in use, over the time between two checks. */
  readonly cores: number
}

/**
 * `ready`: answers and takes new rooms. `busy`: answers, but says that it takes none at present (it is closing, or has
 * lost its Redis); what runs there goes on. `down`: nobody answers there.
 */
export type NodeState = 'unknown' | 'ready' | 'busy' | 'down'

export type NodeAddress = { readonly host: string; readonly port: number; readonly secure: boolean }

const CHECK_TIMEOUT_MS = 1_000
/** Checks without an answer (as opposed to a refused connection) until a node counts as down. */
const SILENT_CHECKS = 3
const API_TIMEOUT_SECONDS = 4
const METRICS_PORT = 6789
/** So long people's word counts that no media comes from it. */
const SILENCE_MS = 120_000
const NO_LOAD: NodeLoad = { rooms: 0, participants: 0, tracks: 0, cores: 0 }

/** One LiveKit server: what it is asked, and what is known of its health. */
export class SfuNode {
  readonly address: NodeAddress
  readonly api: RoomServiceClient
  readonly #base: string
  readonly #checks: RoomServiceClient
  readonly #metrics: string
  #state: NodeState = 'unknown'
  #instance: string | null = null
  #load = NO_LOAD
  #cpu: { readonly seconds: number; readonly at: number } | null = null
  #silent = 0
  #draining = false
  /** Counts the times that it was found gone. */
  #deaths = 0
  #silentUntil = 0
  /** Rooms placed here since the last check saw how many there are. */
  #placed = 0

  /** @param url its private address; behind `#` the port of its metrics */
  constructor(url: string, keys: SfuKeys) {
    const { protocol, hostname, port, hash } = new URL(url)
    const secure = protocol === 'https:' || protocol === 'wss:'
    const host = hostname.replace(/^\[|\]$/g, '')
    this.address = { host, port: Number(port || (secure ? 443 : 80)), secure }
    this.#base = `${secure ? 'https' : 'http'}://${hostname}:${this.address.port}`
    this.#metrics = `http://${hostname}:${Number(hash.slice(1)) || METRICS_PORT}/metrics`
    // Its failover asks LiveKit Cloud for other regions; there are none.
    const options = { failover: false, requestTimeout: API_TIMEOUT_SECONDS }
    this.api = punctual(
      new RoomServiceClient(this.#base, keys.key, keys.secret, options),
      API_TIMEOUT_SECONDS * 1000,
    )
    const short = { ...options, requestTimeout: CHECK_TIMEOUT_MS / 1000 }
    this.#checks = punctual(new RoomServiceClient(this.#base, keys.key, keys.secret, short), CHECK_TIMEOUT_MS)
  }

  get name(): string {
    return `${this.address.host}:${this.address.port}`
  }

  get state(): NodeState {
    return this.#state
  }

  /** LiveKit's id of the running process, another one after each restart; null while its metrics do not answer. */
  get instance(): string | null {
    return this.#instance
  }

  /** It is about to end, and waits until everybody has been led to another node. */
  get draining(): boolean {
    return this.#draining
  }

  /**
   * People who are in its rooms get nothing from it, though it answers: its media ports may be blocked. Their word, so
   * that it counts for what is shown and preferred, and takes nobody else's room away.
   */
  get silent(): boolean {
    return performance.now() < this.#silentUntil
  }

  noteSilence(): void {
    this.#silentUntil = performance.now() + SILENCE_MS
  }

  get load(): NodeLoad {
    return this.#load
  }

  /**
   * By what nodes are compared, in cores: what is in use, or, where people are only just coming in, what their tracks
   * and the rooms given to this node will need.
   */
  get weight(): number {
    const { cores, tracks, rooms } = this.#load
    return Math.max(cores, tracks * 0.01, (rooms + this.#placed) * 0.1)
  }

  notePlacement(): void {
    this.#placed += 1
  }

  /** Looks at the node now. One check at a time: the pool sees to it. */
  async check(): Promise<void> {
    const deaths = this.#deaths
    const answer = await this.#ask()
    if (deaths !== this.#deaths) return
    if (answer === 'silent') {
      this.#silent += 1
      if (this.#silent >= SILENT_CHECKS) this.#becomeDown()
      return
    }
    this.#silent = 0
    if (answer === 'refused') return this.#becomeDown()
    await this.#readMetrics()
    const draining = await this.#isDraining()
    // Found gone meanwhile: what it said was said before.
    if (deaths !== this.#deaths) return this.#becomeDown()
    this.#draining = draining
    this.#state = this.#draining ? 'busy' : answer
  }

  /**
   * Whether nobody listens there any more: the quickest question there is, and the kernel answers it, however busy the
   * machine. When nobody does, it is down from now on, whatever a check under way has heard before.
   */
  async looksGone(): Promise<boolean> {
    if (!(await isRefused(this.address))) return false
    this.#deaths += 1
    this.#becomeDown()
    return true
  }

  #becomeDown(): void {
    this.#state = 'down'
    this.#draining = false
    this.#instance = null
    this.#load = NO_LOAD
    this.#cpu = null
    this.#placed = 0
    this.#silentUntil = 0
  }

  /** A connection that breaks may have been an old one of fetch's own; only a second one says that nobody is there. */
  async #ask(): Promise<'ready' | 'busy' | 'silent' | 'refused'> {
    for (const attempt of [1, 2]) {
      try {
        return (await getText(this.#base)) === null ? 'busy' : 'ready'
      } catch (error) {
        if (error instanceof Error && error.name === 'TimeoutError') return 'silent'
        if (attempt === 2) return 'refused'
      }
    }
    return 'refused'
  }

  async #isDraining(): Promise<boolean> {
    if (this.#instance === null) return false
    const name = drainRoomOf(this.#instance)
    const rooms = await this.#checks.listRooms([name]).catch(() => null)
    return rooms === null ? this.#draining : rooms.some((room) => room.name === name)
  }

  /** Without metrics a node still serves; it is only not known which process it is and how much it does. */
  async #readMetrics(): Promise<void> {
    const found = await getText(this.#metrics)
      .then((text) => (text === null ? null : parseMetrics(text)))
      .catch(() => null)
    if (!found) return
    const at = performance.now()
    const before = this.#instance === found.nodeId ? this.#cpu : null
    const cores = before ? ((found.cpuSeconds - before.seconds) * 1000) / Math.max(at - before.at, 1) : 0
    this.#cpu = { seconds: found.cpuSeconds, at }
    this.#load = { rooms: found.rooms, participants: found.participants, tracks: found.tracks, cores }
    this.#placed = 0
    this.#instance = found.nodeId
  }
}

/** @returns null for an answer that is none of success. @throws Error; TimeoutError when there is none in time */
function getText(url: string): Promise<string | null> {
  const read = async (): Promise<string | null> => {
    const response = await fetch(url, { signal: AbortSignal.timeout(CHECK_TIMEOUT_MS) })
    const text = await response.text()
    return response.ok ? text : null
  }
  return within(CHECK_TIMEOUT_MS, read())
}

/** The same client, whose every answer comes in time or fails. */
function punctual(client: RoomServiceClient, ms: number): RoomServiceClient {
  return new Proxy(client, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      return (...given: unknown[]) => within(ms, Promise.resolve(Reflect.apply(value, target, given)))
    },
  })
}

function isRefused({ host, port }: NodeAddress): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port, timeout: CHECK_TIMEOUT_MS })
    const answer = (refused: boolean): void => {
      socket.destroy()
      resolve(refused)
    }
    socket.once('connect', () => answer(false))
    socket.once('timeout', () => answer(false))
    socket.once('error', (error: NodeJS.ErrnoException) => answer(error.code === 'ECONNREFUSED'))
  })
}
