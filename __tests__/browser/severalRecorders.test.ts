import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isProcessAlive } from '#server/boot/processes.ts'
import { probe, Recordings, startRecording, stopRecording } from './support/recordings.ts'
import { stageSuite, withBrowsers } from './support/stage.ts'
import { until } from './support/until.ts'

const FOLDER = mkdtempSync(join(tmpdir(), 'parley-recorders-'))
const SECRET = 'a secret that the server and both of its recorders have'
const SLOWLY = { timeoutMs: 120_000 }

type Alone = { readonly process: ChildProcess; output(): string }

/** Two recorders as `npm run recorder` starts them on machines of their own, over one table of jobs. */
withBrowsers('chromium')('several recorders', () => {
  const stage = stageSuite({
    env: {
      AUTH_SECRET: SECRET,
      RECORDINGS_DIR: join(FOLDER, 'recordings'),
      RECORDINGS_MIN_FREE_GB: '0',
    },
  })
  const started: Alone[] = []
  const recordings = () => new Recordings(stage.parley.database, join(FOLDER, 'recordings'))
  const safe = async (id: string) => (await recordings().parts(id)).filter(({ chunks }) => chunks >= 3)
  const holder = async (id: string): Promise<string | null> =>
    (await stage.parley.database.prisma.recording.findUniqueOrThrow({ where: { id } })).holder

  afterAll(async () => {
    for (const { process: one } of started) if (one.pid !== undefined && isProcessAlive(one.pid)) one.kill()
    await until('the ends of the recorders', () => started.every(({ process: one }) => hasEnded(one)))
    rmSync(FOLDER, { recursive: true, force: true })
  }, 30_000)

  function startRecorder(name: string): Alone {
    const child = spawn(process.execPath, ['scripts/recorder.mjs'], {
      env: {
        NODE_ENV: 'production',
        PATH: process.env.PATH ?? '',
        HOME: process.env.HOME ?? '',
        DATABASE_URL: stage.parley.database.url,
        AUTH_SECRET: SECRET,
        PUBLIC_URL: stage.parley.url,
        PARLEY_DATA_DIR: join(FOLDER, name),
        RECORDER_PLACES: '1',
        LOG_LEVEL: 'info',
        LOG_PRETTY: '0',
      },
      stdio: 'pipe',
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece) => (output += String(piece)))
    const recorder = { process: child, output: () => output }
    started.push(recorder)
    return recorder
  }

  test('[REC-70] [REC-74] the other one goes on when one is gone for good, and takes no more than it can carry', async () => {
    const both = ['one', 'two'].map(startRecorder)
    const ready = () => both.every(({ output }) => output().includes('recorder ready'))
    await until('both recorders', ready, SLOWLY).catch((error: unknown) => {
      throw new Error(both.map(({ output }) => output()).join('\n'), { cause: error })
    })
    const ana = await stage.person('Ana', 0)
    await ana.signUp()
    await ana.newMeeting()
    await ana.join()
    await startRecording(ana, 'On the server')
    const id = await recordings().id()
    await until('the first part', async () => (await safe(id)).length === 1, SLOWLY)

    const first = await holder(id)
    const [lost] = both.filter(({ output }) => output().includes(`"id":"${first}"`))
    lost?.process.kill('SIGKILL')
    await until('a further part', async () => (await safe(id)).length === 2, SLOWLY).catch(
      (error: unknown) => {
        throw new Error(both.map(({ output }) => output()).join('\n'), { cause: error })
      },
    )
    const second = await holder(id)
    expect(second).not.toBe(first)
    expect(both.filter(({ output }) => output().includes(`"id":"${second}"`))).toHaveLength(1)
    await ana.see('Recording', 'status')

    // The one that is left has one place, and it is taken.
    const ben = await stage.person('Ben', 1)
    await ben.signUp()
    await ben.newMeeting()
    await ben.join()
    await ben.press('More')
    await ben.press('Start recording', 'menuitem')
    const onTheServer = await ben.see('On the server', 'radio')
    await until(
      'it not to be on offer',
      () => onTheServer.evaluate((radio) => radio.matches(':disabled')),
      SLOWLY,
    )

    await stopRecording(ana)
    await until('the finished recording', async () => (await recordings().state(id)) === 'READY', SLOWLY)
    const { streams } = probe(await recordings().film(id), '-show_entries', 'stream=codec_type')
    expect(streams).toHaveLength(2)
    const { prisma } = stage.parley.database
    expect(await prisma.recordingEvent.count({ where: { recordingId: id, type: 'interrupted' } })).toBe(1)
    // There is a place again.
    await until(
      'it to be on offer',
      () => onTheServer.evaluate((radio) => !radio.matches(':disabled')),
      SLOWLY,
    )
  }, 600_000)
})

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null
