import { readFileSync } from 'node:fs'
import type { Browser } from 'puppeteer-core'
import { ApiClient } from '../../__tests__/browser/support/ApiClient.ts'
import { launchBrowser } from '../../__tests__/browser/support/launchBrowser.ts'
import { PASSWORD } from '../../__tests__/browser/support/Person.ts'
import { startParley } from '../../__tests__/browser/support/startParley.ts'
import { pause, until } from '../../__tests__/browser/support/until.ts'
import type { Benchmark } from '../Benchmark.ts'
import { figure } from '../figure.ts'
import { startBareNextPage } from '../floors/bareNextPage.ts'
import { interleave, type Sample } from '../rounds.ts'

/** The line and the phone of performance.md §1.9. */
const SLOW = { kilobitsPerSecond: 1600, latencyMs: 150, cpuSlowdown: 4 }

type Vitals = {
  lcp: number
  fcp: number
  cls: number
  longTasks: [number, number][]
  usableAt: number | null
}

/** #8: what a guest who opens a link has to download and wait for. Livekit/meet on a like machine: 350 kB, 2,881 ms. */
export const greenRoom: Benchmark = {
  id: 'green-room',
  title: '#8 green room at 1.6 Mbit/s, 150 ms, CPU÷4, empty cache',
  async run(options) {
    const parley = await startParley()
    const bare = await startBareNextPage()
    const browser = await launchBrowser('chromium')
    try {
      const host = new ApiClient(parley.url)
      await host.signUp('Host', 'host@example.org', PASSWORD)
      const { code } = await host.newMeeting()
      const rounds = await interleave(Math.min(options.rounds, 5), options.budgetMs, 'usable', {
        floor: () => visit(browser, bare.url),
        ours: () => visit(browser, `${parley.url}/m/${code}`),
      })
      for (const failure of rounds.failures) options.log(failure)
      return [
        figure('JavaScript on the wire', 'kB', 'script', rounds, {
          text: '≤ 200 kB',
          met: (ours) => ours <= 200,
        }),
        figure('all on the wire', 'kB', 'everything', rounds),
        figure('usable', 'ms', 'usable', rounds, { text: '≤ 2,000 ms', met: (ours) => ours <= 2000 }),
        figure('largest contentful paint', 'ms', 'lcp', rounds),
        figure('total blocking time', 'ms', 'blocking', rounds),
        figure('layout shift', '', 'shift', rounds, { text: '0', met: (ours) => ours < 0.001 }),
      ]
    } finally {
      await browser.close()
      await bare.close()
      await parley.stop()
    }
  },
}

async function visit(browser: Browser, url: string): Promise<Sample> {
  const context = await browser.createBrowserContext()
  try {
    const page = await context.newPage()
    await page.evaluateOnNewDocument(readFileSync('bench/vitals.page.js', 'utf8'))
    const debug = await page.createCDPSession()
    const kinds = new Map<string, string>()
    const bytes = { script: 0, everything: 0 }
    debug.on('Network.responseReceived', (event) => kinds.set(event.requestId, event.type))
    debug.on('Network.loadingFinished', (event) => {
      bytes.everything += event.encodedDataLength
      if (kinds.get(event.requestId) === 'Script') bytes.script += event.encodedDataLength
    })
    await debug.send('Network.enable')
    const perSecond = (SLOW.kilobitsPerSecond * 1000) / 8
    await page.emulateNetworkConditions({ latency: SLOW.latencyMs, download: perSecond, upload: perSecond })
    await page.emulateCPUThrottling(SLOW.cpuSlowdown)
    await page.goto(url, { waitUntil: 'load', timeout: 60_000 })
    const read = () => page.evaluate(() => (window as unknown as { parleyVitals: Vitals }).parleyVitals)
    await until('the page to be usable', async () => (await read()).usableAt !== null, { timeoutMs: 30_000 })
    await page.waitForNetworkIdle({ idleTime: 1000, timeout: 30_000 })
    await pause(500)
    const vitals = await read()
    return {
      script: bytes.script / 1000,
      everything: bytes.everything / 1000,
      usable: vitals.usableAt ?? Number.NaN,
      lcp: vitals.lcp,
      // Of every long task after the first paint, what exceeds 50 ms.
      blocking: vitals.longTasks
        .filter(([at]) => at >= vitals.fcp)
        .reduce((total, [, duration]) => total + duration - 50, 0),
      shift: vitals.cls,
    }
  } finally {
    await context.close()
  }
}
