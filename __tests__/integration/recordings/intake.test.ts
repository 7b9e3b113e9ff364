import { randomBytes, randomUUID } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import type { RecordingId } from '#lib/protocol/ids.ts'
import { MAX_CHUNK_BYTES } from '#lib/protocol/recordings.ts'
import { sessions } from '#server/auth/sessions.ts'
import { until } from '../../browser/support/until.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import {
  firstChunk,
  guestInMeeting,
  type Meeting,
  meetingUnderWay,
  type RecordingServer,
  recorderOf,
  startRecording,
  startRecordingServer,
  Uploader,
} from '../../support/recordingServer.ts'
import { guestFor, signedInUser } from '../../support/session.ts'

jest.setTimeout(60_000)

let data: TestDatabase
let server: RecordingServer
let meeting: Meeting
let id: RecordingId
let recorder: Uploader
let part: string

beforeAll(async () => {
  data = await createTestDatabase()
  server = await startRecordingServer(data.url)
})
afterAll(async () => {
  await server.close()
  await data.drop()
})
beforeEach(async () => {
  meeting = await meetingUnderWay(data.prisma)
  id = await startRecording(server, meeting)
  recorder = new Uploader(server, id, await recorderOf(id, meeting))
  const opened = await recorder.open()
  expect(opened.status).toBe(201)
  part = opened.part
})

const storedChunks = (): string[] => {
  const folder = path.join(server.folder, 'r', id, 'parts', part)
  return existsSync(folder) ? readdirSync(folder).sort() : []
}
const rows = () =>
  data.prisma.recordingChunk.findMany({
    where: { partId: part },
    orderBy: { seq: 'asc' },
    select: { seq: true, bytes: true },
  })
const as = (cookie: string) => new Uploader(server, id, cookie)

describe('chunks', () => {
  test('[REC-40] acknowledged: its bytes are in the storage, its row is written, and the recording runs', async () => {
    const bytes = firstChunk()
    expect((await server.recordings.jobs.progress(id))?.startedAt).toBeNull()
    expect((await recorder.chunk(part, 0, bytes)).status).toBe(204)
    const [name = ''] = storedChunks()
    expect(readFileSync(path.join(server.folder, 'r', id, 'parts', part, name)).equals(bytes)).toBe(true)
    expect(await rows()).toEqual([{ seq: 0, bytes: bytes.length }])
    const progress = await server.recordings.jobs.progress(id)
    expect(progress?.startedAt).not.toBeNull()
    expect(progress?.lastChunkAt).not.toBeNull()
    expect(await data.prisma.recording.findUnique({ where: { id }, select: { state: true } })).toEqual({
      state: 'RUNNING',
    })
  })

  test('[REC-40] the same again is acknowledged again; another one under its number is 409', async () => {
    const bytes = firstChunk()
    for (let time = 0; time < 3; time += 1) expect((await recorder.chunk(part, 0, bytes)).status).toBe(204)
    expect((await recorder.chunk(part, 0, firstChunk())).status).toBe(409)
    expect(await rows()).toHaveLength(1)
    expect(storedChunks()).toHaveLength(1)
  })

  test('[REC-40] no gaps: 409 and what is due', async () => {
    const early = await recorder.chunk(part, 1, randomBytes(10))
    expect(early).toMatchObject({ status: 409, body: { state: { next: 0, closed: false } } })
    await recorder.chunk(part, 0, firstChunk())
    expect((await recorder.chunk(part, 2, randomBytes(10))).status).toBe(409)
    expect((await recorder.state(part)).body).toEqual({ next: 1, closed: false })
  })

  test('[REC-40] twenty writers of one number, of ten kinds: one has won, and its bytes are the ones that are stored', async () => {
    await recorder.chunk(part, 0, firstChunk())
    const kinds = Array.from({ length: 10 }, () => randomBytes(200_000))
    const writers = [...kinds, ...kinds].map((bytes) => ({ bytes, reply: recorder.chunk(part, 1, bytes) }))
    const won: Buffer[] = []
    for (const { bytes, reply } of writers) {
      const { status } = await reply
      expect([204, 409, 429]).toContain(status)
      if (status === 204) won.push(bytes)
    }
    expect(won.length).toBeGreaterThan(0)
    expect(won.every((bytes) => won[0]?.equals(bytes))).toBe(true)
    expect(storedChunks()).toHaveLength(2)
    const stored = readFileSync(path.join(server.folder, 'r', id, 'parts', part, storedChunks()[1] ?? ''))
    expect(won[0]?.equals(stored)).toBe(true)
  })

  test('[REC-41] what its digest does not say, says nothing, or is no WebM, is refused before it is stored', async () => {
    const bytes = firstChunk()
    const wrong = { 'digest-sha256': 'ab'.repeat(32) }
    expect((await recorder.chunk(part, 0, bytes, wrong)).status).toBe(400)
    expect((await recorder.chunk(part, 0, bytes, { 'digest-sha256': undefined })).status).toBe(400)
    expect((await recorder.chunk(part, 0, bytes, { 'digest-sha256': 'AB'.repeat(32) })).status).toBe(400)
    expect((await recorder.chunk(part, 0, Buffer.alloc(0))).status).toBe(400)
    expect((await recorder.chunk(part, 0, Buffer.from('<html>'))).status).toBe(400)
    expect(storedChunks()).toEqual([])
    expect(await rows()).toEqual([])
  })

  test('[REC-42] a chunk of 10 GB is refused by its length alone', async () => {
    const reply = await recorder.chunk(part, 0, Buffer.alloc(0), { 'content-length': '10000000000' })
    expect(reply.status).toBe(413)
  })

  test('[REC-42] without a length it is cut off at the limit, and nothing of it stays', async () => {
    const sent = await endless(`/api/recordings/${id}/parts/${part}/chunks/0`)
    expect(sent.status).toMatch(/^HTTP\/1\.1 400/)
    expect(sent.bytes).toBeLessThan(4 * MAX_CHUNK_BYTES)
    expect(storedChunks()).toEqual([])
    expect((await recorder.chunk(part, 0, firstChunk())).status).toBe(204)
  })

  test('[REC-42] the largest chunk there may be is taken; other bodies are small', async () => {
    expect((await recorder.chunk(part, 0, firstChunk(MAX_CHUNK_BYTES - 4))).status).toBe(204)
    const large = JSON.stringify({ events: [], padding: 'x'.repeat(100_000) })
    expect((await recorder.send('POST', 'events', large)).status).toBe(413)
  })

  test('[REC-43] after the part is closed: 410, but what came before is acknowledged still', async () => {
    const first = firstChunk()
    await recorder.chunk(part, 0, first)
    expect((await recorder.closePart(part, 5)).status).toBe(409)
    expect((await recorder.closePart(part, 1)).status).toBe(204)
    expect((await recorder.closePart(part, 1)).status).toBe(204)
    expect((await recorder.chunk(part, 1, randomBytes(10))).status).toBe(410)
    expect((await recorder.chunk(part, 0, first)).status).toBe(204)
    expect((await recorder.state(part)).body).toEqual({ next: 1, closed: true })
  })

  test('[REC-43] closing and adding at once: what was acknowledged is in the part that was closed', async () => {
    await recorder.chunk(part, 0, firstChunk())
    const added = recorder.chunk(part, 1, randomBytes(50_000))
    const closed = recorder.closePart(part, 1)
    const [one, other] = await Promise.all([added, closed])
    expect(other.status === 204).toBe(one.status !== 204)
    expect((await rows()).length).toBe(one.status === 204 ? 2 : 1)
  })

  test('[REC-43] a part is not closed over a chunk that is being added just then', async () => {
    const bytes = firstChunk()
    await recorder.chunk(part, 0, bytes)
    const { closing } = await data.prisma.$transaction(async (adding) => {
      await adding.$queryRaw`SELECT id FROM "RecordingPart" WHERE id = ${part}::uuid FOR NO KEY UPDATE`
      const chunk = { partId: part, seq: 1, sha256: randomBytes(32), bytes: bytes.length }
      await adding.recordingChunk.create({ data: chunk, select: { seq: true } })
      const closing = recorder.closePart(part, 1)
      await until('it to wait for the chunk', async () => {
        const [row] = await adding.$queryRaw<{ waiting: number }[]>`
          SELECT count(*)::int AS waiting FROM pg_locks AS lock WHERE NOT lock.granted
            AND lock.transactionid = (SELECT pg_current_xact_id()::xid)`
        return row?.waiting === 1
      })
      return { closing }
    })
    expect((await closing).status).toBe(409)
    expect((await recorder.closePart(part, 2)).status).toBe(204)
  })
})

describe('attacks', () => {
  const chunk = firstChunk()

  test('[REC-44] without a session 401; with one that is not theirs, there is no such thing', async () => {
    expect((await as('').chunk(part, 0, chunk)).status).toBe(401)
    const stranger = await signedInUser(data.prisma)
    const guest = await guestFor(data.prisma, meeting.meetingId)
    for (const cookie of [stranger.cookie, guest.cookie, meeting.host.cookie]) {
      for (const reply of [
        await as(cookie).chunk(part, 0, chunk),
        await as(cookie).state(part),
        await as(cookie).closePart(part, 0),
        await as(cookie).open(),
        await as(cookie).events([anEvent()]),
      ]) {
        expect([reply.status, reply.body.error?.code]).toEqual([404, 'not-found'])
      }
    }
    expect(await rows()).toEqual([])
  })

  test('[REC-44] a recorder of another meeting, by path or by part, finds nothing', async () => {
    const otherMeeting = await meetingUnderWay(data.prisma)
    const otherId = await startRecording(server, otherMeeting)
    const other = new Uploader(server, otherId, await recorderOf(otherId, otherMeeting))
    expect((await new Uploader(server, id, other.cookie).chunk(part, 0, chunk)).status).toBe(404)
    // Its own recording in the path, somebody else's part behind it.
    expect((await other.chunk(part, 0, chunk)).status).toBe(404)
    expect((await other.open({ id: part })).status).toBe(409)
    expect(await rows()).toEqual([])
  })

  test('[REC-44] from another site, or from nowhere: 403', async () => {
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: undefined, 'sec-fetch-site': undefined },
      { origin: undefined, 'sec-fetch-site': 'cross-site' },
    ]) {
      expect((await recorder.chunk(part, 0, chunk, headers)).status).toBe(403)
    }
  })

  test.each([
    '../../../../etc/passwd',
    '..%2f..%2fetc%2fpasswd',
    '-1',
    '1.5',
    '00',
    '0x0',
    '1e3',
    '43200',
    '9999999',
    '0%00',
    ' 0',
    '0/../1',
  ])('[REC-45] the number %j is none', async (seq) => {
    const { status } = await recorder.chunk(part, encodeURI(seq), chunk)
    expect([400, 404, 405, 413]).toContain(status)
    expect(storedChunks()).toEqual([])
  })

  test.each(['..', '../..', randomUUID().toUpperCase(), 'a'.repeat(36), `${randomUUID()}\0`])(
    '[REC-45] the part %j is none',
    async (name) => {
      const { status } = await recorder.chunk(encodeURIComponent(name), 0, chunk)
      expect([400, 404]).toContain(status)
    },
  )

  test('[REC-45] what a part is called never reaches the storage', async () => {
    const reply = await recorder.send(
      'POST',
      'parts',
      JSON.stringify({
        id: '../../x',
        source: { type: 'composed' },
        mimeType: 'video/webm;codecs=vp8,opus',
        startedAt: 0,
      }),
    )
    expect(reply.status).toBe(400)
    const extra = { fileName: '../../etc/passwd' } as object
    expect((await recorder.open(extra)).status).toBe(400)
    expect((await recorder.open({ mimeType: 'text/html' as never })).status).toBe(400)
  })

  test('[REC-46] a recorder whose session was ended, or whose recording was stopped, adds nothing any more', async () => {
    await recorder.chunk(part, 0, chunk)
    await server.recordings.jobs.stop(id, 'stopped')
    expect((await recorder.open()).status).toBe(410)
    await sessions().end({ recordingId: id }, null, 'revoked')
    expect((await recorder.chunk(part, 1, randomBytes(10))).status).toBe(401)
    expect(await rows()).toHaveLength(1)
  })

  test('[REC-46] a stop leaves time for the last chunk; the end of its part ends the session', async () => {
    await recorder.chunk(part, 0, chunk)
    await server.recordings.jobs.stop(id, 'stopped')
    expect((await recorder.chunk(part, 1, randomBytes(10))).status).toBe(204)
    expect((await recorder.closePart(part, 2)).status).toBe(204)
    await until('the session to end', async () => (await recorder.state(part)).status === 401)
  })

  test('[REC-46] a second recorder’s part leaves the first one’s to the first: what that has kept may come still', async () => {
    await recorder.chunk(part, 0, chunk)
    const second = new Uploader(server, id, await recorderOf(id, meeting))
    expect((await second.open()).status).toBe(201)
    expect((await recorder.chunk(part, 1, randomBytes(10))).status).toBe(204)
    expect((await second.chunk(part, 1, randomBytes(10))).status).toBe(404)
  })

  test('[REC-214] what a browser that died has left comes into its own part from another session, after the stop as well', async () => {
    const first = firstChunk()
    await recorder.chunk(part, 0, first)
    await as(await recorderOf(id, meeting)).open()
    const finder = as(await recorderOf(id, meeting))
    expect((await finder.chunk(part, 1, randomBytes(10))).status).toBe(404)
    expect(await finder.open({ id: part })).toMatchObject({ status: 200, body: { next: 1, closed: false } })
    expect((await finder.chunk(part, 0, first)).status).toBe(204)
    expect((await finder.chunk(part, 1, randomBytes(10))).status).toBe(204)
    await server.recordings.jobs.stop(id, 'stopped')
    const another = as(await recorderOf(id, meeting))
    expect(await another.open({ id: part })).toMatchObject({ status: 200, body: { next: 2 } })
    expect((await another.chunk(part, 2, randomBytes(10))).status).toBe(204)
    expect((await another.closePart(part, 3)).status).toBe(204)
    // What nobody had opened by then stays away.
    expect((await another.open()).status).toBe(410)
  })

  test('[REC-44] a deleted recording is none', async () => {
    await recorder.chunk(part, 0, chunk)
    await server.recordings.deleteRecording(id)
    expect((await recorder.chunk(part, 1, randomBytes(10))).status).toBe(404)
    expect(existsSync(path.join(server.folder, 'r', id))).toBe(false)
  })
})

describe('local recordings and tracks', () => {
  test('[REC-47] a local recording is its host’s to add to, and nobody else’s', async () => {
    await server.recordings.jobs.stop(id, 'stopped')
    id = await startRecording(server, meeting, { kind: 'local' })
    const host = as(meeting.host.cookie)
    const opened = await host.open()
    expect(opened.status).toBe(201)
    expect((await host.chunk(opened.part, 0, firstChunk())).status).toBe(204)
    expect((await as(recorder.cookie).open()).status).toBe(404)
    expect(
      (await as((await signedInUser(data.prisma)).cookie).chunk(opened.part, 1, randomBytes(5))).status,
    ).toBe(404)
  })

  test('[REC-47] signed in anew, a person goes on with their own part, and with nobody else’s', async () => {
    const { host } = meeting
    const again = await signedInUser(data.prisma, { userId: host.user.id })
    // What a recorder composes is no person's.
    expect((await as(again.cookie).open({ id: part })).status).toBe(404)
    await server.recordings.jobs.stop(id, 'stopped')
    id = await startRecording(server, meeting, { kind: 'local', studio: true })
    const { part: composed } = await as(host.cookie).open()
    expect((await as(host.cookie).chunk(composed, 0, firstChunk())).status).toBe(204)
    expect((await as(again.cookie).chunk(composed, 1, randomBytes(5))).status).toBe(404)
    const other = await signedInUser(data.prisma)
    expect((await as(other.cookie).open({ id: composed })).status).toBe(404)
    expect(await as(again.cookie).open({ id: composed })).toMatchObject({ status: 200, body: { next: 1 } })
    expect((await as(again.cookie).chunk(composed, 1, randomBytes(5))).status).toBe(204)

    const source = { type: 'track', track: 'microphone' } as const
    const grace = await guestInMeeting(server, data.prisma, meeting, id, true)
    const noor = await guestInMeeting(server, data.prisma, meeting, id, true)
    const track = await as(grace.cookie).open({ source, mimeType: 'audio/webm;codecs=opus' })
    const stolen = await as(noor.cookie).open({ id: track.part, source, mimeType: 'audio/webm;codecs=opus' })
    expect(stolen.status).toBe(409)
    // A track's owner takes no composed part, and the composer no track.
    expect((await as(grace.cookie).open({ id: composed, source })).status).toBe(409)
    expect((await as(host.cookie).open({ id: track.part })).status).toBe(409)
  })

  test('[REC-47] a track is taken from who has a seat there and has agreed', async () => {
    await server.recordings.jobs.stop(id, 'stopped')
    id = await startRecording(server, meeting, { studio: true })
    const source = { type: 'track', track: 'microphone' } as const
    const track = { source, mimeType: 'audio/webm;codecs=opus' } as const
    const agreed = await guestInMeeting(server, data.prisma, meeting, id, true)
    const declined = await guestInMeeting(server, data.prisma, meeting, id, false)
    const silent = await guestInMeeting(server, data.prisma, meeting, id, null)
    const passerBy = await guestFor(data.prisma, meeting.meetingId)
    const opened = await as(agreed.cookie).open(track)
    expect(opened.status).toBe(201)
    expect((await as(agreed.cookie).chunk(opened.part, 0, firstChunk())).status).toBe(204)
    for (const { cookie } of [declined, silent, passerBy])
      expect((await as(cookie).open(track)).status).toBe(404)
    // Agreeing to one's own track is no right to the picture of all, nor to somebody else's track.
    expect((await as(agreed.cookie).open()).status).toBe(404)
    expect((await as(declined.cookie).chunk(opened.part, 1, randomBytes(5))).status).toBe(404)
    const row = await data.prisma.recordingPart.findUnique({
      where: { id: opened.part },
      select: { visitId: true, personName: true, track: true },
    })
    expect(row).toEqual({ visitId: agreed.visitId, personName: 'Grace', track: 'microphone' })
    // A track does not make the recording run.
    expect((await server.recordings.jobs.progress(id))?.startedAt).toBeNull()
  })

  test('[REC-162] a track with more in it than can have been recorded is over, and the recording goes on', async () => {
    await server.recordings.jobs.stop(id, 'stopped')
    id = await startRecording(server, meeting, { studio: true })
    const began = new Date(Date.now() - 60_000)
    await data.prisma.recording.update({ where: { id }, data: { createdAt: began } })
    const film = new Uploader(server, id, await recorderOf(id, meeting))
    const { part: composed } = await film.open()
    expect((await film.chunk(composed, 0, firstChunk())).status).toBe(204)
    const own = as((await guestInMeeting(server, data.prisma, meeting, id, true)).cookie)
    const source = { type: 'track', track: 'microphone' } as const
    const track = { source, mimeType: 'audio/webm;codecs=opus' } as const
    const largest = firstChunk(MAX_CHUNK_BYTES - 4)

    const { part: late } = await own.open(track)
    for (const seq of [0, 1]) expect((await own.chunk(late, seq, largest)).status).toBe(204)
    const { status, body } = await own.chunk(late, 2, largest)
    expect([status, body.error?.code]).toEqual([413, 'invalid-request'])
    expect((await own.chunk(late, 2, randomBytes(1))).status).toBe(410)
    expect((await own.state(late)).body).toEqual({ next: 2, closed: true })
    expect(readdirSync(path.join(server.folder, 'r', id, 'parts', late))).toHaveLength(2)

    // What was kept while a network was away was recorded all that time, and fits; but all its parts are one track.
    const { part: kept } = await own.open({ ...track, startedAt: began.getTime() })
    expect((await own.chunk(kept, 0, firstChunk(4_000_000))).status).toBe(204)
    const { part: third } = await own.open({ ...track, startedAt: began.getTime() })
    expect((await own.chunk(third, 0, largest)).status).toBe(413)
    expect((await own.open({ ...track, source: { type: 'track', track: 'camera' } })).status).toBe(201)

    expect((await film.chunk(composed, 1, randomBytes(500))).status).toBe(204)
    expect((await server.recordings.jobs.progress(id))?.stopReason).toBeNull()
  })

  test('[REC-162] so is a composed part; its recorder goes on with another one', async () => {
    const largest = firstChunk(MAX_CHUNK_BYTES - 4)
    // As if it had begun five seconds later: a slow machine takes its time for what comes now.
    const startedAt = new Date(Date.now() + 5_000)
    await data.prisma.recordingPart.update({ where: { id: part }, data: { startedAt } })
    for (const seq of [0, 1]) expect((await recorder.chunk(part, seq, largest)).status).toBe(204)
    await data.prisma.recordingPart.update({ where: { id: part }, data: { startedAt: new Date() } })
    expect((await recorder.chunk(part, 2, largest)).status).toBe(413)
    const again = await recorder.open()
    expect((await recorder.chunk(again.part, 0, firstChunk())).status).toBe(204)
  })

  test('[REC-162] a part’s bytes are counted as they are written down, and what has no room is not, whoever looked before', async () => {
    const { PrismaIntakeRows } = await import('#server/recordings/intake/PrismaIntakeRows.ts')
    const rows = new PrismaIntakeRows(data.prisma)
    await recorder.chunk(part, 0, firstChunk())
    const { bytes } = await data.prisma.recordingPart.findUniqueOrThrow({ where: { id: part } })
    expect(Number(bytes)).toBe(1_004)
    const chunk = { recordingId: id, partId: part, seq: 1, bytes: 600, most: 2_000 }
    const both = await Promise.all(
      [1, 2].map((byte) => rows.addChunk({ ...chunk, sha256: Buffer.alloc(32, byte) })),
    )
    expect(both.filter(Boolean)).toHaveLength(1)
    expect(await rows.addChunk({ ...chunk, seq: 2, sha256: Buffer.alloc(32) })).toBe(false)
  })

  test('[REC-47] without studio there are no tracks', async () => {
    const agreed = await guestInMeeting(server, data.prisma, meeting, id, true)
    const source = { type: 'track', track: 'microphone' } as const
    expect((await as(agreed.cookie).open({ source })).status).toBe(404)
  })
})

describe('events', () => {
  test('[REC-48] are on the recording’s time line, once, however often they are told', async () => {
    const startedAt = Date.now()
    const opened = await recorder.open({ startedAt })
    await recorder.chunk(opened.part, 0, firstChunk())
    const recording = await data.prisma.recording.findUniqueOrThrow({
      where: { id },
      select: { startedAt: true },
    })
    const zero = recording.startedAt?.getTime() ?? 0
    const event = { ...anEvent(), at: zero + 2500 }
    const early = { ...anEvent(), at: zero - 5000 }
    for (let time = 0; time < 2; time += 1) expect((await recorder.events([event, early])).status).toBe(204)
    const stored = await data.prisma.recordingEvent.findMany({
      where: { recordingId: id },
      select: { id: true, atMs: true, name: true },
      orderBy: { atMs: 'asc' },
    })
    expect(stored).toEqual([
      { id: early.id, atMs: 0, name: 'Ada' },
      { id: event.id, atMs: 2500, name: 'Ada' },
    ])
  })
})

describe('a slow client', () => {
  test('[REC-42] is cut off, and holds nobody up', async () => {
    const { createIntake } = await import('#server/recordings/intake/createIntake.ts')
    const { PrismaIntakeRows } = await import('#server/recordings/intake/PrismaIntakeRows.ts')
    const { createServer } = await import('node:http')
    const { log } = await import('#server/log.ts')
    const handle = createIntake({
      rows: new PrismaIntakeRows(data.prisma),
      sessions: sessions(),
      storageOf: server.recordings.storageOf,
      capacity: { shortage: async () => null },
      publicUrl: server.origin,
      log: log(),
      bodyTimeoutMs: 300,
    })
    const impatient = createServer((request, response) => void handle(request, response))
    await new Promise<void>((resolve) => impatient.listen(0, '127.0.0.1', resolve))
    const { port } = impatient.address() as net.AddressInfo
    try {
      const said = await new Promise<string>((resolve) => {
        const socket = net.connect(port, '127.0.0.1')
        let text = ''
        socket.on('data', (piece: Buffer) => {
          text += piece.toString()
        })
        socket.on('close', () => resolve(text))
        socket.write(
          `PUT /api/recordings/${id}/parts/${part}/chunks/0 HTTP/1.1\r\nHost: x\r\nOrigin: ${server.origin}\r\n` +
            `Cookie: ${recorder.cookie}\r\nDigest-SHA256: ${'ab'.repeat(32)}\r\nContent-Length: 1000\r\n\r\nx`,
        )
      })
      expect(said).toMatch(/^HTTP\/1\.1 408/)
      expect(
        (
          await new Uploader({ port, origin: server.origin }, id, recorder.cookie).chunk(
            part,
            0,
            firstChunk(),
          )
        ).status,
      ).toBe(204)
    } finally {
      impatient.closeAllConnections()
      impatient.close()
    }
  })
})

const anEvent = () => ({
  id: randomUUID(),
  at: Date.now(),
  durationMs: null,
  type: 'joined',
  participantId: randomUUID(),
  name: 'Ada',
  text: null,
})

/** Sends a body without end and without length, until somebody has enough. */
function endless(target: string): Promise<{ status: string; bytes: number }> {
  return new Promise((resolve) => {
    const socket = net.connect(server.port, '127.0.0.1')
    let status = ''
    let bytes = 0
    const piece = Buffer.concat([Buffer.from('10000\r\n'), Buffer.alloc(65_536), Buffer.from('\r\n')])
    const more = () => {
      while (!socket.destroyed && bytes < 1e9 && socket.write(piece)) bytes += piece.length
    }
    socket.on('drain', more)
    socket.on('data', (text: Buffer) => {
      status += text.toString()
    })
    socket.on('error', () => undefined)
    socket.on('close', () => resolve({ status, bytes }))
    socket.write(
      `PUT ${target} HTTP/1.1\r\nHost: ${new URL(server.origin).host}\r\nOrigin: ${server.origin}\r\n` +
        `Cookie: ${recorder.cookie}\r\nDigest-SHA256: ${'ab'.repeat(32)}\r\nTransfer-Encoding: chunked\r\n\r\n`,
    )
    more()
  })
}
