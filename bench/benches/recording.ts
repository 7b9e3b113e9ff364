import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'puppeteer-core'
import { asFilm } from '../../__tests__/browser/support/asFilm.ts'
import { type FilmTimes, lookAtFilm, soundAfterPicture } from '../../__tests__/browser/support/film.ts'
import { flashAndBeep, recordSource } from '../../__tests__/browser/support/flashAndBeep.ts'
import { launchBrowser } from '../../__tests__/browser/support/launchBrowser.ts'
import { Person } from '../../__tests__/browser/support/Person.ts'
import { RecorderProcess } from '../../__tests__/browser/support/recorderProcess.ts'
import { Recordings, startRecording, stopRecording } from '../../__tests__/browser/support/recordings.ts'
import { type Parley, startParley } from '../../__tests__/browser/support/startParley.ts'
import { pause, until } from '../../__tests__/browser/support/until.ts'
import type { Benchmark, BenchmarkOptions } from '../Benchmark.ts'
import { admitGuests } from '../crowd.ts'
import { type Figure, figure } from '../figure.ts'
import { makeClips } from '../load/makeClips.ts'
import { enterMeeting, passOf } from '../load/members.ts'
import { ensureLoadTool, runLoad } from '../load/runLoad.ts'
import { cpuMs, proportionalKb } from '../processCost.ts'
import type { Rounds, Sample } from '../rounds.ts'
import { median, percentile } from '../statistics.ts'
import { styleVideos } from '../styleVideos.ts'

type Scene = {
  readonly name: string
  /** In browsers. */
  readonly people: number
  /** Without: they send what browsers have encoded before, in layers. On the SFU only. */
  readonly senders: number
  readonly picture: '360p' | '720p'
  readonly server: boolean
}

const SCENES: readonly Scene[] = [
  { name: '3 in a mesh, 720p', people: 3, senders: 0, picture: '720p', server: false },
  { name: '3 in a mesh, 360p', people: 3, senders: 0, picture: '360p', server: false },
  {
    name: '6 on the SFU, 5 of them without a browser, 720p',
    people: 1,
    senders: 5,
    picture: '720p',
    server: true,
  },
  { name: '6 on the SFU, 720p', people: 6, senders: 0, picture: '720p', server: true },
]
const PICTURES_PER_SECOND = 25
/** Of everybody's camera. */
const CAMERA = { width: 640, height: 360, framesPerSecond: PICTURES_PER_SECOND }
const SCREEN = { width: 320, height: 240 }
/** More browsers than this on two cores start too slowly to say anything of a recorder. */
const BROWSERS = 3
/** So long that its first seconds, in which everybody's browser connects to one more, do not decide. */
const RECORDED_MS = 80_000
const FIRST_SECONDS = 10
const SOURCE_MS = 12_000
const SETTLE_MS = 5_000
/** Longer than all of it takes, and as long as the tool sends. */
const SENT_SECONDS = 120
const NAMES = ['Ana', 'Ben', 'Cem', 'Dia', 'Eli', 'Fay']
const PATIENCE = { timeoutMs: 120_000, everyMs: 100 }

/** Issue "Recording", 9 and 10: what a recording costs and what of it is missing; sound and picture from one clock. */
export const recording: Benchmark = {
  id: 'recording',
  title: 'a recording on the server: start, sync, pictures, processors, memory',
  async run(options) {
    const figures: Figure[] = []
    const deadline = Date.now() + options.budgetMs
    for (const scene of SCENES) {
      if (figures.length > 0 && Date.now() > deadline) break
      figures.push(...figuresOf(scene, await roundsOf(scene, options, deadline)))
    }
    return figures
  },
}

async function roundsOf(scene: Scene, { rounds, log }: BenchmarkOptions, deadline: number): Promise<Rounds> {
  const ours: Sample[] = []
  const floor: Sample[] = []
  for (let round = 0; round < rounds && (round === 0 || Date.now() < deadline); round += 1) {
    const found = await record(scene)
    ours.push(found.ours)
    floor.push(found.floor)
    log(`${scene.name}: ${JSON.stringify(found)}`)
  }
  return { ours, floor, discarded: 0, failures: [] }
}

const figuresOf = ({ name }: Scene, rounds: Rounds): Figure[] => [
  figure(`${name}: button → first chunk safe`, 'ms', 'startMs', rounds),
  figure(`${name}: sound after picture, median`, 'ms', 'offset', rounds, {
    text: 'within 40 ms',
    met: (ours) => Math.abs(ours) <= 40,
  }),
  figure(`${name}: the same, farthest of all from it`, 'ms', 'spread', rounds),
  figure(`${name}: pictures that are missing of 25 a second`, '%', 'missing', rounds, {
    text: '< 1 %',
    met: (ours) => ours < 1,
  }),
  figure(`${name}: the same, each second by itself`, '%', 'missingOfEach', rounds),
  figure(`${name}: the same, of its first ten seconds`, '%', 'missingAtFirst', rounds),
  figure(`${name}: longest time without a new one`, 'ms', 'longest', rounds),
  figure(`${name}: film against the clock`, 'ms', 'length', rounds),
  figure(`${name}: processors of the recorder`, 'cores', 'cores', rounds),
  figure(`${name}: processors of the people’s browsers`, 'cores', 'peopleCores', rounds),
  figure(`${name}: memory of the recorder`, 'MB', 'memory', rounds),
]

async function record(scene: Scene): Promise<{ ours: Sample; floor: Sample }> {
  const folder = mkdtempSync(join(tmpdir(), 'parley-recording-'))
  const browsers: Browser[] = []
  const parley = await startParley({
    env: {
      RECORDER: 'auto',
      RECORDER_PICTURE: scene.picture,
      RECORDER_CODEC: process.env.RECORDER_CODEC ?? 'auto',
      RECORDINGS_MIN_FREE_GB: '0',
      PARLEY_DATA_DIR: folder,
      LOG_LEVEL: 'info',
      ...(scene.server ? { SFU: 'auto', MESH_PEOPLE: '1' } : {}),
    },
  })
  try {
    const host = await gather(parley, scene.people, browsers)
    const sent = scene.senders === 0 ? null : await sendWithout(parley, host, scene.senders, folder)
    await pause(SETTLE_MS)
    const { id, startMs } = await start(parley, host)
    const recorder = new RecorderProcess(folder)
    await pause(SETTLE_MS)
    const [cpu, people, at] = [cpuMs(recorder.pid()), browserCpuMs(browsers), performance.now()]
    await pause(RECORDED_MS)
    const tookMs = performance.now() - at
    const cores = (cpuMs(recorder.pid()) - cpu) / tookMs
    const peopleCores = (browserCpuMs(browsers) - people) / tookMs
    const memory = proportionalKb(recorder.pid()) / 1024
    const floor = await sourceOf(host, folder)
    await stopRecording(host)
    const recordings = new Recordings(parley.database, parley.recordings)
    await until('the film', async () => (await recordings.state(id)) === 'READY', PATIENCE)
    const film = lookAtFilm(await recordings.film(id))
    const { startedAt, stoppedAt } = await parley.database.prisma.recording.findUniqueOrThrow({
      where: { id },
    })
    const clockMs = (stoppedAt?.getTime() ?? Number.NaN) - (startedAt?.getTime() ?? Number.NaN)
    await sent?.over
    const length = (film.pictures.at(-1) ?? Number.NaN) - clockMs
    return { ours: { startMs, cores, peopleCores, memory, length, ...missing(film), ...sync(film) }, floor }
  } finally {
    await Promise.all(browsers.map((one) => one.close()))
    await parley.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

const browserCpuMs = (browsers: readonly Browser[]): number =>
  browsers.reduce((sum, one) => sum + cpuMs(one.process()?.pid ?? 0), 0)

/** @returns the host, who flashes and beeps; everybody sees everybody */
async function gather(parley: Parley, count: number, browsers: Browser[]): Promise<Person> {
  for (let made = 0; made < Math.min(count, BROWSERS); made += 1)
    browsers.push(await launchBrowser('chromium'))
  const people: Person[] = []
  let link = ''
  for (let at = 0; at < count; at += 1) {
    const browser = browsers[at % browsers.length]
    if (browser === undefined) throw new Error('no browser')
    const person = await Person.at(browser, parley.url, NAMES[at] ?? '')
    await flashAndBeep(person.page, { ...CAMERA, flashes: at === 0 })
    if (at === 0) {
      await person.signUp()
      link = await person.newMeeting()
      await person.join()
    } else await person.joinAsGuest(link)
    for (const other of people) await person.seesPicture(other.name)
    people.push(person)
  }
  // What people's own screens cost is not a recorder's, and where it runs they are elsewhere.
  for (const { page } of people) {
    await page.setViewport(SCREEN)
    // What they send stays as it is, and over a mesh what they receive.
    await styleVideos(page, 'display: none !important')
    await page.evaluate(() => window.parleyProbe.rest())
  }
  const [host] = people
  if (host === undefined) throw new Error('nobody came')
  return host
}

/** People of whom only the pictures are there. @returns once they all send; resolves later when they have gone */
async function sendWithout(
  parley: Parley,
  host: Person,
  count: number,
  folder: string,
): Promise<{ readonly over: Promise<unknown> }> {
  ensureLoadTool()
  const clips = await makeClips(folder, `${parley.url}/sign-in`)
  const code = new URL(host.page.url()).pathname.split('/').at(-1) ?? ''
  const guests = await admitGuests(parley, code, count)
  const media = { microphone: false, camera: true, screen: false }
  const members = await Promise.all(guests.map((guest) => enterMeeting(parley, code, guest, media)))
  const publishers = await Promise.all(members.map((member) => passOf(member, parley, null)))
  const plan = { origin: parley.url, publishers, subscribers: [], seconds: SENT_SECONDS }
  return new Promise((resolve, reject) => {
    // As many layers as a camera of CAMERA's size has.
    const over = runLoad({ ...plan, layers: clips.slice(0, 2) }, (edge) => {
      if (edge === 'begin') resolve({ over })
    })
    over.catch(reject)
  })
}

async function start(parley: Parley, host: Person): Promise<{ id: string; startMs: number }> {
  const { prisma } = parley.database
  await startRecording(host, 'On the server')
  const pressedAt = Date.now()
  const chunk = await until(
    'the first chunk',
    () => prisma.recordingChunk.findFirst({ orderBy: { at: 'asc' }, include: { part: true } }),
    PATIENCE,
  )
  return { id: chunk.part.recordingId, startMs: chunk.at.getTime() - pressedAt }
}

/** The same where picture and sound are made, as a film: its pictures are drawn by nobody, which is made up for (REC-136). */
async function sourceOf(host: Person, folder: string): Promise<Sample> {
  const file = join(folder, 'source.webm')
  writeFileSync(file, await asFilm(await recordSource(host.page, SOURCE_MS)))
  return sync(lookAtFilm(file))
}

function sync(film: FilmTimes): Sample {
  const offsets = soundAfterPicture(film)
  const offset = median(offsets)
  return {
    offset,
    spread: Math.max(...offsets.map((one) => Math.abs(one - offset))),
    flashes: offsets.length,
  }
}

/**
 * `missing`: of the whole film. Second by second it is more, as one with more than 25 makes up for nothing in another. What
 * is left of the last second is not looked at.
 */
function missing({ pictures }: FilmTimes): Sample {
  const [first = 0] = pictures
  const gaps = pictures.slice(1).map((at, index) => at - (pictures[index] ?? at))
  const seconds = Math.floor(((pictures.at(-1) ?? first) - first) / 1000)
  const shown = Array.from({ length: seconds }, () => 0)
  for (const at of pictures) {
    const second = Math.floor((at - first) / 1000)
    if (second < seconds) shown[second] = (shown[second] ?? 0) + 1
  }
  const all = shown.reduce((sum, count) => sum + count, 0)
  return {
    missing: lacking([all / seconds]),
    missingOfEach: lacking(shown),
    missingAtFirst: lacking(shown.slice(0, FIRST_SECONDS)),
    longest: Math.max(...gaps),
    usualGap: percentile(gaps, 0.5),
  }
}

/** @param shown pictures of each second @returns percent */
const lacking = (shown: readonly number[]): number =>
  (100 * shown.reduce((sum, count) => sum + Math.max(0, PICTURES_PER_SECOND - count), 0)) /
  (shown.length * PICTURES_PER_SECOND)
