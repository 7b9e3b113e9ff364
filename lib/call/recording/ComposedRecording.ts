import type { RecordingId } from '#lib/protocol/ids.ts'
import type { RecordedType } from '#lib/protocol/recordings.ts'
import { Store } from '#lib/store.ts'
import { type PartBreak, type PartDeps, PartRecording } from './PartRecording.ts'
import { type EventsDeps, RecordedEvents } from './RecordedEvents.ts'

export type ComposedState = {
  readonly parts: number
  /** Our own clock's ms. */
  readonly recordedAt: number | null
  readonly acknowledgedAt: number | null
  readonly acknowledged: number
  readonly backlog: number
  readonly backlogBytes: number
  /** Why it does not go on, or null. `tracks-ended`: the picture's source is gone; `no-space`: the server has none, `full`: nor has this device. */
  readonly ended: 'stopped' | 'tracks-ended' | 'full' | 'over' | 'no-space' | 'refused' | null
}

export type ComposedPlan = {
  readonly recordingId: RecordingId
  readonly stream: MediaStream
  readonly mimeType: RecordedType
  readonly bitsPerSecond: { readonly video: number; readonly audio: number }
}

/** A browser whose recorder fails that often at once cannot. */
const MOST_FAILURES = 5
const AFTER_FAILURE_MS = 500

/**
 * The composed picture and mixed sound of a call, with its time line: one part, and the next one whenever a
 * MediaRecorder fails while its tracks live.
 */
export class ComposedRecording {
  readonly #deps: PartDeps & EventsDeps
  readonly #plan: ComposedPlan
  readonly #events: RecordedEvents | null
  readonly state = new Store<ComposedState>({
    parts: 0,
    recordedAt: null,
    acknowledgedAt: null,
    acknowledged: 0,
    backlog: 0,
    backlogBytes: 0,
    ended: null,
  })
  #part: PartRecording | null = null
  /** Of each part, by its id: a former one's last chunks arrive after the next one has begun. */
  readonly #acknowledged = new Map<string, number>()
  #failures = 0
  #stopping = false
  readonly #uploads = new Set<Promise<unknown>>()

  constructor(deps: PartDeps & EventsDeps, plan: ComposedPlan) {
    this.#deps = deps
    this.#plan = plan
    // Of what goes elsewhere than to the server, it is not told who spoke and when.
    this.#events = deps.createSink ? null : new RecordedEvents(deps, plan.recordingId)
  }

  /** Nothing when it has been stopped meanwhile. @throws when the browser cannot record this stream */
  async start(): Promise<void> {
    if (this.#stopping) return
    const part = await PartRecording.start(this.#deps, {
      ...this.#plan,
      source: { type: 'composed' },
      onBroken: (why) => this.#broken(why),
    })
    this.#part = part
    this.state.update((state) => ({ ...state, parts: state.parts + 1 }))
    part.upload.subscribe(() => this.#look(part))
    const upload = part.uploaded.finally(() => this.#uploads.delete(upload))
    this.#uploads.add(upload)
    if (this.#stopping) await part.stop()
  }

  /** Resolves when the server has everything, or takes no more. */
  async stop(): Promise<void> {
    this.#stopping = true
    await this.#part?.stop()
    await this.#events?.stop()
    await Promise.allSettled([...this.#uploads])
    this.#end('stopped')
  }

  #look(part: PartRecording): void {
    const upload = part.upload.get()
    this.#acknowledged.set(part.id, upload.acknowledged)
    const acknowledged = [...this.#acknowledged.values()].reduce((sum, count) => sum + count, 0)
    this.state.update((state) => ({ ...state, acknowledged }))
    if (part !== this.#part) return
    if (upload.acknowledged > 0) this.#failures = 0
    this.state.update((state) => ({
      ...state,
      recordedAt: part.recordedAt,
      acknowledgedAt: upload.acknowledgedAt ?? state.acknowledgedAt,
      backlog: upload.backlog,
      backlogBytes: upload.backlogBytes,
    }))
    const { outcome } = upload
    if (outcome === 'going-on' || outcome === 'complete' || outcome === 'kept') return
    if (outcome === 'refused' && this.#again()) return
    this.#end(outcome)
  }

  #broken(why: PartBreak): void {
    if (this.#stopping) return
    const live = this.#plan.stream.getTracks().some((track) => track.readyState === 'live')
    if (why === 'failed' && live && this.#again()) return
    this.#end(why === 'full' ? 'full' : 'tracks-ended')
  }

  /** A new part of the same tracks. @returns false when that has failed too often */
  #again(): boolean {
    this.#failures += 1
    if (this.#stopping || this.#failures > MOST_FAILURES) return false
    // Whatever else is heard of the former one is late news.
    const former = this.#part
    this.#part = null
    void former?.stop()
    this.#deps.clock.after(AFTER_FAILURE_MS, () => {
      if (this.#stopping) return
      this.start().catch(() => this.#again() || this.#end('tracks-ended'))
    })
    return true
  }

  #end(ended: Exclude<ComposedState['ended'], null>): void {
    if (this.state.get().ended !== null) return
    this.state.update((state) => ({ ...state, ended }))
    if (this.#stopping) return
    void this.#part?.stop()
    void this.#events?.stop()
  }
}
