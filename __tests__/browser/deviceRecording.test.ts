import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'puppeteer-core'
import { judgeKeptFilm } from './support/judgeKeptFilm.ts'
import { hasFfmpeg } from './support/makeFilm.ts'
import {
  chooseWhereToSave,
  chosenFile,
  differentPictures,
  fillDevice,
  keptChunks,
  Recordings,
  startRecording,
  stopRecording,
} from './support/recordings.ts'
import { stageSuite, withBrowsers } from './support/stage.ts'
import { until } from './support/until.ts'

const FOLDER = mkdtempSync(join(tmpdir(), 'parley-device-recording-'))
const SLOWLY = { timeoutMs: 90_000 }
const HERE = 'Keep it on this device only'
const CONSENT = 'Ask everyone for consent first'

/** Chunks of each part that this browser keeps of recordings that stay here. */
const keptParts = (page: Page): Promise<number[]> => keptChunks({ page }, 'parley-kept-recordings')

/** What stays on the host's device, judged by tools that are not ours, and by what the server has of it: nothing. */
withBrowsers('chromium')('a recording that stays on the host’s device', () => {
  const stage = stageSuite({ env: { SEAT_GRACE_SECONDS: '3' } })
  beforeAll(() => {
    if (!hasFfmpeg()) throw new Error('ffmpeg is not installed')
  })
  afterAll(() => rmSync(FOLDER, { recursive: true, force: true }))

  const recordings = (): Recordings => new Recordings(stage.parley.database, stage.parley.recordings)
  const isKept = (id: string) =>
    until('it to be over', async () => (await recordings().state(id)) === 'KEPT', SLOWLY)

  async function nothingIsThere(id: string): Promise<void> {
    const { prisma } = stage.parley.database
    const where = { recordingId: id }
    expect(await prisma.recordingPart.count({ where })).toBe(0)
    expect(await prisma.recordingFile.count({ where })).toBe(0)
    expect(await prisma.recordingEvent.count({ where })).toBe(0)
    expect(existsSync(join(stage.parley.recordings, 'r', id))).toBe(false)
  }

  test('[REC-84] [REC-85] [REC-86] told to everybody, saved as one film over a reload, and nothing of it sent', async () => {
    const ana = await stage.person('Ana', 0)
    // As in Firefox and Safari: no browser without a screen can be asked where to.
    await ana.page.evaluateOnNewDocument(() => Reflect.deleteProperty(window, 'showSaveFilePicker'))
    const sent: string[] = []
    ana.page.on('request', (request) => {
      const { pathname } = new URL(request.url())
      if (pathname.startsWith('/api/recordings/')) sent.push(`${request.method()} ${pathname}`)
    })
    await ana.signUp()
    const link = await ana.newMeeting()
    await ana.join()
    const ben = await stage.person('Ben', 1)
    await ben.joinAsGuest(link)
    await ana.seesAndHears(ben)

    await startRecording(ana, HERE, { choices: [CONSENT] })
    await ben.see('May you be recorded?', 'dialog')
    await ben.seeText('Ana records this meeting, on their own device alone.')
    await ben.press('Agree and stay')
    for (const one of [ana, ben]) await one.seeText('Recording on Ana’s device')
    await ana.seeText('You record this meeting, on this device only')
    const id = await recordings().id()
    await until('five seconds', async () => ((await keptParts(ana.page)).at(0) ?? 0) >= 5, SLOWLY)
    await ana.page.reload({ waitUntil: 'domcontentloaded' })
    await ana.inCall()
    await ana.seesAndHears(ben)
    const enough = await until(
      'five more in a further part',
      async () => {
        const parts = await keptParts(ana.page)
        return parts.length === 2 && parts.every((chunks) => chunks >= 5) && parts
      },
      SLOWLY,
    )
    // What goes on is not offered yet.
    expect(await ana.find('Recordings on this device', 'region')).toBeNull()
    await stopRecording(ana)
    for (const one of [ana, ben]) await one.unseen('Recording', 'status')
    await isKept(id)

    const network = await ana.page.createCDPSession()
    await network.send('Page.setDownloadBehavior', { behavior: 'allow', downloadPath: FOLDER })
    await ana.see('Recordings on this device', 'region')
    await ana.press('Save as a file')
    const name = await until(
      'the file',
      () => readdirSync(FOLDER).find((one) => /^Recording .*\.webm$/.test(one)) ?? null,
      SLOWLY,
    )
    judgeKeptFilm(join(FOLDER, name), enough.reduce((sum, chunks) => sum + chunks, 0) - 2)
    // Two halves, one person each.
    expect(differentPictures(join(FOLDER, name), 'iw/2:ih:iw/2:0')).toBeGreaterThan(10)

    // It stays here until its host says that they have it.
    expect(await keptParts(ana.page)).toHaveLength(2)
    await ana.press('Delete')
    await ana.press('Delete recording')
    await ana.seeText('The recording is saved as a file')
    expect(await keptParts(ana.page)).toEqual([])

    expect(new Set(sent)).toEqual(new Set([`POST /api/recordings/${id}/kept`]))
    await nothingIsThere(id)
    await ana.goto('/recordings')
    await ana.seeText('On Ana’s device')
  }, 300_000)

  test('[REC-87] [REC-88] a closed tab: under Recordings it can still be saved, where its host wants it', async () => {
    const cleo = await stage.person('Cleo', 0)
    await cleo.signUp()
    await cleo.newMeeting()
    await cleo.join()
    await startRecording(cleo, HERE)
    const id = await recordings().id()
    const [chunks = 0] = await until(
      'six seconds',
      async () => {
        const parts = await keptParts(cleo.page)
        return (parts.at(0) ?? 0) >= 6 && parts
      },
      SLOWLY,
    )
    const later = await cleo.page.browserContext().newPage()
    await cleo.page.close()
    await isKept(id)

    await chooseWhereToSave(later)
    await later.goto(new URL('/recordings', stage.parley.url).href, { waitUntil: 'domcontentloaded' })
    const save = await later.waitForSelector('aria/Save as a file[role="button"]', { timeout: 60_000 })
    await save?.click()
    await later.waitForSelector('text/The recording is saved as a file', { timeout: 60_000 })
    expect(await keptParts(later)).toEqual([])
    const film = join(FOLDER, 'chosen.webm')
    writeFileSync(film, await chosenFile(later))
    judgeKeptFilm(film, chunks - 2)
    await nothingIsThere(id)
  }, 300_000)

  test('[REC-86] [REC-130] a full device: its host and everybody read that recording has stopped, and what there is can be saved', async () => {
    const eve = await stage.person('Eve', 0)
    await eve.signUp()
    const link = await eve.newMeeting()
    await eve.join()
    const fay = await stage.person('Fay', 1)
    await fay.joinAsGuest(link)
    await startRecording(eve, HERE)
    const id = await recordings().id()
    await until('six seconds', async () => ((await keptParts(eve.page)).at(0) ?? 0) >= 6, SLOWLY)
    await fillDevice(eve)
    const fullAt = performance.now()
    const since = (): string => `${(performance.now() - fullAt).toFixed(0)} ms`
    const read: string[] = []
    await Promise.all([
      eve
        .seeText('This device has no room to record the meeting any further')
        .then(() => read.push(`host ${since()}`)),
      fay.seeText('Recording interrupted').then(() => read.push(`guest ${since()}`)),
    ])
    process.stdout.write(`a full device is read after: ${read.join(', ')}\n`)
    const [kept = 0] = await keptParts(eve.page)
    await stopRecording(eve)
    await isKept(id)
    await eve.see('Recordings on this device', 'region')
    expect(await keptParts(eve.page)).toEqual([kept])
    await nothingIsThere(id)
  }, 300_000)

  test('[REC-87] who leaves finds it on the way out, and in the next call of this browser', async () => {
    const dan = await stage.person('Dan', 0)
    await dan.signUp()
    const link = await dan.newMeeting()
    await dan.join()
    await startRecording(dan, HERE)
    const id = await recordings().id()
    await until('a few seconds', async () => ((await keptParts(dan.page)).at(0) ?? 0) >= 3, SLOWLY)
    await dan.press('Leave call')
    await dan.press('Leave', 'menuitem')
    await dan.see('Recordings on this device', 'region')
    await isKept(id)

    await dan.goto(link)
    await dan.join()
    await dan.see('Recordings on this device', 'region')
    await dan.press('Delete')
    await dan.press('Delete recording')
    await dan.unseen('Recordings on this device', 'region')
    expect(await keptParts(dan.page)).toEqual([])
    await nothingIsThere(id)
  }, 300_000)
})
