import type { Page } from 'puppeteer-core'
import { type RecorderPlan, type RecorderReport, recorderReport } from '#lib/protocol/recorderPage.ts'
import type { Log } from '#server/log.ts'
import { type Chromium, endChromium, stopChromium } from './chromium.ts'
import { removeFolder } from './leftFolder.ts'
import { ASK_TIMEOUT_MS, goToPage, OPEN_TIMEOUT_MS, type PageOfMeeting } from './pageOfMeeting.ts'
import type { Camera } from './RecordingTask.ts'
import { withinTime } from './withinTime.ts'

/** The page that is to be opened, and what it is to make. */
export type Visit = PageOfMeeting & { readonly plan: RecorderPlan }

/** A headless Chromium on the page of one recording. */
export class RecorderBrowser implements Camera {
  readonly #chromium: Chromium
  readonly #page: Page
  readonly #leave: (folder: string) => void
  readonly whenGone: Promise<void>
  #gone: string | null = null

  private constructor(chromium: Chromium, page: Page, leave: (folder: string) => void) {
    this.#chromium = chromium
    this.#page = page
    this.#leave = leave
    this.whenGone = new Promise((resolve) => {
      const end = (why: string) => {
        this.#gone ??= why
        resolve()
      }
      const { browser } = chromium
      browser.once('disconnected', () => end('the browser ended'))
      page.once('error', (error) => end(`the page crashed: ${error.message}`))
      if (!browser.connected) end('the browser ended')
    })
  }

  /**
   * Resolves when the page has begun to join.
   *
   * @param leave takes the folder of a browser that has ended with something still to be sent
   * @throws when it does not open; then the browser is ended
   */
  static async open(
    chromium: Chromium,
    visit: Visit,
    leave: (folder: string) => void,
    log: Log,
  ): Promise<RecorderBrowser> {
    const { browser } = chromium
    try {
      const [page = await browser.newPage()] = await browser.pages()
      const opened = new RecorderBrowser(chromium, page, leave)
      page.on('pageerror', (error) => log.warn({ error: String(error) }, 'the recorder’s page has an error'))
      await goToPage(page, visit)
      await page.waitForFunction('window.parleyRecorder !== undefined', { timeout: OPEN_TIMEOUT_MS })
      // As if somebody had pressed a key, which is how puppeteer calls.
      await page.evaluate((plan) => window.parleyRecorder?.begin(plan), visit.plan)
      return opened
    } catch (error) {
      await endChromium(chromium)
      throw error
    }
  }

  get pid(): number | null {
    return this.#chromium.browser.process()?.pid ?? null
  }

  get gone(): string | null {
    return this.#gone
  }

  async report(): Promise<RecorderReport> {
    const said = await withinTime(this.#page.evaluate('window.parleyRecorder.report()'), ASK_TIMEOUT_MS)
    return recorderReport.parse(said)
  }

  async flush(): Promise<void> {
    if (this.#gone !== null) return
    await withinTime(this.#page.evaluate('void window.parleyRecorder.stop()'), ASK_TIMEOUT_MS).catch(
      () => undefined,
    )
  }

  async close(delivered: boolean): Promise<void> {
    await stopChromium(this.#chromium)
    const { folder } = this.#chromium
    if (delivered) removeFolder(folder)
    else this.#leave(folder)
  }
}
