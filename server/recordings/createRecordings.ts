import { randomUUID } from 'node:crypto'
import path from 'node:path'
import type { Sessions } from '#server/auth/createSessions.ts'
import type { database } from '#server/db.ts'
import type { RunningEnv } from '#server/env.ts'
import type { Log } from '#server/log.ts'
import { Capacity } from './Capacity.ts'
import { createMarkedStorage, createMasterKeys, storageFor } from './createStorage.ts'
import { cutClip } from './finishing/cutClip.ts'
import { Finisher } from './finishing/Finisher.ts'
import { PrismaFinishingRows } from './finishing/PrismaFinishingRows.ts'
import { createIntake } from './intake/createIntake.ts'
import { PrismaIntakeRows } from './intake/PrismaIntakeRows.ts'
import { Deletion } from './keeping/Deletion.ts'
import { Transcripts } from './keeping/Transcripts.ts'
import { Upkeep } from './keeping/Upkeep.ts'
import { CLIP_SLOTS } from './limits.ts'
import { PrismaRecorderDesk } from './PrismaRecorderDesk.ts'
import { PrismaRecordingJobs } from './PrismaRecordingJobs.ts'
import { PrismaRecordingRows } from './PrismaRecordingRows.ts'
import { PrismaStorageMarks } from './PrismaStorageMarks.ts'
import { PrismaTranscriptRows } from './PrismaTranscriptRows.ts'
import type { Recordings, StoredRecording } from './Recordings.ts'
import { registerRecordings, unregisterRecordings } from './recordingsService.ts'
import { Slots } from './Slots.ts'

type Deps = {
  readonly root: string
  readonly env: RunningEnv
  readonly prisma: ReturnType<typeof database>
  readonly sessions: Sessions
  readonly log: Log
}

/** Makes this process's recordings, and begins to finish and look after what is there. */
export function createRecordings({ root, env, prisma, sessions, log }: Deps): Recordings {
  const storage = createMarkedStorage(root, env, new PrismaStorageMarks(prisma), log)
  const masterKeys = createMasterKeys(env)
  const rows = new PrismaRecordingRows(prisma)
  const capacity = new Capacity({ storage, usage: rows.usage, env })
  const storageOf = (recording: StoredRecording) => storageFor(storage, masterKeys, recording)
  const folder = path.resolve(
    root,
    env.RECORDINGS_DIR ?? path.join(env.PARLEY_DATA_DIR, 'recordings'),
    '.finishing',
  )
  const deletion = new Deletion(rows, storage, log)
  const transcripts = new Transcripts({
    rows: new PrismaTranscriptRows(prisma),
    storageOf,
    capacity,
    deletion,
  })
  const clipSlots = new Slots(CLIP_SLOTS)
  const finisher = new Finisher({
    rows: new PrismaFinishingRows(prisma),
    storageOf,
    endRecorder: async (recordingId) => void (await sessions.end({ recordingId }, null, 'expired')),
    folder,
    holder: `finisher-${randomUUID()}`,
    log,
  })
  const upkeep = new Upkeep({ rows, deletion, masterKeys, storage, log })

  const recordings: Recordings = {
    jobs: new PrismaRecordingJobs(prisma, {
      policy: env.RECORDING,
      keepDays: env.RECORDINGS_KEEP_DAYS,
      masterKeys,
      capacity,
    }),
    desk: new PrismaRecorderDesk(prisma),
    storageOf,
    deleteRecording: (id) => deletion.delete(id),
    cutClip: (recordingId, fromMs, toMs, format) =>
      cutClip({ rows, storageOf, folder, capacity, slots: clipSlots }, recordingId, { fromMs, toMs, format }),
    deleteClip: (recordingId, fileId) => deletion.deleteClip(recordingId, fileId),
    keepTranscript: (recordingId, transcript) => transcripts.keep(recordingId, transcript),
    removeTranscript: (recordingId) => transcripts.remove(recordingId),
    handleRequest: createIntake({
      rows: new PrismaIntakeRows(prisma),
      sessions,
      storageOf,
      capacity,
      publicUrl: env.PUBLIC_URL,
      log,
    }),
    async close() {
      unregisterRecordings(recordings)
      await Promise.all([finisher.close(), upkeep.close()])
    },
  }
  registerRecordings(recordings)
  return recordings
}
