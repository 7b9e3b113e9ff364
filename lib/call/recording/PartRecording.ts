import type { RecordingId } from '#lib/protocol/ids.ts'
import type { NewPart, RecordedType } from '#lib/protocol/recordings.ts'
import { SerialQueue } from '#lib/queue.ts'
import type { ReadableStore } from '#lib/store.ts'
import { ChunkRecorder } from './ChunkRecorder.ts'
import { ChunkUploader, isSettled, type UploadDeps, type UploadState } from './ChunkUploader.ts'
import type { PartSink, RecorderLike, RecorderOptions } from './ports.ts'

export type PartDeps = UploadDeps & {
  readonly createRecorder: (stream: MediaStream, options: RecorderOptions) => RecorderLike
  /** Server time in ms. */
  readonly serverNow: () => number
  readonly newId: () => string
  /** Holds a part's name for as long as this page lives, so that no other page takes it for a leftover. */
  readonly claim?: (partId: string) => () => void
  /** Where its chunks go from the store; left out: to the server. */
  readonly createSink?: (recordingId: RecordingId, part: NewPart) => PartSink
}

export type PartPlan = {
  readonly recordingId: RecordingId
  readonly source: NewPart['source']
  readonly stream: MediaStream
  readonly mimeType: RecordedType
  readonly bitsPerSecond: { readonly video?: number; readonly audio: number }
  /** Nothing more is recorded into this part, for another reason than `stop`. */
  readonly onBroken: (why: PartBreak) => void
}

/** `full`: the store takes nothing more. */
export type PartBreak = 'tracks-ended' | 'failed' | 'full'
type Ended = [chunks: number, why: 'stopped' | 'tracks-ended' | 'failed']

/** One part from its MediaRecorder to the server: recorded, kept, sent, closed. Or to the store alone, where it stays. */
export class PartRecording {
  readonly #deps: PartDeps
  readonly #queue = new SerialQueue()
  readonly #sink: PartSink
  readonly #recorder: ChunkRecorder
  readonly #uploaded: Promise<UploadState['outcome']>
  readonly #release: () => void
  readonly id: string
  #recordedAt: number
  #full = false

  private constructor(deps: PartDeps, part: NewPart, plan: PartPlan, recorder: ChunkRecorder) {
    this.#deps = deps
    this.id = part.id
    this.#recordedAt = deps.clock.now()
    this.#release = deps.claim?.(part.id) ?? (() => undefined)
    this.#sink = deps.createSink?.(plan.recordingId, part) ?? new ChunkUploader(deps, plan.recordingId, part)
    this.#recorder = recorder
    this.#uploaded = this.#bring(plan, part)
  }

  /** @throws when the browser cannot record this */
  static async start(deps: PartDeps, plan: PartPlan): Promise<PartRecording> {
    const early: [number, Blob][] = []
    let part: PartRecording | null = null
    const late: Ended[] = []
    const recorder = new ChunkRecorder({
      recorder: deps.createRecorder(plan.stream, optionsOf(plan)),
      clock: deps.clock,
      now: deps.serverNow,
      onChunk: (seq, bytes) => (part === null ? early.push([seq, bytes]) : part.#keep(seq, bytes)),
      onEnd: (chunks, why) => {
        if (part !== null) part.#ended(chunks, why, plan)
        else late.push([chunks, why])
      },
    })
    const startedAt = await recorder.start()
    const described = { id: deps.newId(), source: plan.source, mimeType: plan.mimeType, startedAt }
    part = new PartRecording(deps, described, plan, recorder)
    for (const [seq, bytes] of early) part.#keep(seq, bytes)
    for (const ended of late) part.#ended(...ended, plan)
    return part
  }

  get upload(): ReadableStore<UploadState> {
    return this.#sink.state
  }

  /** Our own clock's ms of the last chunk that the MediaRecorder gave. */
  get recordedAt(): number {
    return this.#recordedAt
  }

  /** Stops recording. What is left goes on being uploaded; `uploaded` tells. */
  async stop(): Promise<void> {
    await this.#recorder.stop()
  }

  /** Resolves when the server has all of it, or takes no more. */
  get uploaded(): Promise<UploadState['outcome']> {
    return this.#uploaded
  }

  /** The page goes: nothing more is sent, what is kept stays. */
  abandon(): void {
    this.#sink.stop()
  }

  /** Opened in the store before it is told to the server: whatever dies in between, nothing is lost. */
  async #bring(plan: PartPlan, part: NewPart): Promise<UploadState['outcome']> {
    const { store } = this.#deps
    // What is not described is found by nobody: none of its chunks is taken.
    this.#queue.run(() => store.open(plan.recordingId, part)).catch(() => this.#takeNoMore())
    const outcome = await this.#sink.run()
    // What cannot be removed now is found, and known to be settled, on the next visit.
    if (isSettled(outcome)) await this.#queue.run(() => store.forget(part.id)).catch(() => undefined)
    this.#release()
    return outcome
  }

  #keep(seq: number, bytes: Blob): void {
    this.#recordedAt = this.#deps.clock.now()
    // One after another: a chunk is offered when it and all before it are kept. Nothing is read behind a hole.
    void this.#queue.run(async () => {
      if (this.#full) return
      try {
        await this.#deps.store.append(this.id, seq, bytes)
        this.#sink.offer(seq, bytes.size)
      } catch {
        this.#takeNoMore()
      }
    })
  }

  #takeNoMore(): void {
    this.#full = true
    void this.#recorder.stop()
  }

  #ended(chunks: number, why: Ended[1], plan: PartPlan): void {
    // After the last of its chunks.
    void this.#queue.run(async () => {
      this.#sink.finish(chunks)
      if (this.#full) plan.onBroken('full')
    })
    if (why !== 'stopped') plan.onBroken(why)
  }
}

/** Where a player can begin, and a clip. MediaRecorder alone makes one key frame in some four seconds. */
const KEY_FRAME_EVERY_MS = 2_000

const optionsOf = ({ mimeType, bitsPerSecond }: PartPlan): RecorderOptions => ({
  mimeType,
  videoKeyFrameIntervalDuration: KEY_FRAME_EVERY_MS,
  audioBitsPerSecond: bitsPerSecond.audio,
  ...(bitsPerSecond.video === undefined ? {} : { videoBitsPerSecond: bitsPerSecond.video }),
})
