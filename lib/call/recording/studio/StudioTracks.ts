import { OWN_BITS } from '#lib/domain/recordedBits.ts'
import type { RecordingId } from '#lib/protocol/ids.ts'
import { Scope } from '#lib/scope.ts'
import { Store } from '#lib/store.ts'
import type { CallHandle } from '../../CallHandle.ts'
import type { LocalSource } from '../../callState.ts'
import { NOTHING_WAITS, type Waiting } from '../OwnRecording.ts'
import { type PartDeps, PartRecording } from '../PartRecording.ts'
import { chooseRecordedType } from '../recordedType.ts'
import { SoundMix } from '../SoundMix.ts'

export type StudioDeps = PartDeps & {
  readonly call: Pick<CallHandle, 'local'>
  readonly isSupported: (type: string) => boolean
}

/** Nobody says when there is room again: it is looked at as often as that. */
const LOOK_FOR_ROOM_MS = 30_000

type Source = 'camera' | 'microphone'
/** `failed`: this browser cannot record one of them, or the server takes nothing of it; `full`: this device has no room. */
type Trouble = 'failed' | 'full'
type Run = {
  /** What it was begun with. */
  readonly input: MediaStreamTrack
  readonly part: Promise<PartRecording | null>
}

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
  readonly status = new Store<'recording' | Trouble>('recording')
  readonly #trouble = new Map<Source, Trouble>()
  #sound: (Run & { readonly mix: SoundMix }) | null = null
  #camera: Run | null = null
  #cancelLook: (() => void) | null = null
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
    this.#cancelLook?.()
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
    const voice = liveTrack(microphone)
    const failed = this.#trouble.get('microphone') === 'failed'
    // What could not be begun with one microphone may be with another.
    if (failed && this.#sound?.input !== voice) void this.#endSound()
    if (failed && voice === null) this.#setTrouble('microphone', null)
    if (voice !== null && this.#sound === null) this.#beginSound(voice)
    this.#sound?.mix.set(new Set(voice === null ? [] : [voice]))
    const picture = liveTrack(camera)
    if (picture === null) this.#setTrouble('camera', null)
    if ((this.#camera?.input ?? null) === picture) return
    void this.#endCamera()
    if (picture !== null) this.#camera = { input: picture, part: this.#begin('camera', picture) }
  }

  /** Through a mix, so that another microphone goes on in the same part; where there is none, as it comes. */
  #beginSound(voice: MediaStreamTrack): void {
    const mix = new SoundMix()
    const part = mix.flows.then((flows) => this.#begin('microphone', flows ? mix.track : voice))
    this.#sound = { input: voice, mix, part }
  }

  async #begin(track: Source, source: MediaStreamTrack): Promise<PartRecording | null> {
    const { isSupported } = this.#deps
    const mimeType = chooseRecordedType(track === 'camera' ? 'picture' : 'sound', isSupported)
    try {
      if (mimeType === null) throw new Error('this browser records nothing of that kind')
      const part = await PartRecording.start(this.#deps, {
        recordingId: this.#recordingId,
        source: { type: 'track', track },
        stream: new MediaStream([source]),
        mimeType,
        bitsPerSecond:
          track === 'camera'
            ? { video: OWN_BITS.camera, audio: OWN_BITS.microphone }
            : { audio: OWN_BITS.microphone },
        onBroken: (why) => {
          // A device that is full takes no other part either.
          if (why === 'full') this.#pause(track, 'full')
          else this.#broken(track)
        },
      })
      this.#parts.add(part)
      this.#setTrouble(track, null)
      part.upload.subscribe(() => {
        this.#count()
        void this.#follow(track, part)
      })
      return part
    } catch {
      // This browser cannot record it after all: the meeting's own recording has it.
      this.#setTrouble(track, 'failed')
      // Another one may have come meanwhile: this one's end tells of it before anybody looks.
      queueMicrotask(() => this.#look())
      return null
    }
  }

  /** The server takes nothing more of what is still being recorded. */
  async #follow(track: Source, part: PartRecording): Promise<void> {
    const { outcome } = part.upload.get()
    if (this.#stopped || outcome === 'going-on' || outcome === 'complete') return
    const run = track === 'camera' ? this.#camera : this.#sound
    if ((await run?.part) !== part || this.#trouble.has(track)) return
    this.#pause(track, 'failed')
    await part.stop()
  }

  /** Nothing of it is recorded for now. */
  #pause(track: Source, trouble: Trouble): void {
    if (this.#stopped) return
    this.#setTrouble(track, trouble)
    this.#cancelLook?.()
    this.#cancelLook = this.#deps.clock.after(LOOK_FOR_ROOM_MS, () => this.#lookForRoom(track))
  }

  /** With all that waited gone there is room, on this device or in this page. */
  #lookForRoom(track: Source): void {
    const trouble = this.#trouble.get(track)
    if (trouble === undefined) return
    if (this.waiting.get().seconds > 0) this.#pause(track, trouble)
    else for (const one of [...this.#trouble.keys()]) this.#broken(one)
  }

  #setTrouble(track: Source, trouble: Trouble | null): void {
    if (trouble === null) this.#trouble.delete(track)
    else this.#trouble.set(track, trouble)
    const all = [...this.#trouble.values()]
    this.status.set(all.includes('full') ? 'full' : (all[0] ?? 'recording'))
  }

  /** Its device was pulled out; the next one begins another part. */
  #broken(track: Source): void {
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

/** One that has ended is none: its device was pulled out, and another one is on its way. */
const liveTrack = (source: LocalSource): MediaStreamTrack | null =>
  source.status === 'on' && source.track.readyState !== 'ended' ? source.track : null
