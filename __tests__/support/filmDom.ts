/** jsdom plays nothing: what a `<video>` is told it says back, and what it was told is the test's to read. */
export type FilmDom = { paused: boolean; readonly loads: number }

/** The one film on the page. */
export function film(): HTMLVideoElement {
  const video = document.querySelector('video')
  if (!video) throw new Error('no video')
  return video
}

/** Call in each file; anew before each test. */
export function installFilmDom(): FilmDom {
  const dom = { paused: true, loads: 0 }
  beforeEach(() => {
    Object.assign(dom, { paused: true, loads: 0 })
    Element.prototype.scrollTo = () => undefined
    Object.defineProperty(window, 'matchMedia', { configurable: true, value: () => ({ matches: true }) })
    const media = HTMLMediaElement.prototype
    Object.defineProperty(media, 'paused', { configurable: true, get: () => dom.paused })
    Object.defineProperty(media, 'error', { configurable: true, value: null })
    media.play = async function play() {
      dom.paused = false
      this.dispatchEvent(new Event('play'))
    }
    media.pause = function pause() {
      dom.paused = true
      this.dispatchEvent(new Event('pause'))
    }
    media.load = () => {
      dom.loads += 1
    }
  })
  return dom
}
