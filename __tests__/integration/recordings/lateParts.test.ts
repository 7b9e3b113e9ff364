import type { RecordingId } from '#lib/protocol/ids.ts'
import { until } from '../../browser/support/until.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { describeWithFfmpeg } from '../../support/describeWithFfmpeg.ts'
import { finishHere } from '../../support/finishHere.ts'
import {
  guestInMeeting,
  type Meeting,
  meetingUnderWay,
  type RecordingServer,
  startRecording,
  startRecordingServer,
  Uploader,
} from '../../support/recordingServer.ts'
import { inPieces, makeWebm } from '../../support/webm.ts'

jest.setTimeout(120_000)

describeWithFfmpeg('a part that comes late', () => {
  let data: TestDatabase
  let server: RecordingServer
  let meeting: Meeting
  let film: readonly Buffer[]
  const zero = Date.now() - 60_000

  beforeAll(async () => {
    data = await createTestDatabase()
    server = await startRecordingServer(data.url)
    film = inPieces(await makeWebm({ seconds: 2 }), 2)
  })
  afterAll(async () => {
    await server.close()
    await data.drop()
  })
  beforeEach(async () => {
    meeting = await meetingUnderWay(data.prisma)
  })

  async function begin(studio: boolean): Promise<RecordingId> {
    const id = await startRecording(server, meeting, { kind: 'local', studio })
    await change(id, { createdAt: new Date(zero) })
    return id
  }

  const change = (id: string, changed: object) =>
    data.prisma.recording.update({ where: { id }, data: changed, select: { id: true } })

  const rowOf = (id: string) =>
    data.prisma.recording.findUniqueOrThrow({
      where: { id },
      select: { state: true, durationMs: true, files: true, parts: true },
    })

  async function send(by: Uploader, part: string, chunks: readonly Buffer[]): Promise<void> {
    for (const [seq, bytes] of chunks.entries()) expect((await by.chunk(part, seq, bytes)).status).toBe(204)
    expect((await by.closePart(part, chunks.length)).status).toBe(204)
  }

  async function opened(by: Uploader, atMs: number, track?: 'camera'): Promise<string> {
    const source = track ? ({ type: 'track', track } as const) : ({ type: 'composed' } as const)
    const { status, part } = await by.open({ startedAt: zero + atMs, source })
    expect(status).toBe(201)
    return part
  }

  const finished = (id: string) =>
    until('all that came to be files', async () => {
      const row = await rowOf(id)
      return row.files.length > 0 && row.parts.length === 0 && row
    })

  /** As while another process finishes it: nobody else takes it on. */
  const held = (id: string, state: 'FINISHING' | 'READY') =>
    change(id, { state, holder: 'another', leaseUntil: new Date(Date.now() + 600_000) })
  const released = (id: string, state: 'FINISHING' | 'READY') =>
    change(id, { state, holder: null, leaseUntil: null })

  test('[REC-190] after its track’s file was made, becomes a further file on the same time line', async () => {
    const id = await begin(true)
    const host = new Uploader(server, id, meeting.host.cookie)
    const guest = await guestInMeeting(server, data.prisma, meeting, id, true)
    const own = new Uploader(server, id, guest.cookie)
    await send(host, await opened(host, 0), film)
    await send(own, await opened(own, 500, 'camera'), film)
    await server.recordings.jobs.stop(id, 'stopped')
    const cameras = (row: Awaited<ReturnType<typeof rowOf>>) =>
      row.files.filter((one) => one.kind === 'track')
    const before = cameras(await finished(id))
    expect(before).toHaveLength(1)

    // The line was away meanwhile.
    await send(own, await opened(own, 5_000, 'camera'), film)
    const [first, second] = cameras(await finished(id)).sort((a, b) => a.durationMs - b.durationMs)
    expect(first?.id).toBe(before[0]?.id)
    expect(second).toMatchObject({ visitId: guest.visitId, personName: 'Grace', mimeType: 'video/webm' })
    expect(Math.abs((second?.durationMs ?? 0) - 7_000)).toBeLessThan(300)
    expect([first?.film, second?.film]).toEqual([0, 1])
  })

  test('[REC-190] after the film was made, becomes a further film', async () => {
    const id = await begin(false)
    const host = new Uploader(server, id, meeting.host.cookie)
    await send(host, await opened(host, 0), film)
    await server.recordings.jobs.stop(id, 'stopped')
    await finished(id)
    await held(id, 'FINISHING')
    const late = await opened(host, 5_000)
    await held(id, 'READY')
    await send(host, late, film)
    await released(id, 'READY')
    const { files, durationMs } = await finished(id)
    expect(files.map(({ kind }) => kind).sort()).toEqual(['audio', 'audio', 'mp4', 'mp4', 'webm', 'webm'])
    expect(files.map(({ film }) => film).sort()).toEqual([0, 0, 0, 1, 1, 1])
    // As long as the film that ends last.
    expect(Math.abs((durationMs ?? 0) - 7_000)).toBeLessThan(300)
  })

  /** One film is there, or under way, and a further part is open. */
  async function joinedLate(state: 'FINISHING' | 'READY') {
    const id = await begin(false)
    const host = new Uploader(server, id, meeting.host.cookie)
    await send(host, await opened(host, 0), film)
    const late = await opened(host, 3_000)
    await server.recordings.jobs.stop(id, 'stopped')
    await held(id, state)
    return { id, host, late }
  }

  async function oneFilmOf(id: string): Promise<void> {
    const { files } = await finished(id)
    expect(files.map(({ kind }) => kind).sort()).toEqual(['audio', 'mp4', 'webm'])
    for (const { durationMs } of files) expect(Math.abs(durationMs - 5_000)).toBeLessThan(300)
  }

  test('[REC-190] that is open after the first file was made, is waited for', async () => {
    const { id, host, late } = await joinedLate('READY')
    await released(id, 'READY')
    // One that was stopped later is finished: this one was passed over.
    const after = await startRecording(server, await meetingUnderWay(data.prisma), { kind: 'local' })
    await server.recordings.jobs.stop(after, 'stopped')
    await until('the other to be over', async () => (await rowOf(after)).state === 'FAILED')
    await send(host, late, film)
    await oneFilmOf(id)
  })

  test('[REC-190] that was opened since the recording was taken on, is waited for', async () => {
    const { id, host, late } = await joinedLate('FINISHING')
    await finishHere(data.prisma, server, id)
    await send(host, late, film)
    await released(id, 'FINISHING')
    await oneFilmOf(id)
  })
})
