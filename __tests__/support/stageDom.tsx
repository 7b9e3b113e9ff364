import { cleanup, type RenderResult, render, screen, within } from '@testing-library/react'
import { CallProvider } from '#components/call/CallContext.tsx'
import { CallScreen } from '#components/call/CallScreen.tsx'
import { useStore } from '#components/call/useStore.ts'
import { toasts } from '#components/ui/showToast.ts'
import { FakeCall } from './fakeCall.ts'

/** What jsdom leaves out and the stage needs: pictures, sound, sizes. Nothing of ours is replaced. */

class FakeTrack extends EventTarget {
  readonly id: string
  readonly kind: string
  constructor(id: string, kind: string) {
    super()
    this.id = id
    this.kind = kind
  }
}

class FakeMediaStream {
  readonly id = String(Math.random())
  readonly tracks: readonly MediaStreamTrack[]
  constructor(tracks: readonly MediaStreamTrack[] = []) {
    this.tracks = tracks
  }
  getTracks = (): readonly MediaStreamTrack[] => this.tracks
}

class FakeResizeObserver {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}

let size = { width: 1280, height: 720 }

/** Every element measures this (CSS px) in the test that follows. */
export function setScreenSize(width: number, height = 720): void {
  size = { width, height }
}

/** Call in each file; undoes itself with the file. */
export function installStageDom(): void {
  // Finding by role is slow in jsdom; a busy machine must not decide a test.
  jest.setTimeout(60_000)
  Object.assign(globalThis, {
    MediaStream: FakeMediaStream,
    ResizeObserver: FakeResizeObserver,
  })
  HTMLCanvasElement.prototype.getContext = () => null
  HTMLMediaElement.prototype.play = () => Promise.resolve()
  HTMLMediaElement.prototype.pause = () => undefined
  // jsdom says undefined, which no browser does.
  Object.defineProperty(HTMLMediaElement.prototype, 'error', { configurable: true, value: null })
  Element.prototype.scrollIntoView = () => undefined
  Element.prototype.hasPointerCapture = () => false
  Element.prototype.getBoundingClientRect = () => new DOMRect(0, 0, size.width, size.height)
  Object.defineProperty(navigator, 'mediaDevices', {
    configurable: true,
    value: { getDisplayMedia: () => Promise.reject(new Error('not in a test')) },
  })
  beforeEach(() => {
    setScreenSize(1280)
    localStorage.clear()
    toasts.set([])
  })
  afterEach(cleanup)
}

export function createFakeCall(): FakeCall {
  const tracks = new Map<string, MediaStreamTrack>()
  return new FakeCall((id, source) => {
    const key = `${id} ${source}`
    const kind = source === 'microphone' || source === 'screenAudio' ? 'audio' : 'video'
    // A track of a browser has sixty members; the stage only hands it on.
    const track = tracks.get(key) ?? (new FakeTrack(key, kind) as unknown as MediaStreamTrack)
    tracks.set(key, track)
    return track
  })
}

function Shown({ call, link }: { call: FakeCall; link: string }) {
  const state = useStore(call.state)
  if (state.status !== 'inCall') return <p>{state.status}</p>
  return (
    <CallProvider call={call}>
      <CallScreen state={state} link={link} />
    </CallProvider>
  )
}

export const LINK = 'https://meet.example/m/amber-otter'
export const renderCall = (call: FakeCall): RenderResult => render(<Shown call={call} link={LINK} />)

/** The tile of a person, found as outside tests find it: a listitem by name. */
export const tileOf = (name: string): HTMLElement =>
  within(screen.getByRole('main', { name: 'Call' })).getByRole('listitem', { name })
