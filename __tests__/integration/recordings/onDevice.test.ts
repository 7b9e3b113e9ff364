import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { recordingShares } from '#server/recordings/PrismaRecordingShares.ts'
import { recordingViews } from '#server/recordings/PrismaRecordingViews.ts'
import { until } from '../../browser/support/until.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import type { RealtimeClient } from '../../support/RealtimeClient.ts'
import {
  type Person,
  REALTIME_SECRET,
  RealtimeServer,
  type TestMeeting,
} from '../../support/realtimeServer.ts'
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
let hannah: Person
let meeting: TestMeeting
let host: RealtimeClient
let gus: RealtimeClient

beforeAll(async () => {
  data = await createTestDatabase()
  intake = await startRecordingServer(data.url, { AUTH_SECRET: REALTIME_SECRET })
  room = await RealtimeServer.start(data, {
    jobs: intake.recordings.jobs,
    publicUrl: intake.origin,
    env: { SEAT_GRACE_SECONDS: '1' },
  })
})
afterAll(async () => {
  await room.stop()
  await intake.close()
  await data.drop()
})
beforeEach(async () => {
  hannah = await room.user('Hannah')
  meeting = await room.meeting(hannah)
  host = await room.connect(hannah, meeting)
  await host.join()
  gus = await room.connect(await room.guest(meeting), meeting)
  await gus.join({ name: 'Gus' })
})
afterEach(() => room.closeClients())

const DEVICE = { kind: 'device', studio: false, copy: false, consent: 'told' } as const

/** Begun by the host, with what talks to the intake from the host's browser. */
async function begun() {
  const { id } = await until('it to be offered', async () => {
    const answer = await host.request('recording:start', DEVICE)
    return answer.ok && answer.value
  })
  return { id, page: new Uploader(intake, id, hannah.cookie) }
}
const told = (status: string) =>
  gus.next('recording:changed', ({ recording }) => recording?.status === status)
const stopped = (reason: string) => gus.next('recording:changed', (event) => event.stopped === reason)
const row = (id: string) => data.prisma.recording.findUniqueOrThrow({ where: { id } })
const written = (id: string, state: string) =>
  until(`it to be ${state}`, async () => (await row(id)).state === state)

test('[REC-84] nothing of it is taken: no part, no chunk, no event, from nobody', async () => {
  const { id, page } = await begun()
  const part = randomUUID()
  const offers = (who: Uploader) => [
    who.open({ id: part }),
    who.open({ source: { type: 'track', track: 'microphone' }, mimeType: 'audio/webm;codecs=opus' }),
    who.chunk(part, 0, firstChunk()),
    who.state(part),
    who.closePart(part, 0),
    who.events([
      {
        id: randomUUID(),
        at: 1,
        durationMs: null,
        type: 'joined',
        participantId: null,
        name: 'Gus',
        text: null,
      },
    ]),
  ]
  const refused = async (who: Uploader) => (await Promise.all(offers(who))).map(({ status }) => status)
  expect(await refused(page)).toEqual([403, 403, 403, 403, 403, 403])
  // Also while it runs and when it is over, and for others it does not exist.
  expect((await page.kept()).status).toBe(204)
  expect(await refused(page)).toEqual([403, 403, 403, 403, 403, 403])
  const other = new Uploader(intake, id, (await room.user('Mallory')).cookie)
  expect(await refused(other)).toEqual([404, 404, 404, 404, 404, 404])
  expect((await other.kept()).status).toBe(404)
  await host.ask('recording:stop', {})
  expect(await refused(page)).toEqual([403, 403, 403, 403, 403, 403])
  expect(await data.prisma.recordingPart.count({ where: { recordingId: id } })).toBe(0)
  expect(await data.prisma.recordingEvent.count({ where: { recordingId: id } })).toBe(0)
  expect(existsSync(path.join(intake.folder, 'r', id))).toBe(false)
})

test('[REC-84] only of its kind is heard that it is kept', async () => {
  const { id } = await host.ask('recording:start', { ...DEVICE, kind: 'local' })
  const page = new Uploader(intake, id, hannah.cookie)
  expect((await page.kept()).status).toBe(404)
  expect((await row(id)).state).toBe('WAITING')
  await host.ask('recording:stop', {})
})

test('[REC-84] own tracks are not recorded with it, and a co-host records on no device', async () => {
  expect(await host.code('recording:start', { ...DEVICE, studio: true })).toBe('invalid-request')
  await host.ask('coHost:set', { id: gus.id, coHost: true })
  expect(await gus.code('recording:start', DEVICE)).toBe('forbidden')
  const cautious = await room.meeting(hannah, { recordingPolicy: 'NEVER' })
  const there = await room.connect(hannah, cautious)
  await there.join()
  expect(await there.code('recording:start', DEVICE)).toBe('forbidden')
})

test('[REC-85] everybody is told, from the first chunk that is safe there to the end; the log says who', async () => {
  const { id, page } = await begun()
  expect((await told('starting')).recording).toMatchObject({
    id,
    kind: 'device',
    by: 'Hannah',
    startedAt: null,
  })
  const startedAt = Date.now() - 500
  expect((await page.kept(startedAt)).status).toBe(204)
  expect((await told('running')).recording).toMatchObject({ kind: 'device', startedAt })
  // A later part of it is on the same time line.
  expect((await page.kept(startedAt + 300)).status).toBe(204)
  const late = await room.connect(await room.guest(meeting), meeting)
  await late.join({ name: 'Late' })
  expect(late.snapshot?.recording).toMatchObject({ id, kind: 'device', startedAt })

  await host.ask('recording:stop', {})
  await stopped('stopped')
  await written(id, 'KEPT')
  const { durationMs, bytes, lastChunkAt } = await row(id)
  expect(durationMs).toBe(Number(lastChunkAt) - startedAt)
  expect(bytes).toBe(0n)
  // The last word, which a stop overtakes.
  expect((await page.kept()).status).toBe(204)
  expect(await row(id)).toMatchObject({ state: 'KEPT', durationMs, lastChunkAt })
  const audited = (action: string) =>
    until(action, () => data.prisma.auditEvent.findFirst({ where: { targetId: id, action } }))
  expect(await audited('recording.started')).toMatchObject({
    actorId: hannah.id,
    details: { kind: 'device', name: 'Hannah' },
  })
  expect(await audited('recording.stopped')).toMatchObject({ details: { reason: 'stopped' } })
})

test('[REC-85] silent, it is interrupted for everybody; with the next word it runs', async () => {
  const { page } = await begun()
  await page.kept()
  await told('running')
  expect((await told('interrupted')).recording?.kind).toBe('device')
  await page.kept()
  await told('running')
  await host.ask('recording:stop', {})
})

test('[REC-85][REC-8] with its host gone for good it is over', async () => {
  const { id, page } = await begun()
  await page.kept()
  await told('running')
  host.cut()
  await stopped('host-left')
  await written(id, 'KEPT')
  await page.kept()
  expect((await row(id)).state).toBe('KEPT')
})

test('[REC-85] of which no chunk was ever safe there is nothing, and it says so', async () => {
  const { id } = await begun()
  await host.ask('recording:stop', {})
  await written(id, 'FAILED')
})

test('[REC-88] its entry says where it is, cannot be played, shared or cut, and can be deleted', async () => {
  const { id, page } = await begun()
  await page.kept()
  await told('running')
  const views = recordingViews()
  const actor = { userId: hannah.id }
  await expect(views.markDeleted(actor, id)).rejects.toMatchObject({ code: 'conflict' })
  await host.ask('recording:stop', {})
  await written(id, 'KEPT')
  const entry = { id, kind: 'device', state: 'kept', startedBy: 'Hannah', bytes: 0 }
  expect((await views.list(hannah.id)).recordings).toMatchObject([entry])
  expect(await views.find(hannah.id, id)).toMatchObject({ ...entry, files: [], events: [] })
  const elsewhere = { code: 'conflict', message: expect.stringContaining('on a device') }
  await expect(views.requireReady(hannah.id, id)).rejects.toMatchObject(elsewhere)
  const link = { label: 'Grace', download: true, expiresInDays: null }
  await expect(recordingShares().create(actor, id, link, null)).rejects.toMatchObject(elsewhere)
  await views.markDeleted(actor, id)
  expect((await views.list(hannah.id)).recordings).toEqual([])
})
