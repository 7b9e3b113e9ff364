import path from 'node:path'
import type { PrismaClient } from '@prisma/client'
import { log } from '#server/log.ts'
import { finishRecording } from '#server/recordings/finishing/finishRecording.ts'
import { PrismaFinishingRows } from '#server/recordings/finishing/PrismaFinishingRows.ts'
import type { RecordingStorage } from '#server/recordings/RecordingStorage.ts'
import type { RecordingServer } from './recordingServer.ts'

const HOLDER = 'this test'

/** The same storage, of which a test exchanges something. */
export const portOf = (
  storage: RecordingStorage,
  exchanged: Partial<RecordingStorage> = {},
): RecordingStorage => ({
  put: (key, bytes) => storage.put(key, bytes),
  putStream: (key, bytes, length) => storage.putStream(key, bytes, length),
  size: (key) => storage.size(key),
  read: (key, range) => storage.read(key, range),
  remove: (key) => storage.remove(key),
  removeAll: (prefix) => storage.removeAll(prefix),
  space: () => storage.space(),
  ...exchanged,
})

/** Finishes it here and now, as who has the lease: no finisher of a server takes it on. */
export async function finishHere(
  prisma: PrismaClient,
  server: RecordingServer,
  id: string,
  { storage = {}, check = () => undefined }: { storage?: Partial<RecordingStorage>; check?: () => void } = {},
): Promise<void> {
  const { startedAt } = await prisma.recording.update({
    where: { id },
    data: { holder: HOLDER, leaseUntil: new Date(Date.now() + 600_000) },
    select: { startedAt: true },
  })
  const deps = {
    rows: new PrismaFinishingRows(prisma),
    storage: portOf(server.recordings.storageOf({ id, wrappedKey: null }), storage),
    holder: HOLDER,
    endRecorder: async () => undefined,
    folder: path.join(server.folder, '.finishing', id),
    check,
    log: log(),
  }
  await finishRecording(deps, {
    id,
    wrappedKey: null,
    state: 'finishing',
    startedAt: startedAt?.getTime() ?? null,
  })
}
