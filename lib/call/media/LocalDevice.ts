import { SerialQueue } from '#lib/queue.ts'
import type { Result } from '#lib/result.ts'
import { Store } from '#lib/store.ts'
import type { LocalSource } from '../callState.ts'
import type { MediaFailure } from '../ports.ts'

export type LocalDeviceOptions = {
  readonly open: (deviceId: string | undefined) => Promise<Result<MediaStreamTrack, MediaFailure>>
  /** True: turning off releases the device (the camera's light goes out). False: the track stays, silenced. */
  readonly releasesWhenOff: boolean
  /** The track that others should get, or null. A silenced track is still the track. */
  readonly onTrack: (track: MediaStreamTrack | null) => void
  /** The device went away by itself: unplugged, or taken by the system. */
  readonly onLost: () => void
}

/**
 * Our microphone or camera. Turning off takes effect at once; opening takes its time, one at a time, and whatever was
 * asked for last is what holds in the end.
 */
export class LocalDevice {
  readonly #options: LocalDeviceOptions
  readonly #state = new Store<LocalSource>({ status: 'off' })
  readonly state = this.#state
  readonly #opening = new SerialQueue()
  #deviceId: string | undefined
  #track: MediaStreamTrack | null = null
  #wanted = false
  #closed = false

  constructor(options: LocalDeviceOptions, deviceId: string | undefined) {
    this.#options = options
    this.#deviceId = deviceId
  }

  /** The open track, silenced or not. */
  get track(): MediaStreamTrack | null {
    return this.#track
  }

  async set(on: boolean): Promise<void> {
    this.#wanted = on
    if (on) await this.#opening.run(() => this.#ensureOpen())
    else this.#turnOff()
  }

  /** Takes effect at once when open, else when next opened. The former device is stopped only when the new one runs. */
  async choose(deviceId: string): Promise<void> {
    this.#deviceId = deviceId
    await this.#opening.run(() => (this.#track === null ? undefined : this.#open()))
  }

  close(): void {
    this.#closed = true
    this.#wanted = false
    this.#stop()
    this.#state.set({ status: 'off' })
  }

  #turnOff(): void {
    if (this.#options.releasesWhenOff) {
      if (this.#track !== null) this.#options.onTrack(null)
      this.#stop()
    } else if (this.#track !== null) this.#track.enabled = false
    this.#state.set({ status: 'off' })
  }

  async #ensureOpen(): Promise<void> {
    if (!this.#wanted || this.#closed) return
    if (this.#track === null) await this.#open()
    else this.#show(this.#track)
  }

  async #open(): Promise<void> {
    if (this.#track === null) this.#state.set({ status: 'starting' })
    const opened = await this.#options.open(this.#deviceId)
    if (!opened.ok) {
      // A device that cannot be opened does not take away one that works.
      if (this.#wanted && this.#track === null) this.#state.set({ status: 'failed', failure: opened.error })
      return
    }
    const track = opened.value
    if (this.#closed || (!this.#wanted && this.#options.releasesWhenOff)) {
      track.stop()
      return
    }
    const former = this.#track
    this.#track = track
    track.addEventListener('ended', () => void this.#lost(track))
    track.enabled = this.#wanted
    this.#options.onTrack(track)
    former?.stop()
    if (this.#wanted) this.#show(track)
  }

  #show(track: MediaStreamTrack): void {
    track.enabled = true
    this.#state.set({ status: 'on', track })
  }

  /** Falls back to whatever device the browser now calls the default. */
  async #lost(track: MediaStreamTrack): Promise<void> {
    if (track !== this.#track || this.#closed) return
    this.#track = null
    this.#deviceId = undefined
    this.#options.onTrack(null)
    this.#options.onLost()
    if (this.#wanted) await this.#opening.run(() => this.#ensureOpen())
  }

  #stop(): void {
    this.#track?.stop()
    this.#track = null
  }
}
