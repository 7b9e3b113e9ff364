import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { MARK_KEY } from '#server/recordings/storage/MarkedStorage.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { fetchBytes, type RecordingApi, recordFilm, startRecordingApi } from '../../support/recordingApi.ts'
import { s3ServerBinary, startS3Server } from '../../support/s3Server.ts'
import { hasFfmpeg, judge, makeWebm } from '../../support/webm.ts'

jest.setTimeout(120_000)

const possible = hasFfmpeg() && s3ServerBinary() !== null

;(possible ? describe : describe.skip).each([
  ['as they are', ''],
  ['enciphered', 'ab'.repeat(32)],
])('[REC-171] in a bucket, %s', (_, RECORDINGS_KEY) => {
  let data: TestDatabase
  let bucket: Awaited<ReturnType<typeof startS3Server>>
  let recorded: RecordingApi
  let folder: string

  beforeAll(async () => {
    data = await createTestDatabase()
    bucket = await startS3Server()
    folder = mkdtempSync(path.join(os.tmpdir(), 'parley-scratch-'))
    const { endpoint, bucket: name, region, accessKeyId, secretAccessKey } = bucket.options
    recorded = await startRecordingApi({
      DATABASE_URL: data.url,
      RECORDINGS_DIR: folder,
      RECORDINGS_MIN_FREE_GB: '0',
      S3_ENDPOINT: endpoint,
      S3_BUCKET: name,
      S3_REGION: region,
      S3_ACCESS_KEY_ID: accessKeyId,
      S3_SECRET_ACCESS_KEY: secretAccessKey,
      RECORDINGS_KEY,
    })
  })
  afterAll(async () => {
    await recorded.close()
    await bucket.stop()
    await data.drop()
    rmSync(folder, { recursive: true, force: true })
    for (const name of Object.keys(process.env)) if (name.startsWith('S3_')) delete process.env[name]
  })

  const filesIn = (place: string): string[] =>
    existsSync(place)
      ? readdirSync(place, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => path.relative(place, path.join(entry.parentPath, entry.name)))
      : []
  const inBucket = () =>
    filesIn(path.join(bucket.folder, 'data', 'recordings')).filter((name) => name !== MARK_KEY)

  test('a recording is taken in, finished, watched by ranges, cut and deleted, and leaves nothing there', async () => {
    const { api } = recorded
    const film = await recordFilm(recorded, data.prisma, await makeWebm({ seconds: 6, size: '640x360' }))
    const { owner, id } = film
    expect(inBucket().sort()).toEqual(film.files.map(({ storageKey }) => storageKey).sort())
    // Nothing of it is where it would be without a bucket.
    expect(filesIn(folder)).toEqual([])

    const webm = film.files.find(({ kind }) => kind === 'webm')
    const address = `/api/recordings/${id}/files/${webm?.id}`
    const whole = await fetchBytes(api, address, owner)
    expect(whole.status).toBe(200)
    const place = path.join(folder, 'film.webm')
    writeFileSync(place, whole.bytes)
    expect(await judge(place)).toMatchObject({ video: { frames: 150 }, errors: '' })
    rmSync(place)
    const end = whole.bytes.length - 1
    for (const [from, to] of [
      [0, 0],
      [65_530, 65_545],
      [70_000, 140_000],
      [end, end],
    ] as const) {
      const { status, headers, bytes } = await fetchBytes(api, address, owner, `bytes=${from}-${to}`)
      expect([status, headers['content-range']]).toEqual([206, `bytes ${from}-${to}/${whole.bytes.length}`])
      expect(bytes.equals(whole.bytes.subarray(from, to + 1))).toBe(true)
    }

    const cut = await api.ask(`/api/recordings/${id}/clips`, {
      cookie: owner.cookie,
      body: { fromMs: 2000, toMs: 4000 },
    })
    expect(cut.status).toBe(200)
    const { clip } = cut.json() as unknown as { clip: { fileId: string } }
    expect((await fetchBytes(api, `/api/recordings/${id}/files/${clip.fileId}`, owner)).status).toBe(200)
    expect(inBucket()).toHaveLength(film.files.length + 1)

    const deleted = await api.ask(`/api/recordings/${id}`, { cookie: owner.cookie, method: 'DELETE' })
    expect(deleted.status).toBe(200)
    expect([inBucket(), filesIn(folder)]).toEqual([[], []])
    expect(await data.prisma.recording.count({ where: { id } })).toBe(0)
    expect((await fetchBytes(api, address, owner)).status).toBe(404)
  })
})
