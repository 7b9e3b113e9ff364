import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { livekitBinary } from '../support/livekitBinary.ts'
import { clusterSuite } from './support/clusterSuite.ts'
import { differentPictures, probe, Recordings, startRecording, stopRecording } from './support/recordings.ts'
import { withBrowsers } from './support/stage.ts'
import { until } from './support/until.ts'

const FOLDER = mkdtempSync(join(tmpdir(), 'parley-node-kill-'))
const SLOWLY = { timeoutMs: 90_000 }
const BEFORE = 5
const AFTER = 8

/** A recorded meeting on the SFU: the recorder is one of those who move to the other node. */
const withMedia = livekitBinary() === null ? describe.skip : withBrowsers('chromium')
withMedia('a recording whose media node dies', () => {
  const stage = clusterSuite(() => ({
    env: {
      MESH_PEOPLE: '1',
      RECORDER: 'auto',
      RECORDER_PLACES: '1',
      RECORDINGS_DIR: join(FOLDER, 'recordings'),
      RECORDINGS_MIN_FREE_GB: '0',
    },
  }))
  afterAll(() => rmSync(FOLDER, { recursive: true, force: true }))

  test('[REC-123] goes on by itself, and the film has what came before and after', async () => {
    const ana = await stage.person('Ana', 0)
    await ana.signUp()
    const link = await ana.newMeeting()
    await ana.join()
    const ben = await stage.person('Ben', 1)
    await ben.joinAsGuest(link)
    await ana.seesAndHears(ben)
    await startRecording(ana, 'On the server')
    const recordings = new Recordings(stage.cluster.database, join(FOLDER, 'recordings'))
    const id = await recordings.id()
    const safe = async () => (await recordings.parts(id)).reduce((sum, { chunks }) => sum + chunks, 0)
    const chunksAfter = (count: number) =>
      until(`${count} chunks`, async () => (await safe()) >= count && (await safe()), SLOWLY)
    await chunksAfter(BEFORE)

    const node = await until('the node with the meeting', () => stage.cluster.busyNode())
    const started = (await recordings.parts(id))[0]?.startedAt.getTime() ?? Number.NaN
    const killedAt = (Date.now() - started) / 1_000
    const killed = await safe()
    await node.kill()
    await Promise.all([ana.seesAndHears(ben), ben.seesAndHears(ana)])
    await chunksAfter(killed + AFTER)
    const { length: parts } = await recordings.parts(id)
    await stopRecording(ana)
    await until('the finished recording', async () => (await recordings.state(id)) === 'READY', SLOWLY)

    const film = await recordings.film(id)
    const times = pictures(film)
    expect(times.some((at) => at < killedAt - 1)).toBe(true)
    // The cameras send five pictures a second; other things on the page move too.
    for (const tile of TILES)
      expect(differentPictures(film, `${tile},select='gte(t,${killedAt + AFTER / 2})'`)).toBeGreaterThan(
        AFTER,
      )
    process.stdout.write(
      `media node killed ${killedAt.toFixed(1)} s into the film: from a second before it on a tile stood still for ` +
        `${longestStill(film, killedAt - 1).toFixed(2)} s, it was silent for ` +
        `${longestSilence(film, killedAt - 1).toFixed(2)} s at most; ` +
        `${parts} part(s)\n`,
    )
    await Promise.all([ana.close(), ben.close()])
  }, 300_000)
})

/** Times of a film's pictures, in seconds. */
function pictures(film: string): number[] {
  const { packets } = probe(film, '-select_streams', 'v', '-show_entries', 'packet=pts_time') as {
    packets: { pts_time: string }[]
  }
  return packets.map(({ pts_time }) => Number(pts_time))
}

/** The middles of two tiles beside each other, where the fake cameras' pictures move. */
const TILES = ['iw/4:ih/4:iw/8:ih*3/8', 'iw/4:ih/4:iw*5/8:ih*3/8']

const longestStill = (film: string, from: number): number =>
  Math.max(
    ...TILES.map((crop) =>
      longest(film, from, /freeze_duration: ([\d.]+)/g, ['-vf', `crop=${crop},${STILL}`]),
    ),
  )
const STILL = 'freezedetect=n=-50dB:d=0.4'

/** The fake microphones beep once a second: half a second without is no news. */
const longestSilence = (film: string, from: number): number =>
  longest(film, from, /silence_duration: ([\d.]+)/g, ['-vn', '-af', 'silencedetect=n=-50dB:d=0.5'])

/** What a filter of ffmpeg's tells of the film from there on: the longest, in seconds; 0 for nothing. */
function longest(film: string, from: number, told: RegExp, filter: readonly string[]): number {
  const args = ['-nostdin', '-hide_banner', '-ss', String(from), '-i', film, ...filter, '-f', 'null', '-']
  const { stderr } = spawnSync('ffmpeg', args, { encoding: 'utf8' })
  return Math.max(0, ...[...stderr.matchAll(told)].map(([, seconds]) => Number(seconds)))
}
