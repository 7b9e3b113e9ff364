import { randomUUID } from 'node:crypto'
import { AppError } from '#lib/errors.ts'
import { messageId } from '#lib/protocol/ids.ts'
import { PrismaConferenceRecords } from '#server/realtime/PrismaConferenceRecords.ts'
import type { ConferenceRecords } from '#server/realtime/records.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { SILENT } from '../../support/RealtimeClient.ts'
import { RealtimeServer } from '../../support/realtimeServer.ts'

jest.setTimeout(60_000)

let database: TestDatabase
beforeEach(async () => {
  database = await createTestDatabase()
})
afterEach(() => database.drop())

const OFFER = { type: 'description', kind: 'offer', sdp: 'v=0\r\n' } as const

test('[RT-10][WS-9] after a restart the same page has its participant, seat, instance, hand and chat again', async () => {
  const first = await RealtimeServer.start(database)
  const host = await first.user('Hannah')
  const meeting = await first.meeting(host)
  const guest = await first.guest(meeting)
  const ada = await first.connect(host, meeting)
  await ada.join()
  const gus = await first.connect(guest, meeting)
  await gus.join({ name: 'Gus' })
  await gus.ask('media:update', { microphone: true, camera: true, screen: false })
  await gus.ask('hand:set', { raised: true })
  await gus.ask('chat:send', { id: messageId.parse(randomUUID()), text: 'before' })
  await ada.until(() => ada.people.get(gus.id)?.handRaisedAt != null)
  const before = ada.people
  while ((await database.prisma.visit.count({ where: { media: 3, handRaisedAt: { not: null } } })) === 0) {
    await new Promise((done) => setTimeout(done, 20))
  }
  await first.kill()

  const second = await RealtimeServer.start(database, { port: first.port })
  const adaBack = await second.connect(host, meeting)
  adaBack.instanceId = ada.instanceId
  const snapshot = await adaBack.join({ resume: ada.resume })
  expect(snapshot.self).toBe(ada.id)
  expect(snapshot.conferenceId).toBe(ada.snapshot?.conferenceId)
  expect(adaBack.people.get(gus.id)).toEqual({ ...before.get(gus.id), connected: false })
  const gusBack = await second.connect(guest, meeting)
  gusBack.instanceId = gus.instanceId
  const media = { microphone: true, camera: true, screen: false }
  const returned = await gusBack.join({ resume: { ...gus.resume, chatSeq: 0 }, media, name: 'Gus' })
  expect(new Map(gusBack.people)).toEqual(new Map(before))
  expect(returned.chat.map(({ text }) => text)).toEqual(['before'])
  await gusBack.ask('signal:send', { to: ada.id, toInstance: ada.instanceId, epoch: 0, signal: OFFER })
  expect((await adaBack.next('signal:received')).fromInstance).toBe(gus.instanceId)
  await second.stop()
})

test('[RT-10] who does not return after a restart loses the seat; a long-dead conference is not taken up', async () => {
  const first = await RealtimeServer.start(database, { env: { SEAT_GRACE_SECONDS: '1' } })
  const host = await first.user('Hannah')
  const meeting = await first.meeting(host)
  const ada = await first.connect(host, meeting)
  await ada.join()
  const gus = await first.connect(await first.guest(meeting), meeting)
  await gus.join({ name: 'Gus' })
  await first.kill()
  const second = await RealtimeServer.start(database, { port: first.port, env: { SEAT_GRACE_SECONDS: '1' } })
  const back = await second.connect(host, meeting)
  await back.join({ resume: ada.resume })
  await back.until(() => !back.people.has(gus.id))
  await second.kill()
  await database.prisma.conference.updateMany({ data: { lastActiveAt: new Date(Date.now() - 3_600_000) } })
  const third = await RealtimeServer.start(database, { port: first.port })
  const later = await third.connect(host, meeting)
  const snapshot = await later.join({ resume: back.resume })
  expect(snapshot.conferenceId).not.toBe(ada.snapshot?.conferenceId)
  expect(snapshot.participants).toHaveLength(1)
  await third.stop()
})

test('[RT-12] a seat is told before it is written down, a message of its person is not', async () => {
  const real = new PrismaConferenceRecords(database.prisma)
  let write = () => {}
  const held = new Promise<void>((resolve) => {
    write = resolve
  })
  let visits = 0
  const records: ConferenceRecords = new Proxy(real, {
    get: (target, name) => {
      if (name !== 'createVisits') return Reflect.get(target, name)
      return async (...args: Parameters<ConferenceRecords['createVisits']>) => {
        visits += 1
        // The first one begins the conference; the second is the newcomer's.
        if (visits === 2) await held
        return target.createVisits(...args)
      }
    },
  })
  const server = await RealtimeServer.start(database, { records })
  const host = await server.user('Hannah')
  const meeting = await server.meeting(host)
  const ada = await server.connect(host, meeting)
  await ada.join()
  const gus = await server.connect(await server.guest(meeting), meeting)
  await gus.join({ name: 'Gus' })
  await ada.until(() => ada.people.has(gus.id))
  expect(await database.prisma.visit.count({ where: { id: gus.id } })).toBe(0)
  const said = gus.ask('chat:send', { id: messageId.parse(randomUUID()), text: 'hello' })
  await gus.settled()
  expect(ada.all('chat:received')).toEqual([])
  write()
  expect((await said).message.from).toBe(gus.id)
  expect(await database.prisma.visit.count({ where: { id: gus.id } })).toBe(1)
  await server.stop()
})

/** The real records until the database is away; then what they answer when it is. */
class Severable {
  away = false
  readonly records: ConferenceRecords
  constructor(real: ConferenceRecords) {
    this.records = new Proxy(real, {
      get: (target, name) => {
        const method: unknown = Reflect.get(target, name)
        if (typeof method !== 'function') return method
        return (...args: unknown[]) =>
          this.away ? Promise.reject(AppError.unavailable(new Error('away'))) : method.apply(target, args)
      },
    })
  }
}

test('[RT-11][LG-2] without the database nobody new comes in, nothing is lost, and the call goes on', async () => {
  const line = new Severable(new PrismaConferenceRecords(database.prisma))
  const server = await RealtimeServer.start(database, { records: line.records })
  const host = await server.user('Hannah')
  const meeting = await server.meeting(host)
  const ada = await server.connect(host, meeting)
  await ada.join()
  const who = await server.guest(meeting)
  const gus = await server.connect(who, meeting)
  await gus.join({ name: 'Gus' })
  const waiting = await server.connect(await server.guest(meeting), meeting)
  const lucky = await server.connect(await server.guest(meeting), meeting)
  line.away = true

  // Seated before anybody could know that the database is away: written down when it is back.
  await lucky.join({ name: 'Lucky' })
  await ada.until(() => ada.people.has(lucky.id))
  expect(await lucky.code('chat:send', { id: messageId.parse(randomUUID()), text: 'too soon' })).toBe(
    'unavailable',
  )
  expect(
    await waiting.code('meeting:join', { instanceId: waiting.instanceId, media: SILENT, name: 'New' }),
  ).toBe('unavailable')
  await expect(server.connect(who, meeting)).rejects.toMatchObject({ code: 'unavailable' })
  const id = messageId.parse(randomUUID())
  expect(await gus.code('chat:send', { id, text: 'kept' })).toBe('unavailable')
  expect(await ada.code('meeting:end', {})).toBe('unavailable')
  await gus.ask('signal:send', { to: ada.id, toInstance: ada.instanceId, epoch: 0, signal: OFFER })
  expect((await ada.next('signal:received')).from).toBe(gus.id)
  await gus.ask('hand:set', { raised: true })
  await ada.until(() => ada.people.get(gus.id)?.handRaisedAt != null)

  line.away = false
  expect((await gus.ask('chat:send', { id, text: 'kept' })).message.seq).toBe(1)
  await waiting.join({ name: 'New' })
  expect(waiting.people.size).toBe(4)
  expect(ada.gaps).toBe(0)
  while ((await database.prisma.visit.count({ where: { id: lucky.id, leftAt: null } })) === 0) {
    await new Promise((done) => setTimeout(done, 50))
  }
  while ((await database.prisma.visit.count({ where: { handRaisedAt: { not: null } } })) === 0) {
    await new Promise((done) => setTimeout(done, 50))
  }
  await server.stop()
})

test('[ME-4][K57] TURN credentials are for people with a seat, end in ten minutes, and no third party is named', async () => {
  const plain = await RealtimeServer.start(database)
  const host = await plain.user('Hannah')
  const meeting = await plain.meeting(host)
  const ada = await plain.connect(host, meeting)
  expect((await ada.join()).iceServers).toEqual([])
  await plain.kill()
  const env = { TURN_URLS: 'turn:turn.example.test:3478', TURN_SECRET: 'a secret of sixteen or more' }
  const server = await RealtimeServer.start(database, { env, port: plain.port })
  const back = await server.connect(host, meeting)
  expect(await back.code('ice:refresh', {})).toBe('forbidden')
  const snapshot = await back.join({ resume: ada.resume })
  const [turn] = snapshot.iceServers
  const [expiry, name] = turn?.username?.split(':') ?? []
  expect(name).toBe(snapshot.self)
  expect(Number(expiry) * 1000 - snapshot.serverTime).toBeLessThanOrEqual(600_000)
  expect(JSON.stringify(snapshot)).not.toContain('a secret of')
  const codes = []
  for (let count = 0; count < 12; count += 1) codes.push(await back.code('ice:refresh', {}))
  expect(codes.filter((code) => code === 'rate-limited').length).toBeGreaterThan(0)
  await server.stop()
})

test('[WS-11] a reader that does not read is closed, and the others are not', async () => {
  const rates = { burst: 100_000, perSecond: 100_000 }
  const all = {
    join: rates,
    state: rates,
    chat: rates,
    reaction: rates,
    signal: rates,
    read: rates,
    ice: rates,
    enter: rates,
    host: rates,
  }
  const limits = { rates: all, everything: rates, perPerson: rates, candidates: rates }
  const server = await RealtimeServer.start(database, { limits })
  const host = await server.user('Hannah')
  const meeting = await server.meeting(host)
  const ada = await server.connect(host, meeting)
  await ada.join()
  const slow = await server.connect(await server.guest(meeting), meeting)
  await slow.join({ name: 'Slow' })
  const { id, instanceId } = slow
  const transport = slow.socket.io.engine.transport as unknown as { ws: { _socket: { pause(): void } } }
  transport.ws._socket.pause()
  const signal = { ...OFFER, sdp: 'x'.repeat(40_000) }
  for (let count = 0; count < 2_000 && ada.people.get(id)?.connected; count += 1) {
    ada.socket.emit('signal:send', { to: id, toInstance: instanceId, epoch: 0, signal })
    if (count % 20 === 0) await ada.settled()
  }
  await ada.until(() => ada.people.get(id)?.connected === false)
  expect(ada.socket.connected).toBe(true)
  await server.stop()
})
