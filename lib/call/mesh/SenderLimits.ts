import { SerialQueue } from '#lib/queue.ts'
import { SOURCES, type Source } from '../ports.ts'
import { applyEncodingLimit } from './applyEncodingLimit.ts'
import type { Budget } from './sendBudget.ts'

/** What the senders to one person may spend: told to each once for every change, whichever connection it belongs to. */
export class SenderLimits {
  readonly #queue = new SerialQueue()
  readonly #applied = new WeakMap<RTCRtpSender, string>()
  #budget: Budget

  constructor(budget: Budget) {
    this.#budget = budget
  }

  get budget(): Budget {
    return this.#budget
  }

  /** Takes effect with the next `apply`. */
  setBudget(budget: Budget): void {
    this.#budget = budget
  }

  /**
   * For a sender that no description has named yet and that is about to have this track. It has no encoder then, so this
   * costs nothing; told right after the negotiation, Chromium sets up an encoder between the checks of ICE, which come
   * late by it: 80 ms of 850 until the first picture, from 100 ms away.
   */
  prepare(source: Source, sender: RTCRtpSender, track: MediaStreamTrack): void {
    const begun = this.#tell(source, sender, track)
    void this.#queue.run(() => begun)
  }

  /** One after another: setParameters takes back only the parameters it gave out last. */
  apply(senderOf: (source: Source) => RTCRtpSender | undefined): void {
    void this.#queue.run(async () => {
      for (const source of SOURCES) {
        const sender = senderOf(source)
        if (sender?.track) await this.#tell(source, sender, sender.track)
      }
    })
  }

  async #tell(source: Source, sender: RTCRtpSender, track: MediaStreamTrack): Promise<void> {
    const limit = this.#budget[source]
    const key = `${track.id} ${limit.maxBitrateBps} ${limit.shortSidePx} ${limit.framesPerSecond}`
    if (this.#applied.get(sender) === key) return
    if (await applyEncodingLimit(sender, source, track, limit)) this.#applied.set(sender, key)
  }
}
