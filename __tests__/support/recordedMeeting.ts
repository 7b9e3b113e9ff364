import { readFileSync } from 'node:fs'
import path from 'node:path'
import { type RecordingId, recordingId } from '#lib/protocol/ids.ts'
import { until } from '../browser/support/until.ts'
import type { TestDatabase } from './database.ts'
import type { RealtimeClient } from './RealtimeClient.ts'
import { type Person, REALTIME_SECRET, RealtimeServer, type TestMeeting } from './realtimeServer.ts'
import { type RecordingServer, startRecordingServer } from './recordingServer.ts'
import { type Judged, judge } from './webm.ts'

/** A room and the intake over one database: people who follow what becomes of a recording, and the door for whoever records. */
export class RecordedMeetings {
  readonly database: TestDatabase
  readonly intake: RecordingServer
  readonly #room: RealtimeServer

  private constructor(database: TestDatabase, intake: RecordingServer, room: RealtimeServer) {
    this.database = database
    this.intake = intake
    this.#room = room
  }

  static async start(database: TestDatabase, variables: Readonly<Record<string, string>> = {}) {
    const intake = await startRecordingServer(database.url, { AUTH_SECRET: REALTIME_SECRET, ...variables })
    const { jobs } = intake.recordings
    const room = await RealtimeServer.start(database, { jobs, publicUrl: intake.origin })
    return new RecordedMeetings(database, intake, room)
  }

  /** A host and a guest in a meeting that is recorded on the server from now on. */
  async begin(): Promise<RecordedMeeting> {
    const host = await this.#room.user('Hannah')
    const meeting = await this.#room.meeting(host)
    const ada = await this.#room.connect(host, meeting)
    await ada.join()
    const gus = await this.#room.connect(await this.#room.guest(meeting), meeting)
    await gus.join({ name: 'Gus' })
    await this.intake.recordings.desk.heartbeat({ id: 'one', hostname: 'here', free: 1 })
    const { id } = await until('a recorder to be offered', async () => {
      const answer = await ada.request('recording:start', {
        kind: 'server',
        studio: false,
        copy: false,
        consent: 'told',
      })
      return answer.ok && answer.value
    })
    await this.intake.recordings.desk.claim('one')
    return { id: recordingId.parse(id), host, meeting, ada, gus }
  }

  /** A recorder's way in. */
  async recorder({ id, meeting }: RecordedMeeting): Promise<{ origin: string; cookie: string }> {
    const { cookie } = await this.#room.recorder({ id, meetingId: meeting.id })
    return { origin: this.intake.origin, cookie }
  }

  /** The finished film, and what an independent judge says of it. */
  async film(id: RecordingId): Promise<Judged & { readonly state: string }> {
    const { state, files } = await until(
      'the finished recording',
      async () => {
        const row = await this.database.prisma.recording.findUniqueOrThrow({
          where: { id },
          include: { files: true, parts: true },
        })
        return (row.state === 'READY' || row.state === 'FAILED') && row.parts.length === 0 && row
      },
      { timeoutMs: 60_000 },
    )
    const webm = files.find(({ kind }) => kind === 'webm')
    return { state, ...(await judge(path.join(this.intake.folder, webm?.storageKey ?? ''))) }
  }

  /** Of a part's written chunks, what lies on the disk. */
  async safeChunks(id: RecordingId, part: string): Promise<Buffer[]> {
    const { prisma } = this.database
    const rows = await prisma.recordingChunk.findMany({ where: { partId: part }, orderBy: { seq: 'asc' } })
    const folder = path.join(this.intake.folder, 'r', id, 'parts', part)
    return rows.map(({ seq, sha256 }) =>
      readFileSync(
        path.join(
          folder,
          `${String(seq).padStart(6, '0')}-${Buffer.from(sha256).toString('hex').slice(0, 32)}`,
        ),
      ),
    )
  }

  async stop(): Promise<void> {
    await this.#room.stop()
    await this.intake.close()
  }
}

export type RecordedMeeting = {
  readonly id: RecordingId
  readonly host: Person
  readonly meeting: TestMeeting
  readonly ada: RealtimeClient
  readonly gus: RealtimeClient
}

/** A killed database, and a loaded machine, take their time to come back. */
const PATIENCE_MS = 45_000

/** What everybody reads of it, awaited by each: the status, or why it has stopped. */
export async function everybodyReads({ ada, gus }: RecordedMeeting, status: string): Promise<void> {
  for (const one of [ada, gus]) {
    await one.until(
      () => {
        const last = one.all('recording:changed').at(-1)
        return last?.recording?.status === status || last?.stopped === status
      },
      `reading ${status}`,
      PATIENCE_MS,
    )
  }
}
