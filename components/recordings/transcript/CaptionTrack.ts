import type { SpokenLine } from '#lib/domain/transcript.ts'
import { Store } from '#lib/store.ts'

export type CaptionState = {
  /** `none`: this recording has no transcript. */
  readonly status: 'none' | 'loading' | 'ready' | 'failed'
  readonly lines: readonly SpokenLine[]
  /** Over the picture. */
  readonly shown: boolean
}

const MS = 1000
const LOADED = 2
const FAILED = 3

/**
 * A film's `<track>` as the page's parts see it: what is said in it, read by the browser itself, and whether it is shown
 * over the picture. The film and the transcript beside it are of one request.
 */
export class CaptionTrack {
  readonly state = new Store<CaptionState>({ status: 'none', lines: [], shown: false })
  #element: HTMLTrackElement | null = null

  /** A ref for the element. @returns what undoes it */
  attach = (element: HTMLTrackElement): (() => void) => {
    this.#element = element
    const read = (): void => this.#read(element)
    element.addEventListener('load', read)
    element.addEventListener('error', read)
    this.#show(this.state.get().shown)
    read()
    return () => {
      element.removeEventListener('load', read)
      element.removeEventListener('error', read)
      this.#element = null
      this.state.update((before) => ({ ...before, status: 'none', lines: [] }))
    }
  }

  toggle(): void {
    if (this.#element !== null) this.#show(!this.state.get().shown)
  }

  /** Asks for it once more. */
  retry(): void {
    const element = this.#element
    if (element === null) return
    this.state.update((before) => ({ ...before, status: 'loading' }))
    element.src = `${element.src}`
  }

  /** Hidden or not, the browser fetches it; disabled, as it is at first, it would not. */
  #show(shown: boolean): void {
    if (this.#element !== null) this.#element.track.mode = shown ? 'showing' : 'hidden'
    this.state.update((before) => ({ ...before, shown }))
  }

  #read(element: HTMLTrackElement): void {
    const { readyState } = element
    const status = readyState === LOADED ? 'ready' : readyState === FAILED ? 'failed' : 'loading'
    const lines = status === 'ready' ? linesOf(element.track.cues) : []
    this.state.update((before) => ({ ...before, status, lines }))
  }
}

const linesOf = (cues: TextTrackCueList | null): SpokenLine[] =>
  Array.from(cues ?? []).flatMap((cue) => ('getCueAsHTML' in cue ? [lineOf(cue as VTTCue)] : []))

function lineOf(cue: VTTCue): SpokenLine {
  const words = cue.getCueAsHTML()
  // A voice is a span with a title; nothing else of a caption is kept as markup.
  const speaker = words.querySelector('span[title]')?.getAttribute('title') ?? null
  return {
    fromMs: Math.round(cue.startTime * MS),
    toMs: Math.round(cue.endTime * MS),
    speaker,
    text: words.textContent ?? '',
  }
}
