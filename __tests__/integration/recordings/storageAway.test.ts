import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { PrismaClient } from '@prisma/client'
import { log } from '#server/log.ts'
import { PrismaStorageMarks } from '#server/recordings/PrismaStorageMarks.ts'
import type { RecordingStorage } from '#server/recordings/RecordingStorage.ts'
import { FolderStorage } from '#server/recordings/storage/FolderStorage.ts'
import { MARK_KEY, MarkedStorage } from '#server/recordings/storage/MarkedStorage.ts'
import { S3Storage } from '#server/recordings/storage/S3Storage.ts'
import { until } from '../../browser/support/until.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { describeWithFfmpeg } from '../../support/describeWithFfmpeg.ts'
import { finishHere } from '../../support/finishHere.ts'
import {
  type Meeting,
  meetingUnderWay,
  type RecordingServer,
  recorderOf,
  startRecording,
  startRecordingServer,
  Uploader,
} from '../../support/recordingServer.ts'
import { s3ServerBinary, startS3Server } from '../../support/s3Server.ts'
import { seedRecording } from '../../support/seedRecording.ts'
import { signedInUser } from '../../support/session.ts'
import { inPieces, makeWebm } from '../../support/webm.ts'

jest.setTimeout(120_000)

const away = { code: 'unavailable' }

describe('the mark of a storage', () => {
  let data: TestDatabase
  let folder: string
  beforeEach(async () => {
    data = await createTestDatabase()
    Object.assign(process.env, { DATABASE_URL: data.url, PUBLIC_URL: 'http://localhost:3999' })
    folder = path.join(mkdtempSync(path.join(os.tmpdir(), 'parley-marked-')), 'recordings')
  })
  afterEach(async () => {
    await data.drop()
    rmSync(path.dirname(folder), { recursive: true, force: true })
  })

  /** As a process makes it that begins now. */
  const marked = (inner: RecordingStorage, prisma: PrismaClient = data.prisma) =>
    new MarkedStorage({ inner, marks: new PrismaStorageMarks(prisma), log: log(), believedMs: 0 })

  /** What an empty folder of the same name is, or a disk that is not mounted. */
  function unmount(): () => void {
    renameSync(folder, `${folder}.away`)
    mkdirSync(folder)
    return () => {
      rmSync(folder, { recursive: true })
      renameSync(`${folder}.away`, folder)
    }
  }

  async function refusesAll(storage: RecordingStorage): Promise<void> {
    const bytes = Buffer.from('film')
    await expect(storage.put('r/a/files/b', bytes)).rejects.toMatchObject(away)
    await expect(storage.putStream('r/a/files/b', [bytes] as never, 4)).rejects.toMatchObject(away)
    await expect(storage.size('r/a/files/f')).rejects.toMatchObject(away)
    await expect(storage.read('r/a/files/f')).rejects.toMatchObject(away)
    await expect(storage.remove('r/a/files/f')).rejects.toMatchObject(away)
    await expect(storage.removeAll('r/a/')).rejects.toMatchObject(away)
    await expect(storage.space()).rejects.toMatchObject(away)
  }

  test('[REC-191] where it is missing everything is away, for a process that runs and for one that begins', async () => {
    const storage = marked(new FolderStorage(folder))
    await storage.put('r/a/files/f', Buffer.from('film'))
    const mount = unmount()
    await refusesAll(storage)
    await refusesAll(marked(new FolderStorage(folder)))
    expect(existsSync(path.join(folder, 'r'))).toBe(false)
    mount()
    expect(await storage.size('r/a/files/f')).toBe(4)
    await storage.put('r/a/files/g', Buffer.from('g'))
    await storage.removeAll('r/a/')
    expect(await storage.size('r/a/files/f')).toBeNull()
  })

  test('[REC-191] the storage of another database is not taken for it; one that was moved, mark and all, is', async () => {
    await marked(new FolderStorage(folder)).put('r/a/files/f', Buffer.from('film'))
    const other = await createTestDatabase()
    const theirs = `${folder}.theirs`
    await marked(new FolderStorage(theirs), other.prisma).put('r/b/files/f', Buffer.from('film'))
    await refusesAll(marked(new FolderStorage(theirs)))
    await other.drop()
    const moved = `${folder}.moved`
    renameSync(folder, moved)
    expect(await marked(new FolderStorage(moved)).size('r/a/files/f')).toBe(4)
  })

  test('[REC-191] processes that begin at once agree on one', async () => {
    const all = Array.from({ length: 6 }, () => marked(new FolderStorage(folder)))
    await Promise.all(all.map((storage, index) => storage.put(`r/a/files/${index}`, Buffer.from('film'))))
    for (const storage of all) expect(await storage.size('r/none/files/f')).toBeNull()
    const { mark } = await new PrismaStorageMarks(data.prisma).known()
    expect(readFileSync(path.join(folder, MARK_KEY), 'utf8')).toContain(mark)
  })

  test('[REC-191] recordings from before there were marks are adopted where they are, and missed where they are not', async () => {
    const owner = await signedInUser(data.prisma)
    const before = new FolderStorage(folder)
    const film = { kind: 'webm', mimeType: 'video/webm', content: Buffer.from('film') }
    await seedRecording(data.prisma, before, owner.user.id, { files: [film, film] })
    const mount = unmount()
    await refusesAll(marked(new FolderStorage(folder)))
    expect(readdirSync(folder)).not.toContain(MARK_KEY)
    mount()
    const storage = marked(new FolderStorage(folder))
    expect(await storage.size(`r/${randomUUID()}/files/f`)).toBeNull()
    expect(readdirSync(folder)).toContain(MARK_KEY)
  })

  const withS3 = s3ServerBinary() === null ? test.skip : test
  withS3('[REC-191] the same in a bucket', async () => {
    const server = await startS3Server()
    const bucket = new S3Storage(server.options)
    try {
      await marked(bucket).put('r/a/files/f', Buffer.from('film'))
      expect(await marked(bucket).size('r/a/files/none')).toBeNull()
      await bucket.removeAll('r/')
      await bucket.remove(MARK_KEY)
      await refusesAll(marked(bucket))
    } finally {
      await bucket.close()
      await server.stop()
    }
  })
})

describeWithFfmpeg('a recording whose storage is away', () => {
  let data: TestDatabase
  let server: RecordingServer
  let meeting: Meeting
  let film: readonly Buffer[]
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

  async function recorded(where = meeting) {
    const id = await startRecording(server, where)
    const recorder = new Uploader(server, id, await recorderOf(id, where))
    const { part } = await recorder.open()
    for (const [seq, bytes] of film.entries())
      expect((await recorder.chunk(part, seq, bytes)).status).toBe(204)
    return { id, recorder, part }
  }

  const rowOf = (id: string) =>
    data.prisma.recording.findUniqueOrThrow({
      where: { id },
      include: { parts: { include: { chunks: true } }, files: true },
    })
  /** Tried in vain: it is tried again a while later. */
  const triedInVain = (id: string) =>
    until('it to be tried in vain', async () => {
      const row = await rowOf(id)
      return row.leaseUntil !== null && row.holder === null && row
    })
  const tryAgain = (id: string) =>
    data.prisma.recording.update({ where: { id }, data: { leaseUntil: null }, select: { id: true } })
  const finished = (id: string) =>
    until('it to be finished', async () => {
      const row = await rowOf(id)
      return row.state === 'READY' && row.parts.length === 0 && row
    })

  /** @returns what brings it back */
  function takeAway(place: string): () => void {
    renameSync(place, `${place}.away`)
    mkdirSync(place)
    return () => {
      rmSync(place, { recursive: true })
      renameSync(`${place}.away`, place)
    }
  }

  test('[REC-191] takes nothing in, is not finished, not deleted and not lost; and goes on when it is back', async () => {
    const { id, recorder, part } = await recorded()
    const deleted = await recorded(await meetingUnderWay(data.prisma))
    const bringBack = takeAway(server.folder)
    expect((await recorder.chunk(part, 2, film[0] ?? Buffer.alloc(0))).status).toBe(503)
    await recorder.closePart(part, 2)
    await server.recordings.jobs.stop(id, 'stopped')
    const row = await triedInVain(id)
    expect([row.state, row.parts[0]?.chunks.length]).toEqual(['FINISHING', 2])
    await server.recordings.deleteRecording(deleted.id)
    expect((await rowOf(deleted.id)).deletedAt).not.toBeNull()

    bringBack()
    await tryAgain(id)
    expect((await finished(id)).files).toHaveLength(3)
    await server.recordings.deleteRecording(deleted.id)
    expect(await data.prisma.recording.count({ where: { id: deleted.id } })).toBe(0)
    expect(existsSync(path.join(server.folder, 'r', deleted.id))).toBe(false)
  })

  test('[REC-192] a part of which nothing is there keeps its rows, and becomes a film when its bytes are back', async () => {
    const { id, recorder, part } = await recorded()
    const bringBack = takeAway(path.join(server.folder, 'r', id, 'parts', part))
    await recorder.closePart(part, 2)
    await server.recordings.jobs.stop(id, 'stopped')
    const row = await triedInVain(id)
    expect([row.state, row.parts[0]?.chunks.length]).toEqual(['FAILED', 2])
    bringBack()
    await tryAgain(id)
    expect((await finished(id)).files).toHaveLength(3)
  })

  test('[REC-192] a removal that was cut off after the bytes is gone on with', async () => {
    const { id, recorder, part } = await recorded()
    await recorder.closePart(part, 2)
    const storage = server.recordings.storageOf({ id, wrappedKey: null })
    const finish = (removeAll: RecordingStorage['removeAll']) =>
      finishHere(data.prisma, server, id, { storage: { removeAll } })
    const cut = finish(async (prefix) => {
      await storage.removeAll(prefix)
      throw new Error('cut off')
    })
    await expect(cut).rejects.toThrow('cut off')
    expect((await rowOf(id)).parts).toHaveLength(1)
    await finish((prefix) => storage.removeAll(prefix))
    const { parts, files } = await rowOf(id)
    expect([parts.length, files.length]).toEqual([0, 3])
  })
})
