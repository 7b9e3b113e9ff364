import { AudioBufferSink, type Input, type WrappedAudioBuffer } from 'mediabunny'
import { openTrack } from './trackInput.ts'

const SAMPLE_RATE = 48_000
/** Files tell times in whole milliseconds: what begins this close to where the last sound ended goes on from there, s. */
const GOES_ON_WITHIN = 0.05

/** The sound of all these tracks together, piece by piece. */
export class MixedSound {
  readonly sampleRate = SAMPLE_RATE
  readonly #inputs: readonly Input[]
  #voices: Voice[] = []

  constructor(urls: readonly string[]) {
    this.#inputs = urls.map(openTrack)
  }

  /** @returns when the last one ends, s; 0 when nothing sounds */
  async open(): Promise<number> {
    const ends = await Promise.all(
      this.#inputs.map(async (input) => {
        const track = await input.getPrimaryAudioTrack()
        if (track === null) return 0
        this.#voices.push(new Voice(new AudioBufferSink(track)))
        return track.computeDuration()
      }),
    )
    return Math.max(0, ...ends)
  }

  /** Both in s; a piece begins where the one before has ended. */
  async between(from: number, to: number): Promise<AudioBuffer> {
    const context = new OfflineAudioContext(2, Math.ceil((to - from) * SAMPLE_RATE), SAMPLE_RATE)
    for (const voice of this.#voices) {
      for (const { at, buffer } of await voice.until(to)) {
        const node = new AudioBufferSourceNode(context, { buffer })
        node.connect(context.destination)
        // What began in the piece before is heard from where that one ended.
        node.start(Math.max(0, at - from), Math.max(0, from - at))
      }
    }
    return context.startRendering()
  }

  close(): void {
    for (const voice of this.#voices) voice.close()
    this.#voices = []
    for (const input of this.#inputs) input.dispose()
  }
}

type Placed = { readonly at: number; readonly buffer: AudioBuffer }

/** One track's sound, each piece at its place. */
class Voice {
  readonly #buffers: AsyncGenerator<WrappedAudioBuffer, void, unknown>
  #ahead: Placed | null = null
  #end = Number.NEGATIVE_INFINITY

  constructor(sink: AudioBufferSink) {
    this.#buffers = sink.buffers()
  }

  /** What sounds before this and was not given whole: the last piece may be given again, for its rest. */
  async until(seconds: number): Promise<Placed[]> {
    const found: Placed[] = []
    for (let piece = this.#ahead ?? (await this.#decode()); piece !== null; piece = await this.#decode()) {
      this.#ahead = piece
      if (piece.at >= seconds) break
      found.push(piece)
      if (piece.at + piece.buffer.duration > seconds) break
      this.#ahead = null
    }
    return found
  }

  close(): void {
    void this.#buffers.return().catch(() => undefined)
  }

  async #decode(): Promise<Placed | null> {
    const { value } = await this.#buffers.next()
    if (!value) return null
    const { timestamp, buffer } = value
    const at = Math.abs(timestamp - this.#end) < GOES_ON_WITHIN ? this.#end : timestamp
    this.#end = at + buffer.duration
    return { at, buffer }
  }
}
