import type { Browser, BrowserContext, Page } from 'puppeteer-core'
import { ApiClient } from '../../__tests__/browser/support/ApiClient.ts'
import { launchBrowser } from '../../__tests__/browser/support/launchBrowser.ts'
import { installMediaProbe } from '../../__tests__/browser/support/mediaProbe.ts'
import { PASSWORD } from '../../__tests__/browser/support/Person.ts'
import { startParley } from '../../__tests__/browser/support/startParley.ts'
import { pause, until } from '../../__tests__/browser/support/until.ts'
import type { Benchmark } from '../Benchmark.ts'
import { figure } from '../figure.ts'
import { startBareCall } from '../floors/bareCall.ts'
import { cpuMs } from '../processCost.ts'
import { interleave, type Sample } from '../rounds.ts'
import { signedIn } from '../signedIn.ts'

const SETTLE_MS = 6000
const MEASURE_MS = 6000

/** #9: alone in the call with the camera on; the whole browser's CPU beside a bare page with the same picture. */
export const idleCall: Benchmark = {
  id: 'idle-call',
  title: '#9 CPU of the browser, alone in the call',
  async run(options) {
    const parley = await startParley()
    const bare = await startBareCall()
    const browser = await launchBrowser('chromium')
    try {
      const host = new ApiClient(parley.url)
      await host.signUp('Host', 'host@example.org', PASSWORD)
      const { code } = await host.newMeeting()
      const context = await signedIn(browser, parley.url, host)
      const url = `${parley.url}/m/${code}`
      const picture = await pictureOf(context, url)
      const rounds = await interleave(Math.min(options.rounds, 5), options.budgetMs, 'percent', {
        floor: () => cost(browser, context, `${bare.url}/preview?${picture}`, async () => {}),
        ours: () => cost(browser, context, url, join),
      })
      for (const failure of rounds.failures) options.log(failure)
      options.log(`the picture: ${picture}`)
      return [
        figure('CPU of all the browser’s processes', '% of a core', 'percent', rounds, {
          text: '≤ 1.5× the bare page',
          met: (_, ratio) => (ratio ?? 9) <= 1.5,
        }),
      ]
    } finally {
      await browser.close()
      await bare.close()
      await parley.stop()
    }
  },
}

async function join(page: Page): Promise<void> {
  const button = await until('the button to join', () => page.$('aria/Join now[role="button"]'))
  await button.click()
  await until('the call', () => page.evaluate(() => window.parleyProbe.call()?.state === 'inCall'))
}

async function cost(
  browser: Browser,
  context: BrowserContext,
  url: string,
  prepare: (page: Page) => Promise<void>,
): Promise<Sample> {
  const page = await context.newPage()
  try {
    await installMediaProbe(page)
    await page.goto(url, { waitUntil: 'load' })
    await until('a picture', () => page.evaluate(() => window.parleyProbe.firstFrameAt !== null))
    await prepare(page)
    await pause(SETTLE_MS)
    const pid = browser.process()?.pid ?? 0
    const before = cpuMs(pid)
    const startedAt = performance.now()
    await pause(MEASURE_MS)
    return { percent: ((cpuMs(pid) - before) / (performance.now() - startedAt)) * 100 }
  } finally {
    await page.close()
  }
}

/** The bare page shows what ours shows: the same camera settings, the same size on the screen. */
async function pictureOf(context: BrowserContext, url: string): Promise<string> {
  const page = await context.newPage()
  try {
    await installMediaProbe(page)
    await page.goto(url, { waitUntil: 'load' })
    await until('a preview', () => page.evaluate(() => window.parleyProbe.firstFrameAt !== null))
    await join(page)
    const local = await until('the own tile', () => page.evaluate(() => window.parleyProbe.localVideo()))
    return new URLSearchParams(Object.entries(local).map(([name, value]) => [name, String(value)])).toString()
  } finally {
    await page.close()
  }
}
