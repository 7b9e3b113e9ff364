import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isProcessAlive } from '#server/boot/processes.ts'
import { probe, Recordings, startRecording } from './support/recordings.ts'
import { stageSuite, withBrowsers } from './support/stage.ts'
import { pause, until } from './support/until.ts'

const FOLDER = mkdtempSync(join(tmpdir(), 'parley-recorder-'))
const DATA = join(FOLDER, 'data')
const SLOWLY = { timeoutMs: 120_000 }

/** The recorder that `npm start` starts, a real Chromium of its own, a real database: what arrives of a meeting. */
withBrowsers('chromium')('the recorder', () => {
  const stage = stageSuite({
    env: {
      RECORDER: 'auto',
      RECORDINGS_DIR: join(FOLDER, 'recordings'),
      RECORDINGS_MIN_FREE_GB: '0',
      PARLEY_DATA_DIR: DATA,
    },
    // A server that is killed and started again, as the test wants it.
    expected: [/ERR_CONNECTION_REFUSED|WebSocket connection|Failed to load resource/],
  })
  afterAll(() => rmSync(FOLDER, { recursive: true, force: true }))
  const recordings = () => new Recordings(stage.parley.database, join(FOLDER, 'recordings'))
  const recorderPid = (): number =>
    JSON.parse(readFileSync(join(DATA, 'recorder', 'recorder.json'), 'utf8')).pid
  const browserPids = (): number[] => {
    const parent = join(DATA, 'recorder', 'browsers')
    return readdirSync(parent).map((name) => Number(readFileSync(join(parent, name, 'browser.pid'), 'utf8')))
  }
  const chunks = async (id: string, part: number): Promise<number> =>
    (await recordings().parts(id)).at(part)?.chunks ?? 0

  test('[REC-70] records picture and sound; browser, recorder and server killed, it goes on, and is finished', async () => {
    const ana = await stage.person('Ana', 0)
    await ana.signUp()
    const link = await ana.newMeeting()
    await ana.join()
    const ben = await stage.person('Ben', 1)
    await ben.joinAsGuest(link)
    await ana.seesAndHears(ben)
    await startRecording(ana, 'On the server')
    const id = await recordings().id()
    await until('chunks of the first part', async () => (await chunks(id, 0)) >= 4, SLOWLY)

    // The browser that records.
    const before = await chunks(id, 0)
    const [browser = 0] = browserPids()
    process.kill(browser, 'SIGKILL')
    await until('a second part', async () => (await chunks(id, 1)) >= 3, SLOWLY)
    expect(await chunks(id, 0)).toBeGreaterThanOrEqual(before)

    // The recorder's own process: its browser does not outlive it for long.
    const recorder = recorderPid()
    const [second = 0] = browserPids()
    process.kill(recorder, 'SIGKILL')
    await until('a third part', async () => (await chunks(id, 2)) >= 3, SLOWLY)
    expect(recorderPid()).not.toBe(recorder)
    await until('the end of the second browser', () => !isProcessAlive(second))

    // The server: what is recorded meanwhile waits in the page, and the part goes on.
    await stage.parley.kill()
    await pause(5_000)
    const kept = recorderPid()
    await stage.parley.restart()
    const then = await chunks(id, 2)
    await until('the third part to go on', async () => (await chunks(id, 2)) > then + 6, SLOWLY)
    expect(recorderPid()).toBe(kept)
    expect(await recordings().parts(id)).toHaveLength(3)

    await ana.press('More')
    await ana.press('Stop recording', 'menuitem')
    if (await ana.find('Stop recording', 'button')) await ana.press('Stop recording')
    await until('the finished recording', async () => (await recordings().state(id)) === 'READY', SLOWLY)
    await until('the end of all browsers', () => browserPids().length === 0)

    for (const part of await recordings().parts(id)) expect(part.closed).toBe(true)
    const file = await stage.parley.database.prisma.recordingFile.findFirstOrThrow({
      where: { recordingId: id, kind: 'webm' },
    })
    const path = join(FOLDER, 'watched.webm')
    writeFileSync(path, readFileSync(join(FOLDER, 'recordings', file.storageKey)))
    expect(probe(path, '-show_entries', 'stream=codec_type,width,height')).toMatchObject({
      streams: expect.arrayContaining([
        expect.objectContaining({ codec_type: 'video', width: 1280, height: 720 }),
        expect.objectContaining({ codec_type: 'audio' }),
      ]),
    })
    const joined = await stage.parley.database.prisma.recordingEvent.findMany({
      where: { recordingId: id, type: 'joined' },
      select: { name: true },
    })
    expect(new Set(joined.map(({ name }) => name))).toEqual(new Set(['Ana', 'Ben']))
  }, 600_000)

  test('[REC-67] its page is there for a recorder’s session alone', async () => {
    const cleo = await stage.person('Cleo', 0)
    const response = await cleo.page.goto(`${stage.parley.url}/recorder/quiet-river-${'0'.repeat(26)}`)
    expect(response?.status()).toBe(404)
  }, 60_000)
})
