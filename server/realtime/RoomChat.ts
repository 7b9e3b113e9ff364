import type { ChatMessage } from '#lib/protocol/events.ts'
import type { ConferenceId } from '#lib/protocol/ids.ts'
import { SerialQueue } from '#lib/queue.ts'
import type { ConferenceRecords, NewMessage } from './records.ts'

/** Messages kept at hand for those who come back. */
const KEPT = 200
/** Messages that a newcomer gets at once; older ones by `chat:history`. */
const FOR_NEWCOMERS = 50
const HISTORY_PAGE = 200

type ChatRecords = Pick<ConferenceRecords, 'appendMessage' | 'messagesAfter'>

/** One conference's messages. Stored first, told afterwards, in the order of their numbers. */
export class RoomChat {
  readonly #conferenceId: ConferenceId
  readonly #records: ChatRecords
  readonly #tell: (message: ChatMessage) => void
  /** Prevents: two messages stored in one order and told in the other. */
  readonly #queue = new SerialQueue()
  #recent: readonly ChatMessage[]

  constructor(
    conferenceId: ConferenceId,
    recent: readonly ChatMessage[],
    records: ChatRecords,
    tell: (message: ChatMessage) => void,
  ) {
    this.#conferenceId = conferenceId
    this.#recent = recent
    this.#records = records
    this.#tell = tell
  }

  /** @throws AppError `unavailable` when it is not certain that it was stored; the same id may be sent again */
  send(message: Omit<NewMessage, 'conferenceId'>): Promise<ChatMessage> {
    return this.#queue.run(async () => {
      const stored = await this.#records.appendMessage({ ...message, conferenceId: this.#conferenceId })
      const newest = this.#recent.at(-1)?.seq ?? 0
      // Not only when new: the answer to the first attempt may have been lost after the commit, and nobody was told.
      if (stored.message.seq > newest) {
        this.#recent = [...this.#recent, stored.message].slice(-KEPT)
        this.#tell(stored.message)
      }
      return stored.message
    })
  }

  history(afterSeq: number): Promise<readonly ChatMessage[]> {
    return this.#records.messagesAfter(this.#conferenceId, afterSeq, HISTORY_PAGE)
  }

  /** For a snapshot: what came after `seenSeq`, or the newest for somebody who has seen nothing. */
  recent(seenSeq: number | null): ChatMessage[] {
    if (seenSeq === null) return this.#recent.slice(-FOR_NEWCOMERS)
    return this.#recent.filter((message) => message.seq > seenSeq)
  }
}
