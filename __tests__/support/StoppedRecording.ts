import { readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { PrismaClient } from '@prisma/client'
import type { RecordingId } from '#lib/protocol/ids.ts'
import type { NewPart } from '#lib/protocol/recordings.ts'
import { until } from '../browser/support/until.ts'
import {
  type Meeting,
  meetingUnderWay,
  type RecordingServer,
  recorderOf,
  startRecording,
  Uploader,
} from './recordingServer.ts'
import { type Judged, judge } from './webm.ts'

/** One recording by a recorder, from its parts to its files, as somebody who has these would look at them. */
export class StoppedRecording {
  readonly #server: RecordingServer
  readonly #prisma: PrismaClient
  readonly #recorder: Uploader
  readonly #zero: number
  readonly id: RecordingId

  private constructor(server: RecordingServer, prisma: PrismaClient, recorder: Uploader, id: RecordingId) {
    this.#server = server
    this.#prisma = prisma
    this.#recorder = recorder
    this.id = id
    this.#zero = Date.now() - 60_000
  }

  /** It began a minute ago: parts may be placed from there on. */
  static async begin(
    server: RecordingServer,
    prisma: PrismaClient,
    meeting?: Meeting,
  ): Promise<StoppedRecording> {
    const where = meeting ?? (await meetingUnderWay(prisma))
    const id = await startRecording(server, where)
    const createdAt = new Date(Date.now() - 60_000)
    await prisma.recording.update({ where: { id }, data: { createdAt }, select: { id: true } })
    const recorder = new Uploader(server, id, await recorderOf(id, where))
    return new StoppedRecording(server, prisma, recorder, id)
  }

  /** A part that was closed. @returns its id */
  async record(chunks: readonly Uint8Array[], atMs: number, part: Partial<NewPart> = {}): Promise<string> {
    const opened = await this.#recorder.open({ startedAt: this.#zero + atMs, ...part })
    expect(opened.status).toBe(201)
    for (const [seq, bytes] of chunks.entries())
      expect((await this.#recorder.chunk(opened.part, seq, bytes)).status).toBe(204)
    expect((await this.#recorder.closePart(opened.part, chunks.length)).status).toBe(204)
    return opened.part
  }

  /** Where a part's chunks are stored, in their order. */
  places(part: string): string[] {
    const folder = path.join(this.#server.folder, 'r', this.id, 'parts', part)
    return readdirSync(folder)
      .sort()
      .map((name) => path.join(folder, name))
  }

  stop(): Promise<void> {
    return this.#server.recordings.jobs.stop(this.id, 'stopped')
  }

  row() {
    return this.#prisma.recording.findUniqueOrThrow({
      where: { id: this.id },
      include: {
        files: { orderBy: { createdAt: 'asc' } },
        parts: true,
        events: { orderBy: { atMs: 'asc' } },
      },
    })
  }

  finished() {
    return until('it to be finished', async () => {
      const row = await this.row()
      return (row.state === 'READY' || row.state === 'FAILED') && row.parts.length === 0 && row
    })
  }

  /** What an independent judge says of one of its files. */
  async judged(fileId: string, folder: string): Promise<Judged> {
    const { files, wrappedKey } = await this.row()
    const file = files.find(({ id }) => id === fileId)
    if (!file) throw new Error('no such file')
    const pieces: Buffer[] = []
    const storage = this.#server.recordings.storageOf({ id: this.id, wrappedKey })
    for await (const piece of await storage.read(file.storageKey)) pieces.push(piece)
    const place = path.join(folder, `${file.id}.${file.mimeType.split('/')[1]}`)
    writeFileSync(place, Buffer.concat(pieces))
    return judge(place)
  }
}
