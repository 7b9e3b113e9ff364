import { randomUUID } from 'node:crypto'
import { mkdirSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileSink } from '#server/recordings/finishing/fileSink.ts'
import { until } from '../../browser/support/until.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { describeWithFfmpeg } from '../../support/describeWithFfmpeg.ts'
import { RecordingSender } from '../../support/RecordingSender.ts'
import { everybodyReads, RecordedMeetings } from '../../support/recordedMeeting.ts'
import { makeSmallDisk, type SmallDisk, smallDisksOr } from '../../support/smallDisk.ts'
import { inChunks, judge, makeWebm } from '../../support/webm.ts'

jest.setTimeout(180_000)

const SECONDS = 12
const FULL_AT = 8
/** Ten recordings of this length. */
const DISK_MB = 8
let database: TestDatabase
let disk: SmallDisk
let meetings: RecordedMeetings

const onSmallDisks = smallDisksOr(test)

beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

onSmallDisks(
  '[REC-121] what a full disk cuts short is no file, and what is removed of it is free again',
  async () => {
    const { folder, remove } = makeSmallDisk(1)
    try {
      const free = statfsSync(folder).bavail
      const place = path.join(folder, 'film')
      const writer = fileSink(place, (data) => data).getWriter()
      writer.closed.catch(() => undefined)
      await writer.write({ type: 'write', data: new Uint8Array(600_000), position: 0 })
      // The kernel takes some of it, and says so.
      const cut = writer.write({ type: 'write', data: new Uint8Array(600_000), position: 600_000 })
      await expect(cut).rejects.toMatchObject({ code: 'full' })
      rmSync(place)
      expect(statfsSync(folder).bavail).toBe(free)
    } finally {
      remove()
    }
  },
)

describeWithFfmpeg('a disk that fills up in mid-recording', () => {
  beforeAll(async () => {
    if (onSmallDisks !== test) return
    disk = makeSmallDisk(DISK_MB)
    mkdirSync(path.join(disk.folder, 'recordings'))
    meetings = await RecordedMeetings.start(database, {
      RECORDINGS_DIR: path.join(disk.folder, 'recordings'),
    })
  })
  afterAll(async () => {
    if (onSmallDisks !== test) return
    await meetings.stop()
    disk.remove()
  })

  onSmallDisks(
    '[REC-121] everybody reads why it has stopped, nothing begins, and all that was acknowledged is in the film once there is room',
    async () => {
      const { prisma } = database
      const meeting = await meetings.begin()
      const chunks = inChunks(await makeWebm({ seconds: SECONDS }), SECONDS)
      const sender = new RecordingSender(await meetings.recorder(meeting), meeting.id, { id: randomUUID() })
      await sender.record(chunks.slice(0, FULL_AT))
      await everybodyReads(meeting, 'running')
      await until('the chunks to be acknowledged', () => sender.acknowledged.length === FULL_AT)

      // By something else, in one go, but for less than the next chunk: no look at it beforehand helps.
      const { bavail, bsize } = statfsSync(disk.folder)
      const filler = path.join(disk.folder, 'other')
      writeFileSync(filler, Buffer.alloc(bavail * bsize - 4_096))
      const filledAt = performance.now()
      const rest = sender.record(chunks.slice(FULL_AT))
      await everybodyReads(meeting, 'disk-full')
      const readAfterMs = performance.now() - filledAt
      await rest
      expect(await sender.finish()).toBe('no-space')
      expect([...sender.answers].sort()).toEqual(['200', '201', '204', '507 full'])
      expect(sender.acknowledged).toEqual(chunks.slice(0, FULL_AT).map((_, seq) => seq))
      expect(readdirSync(path.join(disk.folder, 'recordings', '.unfinished'))).toEqual([])
      const safe = Buffer.concat(await meetings.safeChunks(meeting.id, sender.part.id))
      expect(safe.equals(Buffer.concat(chunks.slice(0, FULL_AT)))).toBe(true)
      const again = { kind: 'local', studio: false, copy: false, consent: 'told' } as const
      expect(await meeting.ada.code('recording:start', again)).toBe('full')

      // Finishing wants room as well: it is put off, counted as no failure, and leaves nothing behind.
      const row = () => prisma.recording.findUniqueOrThrow({ where: { id: meeting.id } })
      const waiting = await until('finishing to be put off', async () => {
        const now = await row()
        return now.holder === null && now.leaseUntil !== null && now
      })
      expect(waiting).toMatchObject({ state: 'FINISHING', stopReason: 'disk-full', attempts: 0 })
      expect(readdirSync(path.join(disk.folder, 'recordings', '.finishing'))).toEqual([])
      expect(Buffer.concat(await meetings.safeChunks(meeting.id, sender.part.id)).equals(safe)).toBe(true)

      rmSync(filler)
      const film = await meetings.film(meeting.id)
      expect(film).toMatchObject({ state: 'READY', errors: '' })
      const cut = path.join(disk.folder, 'acknowledged.webm')
      writeFileSync(cut, safe)
      const acknowledged = (await judge(cut)).video?.frames ?? 0
      const pictures = film.video?.frames ?? 0
      // The last one is cut off by the end of the last chunk.
      expect(acknowledged - pictures).toBeLessThanOrEqual(1)
      expect(pictures).toBeGreaterThan((FULL_AT - 2) * 25)
      process.stdout.write(
        `disk full: read ${readAfterMs.toFixed(0)} ms after it was; of ${FULL_AT} acknowledged chunks ` +
          `${pictures} of ${acknowledged} pictures are in the film; not acknowledged: ${SECONDS - FULL_AT} chunks\n`,
      )
    },
  )
})
