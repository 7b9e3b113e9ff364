import { ChunkUploader, isSettled, type UploadDeps } from '../ChunkUploader.ts'
import { NOTHING_WAITS, type Waiting } from '../OwnRecording.ts'
import type { StoredPart } from '../ports.ts'

/** Nobody waits for a recording's tracks longer than that. */
const FORGOTTEN_AFTER_MS = 14 * 24 * 3_600_000

export type LeftoverDeps = UploadDeps & {
  readonly serverNow: () => number
  /** Runs `work` unless another page has this part in hand. */
  readonly alone: (partId: string, work: () => Promise<void>) => Promise<void>
  readonly onBacklog: (waiting: Waiting) => void
}

/** Brings to the server what a former page of this browser could not: it was closed, or it crashed (REC-82). */
export async function uploadLeftovers(deps: LeftoverDeps): Promise<void> {
  const parts = await deps.store.list()
  const left = new Map<string, Waiting>()
  for (const { part, kept, keptBytes } of parts) left.set(part.id, { seconds: kept.length, bytes: keptBytes })
  const tell = (): void => deps.onBacklog([...left.values()].reduce(sum, NOTHING_WAITS))
  for (const stored of parts) {
    await deps.alone(stored.part.id, async () => {
      await uploadOne(deps, stored, (waiting) => {
        left.set(stored.part.id, waiting)
        tell()
      })
    })
    left.delete(stored.part.id)
    tell()
  }
}

async function uploadOne(
  deps: LeftoverDeps,
  { recordingId, part, kept, keptBytes }: StoredPart,
  onBacklog: (waiting: Waiting) => void,
): Promise<void> {
  if (deps.serverNow() - part.startedAt > FORGOTTEN_AFTER_MS) return forget(deps, part.id)
  // However many there were: the last ones may have been in the page's memory alone, and gone with it.
  const end = (kept.at(-1) ?? -1) + 1
  const known = { available: end, chunks: end, bytes: keptBytes }
  const uploader = new ChunkUploader(deps, recordingId, part, known)
  uploader.state.subscribe(() => {
    const { backlog, backlogBytes } = uploader.state.get()
    onBacklog({ seconds: backlog, bytes: backlogBytes })
  })
  const outcome = await uploader.run()
  if (isSettled(outcome)) await forget(deps, part.id)
}

/** One that cannot be removed now, is on the next visit; it keeps no other one waiting. */
const forget = ({ store }: LeftoverDeps, partId: string): Promise<void> =>
  store.forget(partId).catch(() => undefined)

const sum = (one: Waiting, other: Waiting): Waiting => ({
  seconds: one.seconds + other.seconds,
  bytes: one.bytes + other.bytes,
})
