import { togglePictureInPicture } from '#components/call/fullScreen.ts'
import { Store } from '#lib/store.ts'

export const RATES = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2] as const
const MS = 1000

export type PlayerState = {
  readonly timeMs: number
  readonly lengthMs: number
  readonly bufferedMs: number
  readonly playing: boolean
  /** It has been played, or sought through. Where a file begins is not always 0, so that its time tells neither. */
  readonly begun: boolean
  /** It should play, and waits for bytes. */
  readonly waiting: boolean
  /** Until it is there again. */
  readonly failed: boolean
  readonly muted: boolean
  readonly volume: number
  readonly rate: number
}

const EVENTS = [
  'timeupdate',
  'durationchange',
  'progress',
  'play',
  'playing',
  'pause',
  'waiting',
  'seeking',
  'seeked',
  'volumechange',
  'ratechange',
  'ended',
  'error',
  'loadedmetadata',
] as const

/**
 * A `<video>` as the page's parts see it: state to draw, and the few things one does to it. The element is the truth;
 * nothing is remembered beside it but where to go once it is there.
 */
export class PlayerControl {
  readonly state: Store<PlayerState>
  #video: HTMLVideoElement | null = null
  readonly #knownMs: number
  /** Where to go once the film is there. */
  #awaitedMs: number | null = null

  /** @param knownMs its length as the server has it, for before the element knows */
  constructor(knownMs: number) {
    this.#knownMs = knownMs
    this.state = new Store<PlayerState>({
      timeMs: 0,
      lengthMs: knownMs,
      bufferedMs: 0,
      playing: false,
      begun: false,
      waiting: false,
      failed: false,
      muted: false,
      volume: 1,
      rate: 1,
    })
  }

  /** @returns what undoes it and empties the element: out of the document it would play on until it is collected */
  attach(video: HTMLVideoElement): () => void {
    this.#video = video
    // Another film's element, on the same time line.
    const { timeMs } = this.state.get()
    if (timeMs > 0) video.currentTime = timeMs / MS
    const read = (event: Event): void => this.#read(video, event.type)
    for (const name of EVENTS) video.addEventListener(name, read)
    // Errors of its <source> elements do not bubble. The last one's is the film's, whichever is the last by then.
    const readSource = ({ target, type }: Event): void => {
      if (target === video.querySelector('source:last-of-type')) this.#read(video, type)
    }
    video.addEventListener('error', readSource, true)
    this.#read(video, 'attached')
    return () => {
      for (const name of EVENTS) video.removeEventListener(name, read)
      video.removeEventListener('error', readSource, true)
      if (this.#video === video) this.#video = null
    }
  }

  toggle(): void {
    const video = this.#video
    if (video === null) return
    // Refused by the browser's policy, or emptied meanwhile: the state says that it stands still.
    if (video.paused || video.ended) void video.play().catch(() => undefined)
    else video.pause()
  }

  play(): void {
    void this.#video?.play().catch(() => undefined)
  }

  seek(ms: number): void {
    const video = this.#video
    if (video === null) return
    this.#awaitedMs = null
    const { lengthMs } = this.state.get()
    const target = Math.min(Math.max(0, ms), lengthMs)
    video.currentTime = target / MS
    this.state.update((before) => ({ ...before, timeMs: target }))
  }

  /** Goes there as soon as the film is there: some browsers forget what they are told before. */
  startAt(ms: number): void {
    const isThere = this.#video !== null && this.#video.readyState >= HTMLMediaElement.HAVE_METADATA
    this.#awaitedMs = isThere ? null : ms
    if (isThere) this.seek(ms)
    else this.state.update((before) => ({ ...before, timeMs: ms }))
  }

  /** For who has pressed something that is gone by it; the keys work here as everywhere. */
  takeFocus(): void {
    this.#video?.focus()
  }

  skip(ms: number): void {
    this.seek(this.state.get().timeMs + ms)
  }

  setVolume(volume: number): void {
    const video = this.#video
    if (video === null) return
    video.volume = Math.min(1, Math.max(0, volume))
    video.muted = video.volume === 0
  }

  toggleMuted(): void {
    if (this.#video) this.#video.muted = !this.#video.muted
  }

  setRate(rate: number): void {
    if (this.#video === null) return
    // Loaded anew it falls back to its default.
    this.#video.defaultPlaybackRate = rate
    this.#video.playbackRate = rate
  }

  stepRate(steps: 1 | -1): void {
    const at = RATES.findIndex((rate) => rate >= this.state.get().rate)
    const next = RATES[Math.min(RATES.length - 1, Math.max(0, (at === -1 ? RATES.length - 1 : at) + steps))]
    if (next !== undefined) this.setRate(next)
  }

  togglePictureInPicture(): void {
    void togglePictureInPicture(this.#video)
  }

  /** Takes up a film that stumbled, where it stumbled. */
  retry(): void {
    const video = this.#video
    if (video === null) return
    const { timeMs } = this.state.get()
    const played = !video.paused
    // Before it is loaded anew, which begins at 0.
    this.#awaitedMs = timeMs
    video.load()
    if (played) this.play()
  }

  /** Stops it and gives back what it has of the file. */
  empty(): void {
    const video = this.#video
    if (video === null) return
    video.pause()
    for (const source of video.querySelectorAll('source')) source.remove()
    video.removeAttribute('src')
    video.load()
  }

  #read(video: HTMLVideoElement, event: string): void {
    const { paused, ended, currentTime, duration, buffered, muted, volume, playbackRate, readyState } = video
    const last = buffered.length > 0 ? buffered.end(buffered.length - 1) : 0
    this.state.set({
      timeMs: this.#awaitedMs ?? currentTime * MS,
      lengthMs: Number.isFinite(duration) && duration > 0 ? duration * MS : this.#knownMs,
      bufferedMs: last * MS,
      playing: !paused && !ended,
      begun: this.state.get().begun || !paused || event === 'seeking',
      waiting: !paused && !ended && readyState < HTMLMediaElement.HAVE_FUTURE_DATA,
      failed:
        event === 'error' || video.error !== null || (this.state.get().failed && event !== 'loadedmetadata'),
      muted,
      volume,
      rate: playbackRate,
    })
    if (event === 'loadedmetadata' && this.#awaitedMs !== null) this.seek(this.#awaitedMs)
  }
}
