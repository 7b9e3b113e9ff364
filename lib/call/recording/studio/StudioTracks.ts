import type { RecordingId } from '#lib/protocol/ids.ts'
import { Scope } from '#lib/scope.ts'
import { Store } from '#lib/store.ts'
import type { CallHandle } from '../../CallHandle.ts'
import { NOTHING_WAITS, type Waiting } from '../OwnRecording.ts'
import { type PartDeps, PartRecording } from '../PartRecording.ts'
import { chooseRecordedType } from '../recordedType.ts'
import { SoundMix } from '../SoundMix.ts'

export type StudioDeps = PartDeps & {
  readonly call: Pick<CallHandle, 'local'>
  readonly isSupported: (type: string) => boolean
}

/** The camera as it is, not as the network lets it through. */
const CAMERA_BITS = 6_000_000
const MICROPHONE_BITS = 192_000

/**
 * This person's own microphone and camera at full quality, whatever the network does (REC-81). The sound is one part from
 * its first word to the end, with silence while muted; the picture is a part for each time the camera is on.
 */
export class StudioTracks {
  readonly #deps: StudioDeps
  readonly #recordingId: RecordingId
  readonly #scope = new Scope()
  readonly #parts = new Set<PartRecording>()
  /** What the server lacks. */
  readonly waiting = new Store<Waiting>(NOTHING_WAITS)
  #sound: { readonly mix: SoundMix; readonly part: Promise<PartRecording | null> } | null = null
  #camera: { readonly track: MediaStreamTrack; readonly part: Promise<PartRecording | null> } | null = null
  #stopped = false

  constructor(deps: StudioDeps, recordingId: RecordingId) {
    this.#deps = deps
    this.#recordingId = recordingId
    this.#scope.add(deps.call.local.subscribe(() => this.#look()))
    this.#look()
  }

  /** Ends recording. Resolves when the server has all of it: long after the meeting, perhaps. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#scope.end()
    await Promise.all([this.#endCamera(), this.#endSound()])
    await Promise.all([...this.#parts].map((part) => part.uploaded))
  }

  /** The page goes; what is kept is uploaded on the next visit. */
  abandon(): void {
    for (const part of this.#parts) part.abandon()
  }

  #look(): void {
    if (this.#stopped) return
    const { microphone, camera } = this.#deps.call.local.get()
    const voice = microphone.status === 'on' ? microphone.track : null
    if (voice !== null && this.#sound === null) this.#beginSound(voice)
    this.#sound?.mix.set(new Set(voice === null ? [] : [voice]))
    const picture = camera.status === 'on' ? camera.track : null
    if (this.#camera?.track === picture) return
    void this.#endCamera()
    if (picture !== null) this.#camera = { track: picture, part: this.#begin('camera', picture) }
  }

  /** Through a mix, so that another microphone goes on in the same part; where there is none, as it comes. */
  #beginSound(voice: MediaStreamTrack): void {
    const mix = new SoundMix()
    const part = mix.flows.then((flows) => this.#begin('microphone', flows ? mix.track : voice))
    this.#sound = { mix, part }
  }

  async #begin(track: 'camera' | 'microphone', source: MediaStreamTrack): Promise<PartRecording | null> {
    const { isSupported } = this.#deps
    const mimeType = chooseRecordedType(track === 'camera' ? 'picture' : 'sound', isSupported)
    if (mimeType === null) return null
    try {
      const part = await PartRecording.start(this.#deps, {
        recordingId: this.#recordingId,
        source: { type: 'track', track },
        stream: new MediaStream([source]),
        mimeType,
        bitsPerSecond:
          track === 'camera' ? { video: CAMERA_BITS, audio: MICROPHONE_BITS } : { audio: MICROPHONE_BITS },
        onBroken: (why) => {
          // A device that is full takes no other part either.
          if (why !== 'full') this.#broken(track)
        },
      })
      this.#parts.add(part)
      part.upload.subscribe(() => this.#count())
      return part
    } catch {
      // This browser cannot record it after all: the meeting's own recording has it.
      return null
    }
  }

  /** Its device was pulled out; the next one begins another part. */
  #broken(track: 'camera' | 'microphone'): void {
    if (track === 'camera') this.#camera = null
    else {
      this.#sound?.mix.close()
      this.#sound = null
    }
    this.#look()
  }

  async #endCamera(): Promise<void> {
    const camera = this.#camera
    this.#camera = null
    await (await camera?.part)?.stop()
  }

  async #endSound(): Promise<void> {
    const sound = this.#sound
    this.#sound = null
    await (await sound?.part)?.stop()
    sound?.mix.close()
  }

  #count(): void {
    let { seconds, bytes } = NOTHING_WAITS
    for (const part of this.#parts) {
      const upload = part.upload.get()
      if (upload.outcome !== 'going-on') continue
      seconds += upload.backlog
      bytes += upload.backlogBytes
    }
    this.waiting.set({ seconds, bytes })
  }
}
