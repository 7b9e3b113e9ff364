import { loadavg } from 'node:os'
import type { Browser, Page } from 'puppeteer-core'
import { launchBrowser } from '../../__tests__/browser/support/launchBrowser.ts'
import { type Parley, startParley } from '../../__tests__/browser/support/startParley.ts'
import { pause, until } from '../../__tests__/browser/support/until.ts'
import type { Benchmark } from '../Benchmark.ts'
import { figure } from '../figure.ts'
import { joinAsGuest, newMeeting } from '../guestPage.ts'
import type { Sample } from '../rounds.ts'
import { median } from '../statistics.ts'
import { styleVideos } from '../styleVideos.ts'

const PEOPLE = 12
/** Pages of one process share encoders and throttling; a process each is more than two cores start at once. */
const PROCESSES = 4
/** Less than a real camera's: what is looked at is whether anybody is dropped, not how smooth twelve fake ones are. */
const CAMERA = 1
/**
 * Everybody shows a picture; sound of all twelve is 132 decoders, more than two cores' worth by themselves. The others have no
 * microphone: one that is switched off takes 0.13 of a core in a room of six, of its own page and of the others.
 */
const SPEAKERS = 2
/** What is looked at is what arrives and is decoded; to draw it, and to play twelve pages' sound, is more than two cores have. */
const ARGUMENTS = ['--disable-audio-output']
/** Wide enough for a grid of twelve on one page, since who is on another is not on the screen; drawn with few pixels. */
const VIEWPORT = { width: 1100, height: 600, deviceScaleFactor: 0.25 }
const WATCH_MS = 30_000
const LOOK_EVERY_MS = 2_000
const PATIENCE = { timeoutMs: 120_000, everyMs: 500 }

type Look = {
  readonly served: number
  /** On the screen, and said to be away. */
  readonly lost: number
  /** Its state and the ways of its media, for whoever has to find out. */
  readonly says: string
  readonly inCall: boolean
  readonly frames: number
  readonly width: number
}

/** Section 5: twelve people in one room of this machine's SFU, in tiles that take the lowest layer. */
export const twelve: Benchmark = {
  id: 'twelve',
  title: `${PEOPLE} people with cameras, ${SPEAKERS} with microphones, in ${PROCESSES} browsers and one room on the SFU: is anybody dropped?`,
  async run({ log }) {
    const parley = await startParley({ env: { SFU: 'auto', MESH_PEOPLE: '1', LOG_LEVEL: 'info' } })
    const browsers: Browser[] = []
    try {
      for (let made = 0; made < PROCESSES; made += 1)
        browsers.push(await launchBrowser('chromium', { extraArguments: ARGUMENTS }))
      const meeting = await newMeeting(parley)
      const pages: Page[] = []
      const joins: number[] = []
      for (let at = 0; at < PEOPLE; at += 1) {
        const browser = browsers[at % PROCESSES]
        if (browser === undefined) continue
        const before = performance.now()
        const options = { viewport: VIEWPORT, microphone: at < SPEAKERS, framesPerSecond: CAMERA }
        const page = await joinAsGuest(browser, meeting, `Guest ${at + 1}`, options)
        // What is asked below is in the statistics.
        await page.evaluate(() => window.parleyProbe.rest())
        // Not drawn, while tiles keep their places and sizes, by which layers are chosen.
        await styleVideos(page, 'opacity: 0 !important')
        pages.push(page)
        joins.push(Math.round(performance.now() - before))
        // As people come to a meeting: one after another. Two cores that start three browsers at once start none of them.
        await until('those who are here to have the newcomer', () => all(pages, at), PATIENCE)
      }
      log(`from a new page into the call: ${joins.join(', ')} ms; load ${loadavg()[0]?.toFixed(1)}`)
      log('everybody has everybody over the server')
      const sample = await watch(pages)
      log(`load ${loadavg()[0]?.toFixed(1)} at the end`)
      const rounds = { ours: [sample], floor: [], discarded: 0, failures: [] }
      const none = { text: '0', met: (count: number) => count === 0 }
      return [
        figure('people dropped at some moment', 'people', 'dropped', rounds, none),
        figure('pages without a single new picture between two looks', 'looks', 'stalled', rounds, none),
        figure('pictures a second at one page, of eleven others', 'fps', 'fps', rounds),
        figure('width of a received picture, median', 'px', 'width', rounds),
      ]
    } finally {
      log(`transports ordered: ${ordersOf(parley).join(', ')}`)
      await Promise.all(browsers.map((one) => one.close()))
      await parley.stop()
    }
  },
}

/** Whether each page has so many others. @throws with what each has */
async function all(pages: readonly Page[], others: number): Promise<true> {
  const looks = await Promise.all(pages.map(look))
  if (looks.every(({ served }) => served >= others)) return true
  throw new Error(looks.map(({ served, lost, says }) => `${served} here, ${lost} lost (${says})`).join('; '))
}

/** One is right: to the SFU, with the second person. */
function ordersOf(parley: Parley): string[] {
  const lines = parley.output().split('\n')
  return lines
    .filter((line) => line.includes('transport ordered'))
    .map((line) => /"kind":"(\w+)"/.exec(line)?.[1] ?? line)
}

async function watch(pages: readonly Page[]): Promise<Sample> {
  const startedAt = performance.now()
  const first = await Promise.all(pages.map(look))
  let before = first
  let dropped = 0
  let stalled = 0
  while (performance.now() - startedAt < WATCH_MS) {
    await pause(LOOK_EVERY_MS)
    const now = await Promise.all(pages.map(look))
    const here = now.filter(({ inCall, served }) => inCall && served >= pages.length - 1).length
    dropped = Math.max(dropped, pages.length - here)
    stalled += now.filter(({ frames }, at) => frames === before[at]?.frames).length
    before = now
  }
  const seconds = (performance.now() - startedAt) / 1000
  const rates = before.map(({ frames }, at) => (frames - (first[at]?.frames ?? 0)) / seconds)
  return { dropped, stalled, fps: median(rates), width: median(before.map(({ width }) => width)) }
}

/** How many others this page has over the SFU, and what has come of them so far. */
async function look(page: Page): Promise<Look> {
  return page.evaluate(async () => {
    const { streams } = await window.parleyProbe.traffic()
    const pictures = streams.filter(({ kind }) => kind === 'video')
    const widths = pictures.map(({ width }) => width).sort((one, other) => one - other)
    const by = (way: string) => window.parleyProbe.participants().filter(({ path }) => path === way).length
    return {
      served: by('server'),
      lost: by('lost'),
      says: [
        window.parleyProbe.call()?.state ?? document.title,
        ...new Set(window.parleyProbe.participants().map(({ path }) => path ?? 'none')),
      ].join(' '),
      inCall: window.parleyProbe.call()?.state === 'inCall',
      frames: pictures.reduce((sum, { frames }) => sum + frames, 0),
      width: widths[Math.floor(widths.length / 2)] ?? 0,
    }
  })
}
