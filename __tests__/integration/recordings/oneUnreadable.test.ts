import { renameSync } from 'node:fs'
import path from 'node:path'
import { AppError } from '#lib/errors.ts'
import { log } from '#server/log.ts'
import { Finisher } from '#server/recordings/finishing/Finisher.ts'
import { PrismaFinishingRows } from '#server/recordings/finishing/PrismaFinishingRows.ts'
import { until } from '../../browser/support/until.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { describeWithFfmpeg } from '../../support/describeWithFfmpeg.ts'
import { finishHere } from '../../support/finishHere.ts'
import {
  guestInMeeting,
  meetingUnderWay,
  type RecordingServer,
  startRecording,
  startRecordingServer,
  Uploader,
} from '../../support/recordingServer.ts'
import { inPieces, makeWebm } from '../../support/webm.ts'

jest.setTimeout(120_000)

describeWithFfmpeg('what cannot be made', () => {
  let data: TestDatabase
  let server: RecordingServer
  beforeAll(async () => {
    data = await createTestDatabase()
    server = await startRecordingServer(data.url)
  })
  afterAll(async () => {
    await server.close()
    await data.drop()
  })

  const rowOf = (id: string) =>
    data.prisma.recording.findUniqueOrThrow({ where: { id }, include: { files: true, parts: true } })

  /** A film, and then two people's microphones. @returns the parts in this order */
  async function recorded() {
    const meeting = await meetingUnderWay(data.prisma)
    const id = await startRecording(server, meeting, { kind: 'local', studio: true })
    const film = inPieces(await makeWebm({ seconds: 2 }), 2)
    const voice = inPieces(await makeWebm({ seconds: 2, video: null }), 2)
    const send = async (by: Uploader, chunks: readonly Buffer[], microphone: boolean) => {
      const source = microphone
        ? ({ type: 'track', track: 'microphone' } as const)
        : ({ type: 'composed' } as const)
      const { part } = await by.open({ source })
      for (const [seq, bytes] of chunks.entries()) expect((await by.chunk(part, seq, bytes)).status).toBe(204)
      expect((await by.closePart(part, chunks.length)).status).toBe(204)
      return part
    }
    const parts = [await send(new Uploader(server, id, meeting.host.cookie), film, false)]
    for (let person = 0; person < 2; person += 1) {
      const { cookie } = await guestInMeeting(server, data.prisma, meeting, id, true)
      parts.push(await send(new Uploader(server, id, cookie), voice, true))
    }
    return { id, parts }
  }

  const placeOf = (id: string, part = '') => path.join(server.folder, 'r', id, 'parts', part)

  test.each([
    ['the film', 0, ['track', 'track']],
    ['a track', 1, ['audio', 'mp4', 'track', 'webm']],
  ] as const)(
    '[REC-195] %s of which nothing is there keeps none of the others from being made',
    async (_, lost, made) => {
      const { id, parts } = await recorded()
      const place = placeOf(id, parts[lost])
      renameSync(place, `${place}.away`)
      await expect(finishHere(data.prisma, server, id)).rejects.toMatchObject({ code: 'internal' })
      const row = await rowOf(id)
      expect(row.files.map(({ kind }) => kind).sort()).toEqual(made)
      expect(row.parts.map((part) => part.id)).toEqual([parts[lost]])
      renameSync(`${place}.away`, place)
      await finishHere(data.prisma, server, id)
      expect((await rowOf(id)).parts).toEqual([])
    },
  )

  test('[REC-195] with ten attempts in vain behind it, a track that is closed then is made', async () => {
    const { id } = await recorded()
    await server.recordings.jobs.stop(id, 'stopped')
    await until('its first files', async () => (await rowOf(id)).parts.length === 0)
    const { meetingId, conferenceId, ownerId } = await rowOf(id)
    const meeting = { meetingId, conference: conferenceId, host: { user: { id: ownerId } } } as never
    const { cookie } = await guestInMeeting(server, data.prisma, meeting, id as never, true)
    const own = new Uploader(server, id, cookie)
    const { part } = await own.open({ source: { type: 'track', track: 'microphone' } })
    const [voice = Buffer.alloc(0)] = inPieces(await makeWebm({ seconds: 1, video: null }), 1)
    expect((await own.chunk(part, 0, voice)).status).toBe(204)
    await data.prisma.recording.update({ where: { id }, data: { attempts: 10 }, select: { id: true } })
    expect((await own.closePart(part, 1)).status).toBe(204)
    await until('the track', async () => (await rowOf(id)).parts.length === 0)
    expect((await rowOf(id)).files.filter(({ kind }) => kind === 'track')).toHaveLength(3)
  })

  test('[REC-195] what is not there is an attempt, and not waited for as what is away', async () => {
    const { id } = await recorded()
    await server.recordings.close()
    const finisher = new Finisher({
      rows: new PrismaFinishingRows(data.prisma),
      storageOf: () => {
        throw AppError.notFound('This part of the recording')
      },
      endRecorder: async () => undefined,
      folder: path.join(server.folder, '.other'),
      holder: 'this test',
      log: log(),
    })
    await server.recordings.jobs.stop(id, 'stopped')
    const given = await until('it to be given back', async () => {
      const row = await rowOf(id)
      return row.leaseUntil !== null && row.holder === null && row
    })
    expect(given.attempts).toBe(1)
    await finisher.close()
  })
})
