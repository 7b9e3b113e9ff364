import { randomUUID } from 'node:crypto'
import { type ConferenceId, instanceId, participantId } from '#lib/protocol/ids.ts'
import { PrismaConferenceRecords } from '#server/realtime/PrismaConferenceRecords.ts'
import type { VisitRecord } from '#server/realtime/records.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { RealtimeServer } from '../../support/realtimeServer.ts'

jest.setTimeout(60_000)

let database: TestDatabase
let server: RealtimeServer
let records: PrismaConferenceRecords
let meetingId: string
let conference: ConferenceId
beforeAll(async () => {
  database = await createTestDatabase()
  server = await RealtimeServer.start(database)
  records = new PrismaConferenceRecords(database.prisma)
  const meeting = await server.meeting(await server.user('Hannah'))
  meetingId = meeting.id
})
beforeEach(async () => {
  conference = await records.startConference(meetingId)
})
afterEach(() => records.endConference(conference, new Date()))
afterAll(async () => {
  await server.stop()
  await database.drop()
})

const visit = async (seat: number, more: Partial<VisitRecord> = {}): Promise<VisitRecord> => ({
  id: participantId.parse(randomUUID()),
  instanceId: instanceId.parse(randomUUID()),
  instanceSeq: seat,
  sessionId: (await database.prisma.session.findFirstOrThrow({ select: { id: true } })).id,
  userId: null,
  name: `Gus "the ${seat}" Ωmega`,
  role: 'guest',
  seat,
  media: { microphone: true, camera: false, screen: true },
  handRaisedAt: null,
  coHost: false,
  ...more,
})

test('[RT-10] seats come back as they were written, whatever stands in a name', async () => {
  const raised = Date.parse('2026-11-24T10:00:00.123Z')
  const visits = [
    await visit(0, { role: 'host' }),
    await visit(1, { handRaisedAt: raised }),
    await visit(2, { coHost: true }),
  ]
  await records.createVisits(conference, visits)
  const open = await records.openConference(meetingId)
  const bySeat = [...(open?.visits ?? [])].sort((a, b) => a.seat - b.seat)
  expect(bySeat).toEqual(visits.map((one) => expect.objectContaining(one)))
})

test('[RT-12] written twice, after an answer that was lost, a seat is one row', async () => {
  const one = await visit(0)
  await records.createVisits(conference, [one])
  await records.createVisits(conference, [one, await visit(1)])
  expect(await database.prisma.visit.count({ where: { conferenceId: conference } })).toBe(2)
})

test('[RT-12] somebody whose session was deleted meanwhile does not keep the others from being written', async () => {
  const [kept, gone] = [await visit(0), await visit(1, { sessionId: randomUUID() })]
  await records.createVisits(conference, [gone, kept])
  const rows = await database.prisma.visit.findMany({
    where: { conferenceId: conference },
    select: { id: true },
  })
  expect(rows).toEqual([{ id: kept.id }])
})
