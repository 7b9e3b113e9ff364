import type { RecordingId } from '#lib/protocol/ids.ts'
import type { RecorderReport } from '#lib/protocol/recorderPage.ts'
import { Scope } from '#lib/scope.ts'
import type { CallHandle } from '../CallHandle.ts'
import type { CallState } from '../callState.ts'
import { ComposedRecording } from './ComposedRecording.ts'
import type { PartDeps } from './PartRecording.ts'
import { recordedBits } from './recordedBits.ts'
import { chooseRecordedType } from './recordedType.ts'

export type TabRecordingDeps = PartDeps & {
  readonly call: Pick<CallHandle, 'state' | 'levels' | 'serverNow' | 'compareClocks'>
  readonly recordingId: RecordingId
  /** This tab's picture and sound. To be asked for as if by a person. */
  readonly capture: () => Promise<MediaStream>
  readonly isSupported: (type: string) => boolean
}

const ABSENT_MS = 1_500

/**
 * A recorder's page: records its own tab from the moment it is in the meeting until the room says that the recording is
 * over. A lost connection to the server ends nothing: what is recorded meanwhile waits in the page (REC-64).
 */
export class TabRecording {
  readonly #deps: TabRecordingDeps
  readonly #scope = new Scope()
  #captured: Promise<MediaStream> | null = null
  #starting = false
  #recording: ComposedRecording | null = null
  #ended: RecorderReport['ended'] = null
  #stopped: Promise<void> | null = null
  #delivered = false

  constructor(deps: TabRecordingDeps) {
    this.#deps = deps
    this.#scope.add(deps.call.state.subscribe(() => this.#look()))
  }

  begin(): void {
    this.#captured ??= this.#deps.capture()
    this.#captured.catch(() => this.#end('cannot-capture'))
    this.#look()
  }

  report(): RecorderReport {
    const state = this.#recording?.state.get()
    const now = this.#deps.clock.now()
    const ago = (at: number | null | undefined) => (at == null ? null : Math.max(0, now - at))
    const ended = this.#ended ?? state?.ended ?? null
    return {
      status: ended !== null ? 'ended' : state === undefined || state.parts === 0 ? 'joining' : 'recording',
      recordedAgoMs: ago(state?.recordedAt),
      acknowledgedAgoMs: ago(state?.acknowledgedAt),
      acknowledged: state?.acknowledged ?? 0,
      backlog: state?.backlog ?? 0,
      delivered: this.#delivered,
      ended,
    }
  }

  /** Resolves when the server has all of it, or takes no more. */
  stop(): Promise<void> {
    this.#stopped ??= this.#finish()
    return this.#stopped
  }

  #look(): void {
    const state = this.#deps.call.state.get()
    const recording = ourRecording(state, this.#deps.recordingId)
    if (state.status === 'ended' || state.status === 'failed') this.#end('call-ended')
    if (recording === 'over') this.#end('stopped')
    if (recording === 'absent') this.#deps.clock.after(ABSENT_MS, () => this.#lookAgain())
    // Once, whatever the room tells while the tab's picture is on its way.
    if (recording !== 'on' || this.#starting || this.#captured === null) return
    this.#starting = true
    void this.#start(this.#captured)
  }

  /** A room that has just been taken over may learn of its recording a moment later than we come in. */
  #lookAgain(): void {
    if (ourRecording(this.#deps.call.state.get(), this.#deps.recordingId) === 'absent') this.#end('stopped')
  }

  async #start(captured: Promise<MediaStream>): Promise<void> {
    const { call, recordingId, isSupported } = this.#deps
    try {
      const [stream] = await Promise.all([captured, call.compareClocks()])
      const mimeType = chooseRecordedType('film', isSupported)
      if (mimeType === null) throw new Error('this browser records no video')
      this.#recording = new ComposedRecording(
        { ...this.#deps, state: call.state, levels: call.levels, ownLevel: null },
        { recordingId, stream, mimeType, bitsPerSecond: bitsOf(stream) },
      )
      await this.#recording.start()
      if (this.#ended !== null) await this.stop()
    } catch {
      this.#end('cannot-capture')
    }
  }

  #end(ended: Exclude<RecorderReport['ended'], null>): void {
    if (this.#ended !== null) return
    this.#ended = ended
    void this.stop()
  }

  async #finish(): Promise<void> {
    this.#ended ??= 'stopped'
    await this.#recording?.stop()
    this.#delivered = true
    this.#scope.end()
    const stream = await this.#captured?.catch(() => null)
    for (const track of stream?.getTracks() ?? []) track.stop()
  }
}

/** What the room says of it. `unknown` while we are not in, or nothing is heard of the room. */
function ourRecording(state: CallState, id: RecordingId): 'unknown' | 'on' | 'absent' | 'over' {
  if (state.status !== 'inCall' || state.connection !== 'connected') return 'unknown'
  const { recording } = state.room
  if (recording?.id !== id) return 'absent'
  return recording.status === 'stopping' ? 'over' : 'on'
}

/** As its picture really is, not as it was asked for. */
function bitsOf(stream: MediaStream): ReturnType<typeof recordedBits> {
  const { width = 1280, height = 720 } = stream.getVideoTracks()[0]?.getSettings() ?? {}
  return recordedBits(width, height)
}
