import type { RecordingId } from '#lib/protocol/ids.ts'
import { RECORDER_HEARTBEAT_MS } from '#server/recordings/RecorderDesk.ts'
import { createTestDatabase } from './database.ts'
import { REALTIME_SECRET, RealtimeServer, type StartOptions } from './realtimeServer.ts'
import type { RealtimeSuite } from './realtimeSuite.ts'
import { firstChunk, type RecordingServer, startRecordingServer, Uploader } from './recordingServer.ts'

const RECORDER = 'the recorder'

export type RecordedRooms = RealtimeSuite & {
  /** The intake, the job table and the finisher over the same database. */
  readonly intake: RecordingServer
  /** Another server over the same table. */
  start(options?: StartOptions): Promise<RealtimeServer>
  /** From here on no recorder says that it lives; the next test has one again. */
  recorderGoes(): Promise<void>
  recorderComes(): Promise<void>
  /** A recorder's, or a host's browser's, part of this recording, with its first chunk safe. */
  record(id: RecordingId | string, cookie?: string): Promise<RecordedPart>
  /** A recorder holds this job, by a lease of some seconds. */
  claim(id: RecordingId | string): Promise<void>
  row(id: RecordingId | string): ReturnType<typeof rowOf>
}

export type RecordedPart = { chunk(): Promise<void>; close(): Promise<void> }

const rowOf = (prisma: RealtimeSuite['database']['prisma'], id: string) =>
  prisma.recording.findUniqueOrThrow({ where: { id }, include: { consents: true } })

/** As `realtimeSuite`, with recordings that are rows, taken in over HTTP, while a recorder is there to take one. */
export function recordedRooms(env: Readonly<Record<string, string>>): RecordedRooms {
  jest.setTimeout(60_000)
  const suite = {} as { -readonly [Key in keyof RecordedRooms]: RecordedRooms[Key] }
  let lives = true
  let heart: NodeJS.Timeout

  const beat = async () => {
    if (lives) await suite.intake.recordings.desk.heartbeat({ id: RECORDER, hostname: 'here', free: 9 })
  }
  suite.start = (options = {}) =>
    RealtimeServer.start(suite.database, {
      jobs: suite.intake.recordings.jobs,
      publicUrl: suite.intake.origin,
      ...options,
    })
  suite.recorderGoes = async () => {
    lives = false
    await suite.intake.recordings.desk.leave(RECORDER)
  }
  suite.recorderComes = async () => {
    lives = true
    await beat()
  }
  suite.claim = async (id) => {
    // What others have left waiting is older.
    for (;;) {
      const job = await suite.intake.recordings.desk.claim(RECORDER)
      if (job === null) throw new Error('there is no such job')
      if (job.id === id) return
    }
  }
  suite.record = async (id, cookie) => {
    const who = cookie ?? (await suite.server.recorder({ id, meetingId: suite.meeting.id })).cookie
    const uploader = new Uploader(suite.intake, id, who)
    const opened = await uploader.open()
    if (opened.status !== 201) throw new Error(`no part was opened: ${opened.status}`)
    let next = 0
    const part = {
      async chunk() {
        const { status } = await uploader.chunk(opened.part, next, firstChunk())
        if (status !== 204) throw new Error(`chunk ${next} was answered with ${status}`)
        next += 1
      },
      async close() {
        const { status } = await uploader.closePart(opened.part, next)
        if (status !== 204) throw new Error(`closing was answered with ${status}`)
      },
    }
    await part.chunk()
    return part
  }
  suite.row = (id) => rowOf(suite.database.prisma, id)

  beforeAll(async () => {
    suite.database = await createTestDatabase()
    suite.intake = await startRecordingServer(suite.database.url, { AUTH_SECRET: REALTIME_SECRET })
    suite.server = await suite.start({ env })
    suite.host = await suite.server.user('Hannah')
    heart = setInterval(() => void beat().catch(() => undefined), RECORDER_HEARTBEAT_MS)
  })
  beforeEach(async () => {
    await suite.recorderComes()
    suite.meeting = await suite.server.meeting(suite.host)
  })
  afterEach(() => suite.server.closeClients())
  afterAll(async () => {
    clearInterval(heart)
    await suite.server.stop()
    await suite.intake.close()
    await suite.database.drop()
  })
  return suite
}
