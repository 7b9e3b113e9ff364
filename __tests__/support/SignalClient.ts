import { SignalRequest, SignalResponse } from '@livekit/protocol'
import WebSocket from 'ws'

type Message = NonNullable<SignalResponse['message']>
type Values = { [Each in Message as Each['case'] & string]: Each['value'] }

export type SignalOptions = {
  readonly origin?: string
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
}

/** LiveKit's signalling as livekit-client speaks it, without media. */
export class SignalClient {
  readonly messages: Message[] = []
  /** The code of the HTTP answer that refused it; null while it is open or was closed later. */
  refused: number | null = null
  closed = false
  readonly #socket: WebSocket
  readonly #waiting = new Set<() => void>()

  /** @param base `ws://host:port` of a node, or with `/sfu` behind it the gate */
  constructor(base: string, token: string, { origin, query = {}, headers = {} }: SignalOptions = {}) {
    const search = new URLSearchParams({
      access_token: token,
      auto_subscribe: '1',
      sdk: 'js',
      version: '2.23.0',
      protocol: '16',
      ...query,
    })
    this.#socket = new WebSocket(`${base}/rtc?${search}`, {
      headers: { ...(origin === undefined ? {} : { Origin: origin }), ...headers },
    })
    this.#socket.on('message', (data: Buffer) => {
      this.messages.push(SignalResponse.fromBinary(data).message)
      this.#wake()
    })
    this.#socket.on('unexpected-response', (request, response) => {
      this.refused = response.statusCode ?? 0
      // With this listener ws leaves the rest to us, and tells no 'close'.
      request.destroy()
      this.closed = true
      this.#wake()
    })
    this.#socket.on('error', () => undefined)
    this.#socket.on('close', () => {
      this.closed = true
      this.#wake()
    })
  }

  /** The first message of this kind. Rejects when the connection ends without it. */
  async next<Kind extends keyof Values>(kind: Kind): Promise<Values[Kind]> {
    for (;;) {
      const found = this.messages.find((message) => message.case === kind)
      // Found by its case; the type follows from it.
      if (found) return found.value as Values[Kind]
      if (this.closed) throw new Error(`closed (${this.refused}) without "${kind}"`)
      await this.#change()
    }
  }

  /** The first message that fits, already here or still to come. */
  async find(fits: (message: Message) => boolean): Promise<Message> {
    for (;;) {
      const found = this.messages.find(fits)
      if (found) return found
      if (this.closed) throw new Error(`closed (${this.refused}) in vain`)
      await this.#change()
    }
  }

  /** @returns the status that refused it, or null when it had been open */
  async untilClosed(): Promise<number | null> {
    while (!this.closed) await this.#change()
    return this.refused
  }

  /** Anything at all, as a hostile client would. */
  send(message: SignalRequest['message']): void {
    this.#socket.send(new SignalRequest({ message }).toBinary())
  }

  close(): void {
    this.#socket.close()
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake)
        resolve()
      }
      this.#waiting.add(wake)
    })
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake()
  }
}
