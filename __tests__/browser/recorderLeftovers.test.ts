import { isProcessAlive } from '#server/boot/processes.ts'
import { recorderSuite } from './support/recorderSuite.ts'
import { probe, type RecordedPart, startRecording, stopRecording } from './support/recordings.ts'
import { withBrowsers } from './support/stage.ts'
import { pause, until } from './support/until.ts'

const SLOWLY = { timeoutMs: 120_000 }
/** For how long the server is away before something dies as well. */
const AWAY_MS = 12_000
/** Of them, what a slow machine may have recorded and not put on the device, or not recorded at all, at both ends. */
const SLACK_MS = 3_000

withBrowsers('chromium')('a recorder that dies while the server is away', () => {
  const { stage, recorder, recordings, saved } = recorderSuite('leftovers', {
    // A server that is killed and started again, as the test wants it.
    expected: [/ERR_CONNECTION_REFUSED|WebSocket connection|Failed to load resource/],
  })

  const safe = async (id: string): Promise<RecordedPart[]> =>
    (await recordings().parts(id)).filter(({ chunks }) => chunks >= 3)
  const soon = <Value>(what: string, probing: () => Promise<Value | false>): Promise<Value> =>
    until(what, probing, SLOWLY).catch((error: unknown) => {
      throw new Error(`${recorder.output()}\n${stage.parley.output()}`, { cause: error })
    })

  test.each([
    ['REC-212', 'its browser', () => recorder.browserPid()],
    ['REC-213', 'its process', async () => recorder.pid()],
  ])(
    '[REC-211] [%s] %s: what it had recorded until then is in the film',
    async (_rule, what, victim) => {
      const ana = await stage.person('Ana', 0)
      await ana.signUp()
      await ana.newMeeting()
      await ana.join()
      await startRecording(ana, 'On the server')
      const id = await recordings().id()
      const [first] = await soon('the first part', async () => (await safe(id)).length > 0 && safe(id))
      if (first === undefined) throw new Error('no part')

      await stage.parley.kill()
      const awayAt = Date.now()
      await pause(AWAY_MS)
      const browser = await recorder.browserPid()
      process.kill(await victim(), 'SIGKILL')
      const deadAt = Date.now()
      await until('the end of its browser', () => !isProcessAlive(browser), SLOWLY)
      const sent = ((await safe(id))[0]?.chunks ?? 0) * 1_000
      await stage.parley.restart()
      const backAt = Date.now()
      await soon('a further part', async () => (await safe(id)).length > 1)
      await soon('the end of the first part', async () => (await safe(id))[0]?.closed === true)
      const sentAt = Date.now()

      const [from, upTo] = [awayAt, deadAt].map((at) => at - first.startedAt.getTime()) as [number, number]
      const whole = lastOf(saved(id, first.id))
      process.stdout.write(
        `the server away, ${what} killed ${seconds(upTo - from)} s later: ${seconds(whole)} s of ${seconds(upTo)} s are safe, ` +
          `where ${seconds(sent)} s had been, ${seconds(sentAt - backAt)} s after its return\n`,
      )
      expect(whole).toBeGreaterThan(upTo - SLACK_MS)

      await stopRecording(ana)
      await soon('the finished recording', async () => (await recordings().state(id)) === 'READY')
      const heard = new Set(timesOf(await recordings().film(id)).map((at) => Math.floor(at / 1_000)))
      const wanted = range(Math.ceil(from / 1_000), Math.floor((upTo - SLACK_MS) / 1_000))
      expect(wanted.length).toBeGreaterThan((AWAY_MS - 2 * SLACK_MS) / 1_000)
      expect(wanted.filter((second) => !heard.has(second))).toEqual([])
    },
    600_000,
  )
})

const seconds = (ms: number): string => (ms / 1_000).toFixed(1)

const range = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index)

/** Of its pictures, in ms: one a second is drawn at least. */
function timesOf(file: string): number[] {
  const { packets } = probe(file, '-select_streams', 'v', '-show_entries', 'packet=pts_time') as {
    packets: { pts_time: string }[]
  }
  return packets.map(({ pts_time }) => Number(pts_time) * 1_000)
}

const lastOf = (file: string): number => Math.max(...timesOf(file))
