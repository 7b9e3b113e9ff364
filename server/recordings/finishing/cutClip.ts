import { randomUUID } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { EncodedPacketSink } from 'mediabunny'
import { AppError } from '#lib/errors.ts'
import { containerFor, FileWriter, streamsOf } from '#lib/media/FileWriter.ts'
import { packetsInOrder, type Tracks, tracksOf } from '#lib/media/packets.ts'
import type { PrismaRecordingRows } from '../PrismaRecordingRows.ts'
import { fileKey, type RecordingStorage } from '../RecordingStorage.ts'
import type { Clip, ClipFormat, StoredRecording } from '../Recordings.ts'
import { ScratchFile } from './ScratchFile.ts'
import { openFile } from './storedMedia.ts'

export type ClipDeps = {
  readonly rows: Pick<PrismaRecordingRows, 'watched' | 'addClip'>
  readonly storageOf: (recording: StoredRecording) => RecordingStorage
  readonly folder: string
}

export type ClipRequest = { readonly fromMs: number; readonly toMs: number; readonly format: ClipFormat }

const PACKETS_PER_TURN = 32

/** @see Recordings.cutClip */
export async function cutClip(deps: ClipDeps, recordingId: string, asked: ClipRequest): Promise<Clip> {
  if (!(asked.fromMs >= 0 && asked.toMs > asked.fromMs)) throw empty()
  const recording = await deps.rows.watched(recordingId)
  if (!recording) throw AppError.notFound('The recording')
  const storage = deps.storageOf(recording)
  const id = randomUUID()
  const file = new ScratchFile(path.join(deps.folder, `clip-${id}`))
  const input = openFile(storage, recordingId, recording.file.id, recording.file.bytes)
  try {
    const tracks = await tracksOf(input)
    if (!tracks) throw AppError.notFound('The recording')
    await mkdir(deps.folder, { recursive: true, mode: 0o700 })
    const { container, ...cut } = await copyPiece(tracks, asked, file)
    const size = await file.size()
    const storageKey = fileKey(recordingId, id)
    await storage.putStream(storageKey, file.read(), size)
    const mimeType = `${tracks.video ? 'video' : 'audio'}/${container}`
    const { fromMs } = cut
    const row = { id, storageKey, mimeType, bytes: size, fromMs, durationMs: cut.toMs - fromMs }
    if (!(await deps.rows.addClip(recordingId, row))) {
      await storage.remove(storageKey)
      throw AppError.notFound('The recording')
    }
    return { fileId: id, ...cut }
  } finally {
    input.dispose()
    await file.remove()
  }
}

async function copyPiece(tracks: Tracks, { fromMs, toMs, format }: ClipRequest, file: ScratchFile) {
  const streams = await streamsOf(tracks)
  const container = containerFor(streams, format) ?? format
  const writer = await FileWriter.open(streams, container, file.target())
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
      if (copied % PACKETS_PER_TURN === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    if (zero === null || writer.empty || zero + writer.end <= fromMs / 1000) throw empty()
    const cut = { container, fromMs: Math.round(zero * 1000), toMs: Math.round((zero + writer.end) * 1000) }
    await writer.close()
    return cut
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

const empty = () => new AppError('invalid-request', 'There is nothing between these two moments.')
