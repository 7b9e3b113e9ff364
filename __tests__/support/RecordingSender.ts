import { type IncomingMessage, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { browserClock } from '#lib/call/browserClock.ts'
import { ChunkUploader } from '#lib/call/recording/ChunkUploader.ts'
import { fetchRecordingApi } from '#lib/call/recording/fetchRecordingApi.ts'
import { MemoryChunkStore } from '#lib/call/recording/MemoryChunkStore.ts'
import type { RecordingApi } from '#lib/call/recording/ports.ts'
import type { RecordingId } from '#lib/protocol/ids.ts'
import type { NewPart } from '#lib/protocol/recordings.ts'
import { partOf } from './FakeRecordingApi.ts'

const SECOND_MS = 1_000

export type Place = { readonly origin: string; readonly cookie: string; readonly via?: string }

/** A part of a film that is there already, sent by the code of our own pages: a chunk a second, as a MediaRecorder gives them. */
export class RecordingSender {
  readonly part: NewPart
  /** What the server answered, each once: the status, and the error's code. */
  readonly answers = new Set<string>()
  /** Numbers that the server has acknowledged. */
  readonly acknowledged: number[] = []
  readonly #store = new MemoryChunkStore()
  readonly #uploader: ChunkUploader
  readonly #recordingId: RecordingId
  readonly #sent: Promise<string>
  #given = 0

  constructor(place: Place, recordingId: RecordingId, part: Partial<NewPart> & { readonly id: string }) {
    this.#recordingId = recordingId
    this.part = { ...partOf(1), startedAt: Date.now(), ...part }
    const api = this.#listen(fetchRecordingApi({ fetch: this.#fetchFrom(place), priority: 'auto' }))
    const deps = { api, store: this.#store, clock: browserClock, random: Math.random }
    this.#uploader = new ChunkUploader(deps, recordingId, this.part)
    this.#sent = this.#run()
  }

  get given(): number {
    return this.#given
  }

  get backlog(): number {
    return this.#uploader.state.get().backlog
  }

  /** One chunk each second, at the pace of what is recorded. */
  async record(chunks: readonly Uint8Array<ArrayBuffer>[], everyMs = SECOND_MS): Promise<void> {
    const startedAt = performance.now()
    for (const [index, bytes] of chunks.entries()) {
      await sleep(Math.max(0, startedAt + (index + 1) * everyMs - performance.now()))
      const seq = this.#given
      const blob = new Blob([bytes])
      await this.#store.append(this.part.id, seq, blob)
      this.#given += 1
      this.#uploader.offer(seq, blob.size)
    }
  }

  /** Nothing more is recorded. @returns the outcome, when the server has all of it or takes no more */
  finish(): Promise<string> {
    this.#uploader.finish(this.#given)
    return this.#sent
  }

  async #run(): Promise<string> {
    await this.#store.open(this.#recordingId, this.part)
    return this.#uploader.run()
  }

  #listen(api: RecordingApi): RecordingApi {
    return {
      ...api,
      putChunk: async (recording, part, seq, bytes) => {
        const sent = await api.putChunk(recording, part, seq, bytes)
        if (sent.type === 'done') this.acknowledged.push(seq)
        return sent
      },
    }
  }

  /** With what a browser adds by itself; `fetch` would not say another host than it goes to. */
  #fetchFrom({ origin, cookie, via = origin }: Place): typeof fetch {
    const { host } = new URL(origin)
    return async (path, { method, headers, body, signal } = {}) => {
      const all = { ...(headers as Record<string, string>), cookie, origin, host }
      const bytes = body instanceof ArrayBuffer ? Buffer.from(body) : String(body ?? '')
      const length = { 'content-length': String(Buffer.byteLength(bytes)) }
      const response = await new Promise<Response>((resolve, reject) => {
        const asked = request(`${via}${String(path)}`, {
          method,
          headers: { ...all, ...length },
          agent: false,
          ...(signal ? { signal } : {}),
        })
        asked.on('error', reject)
        asked.on('response', (answer) => void responseOf(answer).then(resolve, reject))
        asked.end(bytes)
      })
      const text = response.ok ? '' : await response.clone().text()
      this.answers.add(`${response.status}${text === '' ? '' : ` ${JSON.parse(text).error.code}`}`)
      return response
    }
  }
}

async function responseOf(answer: IncomingMessage): Promise<Response> {
  const pieces: Buffer[] = []
  for await (const piece of answer) pieces.push(piece)
  const { statusCode: status = 0, headers } = answer
  const retry = headers['retry-after']
  const body = pieces.length === 0 ? null : Buffer.concat(pieces)
  return new Response(body, { status, headers: retry === undefined ? {} : { 'retry-after': retry } })
}
