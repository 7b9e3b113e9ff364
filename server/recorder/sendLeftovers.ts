import { setTimeout as sleep } from 'node:timers/promises'
import { leftoversReport } from '#lib/protocol/recorderPage.ts'
import { type Chromium, stopChromium } from './chromium.ts'
import { ASK_TIMEOUT_MS, goToPage, OPEN_TIMEOUT_MS, type PageOfMeeting } from './pageOfMeeting.ts'
import { withinTime } from './withinTime.ts'

const LOOK_EVERY_MS = 250

/**
 * Has what is left in a browser's folder sent by a page in it, and ends the browser.
 *
 * @throws when that is told to end, or it cannot be known whether all is sent that the server takes
 */
export async function sendLeftovers(
  chromium: Chromium,
  where: PageOfMeeting,
  signal: AbortSignal,
): Promise<void> {
  try {
    const { browser } = chromium
    const [page = await browser.newPage()] = await browser.pages()
    await goToPage(page, where, '?leftovers')
    await page.waitForFunction('window.parleyLeftovers !== undefined', { timeout: OPEN_TIMEOUT_MS })
    for (;;) {
      const said = await withinTime(page.evaluate('window.parleyLeftovers.report()'), ASK_TIMEOUT_MS)
      const { status, waiting } = leftoversReport.parse(said)
      if (status === 'done') return
      if (status === 'failed') throw new Error(`its page failed, ${waiting} s wait`)
      await sleep(LOOK_EVERY_MS, undefined, { signal })
    }
  } finally {
    await stopChromium(chromium)
  }
}
