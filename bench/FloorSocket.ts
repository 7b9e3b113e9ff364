import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import { WebSocket } from 'ws'

type FloorParticipant = { readonly id: string }
type FloorNews = {
  readonly self?: string
  readonly participants?: readonly FloorParticipant[]
  readonly changes?: readonly { readonly participant: FloorParticipant }[]
}

/** A client of floors/roomServer.ts. */
export class FloorSocket {
  readonly known = new Set<string>()
  id = ''
  onKnown: () => void = () => {}
  onSignal: () => void = () => {}
  readonly #socket: WebSocket

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.on('message', (data) => {
      const [event, payload] = JSON.parse(String(data)) as [string, FloorNews]
      if (event === 'signal:received') return this.onSignal()
      this.id ||= payload.self ?? ''
      for (const one of payload.participants ?? []) this.known.add(one.id)
      for (const one of payload.changes ?? []) this.known.add(one.participant.id)
      this.onKnown()
    })
  }

  static async connect(port: number): Promise<FloorSocket> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate: false })
    await new Promise<void>((resolve, reject) => {
      socket.once('open', () => resolve())
      socket.once('error', reject)
    })
    return new FloorSocket(socket)
  }

  get bytesRead(): number {
    return (this.#socket as unknown as { _socket?: Socket })._socket?.bytesRead ?? 0
  }

  join(name: string): void {
    this.#send({
      join: { name, instanceId: randomUUID(), media: { microphone: true, camera: true, screen: false } },
    })
  }

  signal(to: string, signal: unknown): void {
    this.#send({ to, signal })
  }

  close(): void {
    this.#socket.terminate()
  }

  #send(message: unknown): void {
    this.#socket.send(JSON.stringify(message))
  }
}
