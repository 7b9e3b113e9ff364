import type { BrowserContext, Page } from 'puppeteer-core'
import { ApiClient } from '../../__tests__/browser/support/ApiClient.ts'
import { launchBrowser } from '../../__tests__/browser/support/launchBrowser.ts'
import { installMediaProbe } from '../../__tests__/browser/support/mediaProbe.ts'
import { PASSWORD } from '../../__tests__/browser/support/Person.ts'
import { startParley } from '../../__tests__/browser/support/startParley.ts'
import { until } from '../../__tests__/browser/support/until.ts'
import type { Benchmark } from '../Benchmark.ts'
import { startDelayProxy } from '../delayProxy.ts'
import { figure, type Target } from '../figure.ts'
import { startBareCall } from '../floors/bareCall.ts'
import { interleave, type Sample } from '../rounds.ts'
import { signedIn } from '../signedIn.ts'

const RTT_MS = 100

/** #1: click on "Join now" → the other's first frame on the screen, both on this machine. */
export const joinTime: Benchmark = {
  id: 'join',
  title: '#1 join click → first remote frame, loopback',
  run: (options) =>
    measure(options, 0, [
      [
        'first remote frame',
        'ms',
        'ms',
        { text: '≤ 1.5× the cold floor', met: (_, ratio) => (ratio ?? 9) <= 1.5 },
      ],
    ]),
}

/** #2: the same for somebody 100 ms away from server and peer. */
export const joinTimeFar: Benchmark = {
  id: 'join-far',
  title: '#2 join click → first remote frame at 100 ms RTT',
  run: (options) =>
    measure(options, RTT_MS, [
      ['first remote frame at 100 ms RTT', 'ms', 'ms', null],
      ['the same in round trips', 'RTT', 'roundTrips', { text: '≤ 5 RTT', met: (ours) => ours <= 5 }],
      ['RTT of the media path, as ICE measured it', 'ms', 'mediaRttMs', null],
    ]),
}

type Line = readonly [name: string, unit: string, key: string, target: Target | null]

async function measure(
  options: Parameters<Benchmark['run']>[0],
  rttMs: number,
  lines: readonly Line[],
): Promise<ReturnType<typeof figure>[]> {
  const parley = await startParley()
  const bare = await startBareCall()
  const proxies = await Promise.all([parley, bare].map(({ port }) => startDelayProxy(port, rttMs / 2)))
  const reach =
    rttMs === 0
      ? {}
      : Object.fromEntries(
          [parley, bare].map(({ port }, at) => [`localhost:${port}`, `127.0.0.1:${proxies[at]?.port}`]),
        )
  const browsers = await Promise.all([launchBrowser('chromium'), launchBrowser('chromium', { reach })])
  try {
    const host = new ApiClient(parley.url)
    await host.signUp('Host', 'host@example.org', PASSWORD)
    const member = new ApiClient(parley.url)
    await member.signUp('Member', 'member@example.org', PASSWORD)
    const { code } = await host.newMeeting()
    const url = `${parley.url}/m/${code}`
    const [stayer, joiner] = await Promise.all([
      signedIn(browsers[0], parley.url, host),
      signedIn(browsers[1], parley.url, member),
    ])
    let camera = ''
    const rounds = await interleave(options.rounds, options.budgetMs, 'ms', {
      floor: async () => {
        camera ||= await cameraOf(stayer, url)
        return joinOnce(stayer, joiner, `${bare.url}/?${camera}`, rttMs)
      },
      ours: () => joinOnce(stayer, joiner, url, rttMs),
    })
    for (const failure of rounds.failures) options.log(failure)
    return lines.map(([name, unit, key, target]) => figure(name, unit, key, rounds, target))
  } finally {
    await Promise.all(browsers.map((one) => one.close()))
    await Promise.all(proxies.map((one) => one.close()))
    await Promise.all([bare.close(), parley.stop()])
  }
}

/** One person is there; the other stands in the green room with a live preview, clicks, and sees. */
async function joinOnce(
  stayer: BrowserContext,
  joiner: BrowserContext,
  url: string,
  rttMs: number,
): Promise<Sample> {
  const pages: Page[] = []
  try {
    const there = await greenRoom(stayer, url, 0)
    pages.push(there)
    await clickJoin(there)
    await until('the first person to be in', () =>
      there.evaluate(() => window.parleyProbe.call()?.state === 'inCall'),
    )
    const page = await greenRoom(joiner, url, rttMs)
    pages.push(page)
    await clickJoin(page)
    await until('the first remote frame', () =>
      page.evaluate(() => window.parleyProbe.firstRemoteFrameAt !== null),
    )
    const ms = await page.evaluate(
      () =>
        (window.parleyProbe.firstRemoteFrameAt ?? Number.NaN) -
        (window.parleyProbe.joinClickedAt ?? Number.NaN),
    )
    if (rttMs === 0) return { ms }
    const rtts = await until('ICE to measure its round trip', async () => {
      const found = await page.evaluate(() => window.parleyProbe.roundTripMs())
      return found.length > 0 && found
    })
    return { ms, roundTrips: ms / rttMs, mediaRttMs: Math.min(...rtts) }
  } finally {
    for (const page of pages) await page.close()
  }
}

async function greenRoom(context: BrowserContext, url: string, rttMs: number): Promise<Page> {
  const page = await context.newPage()
  await installMediaProbe(page)
  // Delays WebRTC's packets as well, once in each direction; open sockets are not delayed, so before the page loads.
  if (rttMs > 0) await page.emulateNetworkConditions({ latency: rttMs / 2, download: -1, upload: -1 })
  await page.goto(url, { waitUntil: 'load' })
  await until('a live preview', () => page.evaluate(() => window.parleyProbe.firstFrameAt !== null))
  await page.waitForNetworkIdle({ idleTime: 300 })
  return page
}

async function clickJoin(page: Page): Promise<void> {
  const button = await until('the button to join', () => page.$('aria/Join now[role="button"]'))
  await button.click()
}

/** The floor's camera is set as ours is. */
async function cameraOf(context: BrowserContext, url: string): Promise<string> {
  const page = await greenRoom(context, url, 0)
  const settings = await page.evaluate(() => window.parleyProbe.localVideo())
  await page.close()
  return `width=${settings?.width ?? 640}&height=${settings?.height ?? 480}&fps=${settings?.frameRate ?? 20}`
}
