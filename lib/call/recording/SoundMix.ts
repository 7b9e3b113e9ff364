const MOST_WAIT_MS = 2_000

/**
 * Several sounds as one track that never ends: what comes and goes is connected and taken away, and silence is recorded
 * in between. Web Audio goes on in a hidden tab.
 */
export class SoundMix {
  /** At the machine's own rate: at another one Firefox takes no microphone in (NotSupportedError). */
  readonly #context = new AudioContext()
  readonly #destination = this.#context.createMediaStreamDestination()
  readonly #sources = new Map<MediaStreamTrack, MediaStreamAudioSourceNode>()
  readonly track: MediaStreamTrack
  /**
   * Resolves when sound comes out of it. What is recorded before that has no first sample, and all of it would stand too
   * early on the time line. After two seconds it is not waited for any longer: false, and it may stay silent (a browser
   * that finds no output device runs no Web Audio).
   */
  readonly flows: Promise<boolean>

  constructor() {
    const [track] = this.#destination.stream.getAudioTracks()
    if (track === undefined) throw new Error('this browser cannot mix sound')
    this.track = track
    this.flows = Promise.race([
      this.#context.resume().then(
        () => true,
        () => false,
      ),
      new Promise<false>((resolve) => void setTimeout(() => resolve(false), MOST_WAIT_MS)),
    ])
  }

  set(tracks: ReadonlySet<MediaStreamTrack>): void {
    for (const [track, source] of this.#sources) {
      if (tracks.has(track)) continue
      source.disconnect()
      this.#sources.delete(track)
    }
    for (const track of tracks) {
      if (this.#sources.has(track)) continue
      const source = this.#context.createMediaStreamSource(new MediaStream([track]))
      source.connect(this.#destination)
      this.#sources.set(track, source)
    }
  }

  close(): void {
    this.set(new Set())
    this.track.stop()
    void this.#context.close().catch(() => undefined)
  }
}
