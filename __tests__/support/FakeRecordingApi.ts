import type { RecordingApi, Sent } from '#lib/call/recording/ports.ts'
import type { RecordingId } from '#lib/protocol/ids.ts'
import type { KeptChunk, NewPart, PartState, RecordedEvent } from '#lib/protocol/recordings.ts'

export const recordingOf = (number: number): RecordingId =>
  `00000005-0000-4000-8000-${String(number).padStart(12, '0')}` as RecordingId
const partIdOf = (number: number): string => `00000006-0000-4000-8000-${String(number).padStart(12, '0')}`

export const partOf = (number: number, change: Partial<NewPart> = {}): NewPart => ({
  id: partIdOf(number),
  source: { type: 'composed' },
  mimeType: 'video/webm;codecs=vp8,opus',
  startedAt: 1_000_000 + number,
  ...change,
})

type Part = { chunks: string[]; closed: number | null }

/** An intake in memory that keeps the contract's rules: in order, idempotent, closed is closed. */
export class FakeRecordingApi implements RecordingApi {
  readonly parts = new Map<string, Part>()
  readonly events: RecordedEvent[] = []
  /** What the next requests are answered instead, one each. */
  readonly trouble: Exclude<Sent, { type: 'done' }>[] = []
  /** The next request is carried out, and its answer lost. */
  loseAnswer = false
  requests: string[] = []

  openPart = async (_id: RecordingId, part: NewPart): Promise<Sent> =>
    this.#answer('open', () => {
      if (!this.parts.has(part.id)) this.parts.set(part.id, { chunks: [], closed: null })
      return DONE
    })

  putChunk = async (_id: RecordingId, partId: string, seq: number, bytes: Blob): Promise<Sent> => {
    const text = await bytes.text()
    return this.#answer(`put ${seq}`, () => {
      const part = this.parts.get(partId)
      if (part === undefined) return { type: 'refused', status: 404 }
      if (part.closed !== null) return { type: 'over' }
      const known = part.chunks[seq]
      if (known !== undefined) return known === text ? DONE : { type: 'out-of-order' }
      if (seq !== part.chunks.length) return { type: 'out-of-order' }
      part.chunks.push(text)
      return DONE
    })
  }

  partState = async (_id: RecordingId, partId: string): Promise<Sent<PartState>> => {
    this.requests.push('state')
    const part = this.parts.get(partId)
    if (part === undefined) return { type: 'refused', status: 404 }
    return { type: 'done', value: { next: part.chunks.length, closed: part.closed !== null } }
  }

  closePart = async (_id: RecordingId, partId: string, chunks: number): Promise<Sent> =>
    this.#answer(`close ${chunks}`, () => {
      const part = this.parts.get(partId)
      if (part?.chunks.length !== chunks) return { type: 'out-of-order' }
      part.closed = chunks
      return DONE
    })

  sendEvents = async (_id: RecordingId, events: readonly RecordedEvent[]): Promise<Sent> =>
    this.#answer('events', () => {
      this.events.push(...events)
      return DONE
    })

  tellKept = async (_id: RecordingId, kept: KeptChunk): Promise<Sent> =>
    this.#answer(`kept ${kept.startedAt}`, () => DONE)

  #answer(what: string, act: () => Sent): Sent {
    this.requests.push(what)
    const trouble = this.trouble.shift()
    if (trouble) return trouble
    const answer = act()
    if (!this.loseAnswer) return answer
    this.loseAnswer = false
    return { type: 'later', afterMs: null }
  }
}

const DONE = { type: 'done', value: null } as const
