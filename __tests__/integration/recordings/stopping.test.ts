import { randomBytes, randomUUID } from 'node:crypto'
import { messageId } from '#lib/protocol/ids.ts'
import type { Recordings } from '#server/recordings/Recordings.ts'
import { until } from '../../browser/support/until.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { newInstance, SILENT } from '../../support/RealtimeClient.ts'
import { REALTIME_SECRET, RealtimeServer } from '../../support/realtimeServer.ts'
import {
  firstChunk,
  type RecordingServer,
  startRecordingServer,
  Uploader,
} from '../../support/recordingServer.ts'

jest.setTimeout(60_000)

let data: TestDatabase
let intake: RecordingServer
let room: RealtimeServer

beforeAll(async () => {
  data = await createTestDatabase()
  intake = await startRecordingServer(data.url, { AUTH_SECRET: REALTIME_SECRET })
  room = await RealtimeServer.start(data, { jobs: intake.recordings.jobs, publicUrl: intake.origin })
})
afterAll(async () => {
  await room.stop()
  await intake.close()
  await data.drop()
})

/** A recorder with room for it, as one that lives says every few seconds. */
const recorderLives = ({ desk }: Recordings) => desk.heartbeat({ id: 'one', hostname: 'here', free: 1 })

test('[REC-46][REC-10] from the stop on a recorder delivers what is under way, and nothing else opens to it', async () => {
  await recorderLives(intake.recordings)
  const host = await room.user('Hannah')
  const meeting = await room.meeting(host)
  const ada = await room.connect(host, meeting)
  await ada.join()
  const started = await until('a recorder to be offered', async () => {
    const answer = await ada.request('recording:start', {
      kind: 'server',
      studio: false,
      copy: false,
      consent: 'told',
    })
    return answer.ok && answer.value
  })
  const { id } = started
  const who = await room.recorder({ id, meetingId: meeting.id })
  const recorder = await room.connect(who, meeting)
  await recorder.join()
  const idle = await room.connect(who, meeting)
  const delivery = new Uploader(intake, id, who.cookie)
  const { part } = await delivery.open()
  expect((await delivery.chunk(part, 0, firstChunk())).status).toBe(204)

  await ada.ask('recording:stop', {})
  await recorder.disconnected()
  // What it had begun before comes in,
  expect((await delivery.chunk(part, 1, randomBytes(500))).status).toBe(204)
  expect(await idle.code('meeting:join', { instanceId: newInstance(), media: SILENT })).toBe('forbidden')
  expect(await idle.code('chat:send', { id: messageId.parse(randomUUID()), text: 'x' })).toBe('forbidden')
  expect(await idle.code('ice:refresh', {})).toBe('forbidden')
  await expect(room.connect(who, meeting)).rejects.toMatchObject({ code: 'unauthenticated' })
  expect((await delivery.open()).status).toBe(410)
  // and with its end the session is over.
  expect((await delivery.closePart(part, 2)).status).toBe(204)
  await until('the session to end', async () => (await delivery.state(part)).status === 401)
  await idle.disconnected()
})
