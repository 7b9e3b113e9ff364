import { readFileSync } from 'node:fs'
import type { Browser, Page } from 'puppeteer-core'
import { launchBrowser } from '../../__tests__/browser/support/launchBrowser.ts'
import { Person } from '../../__tests__/browser/support/Person.ts'
import { type Parley, startParley } from '../../__tests__/browser/support/startParley.ts'
import { pause, until } from '../../__tests__/browser/support/until.ts'
import type { Benchmark, BenchmarkOptions } from '../Benchmark.ts'
import { assertOwnNetwork, Firewall } from '../Firewall.ts'
import { type Figure, figure, type Target } from '../figure.ts'
import type { Rounds, Sample } from '../rounds.ts'
import { writeSpeechLikeSound } from '../speechLike.ts'
import { median, percentile } from '../statistics.ts'
import { watchGaps } from '../watchGaps.ts'

/** Long enough for a switch on two busy cores; the floor's window is as long. */
const WINDOW_MS = 6000
const RTT_MS = 100
const FRAME_MS = 50
/** What a browser fetches ahead is fetched by then (SW-13). */
const AT_REST_MS = 18_000

type Way = 'mesh' | 'sfu'

/**
 * #3: mesh → SFU and back in a call of two, ordered by the host's choice of media path, 100 ms apart. With more people
 * this machine's two cores measure themselves: each browser encodes for both ways while it switches.
 * The floor is the same window in the same call without a switch.
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
  const parley = await startParley({ env: { SFU: 'auto', SFU_CALM_SECONDS: '1' } })
  const sound = `--use-file-for-fake-audio-capture=${writeSpeechLikeSound()}`
  const browsers = await Promise.all([1, 2].map(() => launchBrowser('chromium', { extraArguments: [sound] })))
  try {
    const people = await enter(parley, browsers)
    await pause(AT_REST_MS)
    await proveThatSilenceIsNoticed(people)
    spoil()
    const deadline = Date.now() + options.budgetMs
    const found: Record<Way | 'floor', Sample[]> = { mesh: [], sfu: [], floor: [] }
    const said: string[] = []
    const saying = async (way: Way) => {
      said.push(`message ${said.length + 1}.`)
      await Promise.all([go(people, way), people[1]?.say(said.at(-1) ?? '')])
    }
    for (let round = 0; round < options.rounds && Date.now() < deadline; round += 1) {
      found.floor.push(await watched(people, async () => undefined))
      found.sfu.push(await watched(people, () => saying('sfu')))
      found.mesh.push(await watched(people, () => saying('mesh')))
    }
    const lost = await missing(people, said)
    options.log(`${said.length} messages said in the switches, ${lost} of them lost`)
    return [
      ...figuresOf('mesh → SFU', found.sfu, found.floor, limits),
      ...figuresOf('SFU → mesh', found.mesh, found.floor, limits),
    ]
  } finally {
    await Promise.all(browsers.map((one) => one.close()))
    await parley.stop()
  }
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

function figuresOf(
  name: string,
  ours: readonly Sample[],
  floor: readonly Sample[],
  limits: Limits,
): Figure[] {
  const rounds = { ours, floor, discarded: 0, failures: [] }
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

async function enter(parley: Parley, browsers: readonly Browser[]): Promise<Person[]> {
  const people: Person[] = []
  let link = ''
  for (const [at, browser] of browsers.entries()) {
    const person = await Person.at(browser, parley.url, at === 0 ? 'Host' : `Guest ${at}`)
    await listenIn(person.page)
    // Delays WebRTC's packets as well, once in each direction; both ends are delayed, so each by a quarter.
    await person.page.emulateNetworkConditions({ latency: RTT_MS / 4, download: -1, upload: -1 })
    if (at === 0) {
      await person.signUp()
      link = await person.newMeeting()
      await person.join()
    } else await person.joinAsGuest(link)
    people.push(person)
  }
  for (const one of people) await one.seesAndHears(...people.filter((other) => other !== one))
  await people[0]?.press('People')
  return people
}

async function go(people: readonly Person[], way: Way): Promise<void> {
  await people[0]?.choose('Media path', way === 'sfu' ? 'Through the server' : 'Automatic')
  const path = way === 'sfu' ? 'server' : 'direct'
  for (const { name, page } of people) {
    await until(`${name} to have everybody by ${way}`, async () => {
      const paths = await page.evaluate(() => window.parleyProbe.participants().map((one) => one.path))
      return paths.filter((one) => one === path).length === people.length - 1
    })
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
async function watched(people: readonly Person[], during: () => Promise<void>): Promise<Sample> {
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
