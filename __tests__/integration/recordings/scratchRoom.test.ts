import { mkdirSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { requireRoom } from '#server/recordings/finishing/requireRoom.ts'
import { S3Storage } from '#server/recordings/storage/S3Storage.ts'
import { until } from '../../browser/support/until.ts'
import { createTestDatabase } from '../../support/database.ts'
import { startRecordingServer } from '../../support/recordingServer.ts'
import { StoppedRecording } from '../../support/StoppedRecording.ts'
import { s3ServerBinary, startS3Server } from '../../support/s3Server.ts'
import { makeSmallDisk, smallDisksOr } from '../../support/smallDisk.ts'
import { hasFfmpeg, inChunks, makeWebm } from '../../support/webm.ts'

jest.setTimeout(120_000)

const inABucket = s3ServerBinary() === null || !hasFfmpeg() ? test.skip : smallDisksOr(test)

inABucket(
  '[REC-165] a file is not begun where it would not fit, also when it is kept in a bucket',
  async () => {
    const webm = await makeWebm({ seconds: 6 })
    const data = await createTestDatabase()
    const s3 = await startS3Server()
    const disk = makeSmallDisk(2)
    const scratch = path.join(disk.folder, 'recordings')
    mkdirSync(scratch)
    const storage = new S3Storage(s3.options)
    const { endpoint, bucket, accessKeyId, secretAccessKey } = s3.options
    const server = await startRecordingServer(data.url, {
      RECORDINGS_DIR: scratch,
      S3_ENDPOINT: endpoint,
      S3_BUCKET: bucket,
      S3_ACCESS_KEY_ID: accessKeyId,
      S3_SECRET_ACCESS_KEY: secretAccessKey,
    })
    try {
      const free = () => statfsSync(disk.folder).bavail * statfsSync(disk.folder).bsize
      await requireRoom(storage, scratch, free())
      await expect(requireRoom(storage, scratch, free() + 1)).rejects.toMatchObject({ code: 'full' })

      const recorded = await StoppedRecording.begin(server, data.prisma)
      await recorded.record(inChunks(webm, 6), 0)
      writeFileSync(path.join(disk.folder, 'other'), Buffer.alloc(free() - (webm.length >> 1)))
      await recorded.stop()
      // Put off, which counts as no failure, and leaves nothing behind.
      const waiting = await until('finishing to be put off', async () => {
        const row = await recorded.row()
        return row.holder === null && row.leaseUntil !== null && row
      })
      expect(waiting).toMatchObject({ state: 'FINISHING', attempts: 0 })
      expect(readdirSync(path.join(scratch, '.finishing'))).toEqual([])
      rmSync(path.join(disk.folder, 'other'))
      expect((await recorded.finished()).state).toBe('READY')

      writeFileSync(path.join(disk.folder, 'other'), Buffer.alloc(free() - 10_000))
      const clip = server.recordings.cutClip(recorded.id, 0, 5_000, 'webm')
      await expect(clip).rejects.toMatchObject({ code: 'full' })
      expect(readdirSync(path.join(scratch, '.finishing'))).toEqual([])
    } finally {
      await server.close()
      disk.remove()
      await storage.close()
      await s3.stop()
      await data.drop()
    }
  },
)
