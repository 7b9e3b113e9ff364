import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { EncryptedStorage } from '#server/recordings/storage/EncryptedStorage.ts'
import { FolderStorage } from '#server/recordings/storage/FolderStorage.ts'
import { S3Storage } from '#server/recordings/storage/S3Storage.ts'
import { s3ServerBinary, startS3Server } from '../support/s3Server.ts'
import { type OpenedStorage, recordingStorageContract } from './recordingStorageContract.ts'

jest.setTimeout(60_000)

async function openFolder(): Promise<OpenedStorage> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'parley-storage-'))
  const close = async () => rmSync(folder, { recursive: true, force: true })
  return { storage: new FolderStorage(path.join(folder, 'recordings')), close }
}

async function openS3(): Promise<OpenedStorage> {
  const server = await startS3Server()
  const storage = new S3Storage(server.options)
  return {
    storage,
    async close() {
      await storage.close()
      await server.stop()
    },
  }
}

const enciphered = async (opened: OpenedStorage): Promise<OpenedStorage> => ({
  ...opened,
  storage: new EncryptedStorage(opened.storage, 'a-recording', randomBytes(32)),
})

recordingStorageContract('a folder', openFolder)
recordingStorageContract('a folder, enciphered', async () => enciphered(await openFolder()))

if (s3ServerBinary() === null) {
  // `npm test` says why, and builds it where Go is; with CI=true it must be there.
  test.skip('RecordingStorage contract: S3', () => undefined)
} else {
  recordingStorageContract('S3', openS3)
  recordingStorageContract('S3, enciphered', async () => enciphered(await openS3()))
}
