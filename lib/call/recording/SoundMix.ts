/**
 * Several sounds as one track that never ends: what comes and goes is connected and taken away, and silence is recorded
 * in between. Web Audio goes on in a hidden tab.
 */
export class SoundMix {
  readonly #context = new AudioContext({ sampleRate: 48_000 })
  readonly #destination = this.#context.createMediaStreamDestination()
  readonly #sources = new Map<MediaStreamTrack, MediaStreamAudioSourceNode>()
  readonly track: MediaStreamTrack

  constructor() {
    const [track] = this.#destination.stream.getAudioTracks()
    if (track === undefined) throw new Error('this browser cannot mix sound')
    this.track = track
    void this.#context.resume().catch(() => undefined)
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
