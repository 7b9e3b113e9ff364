import type { MessageId } from '#lib/protocol/ids.ts'
import type { ReadableStore } from '#lib/store.ts'
import type { CallEvent, CallState } from './callState.ts'
import type { Signalling } from './ports.ts'

export type ChatOutboxDeps = {
  readonly signalling: Signalling
  readonly state: ReadableStore<CallState>
  readonly dispatch: (event: CallEvent) => void
  readonly newId: () => string
}

/** Our messages on their way. The id makes sending again safe: the server stores it once. */
export class ChatOutbox {
  readonly #deps: ChatOutboxDeps

  constructor(deps: ChatOutboxDeps) {
    this.#deps = deps
  }

  async send(text: string): Promise<void> {
    const trimmed = text.trim()
    if (trimmed === '') return
    await this.#deliver(this.#deps.newId(), trimmed)
  }

  async retry(id: string): Promise<void> {
    const message = this.#pending().find((candidate) => candidate.id === id)
    if (message !== undefined) await this.#deliver(message.id, message.text)
  }

  /** After the connection is back: what was under way when it went. */
  resume(): void {
    for (const { id, text, status } of this.#pending()) {
      if (status === 'sending') void this.#deliver(id, text)
    }
  }

  async #deliver(id: string, text: string): Promise<void> {
    const { signalling, dispatch } = this.#deps
    dispatch({ type: 'messageQueued', id, text })
    // Branded here, at the boundary: newId gives UUIDs.
    const answer = await signalling.request('chat:send', { id: id as MessageId, text })
    if (answer.ok) dispatch({ type: 'chatReceived', messages: [answer.value.message] })
    // While the connection is away the message stays on its way; the return sends it again.
    else if (signalling.state.get().status === 'connected') dispatch({ type: 'messageFailed', id })
  }

  #pending() {
    const state = this.#deps.state.get()
    return state.status === 'inCall' ? state.pending : []
  }
}
