import type { RecordingId } from '#lib/protocol/ids.ts'
import type { NewPart } from '#lib/protocol/recordings.ts'
import { Store } from '#lib/store.ts'
import type { Clock } from '../../ports.ts'
import type { UploadState } from '../ChunkUploader.ts'
import type { PartSink, RecordingApi } from '../ports.ts'

export type KeptPartDeps = {
  /** Null for a copy: whether its recording goes on is known by the recorder's own chunks. */
  readonly api: Pick<RecordingApi, 'tellKept'> | null
  readonly clock: Clock
}

/**
 * A part that stays on this device: done with what the store has. With each chunk the server is told that it is there,
 * and nothing of it (REC-84, REC-85). What it answers changes nothing here: whether the recording goes on says the room,
 * and word that was lost is made up for by the next.
 */
export class KeptPart implements PartSink {
  readonly #deps: KeptPartDeps
  readonly #recordingId: RecordingId
  readonly #part: NewPart
  readonly state = new Store<UploadState>({
    acknowledged: 0,
    backlog: 0,
    backlogBytes: 0,
    acknowledgedAt: null,
    outcome: 'going-on',
  })
  readonly #ended: Promise<UploadState['outcome']>
  #end: (outcome: UploadState['outcome']) => void = () => undefined
  #telling = false
  #again = false

  constructor(deps: KeptPartDeps, recordingId: RecordingId, part: NewPart) {
    this.#deps = deps
    this.#recordingId = recordingId
    this.#part = part
    this.#ended = new Promise((resolve) => {
      this.#end = resolve
    })
  }

  offer(seq: number): void {
    this.state.update((state) => ({
      ...state,
      acknowledged: seq + 1,
      acknowledgedAt: this.#deps.clock.now(),
    }))
    void this.#tell()
  }

  finish(): void {
    this.state.update((state) => ({ ...state, outcome: 'kept' }))
    this.#end('kept')
  }

  stop(): void {
    this.#end(this.state.get().outcome)
  }

  run(): Promise<UploadState['outcome']> {
    return this.#ended
  }

  /** One word at a time: a slow server is not told of each chunk. */
  async #tell(): Promise<void> {
    this.#again = this.#telling
    if (this.#telling) return
    this.#telling = true
    await this.#deps.api?.tellKept(this.#recordingId, { startedAt: this.#part.startedAt })
    this.#telling = false
    if (this.#again && this.state.get().outcome === 'going-on') await this.#tell()
  }
}
