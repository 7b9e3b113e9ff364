import path from 'node:path'
import type { RunningEnv } from '#server/env.ts'
import type { Log } from '#server/log.ts'
import type { RecordingStorage } from './RecordingStorage.ts'
import { EncryptedStorage } from './storage/EncryptedStorage.ts'
import { FolderStorage } from './storage/FolderStorage.ts'
import { MarkedStorage, type StorageMarks } from './storage/MarkedStorage.ts'
import { MasterKeys } from './storage/MasterKeys.ts'
import { S3Storage } from './storage/S3Storage.ts'
import { storageAway } from './storage/storageErrors.ts'

export type StorageEnv = Pick<
  RunningEnv,
  | 'PARLEY_DATA_DIR'
  | 'RECORDINGS_DIR'
  | 'S3_ENDPOINT'
  | 'S3_BUCKET'
  | 'S3_REGION'
  | 'S3_ACCESS_KEY_ID'
  | 'S3_SECRET_ACCESS_KEY'
  | 'S3_PATH_STYLE'
  | 'RECORDINGS_KEY'
  | 'RECORDINGS_KEY_PREVIOUS'
>

/** A bucket is not unmounted in between: not each of its requests is made twice. */
const BUCKET_BELIEVED_MS = 10_000

/** Where recordings' bytes go, as configured: a bucket where one is named, else a folder; and no other one in its place. */
export function createMarkedStorage(
  root: string,
  env: StorageEnv,
  marks: StorageMarks,
  log: Log,
): RecordingStorage {
  const inner = createStorage(root, env)
  const believedMs = inner instanceof S3Storage ? BUCKET_BELIEVED_MS : 0
  return new MarkedStorage({ inner, marks, log, believedMs })
}

function createStorage(root: string, env: StorageEnv): RecordingStorage {
  const { S3_ENDPOINT, S3_BUCKET, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY } = env
  if (S3_ENDPOINT && S3_BUCKET && S3_ACCESS_KEY_ID && S3_SECRET_ACCESS_KEY) {
    return new S3Storage({
      endpoint: S3_ENDPOINT,
      bucket: S3_BUCKET,
      region: env.S3_REGION,
      accessKeyId: S3_ACCESS_KEY_ID,
      secretAccessKey: S3_SECRET_ACCESS_KEY,
      pathStyle: env.S3_PATH_STYLE,
    })
  }
  return new FolderStorage(
    path.resolve(root, env.RECORDINGS_DIR ?? path.join(env.PARLEY_DATA_DIR, 'recordings')),
  )
}

export function createMasterKeys(env: StorageEnv): MasterKeys | null {
  const { RECORDINGS_KEY, RECORDINGS_KEY_PREVIOUS } = env
  return RECORDINGS_KEY ? new MasterKeys(RECORDINGS_KEY, RECORDINGS_KEY_PREVIOUS) : null
}

/** A recording's own view of the storage. @throws AppError unavailable when its key cannot be unwrapped */
export function storageFor(
  storage: RecordingStorage,
  masterKeys: MasterKeys | null,
  { id, wrappedKey }: { readonly id: string; readonly wrappedKey: Uint8Array | null },
): RecordingStorage {
  if (wrappedKey === null) return storage
  if (masterKeys === null)
    throw storageAway(new Error('RECORDINGS_KEY is not set, and this recording has a key'))
  return new EncryptedStorage(storage, id, masterKeys.unwrap(id, wrappedKey))
}
