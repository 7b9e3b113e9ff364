import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { RecordingId } from '#lib/protocol/ids.ts'
import type { NewPart } from '#lib/protocol/recordings.ts'
import { until } from '../../browser/support/until.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { describeWithFfmpeg } from '../../support/describeWithFfmpeg.ts'
import {
  guestInMeeting,
  type Meeting,
  meetingUnderWay,
  type RecordingServer,
  recorderOf,
  startRecording,
  startRecordingServer,
  Uploader,
} from '../../support/recordingServer.ts'
import { inPieces, judge, makeWebm, seek } from '../../support/webm.ts'

jest.setTimeout(90_000)

describeWithFfmpeg.each([
  ['as they are', {}],
  ['enciphered', { RECORDINGS_KEY: 'ab'.repeat(32) }],
])('finishing, stored %s', (_, variables) => {
  let data: TestDatabase
  let server: RecordingServer
  let meeting: Meeting
  let id: RecordingId
  let recorder: Uploader
  let folder: string
  const zero = Date.now() - 60_000

  beforeAll(async () => {
    data = await createTestDatabase()
    server = await startRecordingServer(data.url, variables)
    folder = mkdtempSync(path.join(os.tmpdir(), 'parley-finished-'))
  })
  afterAll(async () => {
    await server.close()
    await data.drop()
    rmSync(folder, { recursive: true, force: true })
  })
  beforeEach(async () => {
    meeting = await meetingUnderWay(data.prisma)
    await begin({})
  })

  async function begin(options: Parameters<typeof startRecording>[2]) {
    id = await startRecording(server, meeting, options)
    // As if it had begun a minute ago: parts may be placed from there on.
    await data.prisma.recording.update({
      where: { id },
      data: { createdAt: new Date(zero) },
      select: { id: true },
    })
    recorder = new Uploader(server, id, await recorderOf(id, meeting))
  }

  async function upload(by: Uploader, chunks: readonly Buffer[], atMs: number, part: Partial<NewPart> = {}) {
    const opened = await by.open({ startedAt: zero + atMs, ...part })
    expect(opened.status).toBe(201)
    for (const [seq, bytes] of chunks.entries())
      expect((await by.chunk(opened.part, seq, bytes)).status).toBe(204)
    return opened.part
  }

  async function record(
    chunks: readonly Buffer[],
    atMs: number,
    part: Partial<NewPart> = {},
  ): Promise<string> {
    const opened = await upload(recorder, chunks, atMs, part)
    expect((await recorder.closePart(opened, chunks.length)).status).toBe(204)
    return opened
  }

  const row = () =>
    data.prisma.recording.findUniqueOrThrow({
      where: { id },
      select: {
        state: true,
        durationMs: true,
        bytes: true,
        wrappedKey: true,
        files: true,
        parts: true,
        events: true,
      },
    })

  const finished = () =>
    until('it to be finished', async () => {
      const recording = await row()
      const over = recording.state === 'READY' || recording.state === 'FAILED'
      return over && !recording.parts.some(({ source }) => source === 'COMPOSED') && recording
    })

  /** As if nothing had come for longer than a recorder is waited for (REC-46 waits for it). */
  async function waitedInVain(part: string): Promise<void> {
    const before = new Date(Date.now() - 20_000)
    await data.prisma.recordingChunk.updateMany({ where: { partId: part }, data: { at: before } })
    await data.prisma.recordingPart.update({ where: { id: part }, data: { createdAt: before } })
    await data.prisma.recording.update({ where: { id }, data: { stoppedAt: before } })
  }

  /** A finished file as somebody who has it would look at it. */
  async function download(kind: string): Promise<string> {
    const { files, wrappedKey } = await row()
    const file = files.find((one) => one.kind === kind)
    if (!file) throw new Error(`no ${kind}`)
    const pieces: Buffer[] = []
    const storage = server.recordings.storageOf({ id, wrappedKey })
    for await (const piece of await storage.read(file.storageKey)) pieces.push(piece)
    const place = path.join(folder, `${file.id}.${file.mimeType.split('/')[1]}`)
    writeFileSync(place, Buffer.concat(pieces))
    expect(Buffer.concat(pieces).length).toBe(Number(file.bytes))
    return place
  }

  test('[REC-50] two parts with a gap become one time line in WebM, MP4 and sound alone', async () => {
    const [first, second] = [await makeWebm({ seconds: 6 }), await makeWebm({ seconds: 5 })]
    await record(inPieces(first, 6), 0)
    await record(inPieces(second, 5), 9000)
    await server.recordings.jobs.stop(id, 'stopped')
    const { state, durationMs, files, bytes, parts, events } = await finished()
    expect(state).toBe('READY')
    expect(files.map(({ kind }) => kind).sort()).toEqual(['audio', 'mp4', 'webm'])
    expect(Number(bytes)).toBe(files.reduce((sum, file) => sum + Number(file.bytes), 0))
    expect(Math.abs((durationMs ?? 0) - 14_000)).toBeLessThan(500)
    for (const kind of ['webm', 'mp4']) {
      const place = await download(kind)
      const judged = await judge(place)
      expect(Math.abs(judged.seconds - 14)).toBeLessThan(0.5)
      expect(judged.video).toEqual({ codec: 'vp8', frames: 275 })
      expect(judged.audio?.codec).toBe('opus')
      expect(judged.errors).toBe('')
      // Searched for and found: behind the gap, and at a key frame before it.
      expect(Math.abs((await seek(place, 12)) - 11)).toBeLessThan(1.1)
      expect(Math.abs((await seek(place, 3)) - 2)).toBeLessThan(1.1)
    }
    const sound = await judge(await download('audio'))
    expect(Math.abs(sound.seconds - 14)).toBeLessThan(0.5)
    expect([sound.video, sound.errors]).toEqual([null, ''])
    // The gap of three seconds is on the time line, and what it was made of is gone.
    expect(events.map(({ type, atMs }) => [type, Math.round(atMs / 1000)])).toEqual([['interrupted', 6]])
    expect(parts).toEqual([])
    expect(readdirSync(path.join(server.folder, 'r', id))).not.toContain('parts/')
    expect(
      existsSync(path.join(server.folder, 'r', id, 'parts')) &&
        readdirSync(path.join(server.folder, 'r', id, 'parts')),
    ).toEqual([])
  })

  test('[REC-132] H.264, which no WebM holds, becomes an MP4, a clip of it too', async () => {
    const chunks = inPieces(await makeWebm({ seconds: 6, video: 'libx264' }), 6)
    await record(chunks, 0, { mimeType: 'video/webm;codecs=h264,opus' })
    await server.recordings.jobs.stop(id, 'stopped')
    const { state, files } = await finished()
    expect(state).toBe('READY')
    expect(files.map(({ kind }) => kind).sort()).toEqual(['audio', 'mp4'])
    const film = await judge(await download('mp4'))
    expect(Math.abs(film.seconds - 6)).toBeLessThan(0.5)
    expect([film.video, film.audio?.codec, film.errors]).toEqual([{ codec: 'h264', frames: 150 }, 'opus', ''])

    await server.recordings.cutClip(id, 2000, 4000, 'webm')
    const clip = (await row()).files.find(({ kind }) => kind === 'clip')
    expect(clip?.mimeType).toBe('video/mp4')
    expect(await judge(await download('clip'))).toMatchObject({ video: { codec: 'h264' }, errors: '' })
  })

  test('[REC-51] a part that was never closed, and whose last chunk is torn, loses only that', async () => {
    const pieces = inPieces(await makeWebm({ seconds: 6 }), 6)
    const part = await upload(recorder, pieces, 0)
    const places = path.join(server.folder, 'r', id, 'parts', part)
    const last = readdirSync(places).sort().at(-1) ?? ''
    truncateSync(path.join(places, last), 100)
    await data.prisma.recording.update({ where: { id }, data: { state: 'RUNNING' }, select: { id: true } })
    await server.recordings.jobs.stop(id, 'recorder-lost')
    await waitedInVain(part)
    const { state, durationMs } = await finished()
    expect(state).toBe('READY')
    expect(durationMs).toBeGreaterThan(3_900)
    expect(durationMs).toBeLessThan(5_600)
    const judged = await judge(await download('webm'))
    expect(judged.errors).toBe('')
  })

  test('[REC-51] two recorders that overlap: the later one goes on where it begins, and time never goes back', async () => {
    const pieces = inPieces(await makeWebm({ seconds: 6 }), 6)
    await record(pieces, 0)
    recorder = new Uploader(server, id, await recorderOf(id, meeting))
    await record(pieces, 4000)
    await server.recordings.jobs.stop(id, 'stopped')
    const { durationMs } = await finished()
    expect(Math.abs((durationMs ?? 0) - 10_000)).toBeLessThan(500)
    const judged = await judge(await download('mp4'))
    expect(judged.errors).toBe('')
    expect(judged.video?.frames).toBe(250)
  })

  test('[REC-52] what cannot stand in one file is two; what is no media is left out', async () => {
    await record([Buffer.concat([Buffer.from([0x1a, 0x45, 0xdf, 0xa3]), randomBytes(500)])], 0)
    await record(inPieces(await makeWebm({ seconds: 4 }), 4), 1000)
    await record(inPieces(await makeWebm({ seconds: 2, video: 'libvpx-vp9' }), 2), 6000, {
      mimeType: 'video/webm;codecs=vp9,opus',
    })
    await server.recordings.jobs.stop(id, 'stopped')
    const { state, files } = await finished()
    expect(state).toBe('READY')
    expect(files.filter(({ kind }) => kind === 'webm')).toHaveLength(2)
  })

  test.each([
    ['nothing at all', async () => undefined],
    [
      'no media',
      async () =>
        void (await record([Buffer.concat([Buffer.from([0x1a, 0x45, 0xdf, 0xa3]), randomBytes(500)])], 0)),
    ],
  ])('[REC-52] of %s comes FAILED, and nothing stays', async (_, prepare) => {
    await prepare()
    await server.recordings.jobs.stop(id, 'failed')
    const { state, files, parts } = await finished()
    expect([state, files, parts]).toEqual(['FAILED', [], []])
  })

  test('[REC-53] a person’s track comes later than the recording, in two parts, on the recording’s clock', async () => {
    await server.recordings.jobs.stop(id, 'stopped')
    await begin({ studio: true })
    const guest = await guestInMeeting(server, data.prisma, meeting, id, true)
    const own = new Uploader(server, id, guest.cookie)
    const track = {
      source: { type: 'track', track: 'microphone' },
      mimeType: 'audio/webm;codecs=opus',
    } as const
    const voice = inPieces(await makeWebm({ seconds: 3, video: null }), 3)
    await record(inPieces(await makeWebm({ seconds: 8 }), 8), 0)
    const first = await upload(own, voice, 2000, track)
    await server.recordings.jobs.stop(id, 'stopped')
    const before = await finished()
    expect(before.files.map(({ kind }) => kind)).not.toContain('track')
    // The meeting is over; the rest of it comes in all the same.
    const second = await upload(own, voice, 5500, track)
    for (const part of [first, second]) expect((await own.closePart(part, 3)).status).toBe(204)
    await until('the track to be finished', async () => (await row()).parts.length === 0)
    const file = (await row()).files.find(({ kind }) => kind === 'track')
    expect(file).toMatchObject({ visitId: guest.visitId, personName: 'Grace', mimeType: 'audio/webm' })
    const judged = await judge(await download('track'))
    expect(judged.errors).toBe('')
    // Silence until it began: sound editors put it at 0 and it is in its place.
    expect(Math.abs(judged.seconds - 8.5)).toBeLessThan(0.2)
    expect((await row()).durationMs).toBe(before.durationMs)
  })

  test('[REC-132] a person’s camera in H.264 is an MP4', async () => {
    await server.recordings.jobs.stop(id, 'stopped')
    await begin({ studio: true })
    const guest = await guestInMeeting(server, data.prisma, meeting, id, true)
    const own = new Uploader(server, id, guest.cookie)
    await record(inPieces(await makeWebm({ seconds: 4 }), 4), 0)
    const chunks = inPieces(await makeWebm({ seconds: 3, video: 'libx264', audio: false }), 3)
    const camera = await upload(own, chunks, 500, {
      source: { type: 'track', track: 'camera' },
      mimeType: 'video/webm;codecs=h264',
    })
    expect((await own.closePart(camera, 3)).status).toBe(204)
    await server.recordings.jobs.stop(id, 'stopped')
    await until('the track to be finished', async () => (await row()).parts.length === 0)
    const file = (await row()).files.find(({ kind }) => kind === 'track')
    expect(file).toMatchObject({ visitId: guest.visitId, mimeType: 'video/mp4' })
    expect(await judge(await download('track'))).toMatchObject({ video: { codec: 'h264' }, errors: '' })
  })

  test('[REC-54] a clip begins at a key frame before what was asked for, and ends where it was asked for', async () => {
    await record(inPieces(await makeWebm({ seconds: 10 }), 10), 0)
    await server.recordings.jobs.stop(id, 'stopped')
    await finished()
    for (const format of ['webm', 'mp4'] as const) {
      const clip = await server.recordings.cutClip(id, 4500, 7000, format)
      expect(Math.abs(clip.fromMs - 4000)).toBeLessThan(50)
      expect(Math.abs(clip.toMs - 7000)).toBeLessThan(80)
      const stored = (await row()).files.find((file) => file.id === clip.fileId)
      expect(stored).toMatchObject({ kind: 'clip', mimeType: `video/${format}`, fromMs: clip.fromMs })
    }
    const judged = await judge(await download('clip'))
    expect(judged.errors).toBe('')
    expect(Math.abs(judged.seconds - 3)).toBeLessThan(0.1)
    for (const [from, to] of [
      [5000, 5000],
      [7000, 5000],
      [60_000, 70_000],
      [-1, 5],
      [Number.NaN, 5],
    ] as const) {
      await expect(server.recordings.cutClip(id, from, to, 'webm')).rejects.toMatchObject({
        code: 'invalid-request',
      })
    }
    await expect(server.recordings.cutClip(meeting.meetingId, 0, 5, 'webm')).rejects.toMatchObject({
      code: 'not-found',
    })
  })
})
