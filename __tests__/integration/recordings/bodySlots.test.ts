import net from 'node:net'
import { until } from '../../browser/support/until.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import {
  firstChunk,
  guestInMeeting,
  meetingUnderWay,
  type RecordingServer,
  recorderOf,
  startRecording,
  startRecordingServer,
  Uploader,
} from '../../support/recordingServer.ts'

jest.setTimeout(120_000)

let data: TestDatabase
let server: RecordingServer
beforeAll(async () => {
  data = await createTestDatabase()
  server = await startRecordingServer(data.url)
})
afterAll(async () => {
  await server.close()
  await data.drop()
})

const PEOPLE = 9
const SLOW_EACH = 6

test('[REC-199] tracks that come slowly take no place from what a recorder sends', async () => {
  const meeting = await meetingUnderWay(data.prisma)
  const id = await startRecording(server, meeting, { studio: true })
  const recorder = new Uploader(server, id, await recorderOf(id, meeting))
  const film = await recorder.open()
  const source = { type: 'track', track: 'microphone' } as const
  const slow: net.Socket[] = []
  const people: { own: Uploader; part: string }[] = []
  for (let person = 0; person < PEOPLE; person += 1) {
    const { cookie } = await guestInMeeting(server, data.prisma, meeting, id, true)
    const own = new Uploader(server, id, cookie)
    people.push({ own, part: (await own.open({ source })).part })
  }
  const last = people.pop()
  try {
    for (const { own, part } of people) {
      for (let body = 0; body < SLOW_EACH; body += 1) {
        const socket = net.connect(server.port, '127.0.0.1').on('error', () => undefined)
        slow.push(socket)
        socket.write(
          `PUT /api/recordings/${id}/parts/${part}/chunks/0 HTTP/1.1\r\nHost: ${new URL(server.origin).host}\r\n` +
            `Origin: ${server.origin}\r\nSec-Fetch-Site: same-origin\r\nCookie: ${own.cookie}\r\n` +
            `Digest-SHA256: ${'ab'.repeat(32)}\r\nContent-Length: 1000\r\n\r\nx`,
        )
      }
    }
    await until('tracks to have no place left', async () => {
      const sent = await last?.own.chunk(last.part, 0, Buffer.from('no beginning of a WebM'))
      return sent?.status === 429
    })
    expect((await recorder.chunk(film.part, 0, firstChunk())).status).toBe(204)
  } finally {
    for (const socket of slow) socket.destroy()
  }
})
