import type { Page } from 'puppeteer-core'
import { type RecorderPlan, type RecorderReport, recorderReport } from '#lib/protocol/recorderPage.ts'
import type { RecorderAccess } from '#server/auth/createSessions.ts'
import type { Log } from '#server/log.ts'
import { type Chromium, endChromium } from './chromium.ts'
import type { Camera } from './RecordingTask.ts'
import { withinTime } from './withinTime.ts'

/** The page that is to be opened, and what it is to make. */
export type Visit = {
  readonly origin: string
  readonly meetingCode: string
  readonly cookie: RecorderAccess['cookie']
  readonly plan: RecorderPlan
}

const OPEN_TIMEOUT_MS = 30_000
const ASK_TIMEOUT_MS = 5_000

/** A headless Chromium on the page of one recording. */
export class RecorderBrowser implements Camera {
  readonly #chromium: Chromium
  readonly #page: Page
  readonly whenGone: Promise<void>
  #gone: string | null = null

  private constructor(chromium: Chromium, page: Page) {
    this.#chromium = chromium
    this.#page = page
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

  /** Resolves when the page has begun to join. @throws when it does not open; then the browser is ended */
  static async open(chromium: Chromium, visit: Visit, log: Log): Promise<RecorderBrowser> {
    const { browser } = chromium
    try {
      const [page = await browser.newPage()] = await browser.pages()
      const opened = new RecorderBrowser(chromium, page)
      page.on('pageerror', (error) => log.warn({ error: String(error) }, 'the recorder’s page has an error'))
      await browser.setCookie({ ...visit.cookie, ...cookiePlace(visit.origin) })
      const response = await page.goto(`${visit.origin}/recorder/${visit.meetingCode}`, {
        waitUntil: 'domcontentloaded',
        timeout: OPEN_TIMEOUT_MS,
      })
      if (response?.ok() !== true) throw new Error(`its page answered ${response?.status() ?? 'nothing'}`)
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

  async close(): Promise<void> {
    await endChromium(this.#chromium)
  }
}

/** `__Host-` cookies take no domain but the page's own. */
function cookiePlace(origin: string) {
  const { hostname, protocol } = new URL(origin)
  return {
    domain: hostname,
    path: '/',
    httpOnly: true,
    secure: protocol === 'https:',
    sameSite: 'Lax' as const,
  }
}
