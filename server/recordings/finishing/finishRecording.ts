import { createHash } from 'node:crypto'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { isAppError } from '#lib/errors.ts'
import { containerFor, holds, type Streams, streamsIn } from '#lib/media/FileWriter.ts'
import {
  type Group,
  groupParts,
  type JoinDeps,
  joinParts,
  type PlacedPart,
  type Wanted,
} from '#lib/media/joinParts.ts'
import type { RecordingFileKind } from '#lib/protocol/recordings.ts'
import type { Log } from '#server/log.ts'
import { fileKey, type RecordingStorage } from '../RecordingStorage.ts'
import type { FinishingJob, FinishingPart, FinishingRows, NewFile } from './FinishingRows.ts'
import { makeFolder } from './makeFolder.ts'
import { removeParts } from './removeParts.ts'
import { requireRoom } from './requireRoom.ts'
import { ScratchFile } from './ScratchFile.ts'
import { openPart, readChunk, type StoredChunk } from './storedMedia.ts'

export type FinishDeps = {
  readonly rows: FinishingRows
  readonly storage: RecordingStorage
  readonly holder: string
  /** Ends the session of whoever recorded it. */
  readonly endRecorder: (recordingId: string) => Promise<void>
  /** Of this recording, for files that are being made; made and removed here. */
  readonly folder: string
  /** Throws when the recording is no longer certainly ours. */
  readonly check: () => void
  readonly log: Log
}

type Product = Wanted & { readonly kind: RecordingFileKind; readonly mimeType: string }

const COMPOSED: readonly Product[] = [
  { kind: 'webm', mimeType: 'video/webm', container: 'webm', audioOnly: false },
  { kind: 'mp4', mimeType: 'video/mp4', container: 'mp4', audioOnly: false },
  { kind: 'audio', mimeType: 'audio/webm', container: 'webm', audioOnly: true },
]
/** Chunks that are looked at together: a bucket answers each after its own while, and each is held in memory meanwhile. */
const CHECKED_AT_ONCE = 4
const COMPOSED_FILES = { kinds: COMPOSED.map(({ kind }) => kind), visitId: null, type: '' }
/** A gap between parts that people would notice. */
const GAP_MS = 1_000

/**
 * Makes files of a stopped recording's parts, and then removes the parts. Each step can be cut off and done again: a file's
 * id comes from what it is made of, and parts go only when all that is made of them is safe.
 */
export async function finishRecording(deps: FinishDeps, job: FinishingJob): Promise<void> {
  const parts = await deps.rows.parts(job.id)
  const composed = parts.filter((part) => part.composed)
  await rm(deps.folder, { recursive: true, force: true })
  try {
    await makeFolder(deps.folder)
    // One that was opened since it was claimed is waited for, as the claim does.
    const due = composed.every(({ ripe }) => ripe) && (job.state === 'finishing' || composed.length > 0)
    const works = ripeTracks(parts).map((track) => () => finishTrack(deps, job, track))
    if (due) works.unshift(() => finishComposed(deps, job, composed))
    await inTurn(deps, job, works)
  } finally {
    await rm(deps.folder, { recursive: true, force: true })
  }
}

/** What one of them fails by keeps none of the others from being made, and is thrown after them. */
async function inTurn(deps: FinishDeps, { id }: FinishingJob, works: readonly (() => Promise<void>)[]) {
  const failures: unknown[] = []
  for (const work of works) {
    try {
      await work()
    } catch (error) {
      deps.check()
      if (isAppError(error) && error.code === 'unavailable') throw error
      deps.log.error({ err: error, recording: id }, 'a film or track could not be made; the others are')
      failures.push(error)
    }
  }
  if (failures.length > 0) throw failures[0]
}

async function finishComposed(
  deps: FinishDeps,
  job: FinishingJob,
  parts: readonly FinishingPart[],
): Promise<void> {
  await deps.rows.closeParts(parts.map(({ id }) => id))
  await deps.endRecorder(job.id)
  const zero = Math.min(job.startedAt ?? Number.POSITIVE_INFINITY, ...parts.map(({ startedAt }) => startedAt))
  const groups = await groupParts(joinDeps(deps, job), await placed(deps, job.id, parts, zero))
  // Before its first file, with which it can be watched: what is seen in it has been told of.
  await deps.rows.addGaps(job.id, gapsOf(job.id, groups))
  const first = await deps.rows.nextFilm(job.id, filesOf(job, groups, COMPOSED), COMPOSED_FILES)
  let made = 0
  for (const [index, group] of groups.entries()) {
    for (const product of COMPOSED.filter((one) => canBeMade(one, group.streams))) {
      if (await make(deps, job, group, product, { film: first + index, ...NOBODY })) made += 1
    }
  }
  if (made === 0) await deps.rows.fail(deps.holder, job.id)
  await removeParts(deps, job.id, parts)
}

/** Whether there is something for it, of a kind that its container holds. */
function canBeMade({ audioOnly, container }: Product, streams: Streams): boolean {
  const stream = audioOnly ? streams.audio : streams.video
  return stream !== null && holds(container, streamsIn(streams, audioOnly))
}

async function finishTrack(
  deps: FinishDeps,
  job: FinishingJob,
  parts: readonly FinishingPart[],
): Promise<void> {
  const [first] = parts
  if (!first) return
  await deps.rows.closeParts(parts.map(({ id }) => id))
  // Without anything composed the first of it is the beginning.
  const zero = job.startedAt ?? Math.min(...parts.map(({ startedAt }) => startedAt))
  const audioOnly = first.track === 'microphone'
  const { visitId, personName } = first
  const groups = await groupParts(joinDeps(deps, job), await placed(deps, job.id, parts, zero))
  const films = { kinds: ['track'], visitId, type: audioOnly ? 'audio/' : 'video/' } as const
  const film = await deps.rows.nextFilm(job.id, filesOf(job, groups, [{ kind: 'track' }]), films)
  for (const [index, group] of groups.entries()) {
    const { streams } = group
    const container = containerFor(streamsIn(streams, audioOnly), 'webm')
    if (container === null || (audioOnly && streams.audio === null)) {
      deps.log.error({ recording: job.id, track: first.track }, 'a track has nothing for a file in it')
      continue
    }
    const mimeType = `${audioOnly ? 'audio' : 'video'}/${container}`
    const product: Product = { kind: 'track', mimeType, container, audioOnly }
    await make(deps, job, group, product, { film: film + index, visitId, personName })
  }
  await removeParts(deps, job.id, parts)
}

function joinDeps({ check, log }: FinishDeps, { id }: FinishingJob): JoinDeps {
  const onLoss = (part: string, err: unknown) =>
    log.error({ err, recording: id, part }, 'a part ends too early')
  return { check, nextTurn, isLoss: lossOf(check), onLoss }
}

/** Prevents: what another process has removed, which has taken the recording over and is done, is taken for lost. */
const lossOf = (check: () => void) => (error: unknown) => {
  if (isLoss(error)) check()
  return isLoss(error)
}

/** Gone or damaged for good; or no failure of ours at all, but the media's own, which its demuxer does not understand. */
const isLoss = (error: unknown): boolean =>
  !isAppError(error) || error.code === 'internal' || error.code === 'not-found'

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Tracks of which all has come: a file each. */
function ripeTracks(parts: readonly FinishingPart[]): readonly (readonly FinishingPart[])[] {
  const tracks = new Map<string, FinishingPart[]>()
  for (const part of parts) {
    if (part.composed) continue
    const key = `${part.visitId}/${part.track}`
    tracks.set(key, [...(tracks.get(key) ?? []), part])
  }
  return [...tracks.values()].filter((all) => all.every(({ ripe }) => ripe))
}

type Whose = Pick<NewFile, 'film' | 'visitId' | 'personName'>
const NOBODY = { visitId: null, personName: null } as const

/** @returns whether the file is there now */
async function make(
  deps: FinishDeps,
  job: FinishingJob,
  group: Group,
  product: Product,
  whose: Whose,
): Promise<boolean> {
  const id = fileIdOf(job, group, product)
  if ((await deps.rows.files(job.id)).includes(id)) return true
  const file = new ScratchFile(path.join(deps.folder, id))
  if (!product.audioOnly) await requireRoom(deps.storage, deps.folder, bytesOf(group))
  try {
    const joined = await joinParts(joinDeps(deps, job), group, product, file.target())
    if (!joined) return false
    const size = await file.size()
    const storageKey = fileKey(job.id, id)
    await store(deps, storageKey, file, size)
    const { kind, mimeType } = product
    const row = { id, kind, storageKey, mimeType, bytes: size, durationMs: joined.durationMs, ...whose }
    if (await deps.rows.addFile(deps.holder, job.id, row)) return true
    await withdraw(deps, job.id, storageKey)
    throw new Error('the recording is no longer ours')
  } finally {
    await file.remove()
  }
}

/** @throws what `check` throws, when the recording is no longer certainly ours: another process may have its file there */
async function store({ storage, check }: FinishDeps, key: string, file: ScratchFile, size: number) {
  async function* pieces() {
    for await (const piece of file.read()) {
      check()
      yield piece
    }
  }
  check()
  try {
    await storage.putStream(key, pieces(), size)
  } catch (error) {
    check()
    throw error
  }
}

/** Deleted meanwhile, perhaps before these bytes were there: they go. Taken over: whoever has it makes the same file. */
async function withdraw({ rows, storage, check }: FinishDeps, recordingId: string, key: string) {
  if (await rows.isDeleted(recordingId)) await storage.remove(key)
  check()
}

const bytesOf = ({ parts }: Group): number => parts.reduce((sum, { bytes }) => sum + bytes, 0)

/** Each part with its chunks, up to the first that is not what was written down of it. */
async function placed(
  deps: FinishDeps,
  recordingId: string,
  parts: readonly FinishingPart[],
  zero: number,
): Promise<PlacedPart[]> {
  const all: PlacedPart[] = []
  for (const { id, startedAt } of parts) {
    const chunks = await soundChunks(deps, recordingId, id)
    if (chunks.length === 0) continue
    const open = () => openPart(deps.storage, recordingId, id, chunks)
    const bytes = chunks.reduce((sum, chunk) => sum + chunk.bytes, 0)
    all.push({ id, offset: (startedAt - zero) / 1000, chunks: chunks.length, bytes, open })
  }
  return all
}

/**
 * Up to the first that is gone or damaged, with which the part ends. Before anything is made of them: a demuxer reads ahead
 * and whole clusters at a time, and would lose with a chunk what stands before it.
 */
async function soundChunks(
  deps: FinishDeps,
  recordingId: string,
  partId: string,
): Promise<readonly StoredChunk[]> {
  const chunks = await deps.rows.chunks(partId)
  for (let from = 0; from < chunks.length; from += CHECKED_AT_ONCE) {
    deps.check()
    const some = chunks.slice(from, from + CHECKED_AT_ONCE)
    const failures = await Promise.all(
      some.map((chunk) => damageOf(deps.storage, recordingId, partId, chunk)),
    )
    const bad = failures.findIndex((failure) => failure !== null)
    if (bad < 0) continue
    deps.check()
    const { seq } = some[bad] ?? {}
    const context = { err: failures[bad], recording: recordingId, part: partId, seq }
    deps.log.error(context, 'a chunk is not what it was: its part ends before it')
    return chunks.slice(0, from + bad)
  }
  return chunks
}

/** @returns what is wrong with a chunk, or null. @throws AppError unavailable */
async function damageOf(
  storage: RecordingStorage,
  recordingId: string,
  partId: string,
  chunk: StoredChunk,
): Promise<unknown> {
  try {
    await readChunk(storage, recordingId, partId, chunk)
    return null
  } catch (error) {
    if (!isLoss(error)) throw error
    return error
  }
}

function gapsOf(recordingId: string, groups: readonly Group[]) {
  const parts = groups.flatMap((group) => group.parts).sort((a, b) => a.offset - b.offset)
  return parts.slice(1).flatMap((part, index) => {
    const before = parts[index]
    if (!before) return []
    // A chunk a second: how long a part was, as far as it matters for a line in the list of events.
    const end = before.offset + before.chunks
    const durationMs = Math.round((part.offset - end) * 1000)
    if (durationMs < GAP_MS) return []
    return [{ id: idOf(`${recordingId}/gap/${part.id}`), atMs: Math.round(end * 1000), durationMs }]
  })
}

/** Ids of all that could be made of them. */
const filesOf = (job: FinishingJob, groups: readonly Group[], products: readonly Pick<Product, 'kind'>[]) =>
  groups.flatMap((group) => products.map((product) => fileIdOf(job, group, product)))

/** By the parts that are in it: what comes after a file was made of the others is none of it, and gets one of its own. */
const fileIdOf = (job: FinishingJob, { parts }: Group, { kind }: Pick<Product, 'kind'>): string =>
  idOf([job.id, kind, ...parts.map(({ id }) => id).sort()].join('/'))

/** A UUID that comes from a name (as RFC 9562 §5.8 allows): the same thing made again is the same thing. */
function idOf(name: string): string {
  const digest = createHash('sha256').update(name).digest()
  digest[6] = 0x80 | ((digest[6] ?? 0) & 0x0f)
  digest[8] = 0x80 | ((digest[8] ?? 0) & 0x3f)
  const hex = digest.subarray(0, 16).toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
