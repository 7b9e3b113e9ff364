import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'puppeteer-core'
import { launchBrowser } from '../../__tests__/browser/support/launchBrowser.ts'
import { type Parley, startParley } from '../../__tests__/browser/support/startParley.ts'
import { pause, until } from '../../__tests__/browser/support/until.ts'
import { freePort } from '../../__tests__/support/freePort.ts'
import { livekitBinary } from '../../__tests__/support/livekitBinary.ts'
import type { Benchmark, BenchmarkOptions } from '../Benchmark.ts'
import { assertOwnNetwork, Firewall } from '../Firewall.ts'
import { figure } from '../figure.ts'
import { joinAsGuest, newMeeting } from '../guestPage.ts'
import { descendantNamed } from '../processCost.ts'
import type { Rounds, Sample } from '../rounds.ts'
import { watchGaps } from '../watchGaps.ts'

const KILL_WINDOW_MS = 12_000
/** A media server that has fallen silent is noticed later than one that is dead. */
const SILENCE_WINDOW_MS = 30_000
const SETTLE_MS = 4000

type Stage = {
  readonly parley: Parley
  readonly pages: readonly Page[]
  readonly ports: { readonly udp: number; readonly tcp: number }
  /** From now on a media server that ends is not started again. */
  forget(): Promise<void>
}

/** F4, F5: kill -9 of the media server in a call of three on it: with its restart, and gone for good. */
export const sfuKill: Benchmark = {
  id: 'sfu-kill',
  title:
    'F4, F5 kill -9 of the media server in a call of three: longest gap with its restart, and by the mesh',
  async run(options) {
    const restarted: Sample[] = []
    const gone: Sample[] = []
    await inCall(options, async (stage) => {
      const kill = () => killMedia(stage.parley)
      for (let round = 0; round < options.rounds; round += 1) {
        restarted.push(await gapsOf(stage, KILL_WINDOW_MS, kill))
        await onSfu(stage)
        await pause(SETTLE_MS)
      }
      await stage.forget()
      gone.push(await gapsOf(stage, KILL_WINDOW_MS, kill))
      options.log(`in the end the call runs by ${await waysOf(stage)}`)
    })
    const under = (limitMs: number) => ({ text: `< ${limitMs} ms`, met: (ms: number) => ms < limitMs })
    return [
      figure('F4: longest without a new picture', 'ms', 'pictureMs', roundsOf(restarted), under(3000)),
      figure('F4: longest without a packet of sound', 'ms', 'soundMs', roundsOf(restarted), under(2000)),
      figure('F5: longest without a new picture', 'ms', 'pictureMs', roundsOf(gone), under(5000)),
      figure('F5: longest without a packet of sound', 'ms', 'soundMs', roundsOf(gone), under(5000)),
    ]
  },
}

/** F37: signalling works and media does not get through: by UDP alone, then by TCP neither. */
export const sfuSilence: Benchmark = {
  id: 'sfu-silence',
  title: 'F37 the media server’s ports are dropped while its signalling works: longest gap',
  async run(options) {
    assertOwnNetwork()
    const firewall = new Firewall()
    const found: Record<'udp' | 'all' | 'seen', Sample[]> = { udp: [], all: [], seen: [] }
    try {
      await inCall(options, async (stage) => {
        const { udp, tcp } = stage.ports
        const silence = {
          udp: `udp dport ${udp}`,
          all: `meta l4proto { tcp, udp } th dport { ${udp}, ${tcp} }`,
        }
        for (const kind of ['udp', 'all'] as const) {
          const droppedAt = Date.now()
          found[kind].push(await gapsOf(stage, SILENCE_WINDOW_MS, async () => firewall.drop(silence[kind])))
          if (kind === 'all') found.seen.push({ seenMs: noticedAt(stage.parley) - droppedAt })
          options.log(
            `${kind} dropped: after ${SILENCE_WINDOW_MS / 1000} s the call runs by ${await waysOf(stage)}`,
          )
          firewall.clear()
          await pause(SETTLE_MS)
        }
      })
    } finally {
      firewall.close()
    }
    const soon = { text: '< 5,000 ms', met: (ms: number) => ms < 5000 }
    return [
      figure('F37, UDP alone: longest without a new picture', 'ms', 'pictureMs', roundsOf(found.udp), soon),
      figure('F37, UDP alone: … without a packet of sound', 'ms', 'soundMs', roundsOf(found.udp), soon),
      figure('F37, TCP too: longest without a new picture', 'ms', 'pictureMs', roundsOf(found.all), soon),
      figure('F37, TCP too: … without a packet of sound', 'ms', 'soundMs', roundsOf(found.all), soon),
      figure('F37, TCP too: until the admin’s page says so', 'ms', 'seenMs', roundsOf(found.seen), {
        text: '< 10,000 ms',
        met: (ms) => ms < 10_000,
      }),
    ]
  },
}

const roundsOf = (ours: readonly Sample[]): Rounds => ({ ours, floor: [], discarded: 0, failures: [] })

/** Three people on a media server of their own. */
async function inCall(options: BenchmarkOptions, play: (stage: Stage) => Promise<void>): Promise<void> {
  const found = livekitBinary()
  if (found === null) throw new Error('livekit-server is not installed')
  const folder = await mkdtemp(join(tmpdir(), 'parley-media-'))
  const binary = join(folder, 'livekit-server')
  await copyFile(found, binary)
  const ports = { udp: await freePort(), tcp: await freePort() }
  const parley = await startParley({
    env: {
      SFU: 'auto',
      MESH_PEOPLE: '1',
      LIVEKIT_BIN: binary,
      SFU_UDP_PORT: String(ports.udp),
      SFU_TCP_PORT: String(ports.tcp),
    },
  })
  const browsers: Browser[] = []
  try {
    const meeting = await newMeeting(parley)
    const pages: Page[] = []
    for (const name of ['Ada', 'Ben', 'Cleo']) {
      const browser = await launchBrowser('chromium', { cameraFramesPerSecond: 10 })
      browsers.push(browser)
      pages.push(await joinAsGuest(browser, meeting, name))
    }
    const stage: Stage = { parley, pages, ports, forget: () => rm(binary) }
    await onSfu(stage)
    await pause(SETTLE_MS)
    const calm = await gapsOf(stage, KILL_WINDOW_MS / 2, async () => undefined)
    options.log(`before: ${Math.round(calm.pictureMs ?? 0)} ms, ${Math.round(calm.soundMs ?? 0)} ms of sound`)
    await play(stage)
  } finally {
    await Promise.all(browsers.map((one) => one.close()))
    await parley.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function gapsOf({ pages }: Stage, windowMs: number, during: () => Promise<void>): Promise<Sample> {
  return (await watchGaps(pages, windowMs, during)).value
}

async function killMedia(parley: Parley): Promise<void> {
  const pid = descendantNamed(parley.pid(), 'livekit-server')
  if (pid === null) throw new Error('there is no livekit-server')
  process.kill(pid, 'SIGKILL')
}

/** When the server first knew that its node lets no media through, by its log: from then on the admin's page says it. */
function noticedAt(parley: Parley): number {
  const line = parley
    .output()
    .split('\n')
    .find((each) => each.includes('people get no media from a node'))
  return Number(/"time":(\d+)/.exec(line ?? '')?.[1] ?? Number.NaN)
}

/** Everybody has both others over the SFU. */
async function onSfu({ pages }: Stage): Promise<void> {
  for (const page of pages) {
    await until('everybody to be on the SFU', async () => {
      const people = await page.evaluate(() => window.parleyProbe.participants())
      return people.filter(({ path }) => path === 'server').length === pages.length - 1
    })
  }
}

async function waysOf({ pages }: Stage): Promise<string> {
  const ways = await Promise.all(
    pages.map((page) =>
      page.evaluate(() =>
        [
          window.parleyProbe.call()?.transport,
          ...window.parleyProbe.participants().map(({ path }) => path),
        ].join(' '),
      ),
    ),
  )
  return ways.join('; ')
}
