import {
  copyFileSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { describeWithFfmpeg } from '../../support/describeWithFfmpeg.ts'
import { type RecordingServer, startRecordingServer } from '../../support/recordingServer.ts'
import { StoppedRecording } from '../../support/StoppedRecording.ts'
import { inChunks, judge, makeWebm } from '../../support/webm.ts'

jest.setTimeout(120_000)

const SECONDS = 6
const SECOND_PART_AT_MS = 9_000
const PICTURES_PER_SECOND = 25
/** How a part's chunks become something else than what was acknowledged, from the third one on. */
const DAMAGES: readonly (readonly [string, (chunks: readonly string[]) => void])[] = [
  [
    'one bit of it was flipped',
    ([, , third = '']) => {
      const bytes = readFileSync(third)
      const middle = bytes.length >> 1
      bytes[middle] = (bytes[middle] ?? 0) ^ 1
      writeFileSync(third, bytes)
    },
  ],
  ['it was cut short', ([, , third = '']) => truncateSync(third, readFileSync(third).length >> 1)],
  ['it is gone', ([, , third = '']) => rmSync(third)],
  [
    'another one lies in its place',
    ([, , third = '', fourth = '']) => {
      renameSync(third, `${third}.away`)
      copyFileSync(fourth, third)
      renameSync(`${third}.away`, fourth)
    },
  ],
]

describeWithFfmpeg.each([
  ['as they are', {}],
  ['enciphered', { RECORDINGS_KEY: 'ab'.repeat(32) }],
])('a chunk in the middle of a part, stored %s', (_, variables) => {
  let data: TestDatabase
  let server: RecordingServer
  let folder: string
  let webm: Buffer

  beforeAll(async () => {
    data = await createTestDatabase()
    server = await startRecordingServer(data.url, variables)
    folder = mkdtempSync(path.join(os.tmpdir(), 'parley-damaged-'))
    webm = await makeWebm({ seconds: SECONDS })
  })
  afterAll(async () => {
    await server.close()
    await data.drop()
    rmSync(folder, { recursive: true, force: true })
  })

  /** Two parts, of which something becomes of the first one's third chunk. */
  async function filmOf(first: readonly Buffer[], damage: (chunks: readonly string[]) => void) {
    const recording = await StoppedRecording.begin(server, data.prisma)
    const part = await recording.record(first, 0)
    await recording.record(inChunks(webm, 6), SECOND_PART_AT_MS)
    damage(recording.places(part))
    await recording.stop()
    const row = await recording.finished()
    const file = row.files.find(({ kind }) => kind === 'webm')
    return { ...row, film: file && (await recording.judged(file.id, folder)) }
  }

  test.each(DAMAGES)(
    '[REC-160] %s: its part ends before it, and the other one is whole',
    async (_, damage) => {
      const chunks = inChunks(webm, 6)
      const before = path.join(folder, 'before.webm')
      writeFileSync(before, Buffer.concat(chunks.slice(0, 2)))
      const sound = (await judge(before)).video?.frames ?? 0
      const { state, film, events } = await filmOf(chunks, damage)
      expect([state, film?.errors]).toEqual(['READY', ''])
      const pictures = (film?.video?.frames ?? 0) - SECONDS * PICTURES_PER_SECOND
      // The last one may be cut off by the end of its chunk.
      expect(sound - pictures).toBeLessThanOrEqual(1)
      expect(pictures).toBeLessThanOrEqual(sound)
      expect(pictures).toBeGreaterThan(PICTURES_PER_SECOND)
      expect(Math.abs((film?.seconds ?? 0) - (SECOND_PART_AT_MS / 1000 + SECONDS))).toBeLessThan(0.5)
      // What is missing is told of.
      expect(events.map(({ type, atMs }) => [type, atMs])).toEqual([['interrupted', 2_000]])
    },
  )

  test('[REC-161] what no demuxer understands costs the rest of its part, and not the recording', async () => {
    const broken = Buffer.from(webm)
    const cluster = Buffer.from([0x1f, 0x43, 0xb6, 0x75])
    // An element of the file's upper level that nobody knows, and whose length is unknown.
    const third = broken.indexOf(cluster, broken.indexOf(cluster, broken.indexOf(cluster) + 1) + 1)
    broken.fill(0xff, third, third + 8)
    const { state, film } = await filmOf([broken], () => undefined)
    expect([state, film?.errors]).toEqual(['READY', ''])
    expect(film?.video?.frames).toBeGreaterThanOrEqual(SECONDS * PICTURES_PER_SECOND)
    expect(Math.abs((film?.seconds ?? 0) - (SECOND_PART_AT_MS / 1000 + SECONDS))).toBeLessThan(0.5)
  })
})
