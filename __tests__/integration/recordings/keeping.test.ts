import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { RecordingId } from '#lib/protocol/ids.ts'
import { LEASE_MS } from '#server/recordings/RecorderDesk.ts'
import { chunkKey } from '#server/recordings/RecordingStorage.ts'
import { until } from '../../browser/support/until.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import {
  firstChunk,
  type Meeting,
  meetingUnderWay,
  type RecordingServer,
  recorderOf,
  startRecording,
  startRecordingServer,
  Uploader,
} from '../../support/recordingServer.ts'
import { makeSmallDisk, smallDisksOr } from '../../support/smallDisk.ts'

jest.setTimeout(120_000)

const DAY_MS = 86_400_000
let data: TestDatabase
beforeAll(async () => {
  data = await createTestDatabase()
})
afterAll(() => data.drop())

const row = (id: string) => data.prisma.recording.findUnique({ where: { id } })

async function onePart(server: RecordingServer, id: RecordingId, meeting: Meeting) {
  const recorder = new Uploader(server, id, await recorderOf(id, meeting))
  const { part } = await recorder.open()
  const first = firstChunk()
  expect((await recorder.chunk(part, 0, first)).status).toBe(204)
  return { recorder, part, first }
}

describe('jobs and recorders', () => {
  let server: RecordingServer
  let meeting: Meeting
  beforeAll(async () => {
    server = await startRecordingServer(data.url)
  })
  afterAll(() => server.close())
  beforeEach(async () => {
    await data.prisma.recording.deleteMany()
    await data.prisma.recorderProcess.deleteMany()
    meeting = await meetingUnderWay(data.prisma)
  })

  test('[REC-36] a server recording is offered while a recorder with room for it lives', async () => {
    const { jobs, desk } = server.recordings
    expect(await jobs.offers()).toEqual(['local', 'device'])
    await desk.heartbeat({ id: 'a', hostname: 'here', free: 0 })
    expect(await jobs.offers()).toEqual(['local', 'device'])
    await desk.heartbeat({ id: 'a', hostname: 'here', free: 1 })
    expect(await jobs.offers()).toEqual(['server', 'local', 'device'])
    await data.prisma.recorderProcess.update({
      where: { id: 'a' },
      data: { seenAt: new Date(Date.now() - 60_000) },
    })
    expect(await jobs.offers()).toEqual(['local', 'device'])
    await desk.heartbeat({ id: 'b', hostname: 'there', free: 1 })
    await desk.leave('b')
    expect(await jobs.offers()).toEqual(['local', 'device'])
  })

  test('[REC-36] of two hosts who press the button at once one has started it', async () => {
    const both = await Promise.allSettled([startRecording(server, meeting), startRecording(server, meeting)])
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(both.find((one) => one.status === 'rejected')).toMatchObject({ reason: { code: 'conflict' } })
  })

  test('[REC-37] ten recorders ask at once for five jobs: each job has one of them', async () => {
    const jobs = await Promise.all(
      Array.from({ length: 5 }, async () => startRecording(server, await meetingUnderWay(data.prisma))),
    )
    const claimed = await Promise.all(
      Array.from({ length: 10 }, (_, index) => server.recordings.desk.claim(`r${index}`)),
    )
    expect(claimed.flatMap((job) => (job ? [job.id] : [])).sort()).toEqual([...jobs].sort())
  })

  test('[REC-37] a job whose recorder died is taken over, and the dead one’s lease is no longer prolonged', async () => {
    const { desk, jobs } = server.recordings
    const id = await startRecording(server, meeting)
    expect(await desk.claim('first')).toMatchObject({ id, attempt: 1, startedAt: null })
    expect((await jobs.progress(id))?.held).toBe(true)
    expect(await desk.claim('second')).toBeNull()
    await data.prisma.recording.update({
      where: { id },
      data: { leaseUntil: new Date(Date.now() - LEASE_MS) },
    })
    expect((await jobs.progress(id))?.held).toBe(false)
    expect(await desk.claim('second')).toMatchObject({ id, attempt: 2 })
    expect(await desk.renew('first', [id])).toEqual([])
    expect(await desk.renew('second', [id])).toEqual([id])
    await desk.release('first', id, { failed: true })
    expect(await desk.claim('third')).toBeNull()
    await desk.release('second', id, { failed: true })
    expect(await desk.claim('third')).toMatchObject({ id, attempt: 3 })
    await jobs.stop(id, 'stopped')
    expect(await desk.renew('third', [id])).toEqual([])
    await desk.giveUp('third', id, 'failed')
    expect((await jobs.progress(id))?.stopReason).toBe('stopped')
  })

  test('[REC-212] a recording is found by its id for as long as something of it is taken', async () => {
    const { desk, jobs } = server.recordings
    const id = await startRecording(server, meeting)
    const { code } = await data.prisma.meeting.findUniqueOrThrow({ where: { id: meeting.meetingId } })
    const found = { id, meetingId: meeting.meetingId, meetingCode: code }
    expect(await desk.find(id)).toEqual(found)
    await onePart(server, id, meeting)
    await jobs.stop(id, 'stopped')
    expect(await desk.find(id)).toEqual(found)
    await data.prisma.recording.update({ where: { id }, data: { state: 'READY' } })
    expect(await desk.find(id)).toBeNull()
    await server.recordings.deleteRecording(id)
    expect(await desk.find(id)).toBeNull()
  })

  test('[REC-166] who takes a job over is told what was recorded last of it', async () => {
    const { desk } = server.recordings
    const id = await startRecording(server, meeting)
    expect(await desk.claim('first')).toMatchObject({ id, recordedAs: null })
    for (const [name, mimeType] of [
      ['second', 'video/webm;codecs=vp8,opus'],
      ['third', 'video/webm;codecs=h264,opus'],
    ] as const) {
      const recorder = new Uploader(server, id, await recorderOf(id, meeting))
      expect((await recorder.open({ mimeType })).status).toBe(201)
      await desk.release(name === 'second' ? 'first' : 'second', id, { failed: true })
      expect(await desk.claim(name)).toMatchObject({ id, recordedAs: mimeType })
    }
    // A person's own track is none of it.
    const track = {
      index: 9,
      source: 'TRACK',
      track: 'microphone',
      sessionId: randomUUID(),
      startedAt: new Date(),
    } as const
    await data.prisma.recordingPart.create({
      data: { ...track, recordingId: id, mimeType: 'audio/webm;codecs=opus' },
      select: { id: true },
    })
    await desk.release('third', id, { failed: true })
    expect(await desk.claim('fourth')).toMatchObject({ id, recordedAs: 'video/webm;codecs=h264,opus' })
  })

  test('[REC-222] given back while the server is away it has not been attempted', async () => {
    const { desk } = server.recordings
    const id = await startRecording(server, meeting)
    expect(await desk.claim('first')).toMatchObject({ id, attempt: 1 })
    await desk.release('first', id, { failed: false })
    expect(await desk.claim('second')).toMatchObject({ id, attempt: 1 })
    await desk.release('second', id, { failed: true })
    expect(await desk.claim('third')).toMatchObject({ id, attempt: 2 })
  })

  test('[REC-37] attempts are bounded: then everybody reads that the recorder was lost', async () => {
    const id = await startRecording(server, meeting)
    await data.prisma.recording.update({ where: { id }, data: { attempts: 20 } })
    expect(await server.recordings.desk.claim('one-more')).toBeNull()
    expect((await server.recordings.jobs.progress(id))?.stopReason).toBe('recorder-lost')
  })

  test('[REC-36] stopping twice keeps the first reason; a restarted room finds what goes on', async () => {
    const { jobs } = server.recordings
    const id = await startRecording(server, meeting)
    expect((await jobs.open(meeting.conference))?.id).toBe(id)
    await jobs.stop(id, 'host-left')
    await jobs.stop(id, 'failed')
    expect((await jobs.progress(id))?.stopReason).toBe('host-left')
    expect(await jobs.open(meeting.conference)).toBeNull()
  })

  test('[REC-57] a recording that nobody goes on with is stopped once its meeting is over, not before', async () => {
    const id = await startRecording(server, meeting)
    const old = new Date(Date.now() - 3_600_000)
    await data.prisma.recording.update({ where: { id }, data: { createdAt: old } })
    const { PrismaRecordingRows } = await import('#server/recordings/PrismaRecordingRows.ts')
    const rows = new PrismaRecordingRows(data.prisma)
    await rows.stopAbandoned()
    expect((await row(id))?.stopReason).toBeNull()
    await data.prisma.conference.update({ where: { id: meeting.conference }, data: { lastActiveAt: old } })
    expect(await rows.stopAbandoned()).toBe(1)
    expect((await row(id))?.stopReason).toBe('interrupted')
  })
})

describe('deleting', () => {
  test('[REC-55] takes bytes, rows and shares; what the storage refuses is tried again by the next start', async () => {
    let server = await startRecordingServer(data.url)
    const meeting = await meetingUnderWay(data.prisma)
    const id = await startRecording(server, meeting)
    await onePart(server, id, meeting)
    const share = await data.prisma.recordingShare.create({
      data: { recordingId: id, secretHash: 'x', label: 'Grace' },
      select: { id: true },
    })
    const bytes = path.join(server.folder, 'r')
    const away = `${server.folder}-away`
    renameSync(bytes, away)
    // In its place lies something that is no folder: nothing below it can be removed.
    writeFileSync(bytes, '')
    await server.recordings.deleteRecording(id)
    expect((await row(id))?.deletedAt).not.toBeNull()
    expect(await data.prisma.recordingShare.findUnique({ where: { id: share.id } })).toMatchObject({
      revokedAt: expect.any(Date),
    })
    expect(await server.recordings.jobs.progress(id)).toBeNull()
    // Closed first: with nothing in the way it would find nothing to remove, and call that done.
    await server.close()
    const kept = mkdtempSync(path.join(os.tmpdir(), 'parley-kept-'))
    renameSync(away, path.join(kept, 'r'))
    expect(existsSync(path.join(kept, 'r', id))).toBe(true)
    server = await startRecordingServer(data.url, { RECORDINGS_DIR: kept })
    await until('its row is gone', async () => (await row(id)) === null)
    expect(existsSync(path.join(kept, 'r', id))).toBe(false)
    expect(await data.prisma.recordingShare.findUnique({ where: { id: share.id } })).toBeNull()
    await server.close()
    rmSync(kept, { recursive: true, force: true })
  })

  test('[REC-56][REC-144] by itself, and in the trail, after the days of the meeting or, if they are fewer, of the server', async () => {
    let server = await startRecordingServer(data.url, { RECORDINGS_KEEP_DAYS: '10' })
    const meeting = await meetingUnderWay(data.prisma)
    const daysOf = async (keepDays?: number) => {
      const id = await startRecording(server, meeting, keepDays === undefined ? {} : { keepDays })
      await server.recordings.jobs.stop(id, 'stopped')
      return { id, days: ((await row(id))?.expiresAt?.getTime() ?? 0) - Date.now() }
    }
    for (const [wish, days] of [
      [undefined, 10],
      [3, 3],
      [90, 10],
    ] as const) {
      expect(Math.round((await daysOf(wish)).days / DAY_MS)).toBe(days)
    }
    const { id } = await daysOf()
    await data.prisma.recording.update({ where: { id }, data: { expiresAt: new Date(Date.now() - 1) } })
    await server.close()
    server = await startRecordingServer(data.url)
    await until('its row is gone', async () => (await row(id)) === null)
    const deleted = await data.prisma.auditEvent.findMany({
      where: { targetId: id, action: 'recording.deleted' },
    })
    await server.close()
    expect(deleted.map(({ actorId, details }) => [actorId, details])).toEqual([[null, { reason: 'expired' }]])
  })

  test('[REC-144] one whose days are over is in the trail as deleted, by nobody and once; its links are over', async () => {
    const meeting = await meetingUnderWay(data.prisma)
    const server = await startRecordingServer(data.url)
    const id = await startRecording(server, meeting)
    await server.recordings.jobs.stop(id, 'stopped')
    await server.close()
    await data.prisma.recording.update({ where: { id }, data: { expiresAt: new Date(Date.now() - 1) } })
    const link = { recordingId: id, secretHash: randomUUID(), label: 'Grace' }
    const share = await data.prisma.recordingShare.create({ data: link, select: { id: true } })
    const { PrismaRecordingRows } = await import('#server/recordings/PrismaRecordingRows.ts')
    const rows = new PrismaRecordingRows(data.prisma)
    // Two processes look at the same time.
    expect((await Promise.all([rows.markExpired(id), rows.markExpired(id)])).sort()).toEqual([false, true])
    const where = { targetId: id, action: 'recording.deleted' }
    expect(await data.prisma.auditEvent.findMany({ where })).toEqual([
      expect.objectContaining({ actorId: null, address: null, details: { reason: 'expired' } }),
    ])
    const after = await data.prisma.recordingShare.findUnique({ where: { id: share.id } })
    expect([after?.revokedAt, (await row(id))?.deletedAt]).toEqual([expect.any(Date), expect.any(Date)])
  })
})

describe('room', () => {
  test('[REC-58] over its quota nothing begins, and what runs stops, for everybody to read', async () => {
    const server = await startRecordingServer(data.url, { RECORDINGS_QUOTA_GB: '0.000002' })
    try {
      const meeting = await meetingUnderWay(data.prisma)
      await data.prisma.recording.deleteMany()
      const id = await startRecording(server, meeting)
      const recorder = new Uploader(server, id, await recorderOf(id, meeting))
      const { part } = await recorder.open()
      let seq = 0
      let status = 204
      // Space is looked at every two seconds.
      for (; status === 204; seq += 1) status = (await recorder.chunk(part, seq, firstChunk())).status
      expect(status).toBe(507)
      expect((await row(id))?.stopReason).toBe('quota')
      await expect(startRecording(server, await meetingUnderWay(data.prisma))).rejects.toMatchObject({
        code: 'full',
      })
      // On a host's own device there may be room.
      expect(await server.recordings.jobs.offers()).toEqual(['device'])
      await startRecording(server, await meetingUnderWay(data.prisma), { kind: 'device' })
    } finally {
      await server.close()
    }
  })

  smallDisksOr(test)(
    '[REC-58] a full disk: 507, the recording stops, what was acknowledged is whole, and the server lives',
    async () => {
      const { folder: disk, remove } = makeSmallDisk(8)
      mkdirSync(path.join(disk, 'recordings'))
      const server = await startRecordingServer(data.url, { RECORDINGS_DIR: path.join(disk, 'recordings') })
      try {
        await data.prisma.recording.deleteMany()
        const meeting = await meetingUnderWay(data.prisma)
        const id = await startRecording(server, meeting)
        // The disk fills up by something else, in one go: no look at it beforehand helps.
        const { recorder, part, first } = await onePart(server, id, meeting)
        writeFileSync(path.join(disk, 'other'), Buffer.alloc(7_900_000))
        const { status, body } = await recorder.chunk(part, 1, firstChunk(2_000_000))
        expect([status, body.error?.code]).toEqual([507, 'full'])
        expect((await row(id))?.stopReason).toBe('disk-full')
        expect(readdirSync(path.join(disk, 'recordings', '.unfinished'))).toEqual([])
        const acknowledged = await data.prisma.recordingChunk.findMany({ where: { partId: part } })
        expect(acknowledged.map(({ seq }) => seq)).toEqual([0])
        const [kept] = acknowledged
        if (!kept) throw new Error('no chunk')
        const storage = server.recordings.storageOf({ id, wrappedKey: null })
        const pieces: Buffer[] = []
        for await (const piece of await storage.read(chunkKey(id, part, 0, kept.sha256))) pieces.push(piece)
        expect(Buffer.concat(pieces).equals(first)).toBe(true)
        rmSync(path.join(disk, 'other'))
        const next = await startRecording(server, await meetingUnderWay(data.prisma))
        expect((await row(next))?.state).toBe('WAITING')
      } finally {
        await server.close()
        remove()
      }
    },
  )
})
