import type { Browser } from 'puppeteer-core'
import { launchBrowser } from '../../__tests__/browser/support/launchBrowser.ts'
import { Person } from '../../__tests__/browser/support/Person.ts'
import { type Parley, startParley } from '../../__tests__/browser/support/startParley.ts'
import { pause, until } from '../../__tests__/browser/support/until.ts'
import type { Benchmark } from '../Benchmark.ts'
import { type Figure, figure } from '../figure.ts'
import type { Sample } from '../rounds.ts'
import { median } from '../statistics.ts'

/** Long enough for a switch on two busy cores; the floor's window is as long. */
const WINDOW_MS = 6000
const RTT_MS = 100
const FRAME_MS = 50

type Way = 'mesh' | 'sfu'

/**
 * #3: mesh → SFU and back in a call of two, ordered by the host's choice of media path, 100 ms apart. With more people
 * this machine's two cores measure themselves: each browser encodes for both ways while it switches.
 * The floor is the same window in the same call without a switch.
 */
export const transportSwitch: Benchmark = {
  id: 'switch',
  title: '#3 live switch mesh → SFU → mesh at 100 ms RTT: longest time without a new picture, sound, tiles',
  async run(options) {
    const parley = await startParley({ env: { SFU: 'auto', SFU_CALM_SECONDS: '1' } })
    const browsers = await Promise.all([1, 2].map(() => launchBrowser('chromium')))
    try {
      const people = await enter(parley, browsers)
      const deadline = Date.now() + options.budgetMs
      const found: Record<Way | 'floor', Sample[]> = { mesh: [], sfu: [], floor: [] }
      for (let round = 0; round < options.rounds && Date.now() < deadline; round += 1) {
        found.floor.push(await watched(people, async () => undefined))
        found.sfu.push(await watched(people, () => go(people, 'sfu')))
        found.mesh.push(await watched(people, () => go(people, 'mesh')))
      }
      return [
        ...figuresOf('mesh → SFU', found.sfu, found.floor),
        ...figuresOf('SFU → mesh', found.mesh, found.floor),
      ]
    } finally {
      await Promise.all(browsers.map((one) => one.close()))
      await parley.stop()
    }
  },
}

function figuresOf(name: string, ours: readonly Sample[], floor: readonly Sample[]): Figure[] {
  const rounds = { ours, floor, discarded: 0, failures: [] }
  const none = { text: '0', met: (count: number) => count === 0 }
  return [
    figure(`${name}: longest without a new picture, worst tile`, 'ms', 'worstGapMs', rounds),
    figure(`${name}: the same, median tile`, 'ms', 'medianGapMs', rounds, {
      text: `≤ 2 frame intervals (${2 * FRAME_MS} ms)`,
      met: (ms) => ms <= 2 * FRAME_MS,
    }),
    figure(`${name}: people not heard at some moment`, 'people', 'unheard', rounds, none),
    figure(`${name}: people heard twice at some moment`, 'people', 'doubled', rounds, none),
    figure(`${name}: tiles that changed place`, 'times', 'reordered', rounds, none),
  ]
}

async function enter(parley: Parley, browsers: readonly Browser[]): Promise<Person[]> {
  const people: Person[] = []
  let link = ''
  for (const [at, browser] of browsers.entries()) {
    const person = await Person.at(browser, parley.url, at === 0 ? 'Host' : `Guest ${at}`)
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

/** What everybody sees and hears of everybody during a window, and during what happens in it. */
async function watched(people: readonly Person[], during: () => Promise<void>): Promise<Sample> {
  for (const { page } of people) await page.evaluate(() => window.parleyProbe.startTileWatch())
  await Promise.all([during(), pause(WINDOW_MS)])
  const seen = await Promise.all(
    people.map(({ page }) => page.evaluate(() => window.parleyProbe.endTileWatch())),
  )
  const gaps = seen.flatMap(({ longest }) => longest)
  const others = people.length - 1
  return {
    worstGapMs: Math.max(...gaps),
    medianGapMs: median(gaps),
    unheard: Math.max(...seen.map(({ leastHeard }) => others - leastHeard)),
    doubled: Math.max(...seen.map(({ mostHeard }) => mostHeard - others)),
    reordered: Math.max(...seen.map(({ orders }) => orders - 1)),
  }
}
