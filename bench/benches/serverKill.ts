import { connect } from 'node:net'
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
/** A server that has just started still works on starting; the next window is not to meet that. */
const SETTLE_MS = 2000

/** kill -9 of the server in a call of two. The floor is the same window in the same call with nobody killed. */
export const serverKill: Benchmark = {
  id: 'kill',
  title: 'kill -9 of the server in a call: longest gap in the media, and signalling back after its restart',
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
      const measured = async (during: () => Promise<void>): Promise<Sample> => {
        for (const page of pages) await page.evaluate(() => window.parleyProbe.startGaps())
        await Promise.all([during(), pause(WINDOW_MS)])
        const [gaps, concealed] = await Promise.all([
          Promise.all(pages.map((page) => page.evaluate(() => window.parleyProbe.longestGaps()))),
          Promise.all(pages.map((page) => page.evaluate(() => window.parleyProbe.concealedMs()))),
        ])
        return { gapMs: Math.max(...gaps.flat()), concealedMs: Math.max(...concealed) }
      }
      const rounds = await interleave(options.rounds, options.budgetMs, 'gapMs', {
        floor: () => measured(async () => {}),
        ours: async (): Promise<Sample> => {
          const media = await measured(async () => {
            await parley.kill()
            await Promise.all(pages.map(noticed))
          })
          const [listeningAt] = await Promise.all([listening(parley.port), parley.restart()])
          const backAt = await Promise.all(pages.map(connected))
          await pause(SETTLE_MS)
          return { ...media, backMs: Math.max(...backAt) - listeningAt }
        },
      })
      for (const failure of rounds.failures) options.log(failure)
      return [
        figure('longest interval between presented frames', 'ms', 'gapMs', rounds, {
          text: 'as without a kill (≤ 1.5×)',
          met: (_, ratio) => (ratio ?? 9) <= 1.5,
        }),
        figure('sound made up for want of packets', 'ms', 'concealedMs', rounds),
        figure('listening again → signalling back for both', 'ms', 'backMs', rounds, {
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

/** The page knows that the server is gone. */
const noticed = (page: Page): Promise<true> =>
  until('the page to reconnect', async () =>
    page.evaluate(() => window.parleyProbe.call()?.state === 'reconnecting'),
  )

/** @returns when the page's signalling was back (ms since the epoch) */
const connected = (page: Page): Promise<number> =>
  until('signalling to be back', () => page.evaluate(() => window.parleyProbe.reconnectedAt))

/** @returns when the port first took a connection (ms since the epoch) */
async function listening(port: number): Promise<number> {
  return until(`a server on port ${port}`, () => takes(port), { everyMs: 5, timeoutMs: 120_000 })
}

function takes(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, 'localhost', () => {
      socket.destroy()
      resolve(performance.timeOrigin + performance.now())
    })
    socket.once('error', reject)
  })
}
