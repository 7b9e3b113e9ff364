import type { MediaState } from '#lib/protocol/events.ts'
import { Scope } from '#lib/scope.ts'
import { Store } from '#lib/store.ts'
import type { DeviceChoices } from '../CallHandle.ts'
import type { CallNotice, LocalMedia } from '../callState.ts'
import type { Clock, DeviceKind, MediaDevicesPort, Source } from '../ports.ts'
import type { AudioMeter } from './audioMeter.ts'
import { LocalDevice } from './LocalDevice.ts'
import { LocalScreen } from './LocalScreen.ts'
import { type Preferences, readPreferences, writePreferences } from './preferences.ts'
import { VoiceWatch } from './VoiceWatch.ts'

export type LocalMediaDeps = {
  readonly devices: MediaDevicesPort
  readonly meter: AudioMeter
  readonly clock: Clock
  readonly storage: Storage | undefined
  /** Nothing is opened by itself, whatever is remembered. */
  readonly startsOff?: boolean
  readonly onTrack: (source: Source, track: MediaStreamTrack | null) => void
  readonly onNotice: (notice: CallNotice) => void
}

/** Our microphone, camera and screen: what they do, what was chosen, what is remembered. */
export class LocalMediaController {
  readonly #deps: LocalMediaDeps
  readonly #scope = new Scope()
  readonly #microphone: LocalDevice
  readonly #camera: LocalDevice
  readonly #screen: LocalScreen
  readonly #voice: VoiceWatch
  readonly #local: Store<LocalMedia>
  readonly #choices: Store<DeviceChoices>
  #preferences: Preferences
  /** What a reloaded page is about to send again. */
  #restoring: Pick<MediaState, 'microphone' | 'camera'> = NOTHING

  constructor(deps: LocalMediaDeps) {
    this.#deps = deps
    this.#preferences = readPreferences(deps.storage)
    const { devices: chosen } = this.#preferences
    this.#voice = new VoiceWatch(deps.meter, deps.clock, (type) => deps.onNotice({ type }))
    this.#microphone = new LocalDevice(
      {
        open: (id) => deps.devices.openMicrophone(id),
        releasesWhenOff: false,
        onTrack: (track) => this.#onTrack('microphone', track),
        onLost: () => deps.onNotice({ type: 'deviceLost', source: 'microphone' }),
      },
      chosen.microphone ?? undefined,
    )
    this.#camera = new LocalDevice(
      {
        open: (id) => deps.devices.openCamera(id),
        releasesWhenOff: true,
        onTrack: (track) => this.#onTrack('camera', track),
        onLost: () => deps.onNotice({ type: 'deviceLost', source: 'camera' }),
      },
      chosen.camera ?? undefined,
    )
    this.#screen = new LocalScreen({
      open: () => deps.devices.openScreen(),
      onTracks: (video, audio) => {
        deps.onTrack('screen', video)
        deps.onTrack('screenAudio', audio)
      },
      onFailure: () =>
        deps.onNotice({
          type: 'requestFailed',
          error: { code: 'internal', message: 'Your browser could not share the screen.' },
        }),
    })
    this.#local = new Store(this.#readLocal())
    this.#choices = new Store<DeviceChoices>({ available: deps.devices.devices.get(), chosen })
    for (const part of [this.#microphone, this.#camera, this.#screen]) {
      this.#scope.add(part.state.subscribe(() => this.#changed()))
    }
    this.#scope.add(
      deps.devices.devices.subscribe(() =>
        this.#choices.update((choices) => ({ ...choices, available: deps.devices.devices.get() })),
      ),
    )
  }

  get local(): Store<LocalMedia> {
    return this.#local
  }

  get choices(): Store<DeviceChoices> {
    return this.#choices
  }

  get ownLevel(): VoiceWatch['level'] {
    return this.#voice.level
  }

  get name(): string | null {
    return this.#preferences.name
  }

  /** What we send, as the others are told. After a reload also what is about to be sent again, so that tiles stay. */
  sending(): MediaState {
    const { microphone, camera, screen } = this.#local.get()
    const { microphone: soon, camera: alsoSoon } = this.#restoring
    return {
      microphone: microphone.status === 'on' || (soon && microphone.status !== 'failed'),
      camera: camera.status === 'on' || (alsoSoon && camera.status !== 'failed'),
      screen: screen.status === 'on',
    }
  }

  /** Opens what was on the last time, or after a reload what `restored` says. One permission prompt for both. */
  async prepare(restored?: Pick<MediaState, 'microphone' | 'camera'>): Promise<void> {
    if (this.#deps.startsOff === true) return
    const { microphone, camera } = restored ?? this.#preferences
    this.#restoring = restored ?? NOTHING
    await Promise.all([
      microphone ? this.#microphone.set(true) : undefined,
      camera ? this.#camera.set(true) : undefined,
    ])
    this.#restoring = NOTHING
    this.#changed()
  }

  async setMicrophone(on: boolean): Promise<void> {
    this.#restoring = { ...this.#restoring, microphone: false }
    this.#remember({ microphone: on })
    await this.#microphone.set(on)
  }

  async setCamera(on: boolean): Promise<void> {
    this.#restoring = { ...this.#restoring, camera: false }
    this.#remember({ camera: on })
    await this.#camera.set(on)
  }

  setScreen(on: boolean): Promise<void> {
    return this.#screen.set(on)
  }

  async choose(kind: DeviceKind, id: string): Promise<void> {
    const chosen = { ...this.#preferences.devices, [kind]: id }
    this.#remember({ devices: chosen })
    this.#choices.update((choices) => ({ ...choices, chosen }))
    if (kind === 'microphone') await this.#microphone.choose(id)
    if (kind === 'camera') await this.#camera.choose(id)
  }

  rememberName(name: string): void {
    this.#remember({ name })
  }

  setInCall(inCall: boolean): void {
    this.#voice.setInCall(inCall)
  }

  close(): void {
    this.#scope.end()
    this.#voice.close()
    this.#microphone.close()
    this.#camera.close()
    this.#screen.close()
    this.#deps.devices.close()
    this.#local.set(this.#readLocal())
  }

  #onTrack(source: 'microphone' | 'camera', track: MediaStreamTrack | null): void {
    this.#deps.onTrack(source, track)
    if (source === 'microphone') this.#listen()
  }

  #changed(): void {
    this.#listen()
    this.#local.set(this.#readLocal())
  }

  #listen(): void {
    this.#voice.set(this.#microphone.track, this.#microphone.state.get().status !== 'on')
  }

  #readLocal(): LocalMedia {
    return {
      microphone: this.#microphone.state.get(),
      camera: this.#camera.state.get(),
      screen: this.#screen.state.get(),
    }
  }

  #remember(change: Partial<Preferences>): void {
    this.#preferences = { ...this.#preferences, ...change }
    writePreferences(this.#deps.storage, this.#preferences)
  }
}

const NOTHING = { microphone: false, camera: false } as const
