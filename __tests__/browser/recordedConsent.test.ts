import { beepByTheClock, beepsIn } from './support/beeps.ts'
import { movementIn } from './support/film.ts'
import { recorderSuite } from './support/recorderSuite.ts'
import { startRecording, stopRecording } from './support/recordings.ts'
import { withBrowsers } from './support/stage.ts'
import { until } from './support/until.ts'

const SLOWLY = { timeoutMs: 120_000 }
/** Of two people side by side, the one on the right. */
const RIGHT = 'iw*0.4:ih*0.4:iw*0.55:ih*0.3'
/** From an answer until it is seen in the film, and a moment more. */
const WHILE_IT_CHANGES_MS = 4_000

const PHONE = { width: 390, height: 844 }

/** The dialog's buttons that somebody who presses their middle would miss. */
const covered = (): string[] =>
  [...document.querySelectorAll('[role=dialog] button')].flatMap((button) => {
    const { left, top, width, height } = button.getBoundingClientRect()
    const there = document.elementFromPoint(left + width / 2, top + height / 2)
    return button.contains(there) ? [] : [button.textContent ?? '']
  })

withBrowsers('chromium')('a recording for which people are asked', () => {
  const { stage, recordings: recordingsOf } = recorderSuite('consent')

  test('[REC-65] [UI-8] whoever has declined is neither seen, heard nor named in the film until they agree', async () => {
    const recordings = recordingsOf()
    const { prisma } = stage.parley.database
    const row = (id: string) => prisma.recording.findUniqueOrThrow({ where: { id } })
    /** So many ms of the film are safe. */
    const recorded = (id: string, ms: number) =>
      until(
        `${ms} ms of the film`,
        async () => {
          const { startedAt, lastChunkAt } = await row(id)
          return startedAt !== null && Number(lastChunkAt) - Number(startedAt) > ms
        },
        SLOWLY,
      )
    const ana = await stage.person('Ana', 0)
    await ana.signUp()
    const link = await ana.newMeeting()
    await ana.join()
    const ben = await stage.person('Ben', 1)
    await beepByTheClock(ben.page)
    await ben.joinAsGuest(link)
    await ana.seesAndHears(ben)
    await ana.press('Turn off microphone')
    await ana.see('Turn on microphone', 'button')

    await startRecording(ana, 'On the server', { choices: ['Ask everyone for consent first'] })
    await ben.see('May you be recorded?', 'dialog')
    const before = ben.page.viewport()
    await ben.page.setViewport(PHONE)
    await ben.seeText('Ana starts a recording')
    expect(await ben.page.evaluate(covered)).toEqual([])
    await ben.page.setViewport(before)
    await ben.press('Decline: stay unrecorded')
    const id = await recordings.id()
    await recorded(id, 10_000)
    const agreedAt = Date.now() - Number((await row(id)).startedAt)
    await ben.press('More')
    await ben.press('Agree to be recorded', 'menuitem')
    await recorded(id, agreedAt + 14_000)
    await stopRecording(ana)
    await until('the finished recording', async () => (await recordings.state(id)) === 'READY', SLOWLY)

    const film = await recordings.film(id)
    const later = agreedAt + WHILE_IT_CHANGES_MS
    const beeps = beepsIn(film)
    expect(beeps.filter((at) => at < agreedAt)).toEqual([])
    expect(beeps.filter((at) => at > later)).not.toEqual([])
    const moved = {
      before: movementIn(film, { crop: RIGHT, from: 2_000, to: agreedAt }),
      after: movementIn(film, { crop: RIGHT, from: later, to: agreedAt + 14_000 }),
    }
    expect({ ...moved, still: moved.before < 0.2, moves: moved.after > 1 }).toMatchObject({
      still: true,
      moves: true,
    })

    const told = await prisma.recordingEvent.findMany({
      where: { recordingId: id, name: 'Ben' },
      select: { type: true, atMs: true },
    })
    expect(told).toContainEqual(expect.objectContaining({ type: 'joined' }))
    expect(told.filter(({ atMs }) => atMs < agreedAt)).toEqual([])
  }, 600_000)
})
