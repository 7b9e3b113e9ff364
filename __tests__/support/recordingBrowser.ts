import { FakeTrack } from './FakeDevices.ts'

class FakeMediaStream {
  readonly #tracks: readonly MediaStreamTrack[]

  constructor(tracks: readonly MediaStreamTrack[]) {
    this.#tracks = tracks
  }

  getTracks = () => [...this.#tracks]
}

/** Mixes nothing; tells what is connected. */
export class FakeAudioContext {
  static readonly all: FakeAudioContext[] = []
  /** Whether sound comes out of it. */
  static flows = true
  readonly connected = new Set<MediaStreamTrack>()

  constructor() {
    FakeAudioContext.all.push(this)
  }

  createMediaStreamDestination = () => {
    const track = new FakeTrack('audio', 'mix')
    return { stream: { getAudioTracks: () => [track] } }
  }
  createMediaStreamSource = (stream: FakeMediaStream) => {
    const [track] = stream.getTracks()
    return {
      connect: () => track && this.connected.add(track),
      disconnect: () => track && this.connected.delete(track),
    }
  }
  resume = () => (FakeAudioContext.flows ? Promise.resolve() : Promise.reject(new Error('no output device')))
  close = () => Promise.resolve()
}

class FakeWorker {
  onmessage = null
  postMessage = () => undefined
  terminate = () => undefined
}

/** A canvas on which anything may be drawn. */
function fakeCanvas() {
  const canvas = {
    getContext: () => context,
    captureStream: () => ({ getVideoTracks: () => [new FakeTrack('video', 'canvas')] }),
  }
  const context: unknown = new Proxy(
    {},
    { get: (_, name) => (name === 'canvas' ? canvas : () => ({ width: 0 })), set: () => true },
  )
  return canvas
}

/** What of a browser a recording is made with, in tests that look at what begins and ends and not at what is in it. */
export function installRecordingBrowser(): void {
  const parts = {
    MediaStream: FakeMediaStream,
    AudioContext: FakeAudioContext,
    Worker: FakeWorker,
    Path2D: class {},
    document: { createElement: fakeCanvas, body: {}, fonts: { load: async () => [] } },
    getComputedStyle: () => ({ fontFamily: 'sans-serif' }),
  }
  beforeEach(() => {
    FakeAudioContext.all.length = 0
    FakeAudioContext.flows = true
    Object.assign(globalThis, parts)
  })
  afterAll(() => {
    for (const name of Object.keys(parts)) Reflect.deleteProperty(globalThis, name)
  })
}
