import type { Page } from 'puppeteer-core'
import { ApiClient } from '../../__tests__/browser/support/ApiClient.ts'
import { launchBrowser } from '../../__tests__/browser/support/launchBrowser.ts'
import { PASSWORD, Person } from '../../__tests__/browser/support/Person.ts'
import { startParley } from '../../__tests__/browser/support/startParley.ts'
import { pause, until } from '../../__tests__/browser/support/until.ts'
import type { Benchmark } from '../Benchmark.ts'
import { figure } from '../figure.ts'
import { interleave, type Sample } from '../rounds.ts'

const WINDOW_MS = 5000

/** kill -9 of the server in a call of two. The floor is the same window in the same call with nobody killed. */
export const serverKill: Benchmark = {
  id: 'kill',
  title: 'kill -9 of the server in a call: longest gap between frames, and signalling back after its restart',
  async run(options) {
    const parley = await startParley()
    const browsers = await Promise.all([launchBrowser('chromium'), launchBrowser('chromium')])
    try {
      const api = new ApiClient(parley.url)
      await api.signUp('Host', 'host@example.org', PASSWORD)
      const { code } = await api.newMeeting()
      const people: Person[] = []
      for (const [at, browser] of browsers.entries()) {
        const person = await Person.at(browser, parley.url, `Guest ${at}`)
        await person.joinAsGuest(`${parley.url}/m/${code}`)
        people.push(person)
      }
      const [one, two] = people
      if (one === undefined || two === undefined) throw new Error('nobody came')
      await Promise.all([one.seesAndHears(two), two.seesAndHears(one)])
      const pages = [one.page, two.page]
      const gap = async (during: () => Promise<void>): Promise<number> => {
        for (const page of pages) await page.evaluate(() => window.parleyProbe.startGaps())
        await Promise.all([during(), pause(WINDOW_MS)])
        const gaps = await Promise.all(
          pages.map((page) => page.evaluate(() => window.parleyProbe.longestGaps())),
        )
        return Math.max(...gaps.flat())
      }
      const rounds = await interleave(Math.min(3, options.rounds), options.budgetMs, 'gapMs', {
        floor: async () => ({ gapMs: await gap(async () => {}) }),
        ours: async (): Promise<Sample> => {
          const gapMs = await gap(() => parley.kill())
          await parley.restart()
          const servingAt = performance.now()
          await Promise.all(pages.map(connected))
          return { gapMs, backMs: performance.now() - servingAt }
        },
      })
      for (const failure of rounds.failures) options.log(failure)
      return [
        figure('longest interval between presented frames', 'ms', 'gapMs', rounds, {
          text: 'as without a kill (≤ 1.5×)',
          met: (_, ratio) => (ratio ?? 9) <= 1.5,
        }),
        figure('serving again → signalling back for both', 'ms', 'backMs', rounds, {
          text: '≤ 1,000 ms',
          met: (ours) => ours <= 1000,
        }),
      ]
    } finally {
      await Promise.all(browsers.map((one) => one.close()))
      await parley.stop()
    }
  },
}

async function connected(page: Page): Promise<void> {
  await until(
    'the line "Reconnecting…" to go',
    async () => !/reconnecting/i.test(await page.evaluate(() => window.parleyProbe.text())),
    { everyMs: 20, timeoutMs: 30_000 },
  )
}
