import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import path from 'node:path'
import { type Browser, launch } from 'puppeteer-core'
import { chromiumArguments } from './chromiumArguments.ts'
import { browserFolder, endTree, writeBrowserPid } from './orphans.ts'
import { withinTime } from './withinTime.ts'

export type ChromiumPlan = {
  readonly executable: string
  /** The folder of all browsers; each has one of its own in it. */
  readonly parent: string
  readonly origin: string
  /** Where the origin really is, when its name does not lead there from here: `host:port`. */
  readonly reach: string | null
  /** Of a certificate that we made ourselves (`--lan`): the SHA-256 of its public key, base64. Null for any other. */
  readonly ownKey: string | null
}

/** A browser of ours, and the folder that goes with it. */
export type Chromium = { readonly browser: Browser; readonly folder: string }

const ANSWER_TIMEOUT_MS = 30_000
const CLOSE_TIMEOUT_MS = 3_000
/** Nothing is seen in it: what is recorded is drawn on a canvas of its own size. */
const VIEWPORT = { width: 320, height: 180 }

/** A headless Chromium with nothing open, in a folder of its own. @throws when it does not start */
export async function launchChromium(plan: ChromiumPlan): Promise<Chromium> {
  const folder = browserFolder(plan.parent, randomUUID())
  const browser = await launch({
    executablePath: plan.executable,
    headless: true,
    // It ends when our end of the pipe closes, however we end.
    pipe: true,
    userDataDir: path.join(folder, 'profile'),
    defaultViewport: VIEWPORT,
    ignoreDefaultArgs: ['--mute-audio'],
    args: chromiumArguments({ ...plan, root: process.getuid?.() === 0 }),
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    // Nothing of our environment, where secrets are.
    env: { PATH: process.env.PATH, HOME: folder, LANG: process.env.LANG, TZ: process.env.TZ },
    protocolTimeout: ANSWER_TIMEOUT_MS,
  })
  const { pid } = browser.process() ?? {}
  if (pid !== undefined) writeBrowserPid(folder, pid)
  return { browser, folder }
}

/** Ends it, by force after a while, and removes its folder. */
export async function endChromium({ browser, folder }: Chromium): Promise<void> {
  const { pid } = browser.process() ?? {}
  await withinTime(browser.close(), CLOSE_TIMEOUT_MS).catch(() => {
    if (pid !== undefined) endTree(pid)
  })
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
}
