import { fail, ok, type Result } from '#lib/result.ts'
import { Scope } from '#lib/scope.ts'
import { Store } from '#lib/store.ts'
import type { Device, DeviceKind, MediaDevicesPort, MediaFailure } from '../ports.ts'
import { mediaFailure } from './mediaFailure.ts'

type Opened = Result<MediaStreamTrack, MediaFailure>
type Wish = { readonly deviceId: string | undefined; readonly settle: (opened: Opened) => void }

const KINDS: Readonly<Record<MediaDeviceKind, DeviceKind>> = {
  audioinput: 'microphone',
  videoinput: 'camera',
  audiooutput: 'speaker',
}

/**
 * `navigator.mediaDevices`. Microphone and camera asked for in the same moment are one request, so that the browser
 * asks the person once.
 */
export class BrowserMediaDevices implements MediaDevicesPort {
  /** Undefined without a secure context (HTTPS or localhost). */
  readonly #media: MediaDevices | undefined
  readonly #devices = new Store<readonly Device[]>([])
  readonly devices = this.#devices
  readonly #scope = new Scope()
  #wishes: { microphone?: Wish; camera?: Wish } = {}

  constructor(media: MediaDevices | undefined) {
    this.#media = media
    if (media === undefined) return
    const refresh = () => void this.#refresh()
    media.addEventListener('devicechange', refresh)
    this.#scope.add(() => media.removeEventListener('devicechange', refresh))
    refresh()
  }

  openMicrophone(deviceId?: string): Promise<Opened> {
    return this.#wish('microphone', deviceId)
  }

  openCamera(deviceId?: string): Promise<Opened> {
    return this.#wish('camera', deviceId)
  }

  async openScreen(): Promise<
    Result<{ video: MediaStreamTrack; audio: MediaStreamTrack | null }, MediaFailure>
  > {
    if (this.#media === undefined) return fail(INSECURE)
    try {
      const stream = await this.#media.getDisplayMedia(SCREEN)
      const [video] = stream.getVideoTracks()
      if (video === undefined) return fail({ reason: 'unknown', cause: new Error('no video track') })
      video.contentHint = 'detail'
      return ok({ video, audio: stream.getAudioTracks()[0] ?? null })
    } catch (cause) {
      const failure = mediaFailure(cause)
      // Closing the browser's picker and forbidding it are the same error; both mean "not now".
      return fail(failure.reason === 'denied' ? { reason: 'cancelled', cause } : failure)
    }
  }

  close(): void {
    this.#scope.end()
  }

  #wish(kind: 'microphone' | 'camera', deviceId: string | undefined): Promise<Opened> {
    return new Promise((settle) => {
      const first = this.#wishes.microphone === undefined && this.#wishes.camera === undefined
      if (this.#wishes[kind] !== undefined) {
        void this.#openOne(kind, deviceId).then(settle)
        return
      }
      this.#wishes[kind] = { deviceId, settle }
      if (first) queueMicrotask(() => void this.#grant())
    })
  }

  async #grant(): Promise<void> {
    const { microphone, camera } = this.#wishes
    this.#wishes = {}
    if (microphone !== undefined && camera !== undefined) {
      const both = await this.#open({ audio: sound(microphone.deviceId), video: picture(camera.deviceId) })
      const audio = both.ok ? both.value.getAudioTracks()[0] : undefined
      const video = both.ok ? both.value.getVideoTracks()[0] : undefined
      if (audio !== undefined && video !== undefined) {
        microphone.settle(ok(audio))
        camera.settle(ok(video))
        return
      }
    }
    // Together they failed, perhaps for want of one of the two: each for itself.
    if (microphone !== undefined) microphone.settle(await this.#openOne('microphone', microphone.deviceId))
    if (camera !== undefined) camera.settle(await this.#openOne('camera', camera.deviceId))
  }

  async #openOne(kind: 'microphone' | 'camera', deviceId: string | undefined): Promise<Opened> {
    const wanted = (id: string | undefined) =>
      kind === 'microphone' ? { audio: sound(id) } : { video: picture(id) }
    let opened = await this.#open(wanted(deviceId))
    // Unplugged since it was chosen: any other is better than none.
    if (!opened.ok && opened.error.reason === 'no-device' && deviceId !== undefined) {
      opened = await this.#open(wanted(undefined))
    }
    if (!opened.ok) return opened
    const [track] = opened.value.getTracks()
    return track === undefined ? fail({ reason: 'no-device', cause: new Error('no track') }) : ok(track)
  }

  async #open(constraints: MediaStreamConstraints): Promise<Result<MediaStream, MediaFailure>> {
    if (this.#media === undefined) return fail(INSECURE)
    try {
      const stream = await this.#media.getUserMedia(constraints)
      // Labels and identifiers are told only after permission.
      void this.#refresh()
      return ok(stream)
    } catch (cause) {
      return fail(mediaFailure(cause))
    }
  }

  async #refresh(): Promise<void> {
    const found = await this.#media?.enumerateDevices().catch(() => [])
    if (this.#scope.ended) return
    const devices = (found ?? [])
      .filter(({ deviceId }) => deviceId !== '')
      .map(({ deviceId, kind, label }) => ({ id: deviceId, kind: KINDS[kind], label }))
    this.#devices.set(devices)
  }
}

const INSECURE: MediaFailure = { reason: 'insecure-context', cause: null }

/** `exact`: as a mere ideal, the choice of a camera with a small picture loses against one that fits the size better. */
const device = (id: string | undefined) => (id === undefined ? {} : { deviceId: { exact: id } })

const sound = (id: string | undefined): MediaTrackConstraints => ({
  ...device(id),
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
})

const picture = (id: string | undefined): MediaTrackConstraints => ({
  ...device(id),
  width: { ideal: 1280 },
  height: { ideal: 720 },
  frameRate: { ideal: 30, max: 30 },
})

const SCREEN: DisplayMediaStreamOptions = {
  video: { frameRate: { ideal: 15, max: 30 } },
  // What the computer plays must not be treated as a voice.
  audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
}
