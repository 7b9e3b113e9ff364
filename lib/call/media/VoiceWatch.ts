import type { Clock } from '../ports.ts'
import { SampledStore } from '../SampledStore.ts'
import type { AudioMeter } from './audioMeter.ts'
import { type Detector, silenceDetector, talkingDetector } from './voiceDetectors.ts'

export type VoiceNotice = 'talkingWhileMuted' | 'noSoundFromMicrophone'

/**
 * Listens to our own microphone only while that tells somebody something: while the level is shown, while we are in the
 * call muted, and in the call until the first sound was heard.
 */
export class VoiceWatch {
  readonly #meter: AudioMeter
  readonly #clock: Clock
  readonly #notify: (notice: VoiceNotice) => void
  readonly level = new SampledStore<number>(0, (publish) => {
    this.#publish = publish
    this.#update()
    return () => {
      this.#publish = null
      this.#update()
    }
  })
  #publish: ((level: number) => void) | null = null
  #track: MediaStreamTrack | null = null
  #muted = true
  #inCall = false
  #heard = false
  #talking: Detector = talkingDetector()
  #silence: Detector = silenceDetector()
  #running: { readonly track: MediaStreamTrack; readonly stop: () => void } | null = null

  constructor(meter: AudioMeter, clock: Clock, notify: (notice: VoiceNotice) => void) {
    this.#meter = meter
    this.#clock = clock
    this.#notify = notify
  }

  set(track: MediaStreamTrack | null, muted: boolean): void {
    if (track !== this.#track) {
      this.#heard = false
      this.#silence = silenceDetector()
    }
    if (muted && !this.#muted) this.#talking = talkingDetector()
    this.#track = track
    this.#muted = muted
    this.#update()
  }

  setInCall(inCall: boolean): void {
    this.#inCall = inCall
    this.#update()
  }

  close(): void {
    this.level.close()
    this.#inCall = false
    this.#track = null
    this.#update()
  }

  #update(): void {
    const needed = this.#publish !== null || (this.#inCall && (this.#muted || !this.#heard))
    const track = needed ? this.#track : null
    if (this.#running?.track === (track ?? undefined)) return
    this.#running?.stop()
    this.#running = null
    if (track !== null) this.#running = { track, stop: this.#meter(track, (level) => this.#measured(level)) }
  }

  #measured(level: number): void {
    this.#publish?.(this.#muted ? 0 : level)
    if (!this.#inCall) return
    const now = this.#clock.now()
    if (this.#muted) {
      if (this.#talking(level, now)) this.#notify('talkingWhileMuted')
      return
    }
    if (this.#heard) return
    const silent = this.#silence(level, now)
    if (silent) this.#notify('noSoundFromMicrophone')
    // Told once, or heard something: either way there is nothing left to find out.
    if (silent || level > 0.001) {
      this.#heard = true
      this.#update()
    }
  }
}
