import { randomUUID } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { MAX_CLIPS } from '#server/recordings/limits.ts'
import { recordings } from '#server/recordings/recordingsService.ts'
import { until } from '../../browser/support/until.ts'
import { describeWithFfmpeg } from '../../support/describeWithFfmpeg.ts'
import { recordingSuite } from '../../support/recordingSuite.ts'
import { type Seeded, seedRecording } from '../../support/seedRecording.ts'
import { type SignedIn, signedInUser } from '../../support/session.ts'
import { makeWebm } from '../../support/webm.ts'

const QUOTA_BYTES = 20_000_000
const suite = recordingSuite({ RECORDINGS_QUOTA_GB: String(QUOTA_BYTES / 1e9), RECORDINGS_MIN_FREE_GB: '0' })
const VTT = 'WEBVTT\n\n00:01.000 --> 00:02.000\nGood morning\n'

describeWithFfmpeg('room for what is made of a finished recording', () => {
  let owner: SignedIn
  let recording: Seeded
  let webm: Buffer

  beforeAll(async () => {
    webm = await makeWebm({ seconds: 6 })
  })
  beforeEach(async () => {
    owner = await signedInUser(suite.data.prisma)
    recording = await seed()
  })

  afterEach(async () => void (await suite.data.prisma.recording.deleteMany()))

  const seed = () =>
    seedRecording(suite.data.prisma, suite.storage, owner.user.id, {
      durationMs: 6_000,
      files: [{ kind: 'webm', mimeType: 'video/webm', content: webm }],
    })
  const clip = ({ id }: Seeded = recording) =>
    suite.ask(`/api/recordings/${id}/clips`, owner, { method: 'POST', body: { fromMs: 1_000, toMs: 3_000 } })
  const transcript = () =>
    suite.ask(`/api/recordings/${recording.id}/transcript`, owner, {
      method: 'PUT',
      raw: VTT,
      headers: { 'content-type': 'text/vtt' },
    })
  const rowOfClip = (bytes: number) =>
    suite.data.prisma.recordingFile.create({
      data: {
        recordingId: recording.id,
        kind: 'clip',
        storageKey: randomUUID(),
        mimeType: 'video/webm',
        bytes,
        durationMs: 1_000,
      },
      select: { id: true },
    })
  const stored = () => readdirSync(path.join(suite.folder, 'r', recording.id, 'files'))
  const unfinished = () => {
    const folder = path.join(suite.folder, '.finishing')
    return existsSync(folder) ? readdirSync(folder) : []
  }

  test('[REC-163] with the quota used up no clip is cut and no transcript is kept: 507, and nothing is left of it', async () => {
    const { id } = await rowOfClip(QUOTA_BYTES - 30_000)
    // What is used is looked at every two seconds.
    await until('the quota to be found used up', async () => (await clip()).status === 507)
    const before = stored()
    const refused = await clip()
    expect([refused.status, refused.json().error?.code]).toEqual([507, 'full'])
    await suite.data.prisma.recordingFile.update({ where: { id }, data: { bytes: QUOTA_BYTES } })
    await until('not even a transcript to fit', async () => (await transcript()).status === 507)
    expect(stored()).toEqual(before)
    expect(unfinished()).toEqual([])
    await suite.data.prisma.recordingFile.delete({ where: { id } })
    await until('a clip to fit again', async () => (await clip()).status === 200)
    expect((await transcript()).status).toBe(200)
  })

  test(`[REC-164] a recording has at most ${MAX_CLIPS} clips, whoever counted before`, async () => {
    const { id } = await rowOfClip(1)
    for (let count = 1; count < MAX_CLIPS; count += 1) await rowOfClip(1)
    const refused = await clip()
    expect([refused.status, refused.json().error?.code]).toEqual([409, 'conflict'])
    const { PrismaRecordingRows } = await import('#server/recordings/PrismaRecordingRows.ts')
    const late = {
      id: randomUUID(),
      storageKey: randomUUID(),
      mimeType: 'video/webm',
      bytes: 1,
      fromMs: 0,
      durationMs: 1,
    }
    expect(await new PrismaRecordingRows(suite.data.prisma).addClip(recording.id, late)).toBe('too-many')
    expect(stored()).toHaveLength(1)
    expect(unfinished()).toEqual([])
    await suite.data.prisma.recordingFile.delete({ where: { id } })
    expect((await clip()).status).toBe(200)
  })

  test('[REC-164] one clip of a recording is cut at a time, and two of all; who asks meanwhile is told so', async () => {
    const [second, third] = [await seed(), await seed()]
    const cut = (of: Seeded) => recordings().cutClip(of.id, 1_000, 3_000, 'webm')
    const asked = await Promise.allSettled([cut(recording), cut(recording), cut(second), cut(third)])
    const outcomes = asked.map((one) => (one.status === 'fulfilled' ? 'made' : one.reason.code))
    expect(outcomes).toEqual(['made', 'rate-limited', 'made', 'rate-limited'])
    await Promise.all([cut(recording), cut(third)])
    expect(unfinished()).toEqual([])
  })
})
