import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RecordingId } from '#lib/protocol/ids.ts'
import { RENEW_MS } from '#server/recordings/RecorderDesk.ts'
import { until } from '../../browser/support/until.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { describeWithFfmpeg } from '../../support/describeWithFfmpeg.ts'
import { RecordingSender } from '../../support/RecordingSender.ts'
import { everybodyReads, RecordedMeetings } from '../../support/recordedMeeting.ts'
import { startTcpProxy } from '../../support/tcpProxy.ts'
import { inChunks, makeWebm } from '../../support/webm.ts'

/** As long as a test may last; the five minutes of the rule are run by hand: AWAY_SECONDS=300. */
const AWAY = Number(process.env.AWAY_SECONDS ?? 20)
const BEFORE = 5
const AFTER = 5
const SECONDS = BEFORE + AWAY + AFTER
jest.setTimeout((SECONDS + 120) * 1_000)

let database: TestDatabase
let meetings: RecordedMeetings
let line: Awaited<ReturnType<typeof startTcpProxy>>
let chunks: Buffer<ArrayBuffer>[]
const leases: NodeJS.Timeout[] = []

beforeAll(async () => {
  database = await createTestDatabase()
  meetings = await RecordedMeetings.start(database)
  line = await startTcpProxy(new URL(`http://127.0.0.1:${meetings.intake.port}`))
  chunks = inChunks(await makeWebm({ seconds: SECONDS }), SECONDS)
})
afterAll(async () => {
  await line.close()
  await meetings.stop()
  await database.drop()
})
beforeEach(() => line.open())
afterEach(() => {
  for (const timer of leases.splice(0)) clearInterval(timer)
})

/** What a recorder does all the time while it has a network. @returns ends it */
function keepLease(holder: string, id: RecordingId): () => void {
  const timer = setInterval(
    () => void meetings.intake.recordings.desk.renew(holder, [id]).catch(() => undefined),
    RENEW_MS,
  )
  leases.push(timer)
  return () => clearInterval(timer)
}

describeWithFfmpeg(`a recorder without a network for ${AWAY} s`, () => {
  test.each(['cut', 'hanging'])(
    '[REC-122] alone (%s): everybody reads that it is interrupted, and with the network its part goes on without a gap',
    async (how) => {
      const meeting = await meetings.begin()
      const cutLease = keepLease('one', meeting.id)
      const place = { ...(await meetings.recorder(meeting)), via: new URL(line.url).origin }
      const sender = new RecordingSender(place, meeting.id, { id: randomUUID() })
      const recorded = sender.record(chunks)
      await everybodyReads(meeting, 'running')
      await until('some chunks', () => sender.acknowledged.length >= BEFORE - 1)
      cutLease()
      if (how === 'cut') line.shut()
      else line.hang()
      const cutAt = performance.now()
      await everybodyReads(meeting, 'interrupted')
      const readAfterMs = performance.now() - cutAt
      await meeting.gus.next(
        'recording:changed',
        ({ recording }) => recording?.interruption === 'recorder-lost',
      )
      const why = performance.now() - cutAt
      await sleep(AWAY * 1_000 - why)
      const kept = sender.backlog
      line.open()
      const backAt = performance.now()
      await everybodyReads(meeting, 'running')
      const againAfterMs = performance.now() - backAt
      await until('what was kept to be delivered', () => sender.backlog <= 1)
      const deliveredAfterMs = performance.now() - backAt
      const renew = keepLease('one', meeting.id)
      await recorded
      expect(await sender.finish()).toBe('complete')
      renew()
      expect(sender.acknowledged).toEqual(chunks.map((_, seq) => seq))
      await meeting.ada.ask('recording:stop', {})
      const film = await meetings.film(meeting.id)
      expect(film).toMatchObject({ state: 'READY', errors: '' })
      expect(film.video?.frames).toBe(SECONDS * 25)
      process.stdout.write(
        `network away for ${AWAY} s (${how}), one recorder: read after ${readAfterMs.toFixed(0)} ms, that the recorder is lost after ` +
          `${why.toFixed(0)} ms; ${kept} chunks kept; running ${againAfterMs.toFixed(0)} ms after its return, all delivered ` +
          `after ${deliveredAfterMs.toFixed(0)} ms; lost: ${SECONDS * 25 - (film.video?.frames ?? 0)} pictures\n`,
      )
    },
  )

  test('[REC-122] another recorder goes on meanwhile: the first one’s kept chunks come into their own part, and the film has no gap', async () => {
    const { desk } = meetings.intake.recordings
    const meeting = await meetings.begin()
    const cutLease = keepLease('one', meeting.id)
    const place = { ...(await meetings.recorder(meeting)), via: new URL(line.url).origin }
    const first = new RecordingSender(place, meeting.id, { id: randomUUID() })
    const recorded = first.record(chunks.slice(0, BEFORE + AWAY))
    await until('some chunks', () => first.acknowledged.length >= BEFORE - 1)
    cutLease()
    line.shut()
    const cutAt = performance.now()
    const back = sleep(AWAY * 1_000).then(() => line.open())
    await everybodyReads(meeting, 'interrupted')
    const readAfterMs = performance.now() - cutAt
    await until('the job to be free', async () => (await desk.claim('two')) !== null)
    const keeps = keepLease('two', meeting.id)
    const second = new RecordingSender(await meetings.recorder(meeting), meeting.id, { id: randomUUID() })
    const goesOn = second.record(chunks.slice(0, AWAY))
    await everybodyReads(meeting, 'running')
    const againAfterMs = performance.now() - cutAt
    await back
    const kept = first.backlog
    // Back, it hears that the job is another’s, records no more, and brings what it has.
    await recorded
    expect(await desk.renew('one', [meeting.id])).toEqual([])
    expect(await first.finish()).toBe('complete')
    await goesOn
    expect(await second.finish()).toBe('complete')
    keeps()
    await meeting.ada.ask('recording:stop', {})
    const film = await meetings.film(meeting.id)
    expect(film).toMatchObject({ state: 'READY', errors: '' })
    // Both sides of the seam: the first one's up to where the second one begins.
    const lost = Math.round(film.seconds * 25) - (film.video?.frames ?? 0)
    expect(film.seconds).toBeGreaterThan((second.part.startedAt - first.part.startedAt) / 1_000 + AWAY - 2)
    expect(Math.abs(lost)).toBeLessThanOrEqual(2)
    expect(
      await database.prisma.recordingEvent.count({ where: { type: 'interrupted', recordingId: meeting.id } }),
    ).toBe(0)
    process.stdout.write(
      `network away for ${AWAY} s, two recorders: read after ${readAfterMs.toFixed(0)} ms, the second one's first chunk ` +
        `after ${againAfterMs.toFixed(0)} ms; ${kept} chunks kept and delivered into the first part; lost: ${lost} pictures\n`,
    )
  })
})
