import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import { WebSocket } from 'ws'
import type { Acknowledgement, ClientAnswer, ClientEventName } from '#lib/protocol/events.ts'
import { PROTOCOL_VERSION } from '#lib/protocol/version.ts'

export type RawSocketOptions = {
  /** Where to connect; the Host and Origin that the server expects may be another's. */
  readonly port: number
  readonly publicUrl: string
  readonly meeting: string
  readonly cookie: string
  readonly headers?: Readonly<Record<string, string>>
}

type Waiting = {
  readonly event: string
  readonly resolve: (answer: unknown) => void
  readonly reject: (error: Error) => void
}

/**
 * The few frames of Socket.IO 4 (Engine.IO 4, websocket only) that a participant needs, over bare `ws`: so that a
 * benchmark's client costs as little as the floor's does.
 */
export class RawSocket {
  readonly instanceId = randomUUID()
  readonly closed: Promise<number>
  readonly #socket: WebSocket
  readonly #listeners = new Map<string, (payload: unknown) => void>()
  readonly #waiting = new Map<number, Waiting>()
  #nextId = 0

  private constructor(socket: WebSocket) {
    this.#socket = socket
    this.closed = new Promise((resolve) => socket.once('close', () => resolve(performance.now())))
    socket.once('close', () => {
      for (const { event, reject } of this.#waiting.values()) reject(new Error(`closed during ${event}`))
      this.#waiting.clear()
    })
  }

  /** Resolves when the server has accepted the session and the meeting. */
  static async connect(options: RawSocketOptions): Promise<RawSocket> {
    const { host } = new URL(options.publicUrl)
    const socket = new WebSocket(`ws://127.0.0.1:${options.port}/socket.io/?EIO=4&transport=websocket`, {
      perMessageDeflate: false,
      headers: { host, origin: options.publicUrl, cookie: options.cookie, ...options.headers },
    })
    const raw = new RawSocket(socket)
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject)
      socket.once('close', () => reject(new Error('closed while connecting')))
      socket.on('message', (data) => {
        const text = String(data)
        if (text.startsWith('0'))
          socket.send(`40${JSON.stringify({ protocol: PROTOCOL_VERSION, meeting: options.meeting })}`)
        else if (text.startsWith('40')) resolve()
        else if (text.startsWith('44')) reject(new Error(`refused: ${text}`))
        else raw.#receive(text)
      })
    })
    socket.on('error', () => {})
    return raw
  }

  /** Bytes read from the network, headers included. */
  get bytesRead(): number {
    // ws keeps its socket private; there is no other way to count what a frame really cost.
    return (this.#socket as unknown as { _socket?: Socket })._socket?.bytesRead ?? 0
  }

  on(event: string, listener: (payload: never) => void): void {
    this.#listeners.set(event, listener as (payload: unknown) => void)
  }

  notify(event: ClientEventName, payload: unknown): void {
    this.#socket.send(`42${JSON.stringify([event, payload])}`)
  }

  async request<Name extends ClientEventName>(event: Name, payload: unknown): Promise<ClientAnswer<Name>> {
    const id = this.#nextId++
    const answered = new Promise<Acknowledgement<ClientAnswer<Name>>>((resolve, reject) => {
      this.#waiting.set(id, { event, resolve: resolve as (answer: unknown) => void, reject })
    })
    this.#socket.send(`42${id}${JSON.stringify([event, payload])}`)
    const answer = await answered
    if (!answer.ok) throw new Error(`${event}: ${answer.error.code} ${answer.error.message}`)
    return answer.value
  }

  close(): void {
    this.#socket.close()
  }

  #receive(text: string): void {
    if (text === '2') this.#socket.send('3')
    else if (text.startsWith('42')) {
      const [event, payload] = JSON.parse(text.slice(2)) as [string, unknown]
      this.#listeners.get(event)?.(payload)
    } else if (text.startsWith('43')) {
      const at = text.indexOf('[')
      const id = Number(text.slice(2, at))
      this.#waiting.get(id)?.resolve((JSON.parse(text.slice(at)) as unknown[])[0])
      this.#waiting.delete(id)
    }
  }
}
