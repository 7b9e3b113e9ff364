import type { Browser, Page } from 'puppeteer-core'
import { launchBrowser } from '../../__tests__/browser/support/launchBrowser.ts'
import { type Parley, startParley } from '../../__tests__/browser/support/startParley.ts'
import { pause, until } from '../../__tests__/browser/support/until.ts'
import type { Benchmark, BenchmarkOptions } from '../Benchmark.ts'
import { type Figure, figure } from '../figure.ts'
import { joinAsGuest, newMeeting } from '../guestPage.ts'
import { cpuMs, descendantNamed } from '../processCost.ts'
import type { Sample } from '../rounds.ts'
import { median } from '../statistics.ts'

const SIZES = [2, 3, 4, 5, 6] as const
/** As small as makes sense: two cores encode for everybody. */
const CAMERA = 10
/** Encoders and bandwidth estimates take their time to find their level. */
const SETTLE_MS = 8000
const MEASURE_MS = 6000

type Way = 'mesh' | 'sfu'
type Stage = { readonly parley: Parley; readonly browser: Browser }

/**
 * #9: what a person pays for the same meeting on either way, for as many people as this machine can: the floor is the
 * mesh. All browsers are contexts of one Chromium; its CPU is divided among them.
 */
export const transports: Benchmark = {
  id: 'transports',
  title: `mesh (the floor) against SFU for ${SIZES[0]}…${SIZES.at(-1)} people, cameras of ${CAMERA} pictures a second`,
  async run(options) {
    const mesh = await measured('mesh', options)
    const sfu = await measured('sfu', options)
    return SIZES.flatMap((size) => {
      const rounds = { ours: sfu.get(size) ?? [], floor: mesh.get(size) ?? [], discarded: 0, failures: [] }
      if (rounds.ours.length === 0 || rounds.floor.length === 0) return []
      return linesOf(`${size} people`, rounds)
    })
  },
}

function linesOf(name: string, rounds: Parameters<typeof figure>[3]): Figure[] {
  return [
    figure(`${name}: up, each`, 'Mbit/s', 'megabitsUp', rounds),
    figure(`${name}: CPU of Chromium, each`, '% of a core', 'browser', rounds),
    figure(`${name}: CPU of livekit-server`, '% of a core', 'sfu', rounds),
    figure(`${name}: the last to come sees the first picture after`, 'ms', 'firstMs', rounds),
    figure(`${name}: pictures a second, median tile`, 'fps', 'fps', rounds),
    figure(`${name}: width of a received picture, median`, 'px', 'width', rounds),
  ]
}

/** One person more at a time. */
async function measured(way: Way, { log }: BenchmarkOptions): Promise<Map<number, Sample[]>> {
  const parley = await startParley({
    env: way === 'mesh' ? { SFU: 'off' } : { SFU: 'auto', MESH_PEOPLE: '1' },
  })
  const browser = await launchBrowser('chromium', { cameraFramesPerSecond: CAMERA })
  const samples = new Map<number, Sample[]>()
  try {
    const meeting = await newMeeting(parley)
    const pages: Page[] = [await joinAsGuest(browser, meeting, 'Guest 1')]
    for (const size of SIZES) {
      const page = await joinAsGuest(browser, meeting, `Guest ${size}`)
      pages.push(page)
      const firstMs = await until('the first picture', () => page.evaluate(firstPictureMs))
      samples.set(size, [{ firstMs, ...(await priceOf(way, pages, { parley, browser })) }])
    }
  } catch (error) {
    log(`${way}: ${error instanceof Error ? error.message : String(error)}`)
  } finally {
    await browser.close()
    await parley.stop()
  }
  return samples
}

/** Runs in the page. */
function firstPictureMs(): number | null {
  const { joinClickedAt, firstRemoteFrameAt } = window.parleyProbe
  return joinClickedAt !== null && firstRemoteFrameAt !== null ? firstRemoteFrameAt - joinClickedAt : null
}

async function priceOf(way: Way, pages: readonly Page[], { parley, browser }: Stage): Promise<Sample> {
  const path = way === 'mesh' ? 'direct' : 'server'
  for (const page of pages) {
    await until(`everybody by ${way}`, async () => {
      const paths = await page.evaluate(() => window.parleyProbe.participants().map((one) => one.path))
      return paths.filter((one) => one === path).length === pages.length - 1
    })
  }
  await pause(SETTLE_MS)
  const sfu = way === 'sfu' ? descendantNamed(parley.pid(), 'livekit-server') : null
  const costs = () => [browser.process()?.pid ?? 0, sfu ?? 0].map((pid) => (pid === 0 ? 0 : cpuMs(pid)))
  const look = () => Promise.all(pages.map((page) => page.evaluate(() => window.parleyProbe.traffic())))
  const before = await look()
  const costsBefore = costs()
  const startedAt = performance.now()
  await pause(MEASURE_MS)
  const [ofBrowser = 0, ofSfu = 0] = costs().map((ms, at) => ms - (costsBefore[at] ?? 0))
  const elapsedMs = performance.now() - startedAt
  const after = await look()
  const lookedMs = performance.now() - startedAt
  const total = (looks: typeof after) => looks.reduce((sum, { bytesSent }) => sum + bytesSent, 0)
  const pictures = after.flatMap(({ streams }, at) =>
    streams
      .filter(({ kind, frames }) => kind === 'video' && frames > 0)
      .map(({ id, frames, width }) => ({
        width,
        fps: ((frames - (before[at]?.streams.find((one) => one.id === id)?.frames ?? 0)) / lookedMs) * 1000,
      })),
  )
  return {
    megabitsUp: ((total(after) - total(before)) * 8) / lookedMs / 1000 / pages.length,
    browser: (ofBrowser / elapsedMs / pages.length) * 100,
    sfu: (ofSfu / elapsedMs) * 100,
    fps: median(pictures.map(({ fps }) => fps)),
    width: median(pictures.map(({ width }) => width)),
  }
}
