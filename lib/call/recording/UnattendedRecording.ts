import { recordedBits } from '#lib/domain/recordedBits.ts'
import type { RecordingId } from '#lib/protocol/ids.ts'
import type { RecorderPlan, RecorderReport } from '#lib/protocol/recorderPage.ts'
import { Scope } from '#lib/scope.ts'
import type { CallHandle } from '../CallHandle.ts'
import type { CallState } from '../callState.ts'
import { ComposedRecording } from './ComposedRecording.ts'
import { MeetingPicture } from './composed/MeetingPicture.ts'
import type { PartDeps } from './PartRecording.ts'
import { chooseRecordedType } from './recordedType.ts'

export type UnattendedDeps = PartDeps & {
  readonly call: Pick<
    CallHandle,
    'state' | 'local' | 'levels' | 'ownLevel' | 'setVisible' | 'serverNow' | 'compareClocks'
  >
  readonly recordingId: RecordingId
  readonly isSupported: (type: string) => boolean
  /** What this tab plays. To be asked for as if by a person. */
  readonly captureSound: () => Promise<MediaStreamTrack>
}

const ABSENT_MS = 1_500
/** In a browser of its own, without a graphics processor. More than a camera's 25, of which none is to fall between two. */
const DRAWING = { picturesPerSecond: 30, pictures: 'copies', steady: true } as const

/**
 * A recorder's page: records the meeting from the moment it is in it until the room says that the recording is over. A
 * lost connection to the server ends nothing: what is recorded meanwhile waits in the page (REC-64).
 */
export class UnattendedRecording {
  readonly #deps: UnattendedDeps
  readonly #scope = new Scope()
  #begun: { readonly plan: RecorderPlan; readonly sound: Promise<MediaStreamTrack> } | null = null
  #picture: MeetingPicture | null = null
  #recording: ComposedRecording | null = null
  #ended: RecorderReport['ended'] = null
  #stopped: Promise<void> | null = null
  #delivered = false

  constructor(deps: UnattendedDeps) {
    this.#deps = deps
    this.#scope.add(deps.call.state.subscribe(() => this.#look()))
  }

  begin(plan: RecorderPlan): void {
    this.#begun ??= { plan, sound: this.#deps.captureSound() }
    this.#begun.sound.catch(() => this.#end('cannot-capture'))
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
    // Once, whatever the room tells while the sound is on its way.
    if (recording === 'on' && this.#picture === null) void this.#start()
  }

  /** A room that has just been taken over may learn of its recording a moment later than we come in. */
  #lookAgain(): void {
    if (ourRecording(this.#deps.call.state.get(), this.#deps.recordingId) === 'absent') this.#end('stopped')
  }

  async #start(): Promise<void> {
    if (this.#begun === null) return
    const { call, recordingId, isSupported } = this.#deps
    const { width, height, codec } = this.#begun.plan
    try {
      const picture = new MeetingPicture(
        { ...this.#deps, demand: (sizes) => call.setVisible(sizes) },
        { ...DRAWING, size: { width, height } },
      )
      this.#picture = picture
      const [sound] = await Promise.all([this.#begun.sound, call.compareClocks()])
      const mimeType = chooseRecordedType('film', isSupported, codec)
      if (mimeType === null) throw new Error('this browser records no video')
      const stream = new MediaStream([picture.track, sound])
      this.#recording = new ComposedRecording(
        { ...this.#deps, state: call.state, levels: call.levels, ownLevel: null },
        { recordingId, stream, mimeType, bitsPerSecond: recordedBits(width, height) },
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
    this.#picture?.close()
    const sound = await this.#begun?.sound.catch(() => null)
    sound?.stop()
  }
}

/** What the room says of it. `unknown` while we are not in, or nothing is heard of the room. */
function ourRecording(state: CallState, id: RecordingId): 'unknown' | 'on' | 'absent' | 'over' {
  if (state.status !== 'inCall' || state.connection !== 'connected') return 'unknown'
  const { recording } = state.room
  if (recording?.id !== id) return 'absent'
  return recording.status === 'stopping' ? 'over' : 'on'
}
