import type { Page } from 'puppeteer-core'
import { launchBrowser } from '../../__tests__/browser/support/launchBrowser.ts'
import { Person } from '../../__tests__/browser/support/Person.ts'
import { startCluster } from '../../__tests__/browser/support/startCluster.ts'
import { pause, until } from '../../__tests__/browser/support/until.ts'
import type { Benchmark } from '../Benchmark.ts'
import { figure } from '../figure.ts'
import type { Sample } from '../rounds.ts'

const WINDOW_MS = 4000
const SETTLE_MS = 2000

/**
 * kill -9 of the Parley process that has the meeting, in a call of two, with a second process behind one balancer.
 * The floor of the media is the same window with nobody killed.
 */
export const processKill: Benchmark = {
  id: 'process-kill',
  title: 'kill -9 of one of two Parley processes in a call: signalling back through the other, and the media',
  async run(options) {
    const cluster = await startCluster({ nodes: 0 })
    const browsers = await Promise.all([launchBrowser('chromium'), launchBrowser('chromium')])
    try {
      const [one, two] = await Promise.all(
        browsers.map((browser, at) => Person.at(browser, cluster.url, at === 0 ? 'Host' : 'Guest')),
      )
      if (one === undefined || two === undefined) throw new Error('nobody came')
      await one.signUp()
      const link = await one.newMeeting()
      await one.join()
      await two.joinAsGuest(link)
      await Promise.all([one.seesAndHears(two), two.seesAndHears(one)])
      const pages = [one.page, two.page]
      const watched = async (during: () => Promise<void>): Promise<Sample> => {
        for (const page of pages) await page.evaluate(() => window.parleyProbe.startGaps())
        await Promise.all([during(), pause(WINDOW_MS)])
        const gaps = await Promise.all(
          pages.map((page) => page.evaluate(() => window.parleyProbe.longestGaps())),
        )
        return { gapMs: Math.max(...gaps.flat()) }
      }
      const found: { ours: Sample[]; floor: Sample[] } = { ours: [], floor: [] }
      const deadline = Date.now() + options.budgetMs
      for (let round = 0; round < options.rounds && Date.now() < deadline; round += 1) {
        found.floor.push(await watched(async () => undefined))
        const holder = await cluster.holder()
        let backMs = 0
        const media = await watched(async () => {
          const killedAt = performance.timeOrigin + performance.now()
          await holder.kill()
          backMs = Math.max(...(await Promise.all(pages.map((page) => backAfter(page, killedAt))))) - killedAt
        })
        found.ours.push({ ...media, backMs })
        options.log(`kill ${round + 1}: back after ${Math.round(backMs)} ms`)
        await holder.restart()
        await pause(SETTLE_MS)
      }
      const rounds = { ...found, discarded: 0, failures: [] }
      const worst = Math.max(...found.ours.map(({ backMs = 0 }) => backMs))
      return [
        figure('kill → signalling back for both', 'ms', 'backMs', rounds, {
          text: '≤ 2,000 ms, each time',
          met: () => worst <= 2000,
        }),
        figure('longest interval between presented frames', 'ms', 'gapMs', rounds, {
          text: 'as without a kill (≤ 1.5×)',
          met: (_, ratio) => (ratio ?? 9) <= 1.5,
        }),
      ]
    } finally {
      await Promise.all(browsers.map((one) => one.close()))
      await cluster.stop()
    }
  },
}

/** @returns when the page was in the meeting again (ms since the epoch), after it had lost it */
const backAfter = (page: Page, killedAt: number): Promise<number> =>
  until('signalling to be back', async () => {
    const at = await page.evaluate(() => window.parleyProbe.reconnectedAt)
    return at !== null && at > killedAt && at
  })
