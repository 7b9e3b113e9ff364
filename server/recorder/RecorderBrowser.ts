import { rmSync } from 'node:fs'
import path from 'node:path'
import { type Browser, launch, type Page } from 'puppeteer-core'
import { type RecorderReport, recorderReport } from '#lib/protocol/recorderPage.ts'
import type { RecorderAccess } from '#server/auth/createSessions.ts'
import type { Log } from '#server/log.ts'
import { chromiumArguments, PICTURE } from './chromiumArguments.ts'
import { browserFolder, endTree, writeBrowserPid } from './orphans.ts'

export type BrowserPlan = {
  readonly executable: string
  /** Of this browser alone. */
  readonly folder: { readonly parent: string; readonly name: string }
  readonly origin: string
  /** Where the origin really is, when its name does not lead there from here: `host:port`. */
  readonly reach: string | null
  /** The origin's certificate is our own (`--lan`). */
  readonly ownCertificate: boolean
  readonly meetingCode: string
  readonly cookie: RecorderAccess['cookie']
}

const OPEN_TIMEOUT_MS = 30_000
const ASK_TIMEOUT_MS = 5_000
const FLUSH_TIMEOUT_MS = 8_000
const CLOSE_TIMEOUT_MS = 3_000

/** A headless Chromium on the page of one recording. */
export class RecorderBrowser {
  readonly #browser: Browser
  readonly #page: Page
  readonly #folder: string
  #gone: string | null = null

  private constructor(browser: Browser, page: Page, folder: string) {
    this.#browser = browser
    this.#page = page
    this.#folder = folder
    browser.once('disconnected', () => {
      this.#gone ??= 'the browser ended'
    })
    page.once('error', (error) => {
      this.#gone ??= `the page crashed: ${error.message}`
    })
  }

  /** Resolves when the page has begun to join. @throws when it does not open */
  static async open(plan: BrowserPlan, log: Log): Promise<RecorderBrowser> {
    const folder = browserFolder(plan.folder.parent, plan.folder.name)
    const browser = await launch({
      executablePath: plan.executable,
      headless: true,
      // It ends when our end of the pipe closes, however we end.
      pipe: true,
      userDataDir: path.join(folder, 'profile'),
      defaultViewport: { ...PICTURE, deviceScaleFactor: 1 },
      acceptInsecureCerts: plan.ownCertificate,
      ignoreDefaultArgs: ['--mute-audio'],
      args: chromiumArguments({ ...plan, root: process.getuid?.() === 0 }),
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
      // Nothing of our environment, where secrets are.
      env: { PATH: process.env.PATH, HOME: folder, LANG: process.env.LANG, TZ: process.env.TZ },
      protocolTimeout: OPEN_TIMEOUT_MS,
    })
    const { pid } = browser.process() ?? {}
    if (pid !== undefined) writeBrowserPid(folder, pid)
    try {
      const [page = await browser.newPage()] = await browser.pages()
      const opened = new RecorderBrowser(browser, page, folder)
      page.on('pageerror', (error) => log.warn({ error: String(error) }, 'the recorder’s page has an error'))
      await browser.setCookie({ ...plan.cookie, ...cookiePlace(plan.origin) })
      const response = await page.goto(`${plan.origin}/recorder/${plan.meetingCode}`, {
        waitUntil: 'domcontentloaded',
        timeout: OPEN_TIMEOUT_MS,
      })
      if (response?.ok() !== true) throw new Error(`its page answered ${response?.status() ?? 'nothing'}`)
      await page.waitForFunction('window.parleyRecorder !== undefined', { timeout: OPEN_TIMEOUT_MS })
      // As if somebody had pressed a key: a page may capture its tab only then.
      await page.evaluate('window.parleyRecorder.begin()')
      return opened
    } catch (error) {
      await endBrowser(browser, folder)
      throw error
    }
  }

  get pid(): number | null {
    return this.#browser.process()?.pid ?? null
  }

  /** Why it can go on no more, or null. */
  get gone(): string | null {
    return this.#gone
  }

  /** @throws when the page does not answer in time */
  async report(): Promise<RecorderReport> {
    const said = await withinTime(this.#page.evaluate('window.parleyRecorder.report()'), ASK_TIMEOUT_MS)
    return recorderReport.parse(said)
  }

  /** Stops recording; resolves when the server has all of it, or after a while. */
  async flush(): Promise<void> {
    if (this.#gone !== null) return
    await withinTime(this.#page.evaluate('window.parleyRecorder.stop()'), FLUSH_TIMEOUT_MS).catch(
      () => undefined,
    )
  }

  async close(): Promise<void> {
    await endBrowser(this.#browser, this.#folder)
  }
}

async function endBrowser(browser: Browser, folder: string): Promise<void> {
  const { pid } = browser.process() ?? {}
  await withinTime(browser.close(), CLOSE_TIMEOUT_MS).catch(() => {
    if (pid !== undefined) endTree(pid)
  })
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
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

async function withinTime<Value>(work: Promise<Value>, ms: number): Promise<Value> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
