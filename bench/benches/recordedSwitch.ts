import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { changesIn, type Silence, silencesIn } from '../../__tests__/browser/support/film.ts'
import { flashAndBeep } from '../../__tests__/browser/support/flashAndBeep.ts'
import { launchBrowser } from '../../__tests__/browser/support/launchBrowser.ts'
import { Person } from '../../__tests__/browser/support/Person.ts'
import { Recordings, startRecording, stopRecording } from '../../__tests__/browser/support/recordings.ts'
import { type Parley, startParley } from '../../__tests__/browser/support/startParley.ts'
import { pause, until } from '../../__tests__/browser/support/until.ts'
import type { Benchmark, BenchmarkOptions } from '../Benchmark.ts'
import { figure } from '../figure.ts'
import type { Rounds, Sample } from '../rounds.ts'
import { styleVideos } from '../styleVideos.ts'

const CAMERA = { width: 640, height: 360, framesPerSecond: 25, steady: true }
/** What a switch takes on two busy cores, its last word included. */
const WINDOW_MS = 6_000
const SETTLE_MS = 8_000
const PATIENCE = { timeoutMs: 120_000, everyMs: 100 }
const WAYS = { sfu: 'Through the server', mesh: 'Direct only' } as const
type Way = keyof typeof WAYS

/** Since the film's beginning, ms. */
type Window = { readonly from: number; readonly way: Way; readonly switched: boolean }

/** Issue "Recording", 4: what the film has of a switch in its middle. The floor is the same film, seconds later. */
export const recordedSwitch: Benchmark = {
  id: 'recorded-switch',
  title: 'a switch between mesh and SFU in mid-recording: what of it is in the film',
  async run(options) {
    const folder = mkdtempSync(join(tmpdir(), 'parley-recorded-switch-'))
    const parley = await startParley({
      env: {
        RECORDER: 'auto',
        RECORDINGS_MIN_FREE_GB: '0',
        RECORDER_PICTURE: '360p',
        PARLEY_DATA_DIR: folder,
        LOG_LEVEL: 'info',
        SFU: 'auto',
      },
    })
    const browser = await launchBrowser('chromium')
    try {
      const host = await Person.at(browser, parley.url, 'Ana')
      await flashAndBeep(host.page, CAMERA)
      await host.signUp()
      await host.newMeeting()
      await host.join()
      const { film, windows } = await record(parley, host, options)
      const [changes, silences] = [changesIn(film), silencesIn(film)]
      const seen = windows.map((window) => ({ ...window, sample: look(window, changes, silences) }))
      for (const { way, switched, sample } of seen)
        options.log(`${switched ? 'to' : 'on'} ${way}: ${JSON.stringify(sample)}`)
      return (['sfu', 'mesh'] as const).flatMap((way) => {
        const of = (after: boolean) =>
          seen.filter((one) => one.way === way && one.switched === after).map(({ sample }) => sample)
        return figuresOf(way === 'sfu' ? 'mesh → SFU' : 'SFU → mesh', {
          ours: of(true),
          floor: of(false),
          discarded: 0,
          failures: [],
        })
      })
    } finally {
      await browser.close()
      await parley.stop()
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

/** @returns a finished film, and where in it the host has chosen another way */
async function record(
  parley: Parley,
  host: Person,
  { rounds, budgetMs }: BenchmarkOptions,
): Promise<{ film: string; windows: readonly Window[] }> {
  const deadline = Date.now() + budgetMs
  // Closed in between: on a narrow page the panel covers what starts a recording.
  await host.press('People')
  await host.choose('Media path', WAYS.mesh)
  await host.press('Close people')
  await startRecording(host, 'On the server')
  await host.press('People')
  const recordings = new Recordings(parley.database, parley.recordings)
  const id = await recordings.id()
  const begun = async () => (await recordings.parts(id)).find(({ chunks }) => chunks > 0)
  const part = await until('the first chunk', begun, PATIENCE)
  // What the host's own screen costs is not a recorder's.
  await styleVideos(host.page, 'display: none !important')
  await pause(SETTLE_MS)
  const windows: Window[] = []
  for (let round = 0; round < rounds && Date.now() < deadline; round += 1) {
    for (const way of ['sfu', 'mesh'] as const) {
      for (const switched of [true, false]) {
        windows.push({ from: Date.now() - part.startedAt.getTime(), way, switched })
        if (switched) await host.choose('Media path', WAYS[way])
        await pause(WINDOW_MS)
      }
    }
  }
  await host.press('Close people')
  await stopRecording(host)
  await until('the film', async () => (await recordings.state(id)) === 'READY', PATIENCE)
  const { length: parts } = await recordings.parts(id)
  if (parts > 1) throw new Error(`${parts} parts: the recording was interrupted`)
  return { film: await recordings.film(id), windows }
}

function look({ from }: Window, changes: readonly number[], silences: readonly Silence[]): Sample {
  const until = from + WINDOW_MS
  const inside = changes.filter((at) => at >= from && at < until)
  const stills = inside.slice(1).map((at, index) => at - (inside[index] ?? at))
  const silent = silences.filter((one) => one.to >= from && one.from < until).map((one) => one.to - one.from)
  return { pictures: inside.length, still: Math.max(...stills), silent: Math.max(0, ...silent) }
}

function figuresOf(name: string, rounds: Rounds) {
  const gap = { text: '≤ 200 ms', met: (ms: number) => ms <= 200 }
  return [
    figure(`${name}: longest without a new picture`, 'ms', 'still', rounds, gap),
    figure(`${name}: longest silence`, 'ms', 'silent', rounds, gap),
    figure(`${name}: pictures in six seconds`, 'pictures', 'pictures', rounds),
  ]
}
