import { randomUUID } from 'node:crypto'
import path from 'node:path'
import { EncodedPacketSink, type Input } from 'mediabunny'
import { AppError } from '#lib/errors.ts'
import { containerFor, FileWriter, streamsOf } from '#lib/media/FileWriter.ts'
import { packetsInOrder, type Tracks, tracksOf } from '#lib/media/packets.ts'
import type { Capacity } from '../Capacity.ts'
import { MAX_CLIPS } from '../limits.ts'
import type { PrismaRecordingRows, WatchedFile } from '../PrismaRecordingRows.ts'
import { fileKey, type RecordingStorage } from '../RecordingStorage.ts'
import type { Clip, ClipFormat, StoredRecording } from '../Recordings.ts'
import type { Slots } from '../Slots.ts'
import { makeFolder } from './makeFolder.ts'
import { requireRoom } from './requireRoom.ts'
import { ScratchFile } from './ScratchFile.ts'
import { openFile } from './storedMedia.ts'

export type ClipDeps = {
  readonly rows: Pick<PrismaRecordingRows, 'watched' | 'addClip'>
  readonly storageOf: (recording: StoredRecording) => RecordingStorage
  readonly folder: string
  readonly capacity: Pick<Capacity, 'require'>
  /** One at a time for each recording, and few in all. */
  readonly slots: Pick<Slots, 'take'>
}

export type ClipRequest = { readonly fromMs: number; readonly toMs: number; readonly format: ClipFormat }

const PACKETS_PER_TURN = 32
const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve))
/** At most, as browsers make them when they are not told. */
const KEY_FRAMES_APART_MS = 4_000

/** @see Recordings.cutClip */
export async function cutClip(deps: ClipDeps, recordingId: string, asked: ClipRequest): Promise<Clip> {
  if (!(asked.fromMs >= 0 && asked.toMs > asked.fromMs)) throw empty()
  const release = deps.slots.take(recordingId)
  try {
    return await cut(deps, recordingId, asked)
  } finally {
    release()
  }
}

async function cut(deps: ClipDeps, recordingId: string, asked: ClipRequest): Promise<Clip> {
  const recording = await deps.rows.watched(recordingId)
  if (!recording) throw AppError.notFound('The recording')
  if (recording.clips >= MAX_CLIPS) throw tooMany()
  const storage = deps.storageOf(recording)
  const id = randomUUID()
  const file = new ScratchFile(path.join(deps.folder, `clip-${id}`))
  const open = ({ id, bytes }: WatchedFile) => openFile(storage, recordingId, id, bytes)
  const film = await filmAt(open, recording.films, asked.fromMs / 1000)
  if (!film) throw AppError.notFound('The recording')
  const input = open(film)
  try {
    const tracks = await tracksOf(input)
    if (!tracks) throw AppError.notFound('The recording')
    await makeFolder(deps.folder)
    const bytes = likelyBytes(film, asked)
    await deps.capacity.require(bytes)
    await requireRoom(storage, deps.folder, bytes)
    const { container, ...piece } = await copyPiece(tracks, asked, file)
    const size = await file.size()
    const storageKey = fileKey(recordingId, id)
    await storage.putStream(storageKey, file.read(), size)
    const mimeType = `${tracks.video ? 'video' : 'audio'}/${container}`
    const { fromMs } = piece
    const row = { id, storageKey, mimeType, bytes: size, fromMs, durationMs: piece.toMs - fromMs }
    const added = await deps.rows.addClip(recordingId, row)
    if (added !== 'added') {
      await storage.remove(storageKey)
      throw added === 'too-many' ? tooMany() : AppError.notFound('The recording')
    }
    return { fileId: id, ...piece }
  } finally {
    input.dispose()
    await file.remove()
  }
}

/** Of several on one time line the one that shows this moment, s: the last that has a key frame before it, or that begins. */
async function filmAt(
  open: (film: WatchedFile) => Input,
  films: readonly WatchedFile[],
  from: number,
): Promise<WatchedFile | undefined> {
  if (films.length < 2) return films[0]
  let best: { readonly film: WatchedFile; readonly at: number } | undefined
  for (const film of films) {
    const input = open(film)
    try {
      const tracks = await tracksOf(input)
      const at = tracks ? await shownAt(tracks, from) : null
      if (at !== null && at > (best?.at ?? Number.NEGATIVE_INFINITY)) best = { film, at }
    } finally {
      input.dispose()
    }
  }
  return best?.film
}

/** Since when a film shows what it does at this moment, s; of one that begins later, the more below 0 the later. */
async function shownAt({ video, audio }: Tracks, from: number): Promise<number | null> {
  const track = video ?? audio
  if (track === null) return null
  const sink = new EncodedPacketSink(track)
  const packet = await sink.getKeyPacket(from, { metadataOnly: true })
  if (packet !== null) return packet.timestamp
  const first = await sink.getFirstPacket({ metadataOnly: true })
  return first && -first.timestamp
}

async function copyPiece(tracks: Tracks, { fromMs, toMs, format }: ClipRequest, file: ScratchFile) {
  const streams = await streamsOf(tracks)
  const container = containerFor(streams, format) ?? format
  const writer = await FileWriter.open(streams, container, file.target(), nextTurn)
  try {
    // With video it begins with the key frame before; sound joins in there, not at its own last packet.
    let zero: number | null = tracks.video ? null : fromMs / 1000
    let copied = 0
    for await (const { kind, packet } of packetsInOrder(
      tracks,
      await beginning(tracks, fromMs / 1000),
      toMs / 1000,
    )) {
      if (zero === null && kind === 'audio') continue
      zero ??= packet.timestamp
      await writer.add(kind, packet.clone({ timestamp: packet.timestamp - zero }))
      copied += 1
      if (copied % PACKETS_PER_TURN === 0) await nextTurn()
    }
    if (zero === null || writer.empty || zero + writer.end <= fromMs / 1000) throw empty()
    const piece = { container, fromMs: Math.round(zero * 1000), toMs: Math.round((zero + writer.end) * 1000) }
    await writer.close()
    return piece
  } catch (error) {
    await writer.cancel()
    throw error
  }
}

/** Where video can begin, so that sound is looked for from there and not from `from`. */
async function beginning({ video }: Tracks, from: number): Promise<number> {
  if (!video) return from
  const key = await new EncodedPacketSink(video).getKeyPacket(from, { metadataOnly: true })
  return key?.timestamp ?? 0
}

/** By its length, and that of what comes before it from the key frame on. */
function likelyBytes({ bytes, durationMs }: WatchedFile, { fromMs, toMs }: ClipRequest): number {
  const share = (toMs - fromMs + KEY_FRAMES_APART_MS) / Math.max(1, durationMs)
  return Math.ceil(bytes * Math.min(1, share))
}

const tooMany = () =>
  new AppError('conflict', `A recording has at most ${MAX_CLIPS} clips. Delete one that is no longer needed.`)

const empty = () => new AppError('invalid-request', 'There is nothing between these two moments.')
