import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { until } from '../../browser/support/until.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { describeWithFfmpeg } from '../../support/describeWithFfmpeg.ts'
import { fetchBytes, type RecordingApi, recordFilm, startRecordingApi } from '../../support/recordingApi.ts'
import { makeWebm } from '../../support/webm.ts'

jest.setTimeout(180_000)

const [FIRST, SECOND] = ['a1'.repeat(32), 'b2'.repeat(32)]
const EBML = Buffer.from([0x1a, 0x45, 0xdf, 0xa3])

describeWithFfmpeg('[REC-35] RECORDINGS_KEY is changed', () => {
  let data: TestDatabase
  let folder: string
  let running: RecordingApi | null = null

  beforeAll(async () => {
    data = await createTestDatabase()
    folder = mkdtempSync(path.join(os.tmpdir(), 'parley-keys-'))
  })
  afterAll(async () => {
    await running?.close()
    await data.drop()
    rmSync(folder, { recursive: true, force: true })
  })

  /** The server, ended and started with these keys; an empty one is none. */
  async function restart(RECORDINGS_KEY: string, RECORDINGS_KEY_PREVIOUS = ''): Promise<RecordingApi> {
    const former = running
    running = null
    await former?.close()
    running = await startRecordingApi({
      DATABASE_URL: data.url,
      // What signs sessions is no matter of recordings, and stays.
      PUBLIC_URL: 'http://localhost:3998',
      RECORDINGS_DIR: folder,
      RECORDINGS_MIN_FREE_GB: '0',
      RECORDINGS_KEY,
      RECORDINGS_KEY_PREVIOUS,
    })
    return running
  }

  test('with real rows, a film is read by ranges with the new key alone, once its own is wrapped by it, and not before', async () => {
    const keyOf = async (id: string) =>
      Buffer.from(
        (await data.prisma.recording.findUniqueOrThrow({ where: { id } })).wrappedKey ?? [],
      ).toString('hex')

    const first = await restart(FIRST)
    const webm = await makeWebm({ seconds: 6, size: '640x360' })
    const film = await recordFilm(first, data.prisma, webm)
    const { id, owner } = film
    const file = film.files.find(({ kind }) => kind === 'webm')
    const address = `/api/recordings/${id}/files/${file?.id}`
    const whole = await fetchBytes(first.api, address, owner)
    expect([whole.status, whole.bytes.subarray(0, 4)]).toEqual([200, EBML])
    const end = whole.bytes.length - 1
    // Within a block, over the seam of two, over three, and the last byte.
    const ranges = [
      [0, 3],
      [65_530, 65_545],
      [60_000, 140_000],
      [end, end],
    ] as const
    const stored = readFileSync(path.join(folder, file?.storageKey ?? ''))
    expect(stored.indexOf(whole.bytes.subarray(1000, 1032))).toBe(-1)
    const wrapped = await keyOf(id)

    const tooEarly = await restart(SECOND)
    expect((await fetchBytes(tooEarly.api, address, owner, 'bytes=0-3')).status).toBe(503)

    const between = await restart(SECOND, FIRST)
    expect((await fetchBytes(between.api, address, owner, 'bytes=0-3')).bytes).toEqual(EBML)
    await until('its key to be wrapped anew', async () => (await keyOf(id)) !== wrapped)

    const after = await restart(SECOND)
    for (const [from, to] of ranges) {
      const { status, headers, bytes } = await fetchBytes(after.api, address, owner, `bytes=${from}-${to}`)
      expect([status, headers['content-range'], headers['content-length']]).toEqual([
        206,
        `bytes ${from}-${to}/${whole.bytes.length}`,
        String(to - from + 1),
      ])
      expect(bytes.equals(whole.bytes.subarray(from, to + 1))).toBe(true)
    }
    // Nothing but the key was written.
    expect(readFileSync(path.join(folder, file?.storageKey ?? '')).equals(stored)).toBe(true)

    const former = await restart(FIRST)
    expect((await fetchBytes(former.api, address, owner, 'bytes=0-3')).status).toBe(503)
  })
})
