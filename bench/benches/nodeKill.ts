import type { Browser } from 'puppeteer-core'
import { launchBrowser } from '../../__tests__/browser/support/launchBrowser.ts'
import { Person } from '../../__tests__/browser/support/Person.ts'
import { startCluster } from '../../__tests__/browser/support/startCluster.ts'
import type { Parley } from '../../__tests__/browser/support/startParley.ts'
import { pause, until } from '../../__tests__/browser/support/until.ts'
import type { Benchmark, BenchmarkOptions } from '../Benchmark.ts'
import { type Figure, figure } from '../figure.ts'
import { describeSteps, installKillSteps } from '../killSteps.ts'
import type { Sample } from '../rounds.ts'

const RECEIVERS = 3
const WINDOW_MS = 6000
/** The browsers have calmed down; what they hold ready on the other node has been sent and rests. */
const SETTLE_MS = 5000
const PATIENCE = { timeoutMs: 60_000 }

/**
 * kill -9 of the media node in a call of one who shows herself and three who watch, with a second node. The floor is the
 * same window with nobody killed; a bare page that does the same takes 0.63–1.79 s, livekit-client alone 7.1 s.
 */
export const nodeKill: Benchmark = {
  id: 'node-kill',
  title: 'kill -9 of the media node in a call: longest time without a new picture at each of three receivers',
  run: (options) => killed(options, true),
}

/** The same without a place on the other node: what the standby is for. */
export const nodeKillCold: Benchmark = {
  id: 'node-kill-cold',
  title: 'the same without a standby (SFU_STANDBY_PEOPLE=0)',
  run: (options) => killed(options, false),
}

async function killed(options: BenchmarkOptions, standby: boolean): Promise<readonly Figure[]> {
  const env = { MESH_PEOPLE: '1', ...(standby ? {} : { SFU_STANDBY_PEOPLE: '0' }) }
  const cluster = await startCluster({ env })
  const browsers = await Promise.all(Array.from({ length: RECEIVERS + 1 }, () => launchBrowser('chromium')))
  try {
    const people = await enter(cluster.url, browsers)
    const receivers = people.slice(1)
    const watched = async (during: () => Promise<void>): Promise<number[]> => {
      for (const { page } of receivers) await page.evaluate(() => window.parleyProbe.startTileWatch())
      await Promise.all([during(), pause(WINDOW_MS)])
      const seen = await Promise.all(
        receivers.map(({ page }) => page.evaluate(() => window.parleyProbe.endTileWatch())),
      )
      // The one tile with a picture. Those with their cameras off have none, which no number arrives for.
      return seen.map(({ longest }) => Math.min(WINDOW_MS, ...longest.filter((gap) => Number.isFinite(gap))))
    }
    const found: { ours: Sample[]; floor: Sample[] } = { ours: [], floor: [] }
    const deadline = Date.now() + options.budgetMs
    for (let round = 0; round < options.rounds && Date.now() < deadline; round += 1) {
      await until(
        'the standby',
        async () => !standby || (await cluster.standbyPeople()) > RECEIVERS,
        PATIENCE,
      )
      await pause(SETTLE_MS)
      const calm = await watched(async () => undefined)
      found.floor.push(...calm.map((gapMs) => ({ gapMs })))
      const node = await until('the node with the meeting', () => cluster.busyNode())
      for (const { page } of people) await page.evaluate(() => window.parleySteps.start())
      let killedAt = 0
      const gaps = await watched(async () => {
        killedAt = Date.now()
        await node.kill()
      })
      found.ours.push(...gaps.map((gapMs) => ({ gapMs })))
      const [sender = { blockedMs: 0 }, ...others] = await Promise.all(
        people.map(({ page }) => page.evaluate(() => window.parleySteps.end())),
      )
      const steps = describeSteps(killedAt, knownAt(await cluster.holder()), sender, others)
      options.log(`kill ${round + 1}: ${gaps.map((gap) => Math.round(gap)).join(', ')} ms; ${steps}`)
      await node.launch()
      for (const one of people.slice(1)) await one.seesPicture('Host')
    }
    const rounds = { ...found, discarded: 0, failures: [] }
    const worst = Math.max(...found.ours.map(({ gapMs = 0 }) => gapMs))
    return [
      figure('longest time without a new picture, per kill and receiver', 'ms', 'gapMs', rounds, {
        text: 'median ≤ 1,000 ms, never above 2,000 ms',
        met: (ours) => ours > 0 && ours <= 1000 && worst <= 2000,
      }),
    ]
  } finally {
    await Promise.all(browsers.map((one) => one.close()))
    await cluster.stop()
  }
}

/** When the process that holds the meeting last knew that its room is lost (ms since the epoch), by its log. */
function knownAt(holder: Parley): number {
  const lines = holder.output().split('\n')
  const line = lines.findLast((each) => each.includes('a room on the SFU was lost'))
  return Number(/"time":(\d+)/.exec(line ?? '')?.[1] ?? Number.NaN)
}

async function enter(url: string, browsers: readonly Browser[]): Promise<Person[]> {
  const people: Person[] = []
  let link = ''
  for (const [at, browser] of browsers.entries()) {
    const person = await Person.at(browser, url, at === 0 ? 'Host' : `Guest ${at}`)
    await installKillSteps(person.page)
    if (at === 0) {
      await person.signUp()
      link = await person.newMeeting()
      await person.join()
    } else {
      await person.joinAsGuest(link)
      await person.press('Turn off camera')
    }
    people.push(person)
  }
  for (const one of people.slice(1)) await one.seesPicture('Host')
  return people
}
