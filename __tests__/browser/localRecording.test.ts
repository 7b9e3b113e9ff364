import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beepByTheClock, beepsIn, median, offsets } from './support/beeps.ts'
import { hasFfmpeg } from './support/makeFilm.ts'
import type { Person } from './support/Person.ts'
import {
  chooseWhereToSave,
  chosenFile,
  differentPictures,
  fillDevice,
  keptChunks,
  loudestDecibels,
  probe,
  Recordings,
  startRecording,
  stopRecording,
} from './support/recordings.ts'
import { stageSuite, withBrowsers } from './support/stage.ts'
import { until } from './support/until.ts'

const FOLDER = mkdtempSync(join(tmpdir(), 'parley-local-recording-'))
const SLOWLY = { timeoutMs: 90_000 }
const AUDIBLE_DB = -60
/** Beyond it their places on the time line are wrong, and not only a machine at its limit; the figure itself is printed. */
const MOST_APART_MS = 1000
const STUDIO = 'Also record each person’s own track (studio)'
const CONSENT = 'Ask everyone for consent first'

/** Chunks that this browser keeps of its own recordings, until they are with the server. */
const waitingChunks = async (who: Person): Promise<number> =>
  (await keptChunks(who, 'parley-recordings')).reduce((sum, count) => sum + count, 0)

/** The line to the intake alone. @returns mends it */
async function cutIntake({ page }: Person): Promise<() => Promise<void>> {
  const network = await page.createCDPSession()
  await network.send('Network.enable')
  await network.send('Network.setBlockedURLs', { urls: ['*/api/*/chunks/*'] })
  return () => network.send('Network.setBlockedURLs', { urls: [] })
}

function secondsOf(film: string): number {
  const { format } = probe(film, '-show_entries', 'format=duration') as { format: { duration: string } }
  return Number(format.duration)
}

/** What a call's own browsers record, judged by tools that are not ours. */
withBrowsers('chromium')('recording in people’s browsers', () => {
  const stage = stageSuite({
    env: { RECORDINGS_MIN_FREE_GB: '0' },
    // The line that the test cuts.
    expected: [
      /ERR_(BLOCKED_BY_CLIENT|INTERNET_DISCONNECTED|CONNECTION_(REFUSED|RESET)|EMPTY_RESPONSE)/,
      /Failed to load resource|WebSocket connection/,
    ],
  })
  beforeAll(() => {
    if (!hasFfmpeg()) throw new Error('ffmpeg is not installed')
  })
  afterAll(() => rmSync(FOLDER, { recursive: true, force: true }))

  const recordings = (): Recordings => new Recordings(stage.parley.database, stage.parley.recordings)
  const composed = async (id: string) => (await recordings().parts(id)).filter(({ track }) => track === null)
  const ready = (id: string) =>
    until('the finished recording', async () => (await recordings().state(id)) === 'READY', SLOWLY)
  const files = (id: string) =>
    stage.parley.database.prisma.recordingFile.findMany({ where: { recordingId: id } })

  async function filmOf(id: string) {
    const webm = (await files(id)).find(({ kind }) => kind === 'webm')
    if (webm === undefined) throw new Error('nothing to watch')
    return webm
  }

  /** A meeting of one's own, recorded by its host's browser. */
  async function recordsAlone(host: Person): Promise<{ readonly id: string; readonly link: string }> {
    await host.signUp()
    const link = await host.newMeeting()
    await host.join()
    await startRecording(host, 'On this device')
    return { id: await recordings().id(), link }
  }

  function copied(file: { readonly id: string; readonly storageKey: string }): string {
    const path = join(FOLDER, `${file.id}.webm`)
    writeFileSync(path, readFileSync(join(stage.parley.recordings, file.storageKey)))
    return path
  }

  test('[REC-80] [REC-81] [REC-89] the meeting and each person’s own track, after everybody’s yes, and one film of them', async () => {
    const ana = await stage.person('Ana', 0)
    await beepByTheClock(ana.page)
    await ana.signUp()
    const link = await ana.newMeeting()
    await ana.join()
    const ben = await stage.person('Ben', 1)
    await beepByTheClock(ben.page)
    await ben.joinAsGuest(link)
    await ana.seesAndHears(ben)

    await startRecording(ana, 'On this device', { choices: [STUDIO, CONSENT] })
    await ben.see('May you be recorded?', 'dialog')
    await ben.press('Agree and stay')
    for (const one of [ana, ben]) await one.see('Recording', 'status')
    await ben.seeText('Your own track is being recorded')
    const id = await recordings().id()
    const late = await stage.person('Dan', 1)
    await late.goto(link)
    await late.seeText('This meeting is being recorded')

    const enough = await until(
      'six seconds of everything',
      async () => {
        const parts = await recordings().parts(id)
        return parts.length >= 5 && parts.every(({ chunks }) => chunks >= 7) ? parts : null
      },
      SLOWLY,
    )
    await stopRecording(ana)
    for (const one of [ana, ben]) await one.unseen('Recording', 'status')
    await ready(id)
    const all = await until(
      'everybody’s tracks',
      async () => {
        const found = await files(id)
        return found.filter(({ kind }) => kind === 'track').length === 4 ? found : null
      },
      SLOWLY,
    )

    const webm = all.find(({ kind }) => kind === 'webm')
    if (webm === undefined) throw new Error('nothing to watch')
    const film = copied(webm)
    expect(probe(film, '-show_entries', 'stream=codec_type,width,height')).toMatchObject({
      streams: expect.arrayContaining([
        expect.objectContaining({ codec_type: 'video', width: 1280, height: 720 }),
        expect.objectContaining({ codec_type: 'audio' }),
      ]),
    })
    const { startedAt, stoppedAt } = await stage.parley.database.prisma.recording.findUniqueOrThrow({
      where: { id },
    })
    const seconds = secondsOf(film)
    const chunks = enough.find(({ track }) => track === null)?.chunks ?? 0
    expect(seconds).toBeGreaterThan(chunks - 2)
    const recordedMs = Number(stoppedAt) - Number(startedAt)
    expect(seconds).toBeLessThan(recordedMs / 1000 + 10)
    expect(loudestDecibels(film)).toBeGreaterThan(AUDIBLE_DB)
    // Each their own half.
    expect(differentPictures(film, 'iw/2:ih:0:0')).toBeGreaterThan(10)
    expect(differentPictures(film, 'iw/2:ih:iw/2:0')).toBeGreaterThan(10)

    const beeps = new Map<string, number[]>([['film', beepsIn(film)]])
    for (const name of ['Ana', 'Ben']) {
      const own = all.filter(({ kind, personName }) => kind === 'track' && personName === name)
      const sound = own.find(({ mimeType }) => mimeType.startsWith('audio/'))
      const picture = own.find(({ mimeType }) => mimeType.startsWith('video/'))
      if (!sound || !picture) throw new Error(`${name}’s tracks are ${JSON.stringify(own)}`)
      beeps.set(name, beepsIn(copied(sound)))
      expect(differentPictures(copied(picture))).toBeGreaterThan(10)
    }
    // Both beeped at the same moments, each on their own device.
    const apart = offsets(beeps.get('Ana') ?? [], beeps.get('Ben') ?? [])
    const fromFilm = offsets(beeps.get('Ana') ?? [], beeps.get('film') ?? [])
    console.info(
      `own tracks apart: ${median(apart)} ms (${apart.join(' ')}); film after Ana's: ${median(fromFilm)} ms`,
    )
    expect(apart.length).toBeGreaterThanOrEqual(2)
    expect(Math.abs(median(apart))).toBeLessThan(MOST_APART_MS)
    expect(Math.abs(median(fromFilm))).toBeLessThan(MOST_APART_MS)

    const made = await filmOfTracks(ana, id)
    const longest = Math.max(
      ...all.filter(({ kind }) => kind === 'track').map(({ durationMs }) => durationMs),
    )
    expect(Math.abs(secondsOf(made) * 1000 - longest)).toBeLessThan(1_000)
    // Laid out as the call was, each in their own half; their beeps are where their own tracks have them.
    expect(differentPictures(made, 'iw/2:ih:0:0')).toBeGreaterThan(10)
    expect(differentPictures(made, 'iw/2:ih:iw/2:0')).toBeGreaterThan(10)
    const fromTrack = offsets(beeps.get('Ana') ?? [], beepsIn(made))
    expect(fromTrack.length).toBeGreaterThanOrEqual(2)
    expect(Math.abs(median(fromTrack))).toBeLessThan(MOST_APART_MS)
  }, 400_000)

  /** As its owner makes it, on the recording's page. */
  async function filmOfTracks(owner: Person, id: string): Promise<string> {
    await chooseWhereToSave(owner.page)
    await owner.leave()
    await owner.goto(`/recordings/${id}`)
    await owner.press('Make one film')
    await owner.press('Make film')
    const said = () => owner.page.evaluate(() => document.querySelector('[role=dialog]')?.textContent ?? '')
    await until('the film', async () => (await said()).includes('The film is saved.'), {
      ...SLOWLY,
      timeoutMs: 180_000,
    })
    const path = join(FOLDER, `${id}-film.webm`)
    writeFileSync(path, await chosenFile(owner.page))
    return path
  }

  test('[REC-82] a reload goes on with a further part, and what waited in the browser arrives', async () => {
    const cleo = await stage.person('Cleo', 0)
    const { id } = await recordsAlone(cleo)
    await until('a first chunk', async () => ((await composed(id)).at(0)?.chunks ?? 0) >= 2, SLOWLY)

    // The line to the intake is cut: what is recorded waits in the browser's own file system.
    const mend = await cutIntake(cleo)
    const kept = await until('chunks that wait', async () =>
      (await waitingChunks(cleo)) >= 4 ? waitingChunks(cleo) : null,
    )
    const sent = (await composed(id)).at(0)?.chunks ?? 0
    await cleo.page.reload({ waitUntil: 'domcontentloaded' })
    await mend()
    await cleo.inCall()

    await until('a second part', async () => ((await composed(id)).at(1)?.chunks ?? 0) >= 3, SLOWLY)
    await until(
      'the rest of the first part',
      async () => {
        const [first] = await composed(id)
        return first?.closed === true && first.chunks >= sent + kept - 1
      },
      SLOWLY,
    )
    expect(await waitingChunks(cleo)).toBeLessThan(kept)
    await stopRecording(cleo)
    await ready(id)
    const webm = await filmOf(id)
    expect(differentPictures(copied(webm))).toBeGreaterThan(10)
  }, 300_000)

  test('[REC-82] a killed server, a network that is away: what was recorded meanwhile is in the recording', async () => {
    const gus = await stage.person('Gus', 2)
    const { id } = await recordsAlone(gus)
    const grow = async (more: number): Promise<void> => {
      const before = (await composed(id)).at(0)?.chunks ?? 0
      await until(
        `${more} more chunks`,
        async () => ((await composed(id)).at(0)?.chunks ?? 0) >= before + more,
        SLOWLY,
      )
    }
    await grow(2)

    await stage.parley.kill()
    await until('chunks that wait for the server', async () => (await waitingChunks(gus)) >= 4, SLOWLY)
    await stage.parley.restart()
    await grow(6)
    await gus.page.setOfflineMode(true)
    await until('chunks that wait for the network', async () => (await waitingChunks(gus)) >= 4, SLOWLY)
    await gus.page.setOfflineMode(false)
    await grow(6)
    await gus.inCall()
    await stopRecording(gus)
    await ready(id)
    // One part without a gap: nothing of it was lost.
    expect(
      await stage.parley.database.prisma.recordingEvent.count({
        where: { recordingId: id, type: 'interrupted' },
      }),
    ).toBe(0)
    const webm = await filmOf(id)
    const { startedAt, stoppedAt } = await stage.parley.database.prisma.recording.findUniqueOrThrow({
      where: { id },
    })
    expect(webm.durationMs).toBeGreaterThan(Number(stoppedAt) - Number(startedAt) - 3_000)
  }, 300_000)

  test('[REC-130] a full device: what it does not take waits in the page, and the recording has it all', async () => {
    const ivy = await stage.person('Ivy', 1)
    const { id } = await recordsAlone(ivy)
    const chunks = async (): Promise<number> => (await composed(id)).at(0)?.chunks ?? 0
    await until('a first chunk', async () => (await chunks()) >= 2, SLOWLY)
    await fillDevice(ivy)
    const mend = await cutIntake(ivy)
    await ivy.seeText('You record this meeting. ')
    const before = await chunks()
    await sleep(5_000)
    expect(await waitingChunks(ivy)).toBeLessThanOrEqual(1)
    await mend()
    await until('what waited', async () => (await chunks()) >= before + 6, SLOWLY)
    await stopRecording(ivy)
    await ready(id)
    expect(await composed(id)).toHaveLength(1)
    const webm = await filmOf(id)
    expect(webm.durationMs).toBeGreaterThan((before + 5) * 1_000)
    expect(differentPictures(copied(webm))).toBeGreaterThan(10)
  }, 300_000)

  test('[REC-82] a closed tab: the next visit brings the rest', async () => {
    const hal = await stage.person('Hal', 0)
    const { id, link } = await recordsAlone(hal)
    await until('a first chunk', async () => ((await composed(id)).at(0)?.chunks ?? 0) >= 2, SLOWLY)
    await cutIntake(hal)
    const kept = await until('chunks that wait', async () => {
      const waiting = await waitingChunks(hal)
      return waiting >= 4 && waiting
    })
    const sent = (await composed(id)).at(0)?.chunks ?? 0
    const later = await hal.page.browserContext().newPage()
    await hal.page.close()
    await later.goto(link, { waitUntil: 'domcontentloaded' })
    await ready(id)
    const webm = await filmOf(id)
    expect(webm.durationMs).toBeGreaterThan((sent + kept - 2) * 1_000)
  }, 300_000)
})
