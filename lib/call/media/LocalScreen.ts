import { Store } from '#lib/store.ts'
import type { LocalSource } from '../callState.ts'
import type { MediaDevicesPort, MediaFailure } from '../ports.ts'

export type LocalScreenOptions = {
  readonly open: MediaDevicesPort['openScreen']
  readonly onTracks: (video: MediaStreamTrack | null, audio: MediaStreamTrack | null) => void
  readonly onFailure: (failure: MediaFailure) => void
}

/** Our shared screen, with its sound where the browser offers it. Ends by us or by the browser's own button. */
export class LocalScreen {
  readonly #options: LocalScreenOptions
  readonly #state = new Store<LocalSource>({ status: 'off' })
  readonly state = this.#state
  #tracks: readonly MediaStreamTrack[] = []
  #closed = false

  constructor(options: LocalScreenOptions) {
    this.#options = options
  }

  async set(on: boolean): Promise<void> {
    const { status } = this.#state.get()
    if (!on) this.#end()
    else if (status === 'off' || status === 'failed') await this.#begin()
  }

  close(): void {
    this.#closed = true
    this.#end()
  }

  async #begin(): Promise<void> {
    this.#state.set({ status: 'starting' })
    const opened = await this.#options.open()
    if (!opened.ok) {
      // Closing the picker is a change of mind, not a failure.
      const cancelled = opened.error.reason === 'cancelled'
      this.#state.set(cancelled ? { status: 'off' } : { status: 'failed', failure: opened.error })
      if (!cancelled) this.#options.onFailure(opened.error)
      return
    }
    const { video, audio } = opened.value
    this.#tracks = audio === null ? [video] : [video, audio]
    if (this.#closed || this.#state.get().status !== 'starting') {
      this.#end()
      return
    }
    video.addEventListener('ended', () => {
      if (this.#tracks.includes(video)) this.#end()
    })
    this.#options.onTracks(video, audio)
    this.#state.set({ status: 'on', track: video, ...(audio === null ? {} : { sound: audio }) })
  }

  #end(): void {
    const shared = this.#state.get().status === 'on'
    for (const track of this.#tracks) track.stop()
    this.#tracks = []
    this.#state.set({ status: 'off' })
    if (shared) this.#options.onTracks(null, null)
  }
}
