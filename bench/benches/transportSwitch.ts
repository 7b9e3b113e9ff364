import { readFileSync } from 'node:fs'
import type { Page } from 'puppeteer-core'
import type { Person } from '../../__tests__/browser/support/Person.ts'
import { pause } from '../../__tests__/browser/support/until.ts'
import type { Benchmark, BenchmarkOptions } from '../Benchmark.ts'
import { assertOwnNetwork, Firewall } from '../Firewall.ts'
import { type Figure, figure, type Target } from '../figure.ts'
import type { Rounds, Sample } from '../rounds.ts'
import { median, percentile } from '../statistics.ts'
import { FRAME_MS, go, inCallOfTwo, switchInTurns, WINDOW_MS } from '../switchedCall.ts'
import { watchGaps } from '../watchGaps.ts'

/**
 * #3: mesh → SFU and back in a call of two, ordered by the host's choice of media path, 100 ms apart. With more people
 * this machine's two cores measure themselves: each browser encodes for both ways while it switches.
 * The floor is the same window in the same call without a switch, on the way that the switch leads to.
 */
export const transportSwitch: Benchmark = {
  id: 'switch',
  title: '#3 live switch mesh → SFU → mesh at 100 ms RTT: longest time without a new picture, sound, tiles',
  run: (options) => switched(options, { picture: 2 * FRAME_MS, sound: 200 }),
}

/** F39: the same while every tenth packet of media is lost, each way. */
export const lossySwitch: Benchmark = {
  id: 'switch-loss',
  title: 'F39 the same switch at 10 % packet loss',
  async run(options) {
    assertOwnNetwork()
    const firewall = new Firewall()
    try {
      return await switched(options, { picture: 300, sound: 300 }, () =>
        firewall.drop('meta l4proto udp numgen random mod 10 < 1'),
      )
    } finally {
      firewall.close()
    }
  },
}

type Limits = { readonly picture: number; readonly sound: number }

async function switched(
  options: BenchmarkOptions,
  limits: Limits,
  spoil: () => void = () => undefined,
): Promise<Figure[]> {
  return inCallOfTwo(listenIn, async (people) => {
    await proveThatSilenceIsNoticed(people)
    spoil()
    const said: string[] = []
    const figures = await switchInTurns(options, {
      watch: (during) => watched(people, during),
      act: (way) => {
        said.push(`message ${said.length + 1}.`)
        return Promise.all([go(people, way), people[1]?.say(said.at(-1) ?? '')])
      },
      figures: (name, rounds) => figuresOf(name, rounds, limits),
    })
    const lost = await missing(people, said)
    options.log(`${said.length} messages said in the switches, ${lost} of them lost`)
    return figures
  })
}

/** How many of these the host does not read. */
async function missing([host]: readonly Person[], said: readonly string[]): Promise<number> {
  if (host === undefined) return said.length
  // Its name also says how many are unread.
  await host.page.evaluate(() => {
    const named = (button: Element) => button.getAttribute('aria-label') ?? button.textContent ?? ''
    const buttons = [...document.querySelectorAll('button')]
    buttons.find((button) => /^Chat/.test(named(button)))?.click()
  })
  await host.seeText(said.at(-1) ?? '').catch(() => undefined)
  const text = await host.page.evaluate(() => document.body.textContent ?? '')
  return said.filter((each) => !text.includes(each)).length
}

function figuresOf(name: string, rounds: Rounds, limits: Limits): Figure[] {
  const none = { text: '0', met: (count: number) => count === 0 }
  return [
    figure(`${name}: longest without a new picture, worst tile`, 'ms', 'worstGapMs', rounds),
    figure(`${name}: the same, median tile`, 'ms', 'medianGapMs', rounds, {
      text: `≤ ${limits.picture} ms`,
      met: (ms) => ms <= limits.picture,
    }),
    figure(`${name}: longest silence heard, worst receiver`, 'ms', 'silenceMs', rounds),
    worstOfTwenty(`${name}: the same, p95 of all switches`, 'silenceMs', rounds, {
      text: `< ${limits.sound} ms`,
      met: (ms) => ms < limits.sound,
    }),
    figure(`${name}: longest without a packet of sound, seen by the page`, 'ms', 'soundMs', rounds),
    figure(`${name}: people not heard at some moment`, 'people', 'unheard', rounds, none),
    figure(`${name}: people heard twice at some moment`, 'people', 'doubled', rounds, none),
    figure(`${name}: tiles that changed place`, 'times', 'reordered', rounds, none),
  ]
}

/** As `figure`, of the value below which 95 % of the rounds lie. */
function worstOfTwenty(name: string, key: 'silenceMs', rounds: Rounds, target: Target): Figure {
  const [ours, floor] = [rounds.ours, rounds.floor].map((samples) =>
    percentile(
      samples.map((one) => one[key] ?? Number.NaN),
      0.95,
    ),
  )
  const [high, low] = [ours ?? Number.NaN, floor ?? Number.NaN]
  const ratio = low === 0 ? null : high / low
  return {
    ...figure(name, 'ms', key, rounds, target),
    ours: high,
    floor: low,
    ratio,
    met: target.met(high, ratio),
  }
}

/** So that `heardSound.page.js` can measure what is played. */
async function listenIn(page: Page): Promise<void> {
  await page.setBypassCSP(true)
  await page.evaluateOnNewDocument(readFileSync('bench/heardSound.page.js', 'utf8'))
}

/** @throws when a microphone that is off for a second is not heard as silence: then no figure of it means anything */
async function proveThatSilenceIsNoticed([host, guest]: readonly Person[]): Promise<void> {
  await host?.page.evaluate(() => window.parleyHeard.start())
  await guest?.press('Turn off microphone')
  await pause(1000)
  await guest?.press('Turn on microphone')
  await pause(1000)
  const ms = (await host?.page.evaluate(() => window.parleyHeard.longestSilenceMs())) ?? 0
  if (ms < 500) throw new Error(`a second of silence was heard as ${ms} ms`)
}

declare global {
  interface Window {
    readonly parleyHeard: { start(): Promise<void>; longestSilenceMs(): Promise<number> }
  }
}

/** What everybody sees and hears of everybody during a window, and during what happens in it. */
async function watched(people: readonly Person[], during: () => Promise<unknown>): Promise<Sample> {
  const pages = people.map(({ page }) => page)
  await Promise.all(pages.map((page) => page.evaluate(() => window.parleyHeard.start())))
  const { value, tiles } = await watchGaps(pages, WINDOW_MS, during)
  const silences = await Promise.all(
    pages.map((page) => page.evaluate(() => window.parleyHeard.longestSilenceMs())),
  )
  const others = people.length - 1
  return {
    worstGapMs: value.pictureMs,
    medianGapMs: median(tiles.flatMap(({ longest }) => longest)),
    silenceMs: Math.max(...silences),
    soundMs: value.soundMs,
    unheard: Math.max(...tiles.map(({ leastHeard }) => others - leastHeard)),
    doubled: Math.max(...tiles.map(({ mostHeard }) => mostHeard - others)),
    reordered: Math.max(...tiles.map(({ orders }) => orders - 1)),
  }
}
