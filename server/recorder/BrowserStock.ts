import type { Log } from '#server/log.ts'

/** What a stock has to know of a browser. */
export type Stocked = { readonly browser: { readonly connected: boolean } }

export type StockDeps<One extends Stocked> = {
  readonly launch: () => Promise<One>
  readonly end: (one: One) => Promise<void>
  /** Processors that had nothing to do since this was last asked. */
  readonly idle: () => number
  readonly log: Log
}

/** A browser that has just begun to record has the processors to itself for so long, before the next one is thought of. */
const LOOK_EVERY_MS = 4_000
/** What a browser takes for the second in which it starts; taken from a recording it is half a second of its pictures. */
const STARTS_WITH = 1

/**
 * One browser that runs already when it is needed: a recording begins, and goes on after the death of a browser, by as
 * much earlier as a browser takes to start (REC-75).
 */
export class BrowserStock<One extends Stocked> {
  readonly #deps: StockDeps<One>
  #spare: Promise<One | null> | null = null
  #timer: NodeJS.Timeout | null = null
  #closed = false

  constructor(deps: StockDeps<One>) {
    this.#deps = deps
  }

  /** Starts the spare one, unless there is one. */
  fill(): void {
    if (this.#closed || this.#spare !== null) return
    const { launch, log } = this.#deps
    this.#spare = launch().catch((error: unknown) => {
      log.warn({ err: error }, 'a spare browser did not start')
      return null
    })
  }

  /** The spare one, or a fresh one when that is not there or has died. @throws as `launch` */
  async take(): Promise<One> {
    const spare = this.#spare
    this.#spare = null
    const ready = await spare
    if (ready?.browser.connected === true) return ready
    if (ready) await this.#deps.end(ready)
    return this.#deps.launch()
  }

  async close(): Promise<void> {
    this.#closed = true
    if (this.#timer !== null) clearInterval(this.#timer)
    const ready = await this.#spare
    if (ready) await this.#deps.end(ready)
  }

  /**
   * Starts the next one when it takes nothing from what is being recorded. To be called when the one that was taken has
   * opened its page, or has failed to.
   */
  fillLater(): void {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#deps.idle()
    this.#timer = setInterval(() => {
      if (this.#spare === null && this.#deps.idle() < STARTS_WITH) return
      clearInterval(this.#timer ?? undefined)
      this.fill()
    }, LOOK_EVERY_MS)
    this.#timer.unref()
  }
}
