import { SerialQueue } from '#lib/queue.ts'
import type { Source } from '../ports.ts'
import type { LiveKitPublication } from './liveKit.ts'
import { standInFor } from './standIn.ts'

export type LiveKitSenderOptions = {
  readonly source: Source
  readonly publish: (standIn: MediaStreamTrack) => Promise<LiveKitPublication>
  readonly unpublish: (standIn: MediaStreamTrack) => Promise<unknown>
}

/**
 * One source of ours in a LiveKit room. LiveKit is given a stand-in, and the RTP sender it makes for it is given our
 * track, at once and each time it makes one anew. Turning off and on is a mute; another track takes the place of the
 * former one without negotiation, unless its picture needs other layers.
 */
export class LiveKitSender {
  readonly #options: LiveKitSenderOptions
  readonly #changes = new SerialQueue()
  #wanted: MediaStreamTrack | null = null
  #standIn: MediaStreamTrack | null = null
  #publication: LiveKitPublication | null = null
  #sender: RTCRtpSender | null = null
  #layers = 0
  /** Muted by us, not from afar. */
  #off = false
  #closed = false

  constructor(options: LiveKitSenderOptions) {
    this.#options = options
  }

  /** What sends, once there is something to send. */
  get sender(): RTCRtpSender | null {
    return this.#publication === null ? null : this.#sender
  }

  set(track: MediaStreamTrack | null): Promise<void> {
    this.#wanted = track
    // Silence does not wait for a publication under way.
    if (track === null) void this.#place()
    return this.#changes.run(() => this.#apply())
  }

  /** LiveKit made a sender; true when it is for us. */
  adopt(sender: RTCRtpSender, standInId: string): boolean {
    if (this.#standIn?.id !== standInId) return false
    this.#sender = sender
    void this.#place()
    return true
  }

  /** Takes back a mute from afar; one of our own stays. */
  unmute(): Promise<void> {
    return this.#changes.run(async () => {
      if (!this.#closed && !this.#off) await this.#publication?.unmute()
    })
  }

  close(): void {
    this.#closed = true
    this.#wanted = null
    void this.#place()
  }

  async #apply(): Promise<void> {
    const track = this.#wanted
    if (this.#closed) return
    // Unpublished from afar: there is nothing to replace in.
    if (this.#publication?.track === undefined) this.#publication = null
    if (track === null) await this.#turnOff()
    else if (this.#publication !== null && layersOf(track) === this.#layers) {
      await this.#place()
      if (this.#off) await this.#publication.unmute()
      this.#off = false
    } else {
      await this.#unpublish()
      await this.#publish(track)
    }
  }

  /** A share ends for good; a camera or microphone is likely to come back. */
  async #turnOff(): Promise<void> {
    const { source } = this.#options
    this.#off = true
    if (source === 'screen' || source === 'screenAudio') await this.#unpublish()
    else await this.#publication?.mute()
  }

  async #publish(track: MediaStreamTrack): Promise<void> {
    this.#standIn = standInFor(track)
    this.#layers = layersOf(track)
    this.#off = false
    this.#publication = await this.#options.publish(this.#standIn)
    // Published as sending, whatever has become of it meanwhile.
    if (this.#wanted === null && !this.#closed) await this.#turnOff()
  }

  async #unpublish(): Promise<void> {
    const standIn = this.#standIn
    this.#publication = null
    this.#sender = null
    this.#standIn = null
    if (standIn !== null) await this.#options.unpublish(standIn)
  }

  /** On a connection that has closed there is no place, and none is needed. */
  async #place(): Promise<void> {
    await this.#sender?.replaceTrack(this.#wanted).catch(() => undefined)
  }
}

/** How many pictures LiveKit makes of one of this size (its computeVideoEncodings). */
function layersOf(track: MediaStreamTrack): number {
  const { width = 0, height = 0 } = track.getSettings()
  const longSide = Math.max(width, height)
  return longSide >= 960 ? 3 : longSide >= 480 ? 2 : 1
}
