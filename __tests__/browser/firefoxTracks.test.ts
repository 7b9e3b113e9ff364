import { join } from 'node:path'
import {
  differentPictures,
  loudestDecibels,
  Recordings,
  startRecording,
  stopRecording,
} from './support/recordings.ts'
import { stageSuite, withBrowsers } from './support/stage.ts'
import { until } from './support/until.ts'

const SLOWLY = { timeoutMs: 90_000 }
const AUDIBLE_DB = -60

withBrowsers('chromium', 'firefox')('a guest in Firefox', () => {
  const stage = stageSuite({ env: { RECORDINGS_MIN_FREE_GB: '0' } })

  test('[REC-81] their own tracks, after their yes, from their device to files', async () => {
    const fay = await stage.person('Fay', 0)
    await fay.signUp()
    const link = await fay.newMeeting()
    await fay.join()
    const leo = await stage.person('Leo', 1, 'firefox')
    await leo.joinAsGuest(link)
    await fay.seesAndHears(leo)
    await startRecording(fay, 'On this device', {
      choices: ['Also record each person’s own track (studio)'],
    })
    await leo.see('Record your own track?', 'dialog')
    await leo.press('Agree')
    await leo.seeText('Your own track is being recorded')
    const recordings = new Recordings(stage.parley.database, stage.parley.recordings)
    const id = await recordings.id()
    await until(
      'five seconds of everything',
      async () => {
        const parts = await recordings.parts(id)
        if (parts.length >= 5 && parts.every(({ chunks }) => chunks >= 5)) return true
        throw new Error(JSON.stringify(parts))
      },
      SLOWLY,
    )
    await stopRecording(fay)
    const theirs = await until(
      'the guest’s tracks',
      async () => {
        const found = await stage.parley.database.prisma.recordingFile.findMany({
          where: { recordingId: id, kind: 'track', personName: 'Leo' },
        })
        return found.length >= 2 && found
      },
      SLOWLY,
    )
    for (const { storageKey, mimeType } of theirs) {
      const file = join(stage.parley.recordings, storageKey)
      if (mimeType.startsWith('audio/')) expect(loudestDecibels(file)).toBeGreaterThan(AUDIBLE_DB)
      else expect(differentPictures(file)).toBeGreaterThan(10)
    }
  }, 300_000)
})
