import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { describeWithFfmpeg } from '../../support/describeWithFfmpeg.ts'
import { type RecordingServer, startRecordingServer } from '../../support/recordingServer.ts'
import { StoppedRecording } from '../../support/StoppedRecording.ts'
import { inPieces, makeWebm } from '../../support/webm.ts'

jest.setTimeout(120_000)

describeWithFfmpeg('a recording whose recorders made different things', () => {
  let data: TestDatabase
  let server: RecordingServer
  let folder: string

  beforeAll(async () => {
    data = await createTestDatabase()
    server = await startRecordingServer(data.url)
    folder = mkdtempSync(path.join(os.tmpdir(), 'parley-films-'))
  })
  afterAll(async () => {
    await server.close()
    await data.drop()
    rmSync(folder, { recursive: true, force: true })
  })

  test('[REC-167] is several films on one time line, as long as the last one; a clip is cut from the one that shows it', async () => {
    const recording = await StoppedRecording.begin(server, data.prisma)
    await recording.record(inPieces(await makeWebm({ seconds: 6 }), 6), 0)
    const h264 = inPieces(await makeWebm({ seconds: 4, video: 'libx264' }), 4)
    await recording.record(h264, 6_000, { mimeType: 'video/webm;codecs=h264,opus' })
    await recording.stop()
    const { state, durationMs, files } = await recording.finished()
    expect(state).toBe('READY')
    expect(files.map(({ kind, film }) => `${kind} ${film}`).sort()).toEqual([
      'audio 0',
      'audio 1',
      'mp4 0',
      'mp4 1',
      'webm 0',
    ])
    // The one with the most in it is the first, and ends first.
    expect(Math.abs((durationMs ?? 0) - 10_000)).toBeLessThan(500)

    for (const [fromMs, toMs, codec] of [
      [1_000, 3_000, 'vp8'],
      [8_000, 9_500, 'h264'],
      // Up to where the other one begins.
      [5_500, 8_000, 'vp8'],
      [0, 1_500, 'vp8'],
    ] as const) {
      const clip = await server.recordings.cutClip(recording.id, fromMs, toMs, 'webm')
      expect(clip.fromMs).toBeLessThanOrEqual(fromMs + 100)
      expect(await recording.judged(clip.fileId, folder)).toMatchObject({ video: { codec }, errors: '' })
    }
  })
})
