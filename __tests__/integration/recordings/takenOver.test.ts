import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { AppError } from '#lib/errors.ts'
import { log } from '#server/log.ts'
import { Finisher } from '#server/recordings/finishing/Finisher.ts'
import { PrismaFinishingRows } from '#server/recordings/finishing/PrismaFinishingRows.ts'
import { fileKey, type RecordingStorage } from '#server/recordings/RecordingStorage.ts'
import { until } from '../../browser/support/until.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { describeWithFfmpeg } from '../../support/describeWithFfmpeg.ts'
import { finishHere, portOf } from '../../support/finishHere.ts'
import {
  type Meeting,
  meetingUnderWay,
  type RecordingServer,
  recorderOf,
  startRecording,
  startRecordingServer,
  Uploader,
} from '../../support/recordingServer.ts'
import { inPieces, makeWebm } from '../../support/webm.ts'

jest.setTimeout(120_000)

class Lost extends Error {}

describeWithFfmpeg('a recording that is no longer who finishes it', () => {
  let data: TestDatabase
  let server: RecordingServer
  let meeting: Meeting
  let film: readonly Buffer[]
  beforeAll(async () => {
    data = await createTestDatabase()
    server = await startRecordingServer(data.url)
    film = inPieces(await makeWebm({ seconds: 3 }), 3)
  })
  afterAll(async () => {
    await server.close()
    await data.drop()
  })
  beforeEach(async () => {
    meeting = await meetingUnderWay(data.prisma)
  })

  async function recorded(): Promise<string> {
    const id = await startRecording(server, meeting)
    const recorder = new Uploader(server, id, await recorderOf(id, meeting))
    const { part } = await recorder.open()
    for (const [seq, bytes] of film.entries())
      expect((await recorder.chunk(part, seq, bytes)).status).toBe(204)
    await recorder.closePart(part, film.length)
    return id
  }

  const storageOf = (id: string) => server.recordings.storageOf({ id, wrappedKey: null })
  const change = (id: string, changed: object) =>
    data.prisma.recording.update({ where: { id }, data: changed, select: { id: true } })
  const filesIn = (id: string): readonly string[] => {
    const folder = path.join(server.folder, 'r', id, 'files')
    return existsSync(folder) ? readdirSync(folder) : []
  }

  test('[REC-193] deleted while its film is stored: nothing of it stays', async () => {
    const id = await recorded()
    let lost = false
    const check = () => {
      if (lost) throw new Lost()
    }
    const storage: Partial<RecordingStorage> = {
      async putStream(key, bytes, length) {
        await server.recordings.deleteRecording(id)
        await storageOf(id).putStream(key, bytes, length)
        lost = true
      },
    }
    await expect(finishHere(data.prisma, server, id, { storage, check })).rejects.toThrow(Lost)
    expect(filesIn(id)).toEqual([])
  })

  test('[REC-193] deleted while somebody stores who dies then: what came late is removed, too', async () => {
    const id = await recorded()
    await change(id, { holder: 'another', leaseUntil: new Date(Date.now() + 600_000) })
    await server.recordings.deleteRecording(id)
    await storageOf(id).put(fileKey(id, 'late'), Buffer.from('film'))
    await server.recordings.deleteRecording(id)
    await storageOf(id).put(fileKey(id, 'later'), Buffer.from('film'))
    await change(id, { leaseUntil: new Date(0) })
    await server.recordings.deleteRecording(id)
    expect(filesIn(id)).toEqual([])
    expect(await data.prisma.recording.count({ where: { id } })).toBe(0)
  })

  test('[REC-193] taken over while its film is stored: the file is left to whoever has it now', async () => {
    const id = await recorded()
    const storage: Partial<RecordingStorage> = {
      async putStream(key, bytes, length) {
        await storageOf(id).putStream(key, bytes, length)
        await change(id, { holder: 'another' })
      },
    }
    await expect(finishHere(data.prisma, server, id, { storage })).rejects.toThrow('no longer ours')
    expect(filesIn(id)).toHaveLength(1)
  })

  test('[REC-194] whoever is no longer sure of it stores nothing over what another has stored', async () => {
    const id = await recorded()
    const cut = { storage: { size: () => Promise.reject(new Lost()) } }
    await expect(finishHere(data.prisma, server, id, cut)).rejects.toThrow(Lost)
    const places = filesIn(id).map((name) => path.join(server.folder, 'r', id, 'files', name))
    expect(places).toHaveLength(3)
    const before = places.map((place) => readFileSync(place))
    await data.prisma.recordingFile.deleteMany({ where: { recordingId: id } })
    let pieces = 0
    let lost = false
    const check = () => {
      if (lost) throw new Lost()
    }
    const storage: Partial<RecordingStorage> = {
      putStream: (key, bytes, length) => {
        async function* counted() {
          for await (const piece of bytes) {
            pieces += 1
            lost = true
            yield piece
          }
        }
        return storageOf(id).putStream(key, counted(), length)
      },
    }
    await expect(finishHere(data.prisma, server, id, { storage, check })).rejects.toThrow(Lost)
    expect(pieces).toBe(1)
    expect(places.map((place) => readFileSync(place))).toEqual(before)
  })
})

describeWithFfmpeg('a finisher whose renewals get no answer', () => {
  let data: TestDatabase
  let server: RecordingServer
  let folder: string
  beforeAll(async () => {
    data = await createTestDatabase()
    server = await startRecordingServer(data.url)
    folder = mkdtempSync(path.join(os.tmpdir(), 'parley-lease-'))
  })
  afterAll(async () => {
    await server.close()
    await data.drop()
    rmSync(folder, { recursive: true, force: true })
  })

  /** Taken over from the server's own finisher: this one's clock is the test's. */
  async function finishing(exchanged: (jump: () => void) => Partial<RecordingStorage>) {
    const meeting = await meetingUnderWay(data.prisma)
    const id = await startRecording(server, meeting)
    const recorder = new Uploader(server, id, await recorderOf(id, meeting))
    const film = inPieces(await makeWebm({ seconds: 3 }), 3)
    const { part } = await recorder.open()
    for (const [seq, bytes] of film.entries())
      expect((await recorder.chunk(part, seq, bytes)).status).toBe(204)
    await recorder.closePart(part, film.length)
    await server.recordings.close()
    const storage = server.recordings.storageOf({ id, wrappedKey: null })
    let now = 0
    const finisher = new Finisher({
      rows: new PrismaFinishingRows(data.prisma),
      storageOf: () =>
        portOf(
          storage,
          exchanged(() => (now += 60_000)),
        ),
      endRecorder: async () => undefined,
      folder,
      holder: 'this test',
      log: log(),
      now: () => now,
    })
    await server.recordings.jobs.stop(id, 'stopped')
    try {
      return await until('it to be finished', async () => {
        const row = await data.prisma.recording.findUniqueOrThrow({
          where: { id },
          include: { files: true, parts: true },
        })
        return row.parts.length === 0 && row
      })
    } finally {
      await finisher.close()
    }
  }

  test('[REC-194] what is not there when it is no longer sure of the recording is not lost', async () => {
    let reads = 0
    const row = await finishing((jump) => ({
      // As after another finisher has removed it.
      async read(key, range) {
        reads += 1
        if (reads !== 2) return server.recordings.storageOf({ id: 'any', wrappedKey: null }).read(key, range)
        jump()
        throw AppError.notFound('This part of the recording')
      },
    }))
    expect(row.files.map(({ kind }) => kind).sort()).toEqual(['audio', 'mp4', 'webm'])
    expect(Math.abs((row.durationMs ?? 0) - 3_000)).toBeLessThan(300)
  })
})
