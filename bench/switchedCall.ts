import type { Browser, Page } from 'puppeteer-core'
import { launchBrowser } from '../__tests__/browser/support/launchBrowser.ts'
import { Person } from '../__tests__/browser/support/Person.ts'
import { type Parley, startParley } from '../__tests__/browser/support/startParley.ts'
import { pause, until } from '../__tests__/browser/support/until.ts'
import type { BenchmarkOptions } from './Benchmark.ts'
import type { Figure } from './figure.ts'
import type { Rounds, Sample } from './rounds.ts'
import { writeSpeechLikeSound } from './speechLike.ts'

export type Way = 'mesh' | 'sfu'

/** Long enough for a switch on two busy cores; the floor's window is as long. */
export const WINDOW_MS = 6000
const RTT_MS = 100
export const FRAME_MS = 50
/** What a browser fetches ahead is fetched by then (SW-13). */
const AT_REST_MS = 18_000

type Turns = {
  /** One window, and what happens in it. */
  readonly watch: (during: () => Promise<unknown>) => Promise<Sample>
  readonly act: (way: Way) => Promise<unknown>
  readonly figures: (name: string, rounds: Rounds) => readonly Figure[]
}

/** To the SFU and back, round for round: a window with the switch, and its floor, one without. */
export async function switchInTurns(options: BenchmarkOptions, turns: Turns): Promise<Figure[]> {
  const deadline = Date.now() + options.budgetMs
  const found = { sfu: noRounds(), mesh: noRounds() }
  for (let round = 0; round < options.rounds && Date.now() < deadline; round += 1) {
    for (const way of ['sfu', 'mesh'] as const) {
      found[way].ours.push(await turns.watch(() => turns.act(way)))
      found[way].floor.push(await turns.watch(async () => undefined))
    }
  }
  return [...turns.figures('mesh → SFU', found.sfu), ...turns.figures('SFU → mesh', found.mesh)]
}

const noRounds = () => ({ ours: [] as Sample[], floor: [] as Sample[], discarded: 0, failures: [] })

/** @param prepare each page, before it loads anything */
export async function inCallOfTwo<Result>(
  prepare: (page: Page) => Promise<void>,
  work: (people: readonly Person[]) => Promise<Result>,
): Promise<Result> {
  const parley = await startParley({ env: { SFU: 'auto', SFU_CALM_SECONDS: '1' } })
  const sound = `--use-file-for-fake-audio-capture=${writeSpeechLikeSound()}`
  const browsers = await Promise.all([1, 2].map(() => launchBrowser('chromium', { extraArguments: [sound] })))
  try {
    const people = await enter(parley, browsers, prepare)
    await pause(AT_REST_MS)
    return await work(people)
  } finally {
    await Promise.all(browsers.map((one) => one.close()))
    await parley.stop()
  }
}

async function enter(
  parley: Parley,
  browsers: readonly Browser[],
  prepare: (page: Page) => Promise<void>,
): Promise<Person[]> {
  const people: Person[] = []
  let link = ''
  for (const [at, browser] of browsers.entries()) {
    const person = await Person.at(browser, parley.url, at === 0 ? 'Host' : `Guest ${at}`)
    await prepare(person.page)
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

export async function go(people: readonly Person[], way: Way): Promise<void> {
  await people[0]?.choose('Media path', way === 'sfu' ? 'Through the server' : 'Automatic')
  const path = way === 'sfu' ? 'server' : 'direct'
  for (const { name, page } of people) {
    await until(`${name} to have everybody by ${way}`, async () => {
      const paths = await page.evaluate(() => window.parleyProbe.participants().map((one) => one.path))
      return paths.filter((one) => one === path).length === people.length - 1
    })
  }
}
