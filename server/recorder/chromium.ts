import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import path from 'node:path'
import { type Browser, launch } from 'puppeteer-core'
import { chromiumArguments } from './chromiumArguments.ts'
import { removeFolder } from './leftFolder.ts'
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

/** By these a profile says whose it is: of a browser that is no more they say nothing, and on a machine with another name keep us out. */
const CLAIMS = ['SingletonLock', 'SingletonSocket', 'SingletonCookie']

/**
 * A headless Chromium with nothing open, in a folder of its own, or in one whose browser is no more.
 *
 * @throws when it does not start
 */
export async function launchChromium(
  plan: ChromiumPlan,
  folder = browserFolder(plan.parent, randomUUID()),
): Promise<Chromium> {
  for (const claim of CLAIMS) rmSync(path.join(folder, 'profile', claim), { force: true })
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

/** Ends it, by force after a while. Its folder stays. */
export async function stopChromium({ browser }: Pick<Chromium, 'browser'>): Promise<void> {
  const { pid } = browser.process() ?? {}
  await withinTime(browser.close(), CLOSE_TIMEOUT_MS).catch(() => {
    if (pid !== undefined) endTree(pid)
  })
}

/** Ends it and removes its folder. */
export async function endChromium(chromium: Chromium): Promise<void> {
  await stopChromium(chromium)
  removeFolder(chromium.folder)
}
