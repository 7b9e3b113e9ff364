import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { judgeKeptFilm } from './support/judgeKeptFilm.ts'
import { hasFfmpeg } from './support/makeFilm.ts'
import { recorderSuite } from './support/recorderSuite.ts'
import {
  chooseWhereToSave,
  chosenFile,
  keptChunks,
  probe,
  startRecording,
  stopRecording,
} from './support/recordings.ts'
import { withBrowsers } from './support/stage.ts'
import { until } from './support/until.ts'

const SLOWLY = { timeoutMs: 120_000 }
const COPY = 'Keep a copy on this device as well'

/** A real recorder, and the host's own browser beside it: what happens to one does not happen to the other. */
withBrowsers('chromium')('a copy on the host’s device', () => {
  const { stage, recorder, recordings, folder } = recorderSuite('recorded-copy')
  beforeAll(() => {
    if (!hasFfmpeg()) throw new Error('ffmpeg is not installed')
  })

  test('[REC-220] [REC-221] goes on while the recorder’s browser is dead, and is saved as one film beside the server’s', async () => {
    const ana = await stage.person('Ana', 0)
    await chooseWhereToSave(ana.page)
    await ana.signUp()
    const link = await ana.newMeeting()
    await ana.join()
    const ben = await stage.person('Ben', 1)
    await ben.joinAsGuest(link)
    await ana.seesAndHears(ben)
    const copied = () => keptChunks(ana, 'parley-recording-copies')

    await startRecording(ana, 'On the server', { choices: [COPY] })
    for (const one of [ana, ben]) await one.seeText('Recording, copy on Ana’s device')
    await ana.seeText('A copy of the recording is kept on this device')
    const id = await recordings().id()
    await until('the recorder’s first part', async () => (await recordings().parts(id)).length > 0, SLOWLY)

    const [before = 0] = await copied()
    process.kill(await recorder.browserPid(), 'SIGKILL')
    await until(
      'a further part of the recorder',
      async () => (await recordings().parts(id)).length > 1,
      SLOWLY,
    )
    const [during = 0] = await until('more of the same part here', async () => {
      const parts = await copied()
      return (parts[0] ?? 0) > before + 2 && parts
    })
    expect(await copied()).toHaveLength(1)
    // Nothing of it went to the server: both parts there are the recorder's.
    const { prisma } = stage.parley.database
    const parts = await prisma.recordingPart.findMany({ where: { recordingId: id } })
    const recorders = await prisma.session.findMany({ where: { recordingId: id }, select: { id: true } })
    expect(parts).toHaveLength(2)
    for (const { sessionId } of parts) expect(recorders).toContainEqual({ id: sessionId })

    await stopRecording(ana)
    await until('the server’s film', async () => (await recordings().state(id)) === 'READY', SLOWLY)
    await ana.see('Recordings on this device', 'region')
    await ana.seeText('Your copy of a recording is in this browser')
    await ana.press('Save as a file')
    await ana.seeText('The recording is saved as a file')
    expect(await copied()).toEqual([])
    const copy = join(folder, 'copy.webm')
    writeFileSync(copy, await chosenFile(ana.page))
    judgeKeptFilm(copy, during - 2)
    // Whose own film has what its recorder made, as it would have without.
    const { format } = probe(await recordings().film(id), '-show_entries', 'format=duration') as {
      format: { duration: string }
    }
    expect(Number(format.duration)).toBeGreaterThan(2)
  }, 600_000)
})
