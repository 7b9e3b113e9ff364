import { isProcessAlive } from '#server/boot/processes.ts'
import { recorderSuite } from './support/recorderSuite.ts'
import { differentPictures, probe, startRecording } from './support/recordings.ts'
import { withBrowsers } from './support/stage.ts'
import { until } from './support/until.ts'

const SLOWLY = { timeoutMs: 120_000 }

/** What a page is drawn anew for, picture by picture, for as long as it is open. */
const endlessAnimations = (): string[] =>
  document
    .getAnimations()
    .filter((one) => one.effect?.getComputedTiming().iterations === Number.POSITIVE_INFINITY)
    .map((one) => (one instanceof CSSAnimation ? one.animationName : 'unnamed'))

/** The recorder that `npm start` starts, a real Chromium of its own, a real database: what arrives of a meeting. */
withBrowsers('chromium')('the recorder', () => {
  const { stage, recorder, recordings } = recorderSuite('recorder', {
    // Whatever processors there are.
    env: { RECORDER_CODEC: 'h264' },
    // The recorder's page, for who is none.
    expected: [/the server responded with a status of 404/],
  })
  const chunks = async (id: string, part: number): Promise<number> =>
    (await recordings().parts(id)).at(part)?.chunks ?? 0

  test('[REC-73] [REC-131] [REC-133] [REC-135] records picture and sound, and is finished; the page of somebody in it rests', async () => {
    const ana = await stage.person('Ana', 0)
    await ana.signUp()
    const link = await ana.newMeeting()
    await ana.join()
    const ben = await stage.person('Ben', 1)
    await ben.joinAsGuest(link)
    await ana.seesAndHears(ben)
    await startRecording(ana, 'On the server')
    await ben.see('Recording', 'status')
    const id = await recordings().id()
    await until('the first part', async () => (await chunks(id, 0)) >= 2, SLOWLY)
    expect(await ben.tileNames()).toHaveLength(2)
    expect(await ben.page.evaluate(endlessAnimations)).toEqual([])
    const browser = await recorder.browserPid()

    await ben.see('Recording', 'status')
    await ana.press('More')
    await ana.press('Stop recording', 'menuitem')
    await ana.press('Stop recording')
    await until('the finished recording', async () => (await recordings().state(id)) === 'READY', SLOWLY)
    await until('the end of the browser', () => !isProcessAlive(browser), SLOWLY)
    await ben.unseen('Recording', 'status')
    await hasPictureSoundAndPeople(id)

    await ana.leave()
    await ana.goto('/recordings')
    await ana.see('Recordings', 'list')
    const { title } = await stage.parley.database.prisma.recording.findUniqueOrThrow({ where: { id } })
    await ana.press(title, 'link')
    await ana.press('Play from the beginning')
    await until('the recording to play', () =>
      ana.page.evaluate(() => {
        const video = document.querySelector('video')
        return video !== null && video.currentTime > 0 && video.getVideoPlaybackQuality().totalVideoFrames > 0
      }),
    )
  }, 900_000)

  async function hasPictureSoundAndPeople(id: string): Promise<void> {
    const { prisma } = stage.parley.database
    for (const part of await recordings().parts(id)) expect(part.closed).toBe(true)
    const film = await recordings().film(id)
    expect(probe(film, '-show_entries', 'stream=codec_name,codec_type,width,height')).toMatchObject({
      streams: expect.arrayContaining([
        expect.objectContaining({ codec_type: 'video', codec_name: 'h264', width: 1280, height: 720 }),
        expect.objectContaining({ codec_type: 'audio' }),
      ]),
    })
    // Both of them, side by side, move in it.
    for (const half of ['iw*0.4:ih*0.4:iw*0.05:ih*0.3', 'iw*0.4:ih*0.4:iw*0.55:ih*0.3'])
      expect(differentPictures(film, half)).toBeGreaterThan(5)
    const joined = await prisma.recordingEvent.findMany({
      where: { recordingId: id, type: 'joined' },
      select: { name: true },
    })
    expect(new Set(joined.map(({ name }) => name))).toEqual(new Set(['Ana', 'Ben']))
  }

  test('[REC-67] its page is there for a recorder’s session alone', async () => {
    const cleo = await stage.person('Cleo', 0)
    const response = await cleo.page.goto(`${stage.parley.url}/recorder/quiet-river-${'0'.repeat(26)}`)
    expect(response?.status()).toBe(404)
  }, 60_000)
})
