import { randomUUID } from 'node:crypto'
import { Client } from 'pg'
import { WebSocket } from 'ws'
import { messageId } from '#lib/protocol/ids.ts'
import { ROUTING_PARAMETER, routingKeyOf } from '#lib/protocol/routingKey.ts'
import { PASSPORT_HEADER } from '#server/cluster/passport.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import type { RealtimeClient } from '../../support/RealtimeClient.ts'
import {
  type Guest,
  type Person,
  REALTIME_SECRET,
  RealtimeServer,
  type TestMeeting,
} from '../../support/realtimeServer.ts'
import { firstChunk, startRecordingServer, Uploader } from '../../support/recordingServer.ts'
import { RealtimeProcess } from '../../support/startRealtimeProcess.ts'

jest.setTimeout(120_000)

const ORIGIN = 'http://meet.example.org'
const OFFER = { type: 'description', kind: 'offer', sdp: 'v=0\r\n' } as const

let database: TestDatabase
let one: RealtimeServer
let two: RealtimeServer
let host: Person
let guest: Guest
let meeting: TestMeeting
const others: { stop(): Promise<void> }[] = []

const start = (options: Parameters<typeof RealtimeServer.start>[1] = {}): Promise<RealtimeServer> =>
  RealtimeServer.start(database, { oneOfSeveral: true, publicUrl: ORIGIN, ...options })

beforeEach(async () => {
  database = await createTestDatabase()
  one = await start()
  two = await start()
  host = await one.user('Hannah')
  meeting = await one.meeting(host)
  guest = await one.guest(meeting)
})

afterEach(async () => {
  await Promise.all([one, two, ...others.splice(0)].map((server) => server.stop()))
  await database.drop()
})

const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  for (let looks = 0; !(await holds()); looks += 1) {
    if (looks > 800) throw new Error('what was waited for did not happen')
    await new Promise((done) => setTimeout(done, 10))
  }
}
const holderOf = async (id: string) =>
  (await database.prisma.meetingLease.findUnique({ where: { meetingId: id } }))?.holderId
const say = (who: RealtimeClient, text: string) =>
  who.ask('chat:send', { id: messageId.parse(randomUUID()), text })

/** As a page does it: the server it reaches may say that the meeting is elsewhere, and it asks again. */
async function reach(
  server: { connect(who: { cookie: string }, meeting: { code: string }): Promise<RealtimeClient> },
  who: { cookie: string },
): Promise<RealtimeClient> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await server.connect(who, meeting)
    } catch (error) {
      if (attempt === 20) throw error
      await new Promise((done) => setTimeout(done, 50))
    }
  }
}

describe('one meeting, two processes', () => {
  test('[CL-1][CL-2] who comes to either is in one room: the roster, chat and signals go both ways', async () => {
    const hannah = await one.connect(host, meeting)
    await hannah.join()
    const gus = await two.connect(guest, meeting)
    await gus.join({ name: 'Gus' })
    await hannah.until(() => hannah.people.size === 2)
    expect([...gus.people.values()].map(({ name }) => name).sort()).toEqual(['Gus', 'Hannah'])
    await say(gus, 'from the other process')
    expect((await hannah.next('chat:received')).message.text).toBe('from the other process')
    await hannah.ask('signal:send', { to: gus.id, toInstance: gus.instanceId, epoch: 0, signal: OFFER })
    expect((await gus.next('signal:received')).from).toBe(hannah.id)
    expect([one.realtime.stats().rooms, two.realtime.stats().rooms]).toEqual([1, 0])
    gus.close()
    await hannah.until(() => hannah.people.get(gus.id)?.connected === false)
  })

  test('[CL-1] of two who come to two processes in the same moment, both end up in one room', async () => {
    const clients = await Promise.all([
      reach(one, host),
      reach(two, guest),
      reach(one, guest),
      reach(two, host),
    ])
    await Promise.all(clients.map((client, at) => client.join({ name: `Guest ${at}` })))
    expect(one.realtime.stats().rooms + two.realtime.stats().rooms).toBe(1)
    const [first] = clients
    await first.until(() => first.people.size === 4)
  })

  test('[CL-3] limits count the address of the client, not that of the process it came through', async () => {
    const behindProxy = { env: { TRUSTED_PROXY_HOPS: '1' } }
    const holder = await start({ ...behindProxy, limits: { socketsPerAddress: 2 } })
    const front = await start(behindProxy)
    others.push(holder, front)
    await holder.connect(host, meeting)
    const open = (address: string): Promise<number> =>
      new Promise((done) => {
        const query = new URLSearchParams({ EIO: '4', transport: 'websocket' })
        query.set(ROUTING_PARAMETER, routingKeyOf(meeting.code))
        const socket = new WebSocket(`ws://localhost:${front.port}/socket.io/?${query}`, {
          headers: { host: 'meet.example.org', origin: ORIGIN, 'x-forwarded-for': address },
        })
        sockets.push(socket)
        socket.once('open', () => done(101))
        socket.once('unexpected-response', (_, { statusCode }) => done(statusCode ?? 0))
        socket.on('error', () => undefined)
      })
    const sockets: WebSocket[] = []
    expect(await open('203.0.113.5')).toBe(101)
    expect(await open('203.0.113.5')).toBe(101)
    expect(await open('203.0.113.5')).toBe(400)
    expect(await open('203.0.113.6')).toBe(101)
    for (const socket of sockets) socket.terminate()
  })

  test.each([
    ['an address and no signature', '203.0.113.9;'],
    ['a signature of somebody else', `203.0.113.9;${Buffer.alloc(32, 7).toString('base64url')}`],
    ['no address', 'nobody;AAAA'],
    ['nothing', ''],
  ])('[CL-3] a passport with %s is refused, whatever comes with it', async (_, passport) => {
    const query = new URLSearchParams({ EIO: '4', transport: 'websocket' })
    const status = await new Promise((done) => {
      const socket = new WebSocket(`ws://localhost:${one.port}/socket.io/?${query}`, {
        headers: {
          host: 'meet.example.org',
          origin: ORIGIN,
          cookie: host.cookie,
          [PASSPORT_HEADER]: passport,
        },
      })
      socket.once('open', () => done(101))
      socket.once('unexpected-response', (_request, { statusCode }) => done(statusCode))
      socket.on('error', () => undefined)
    })
    expect(status).toBe(403)
  })

  test('[CL-7] what is changed through the other process reaches the meeting: the lobby, and its deletion', async () => {
    const hannah = await one.connect(host, meeting)
    await hannah.join()
    await database.prisma.meeting.update({ where: { id: meeting.id }, data: { lobby: true } })
    await two.realtime.setLobby(meeting.id, true)
    expect((await hannah.next('settings:changed')).settings.lobby).toBe(true)
    await database.prisma.meeting.update({ where: { id: meeting.id }, data: { deletedAt: new Date() } })
    await two.realtime.endMeeting(meeting.id, 'meeting-deleted')
    expect(await hannah.next('meeting:ended')).toEqual({ reason: 'meeting-deleted' })
    await hannah.disconnected()
  })

  test('[CL-8] a session revoked at one process ends its connection at the other', async () => {
    const hannah = await one.connect(host, meeting)
    await hannah.join()
    const gus = await one.connect(guest, meeting)
    await gus.join({ name: 'Gus' })
    await two.sessions.end({ id: guest.sessionId }, host.id, 'revoked')
    expect(await gus.next('meeting:ended')).toEqual({ reason: 'session-revoked' })
    await hannah.until(() => !hannah.people.has(gus.id))
  })
})

describe('a process that goes', () => {
  test('[HOST-3][CL-4] killed with SIGKILL right after the answer, co-hosts are who they were in the process that takes over', async () => {
    const doomed = await RealtimeProcess.start(database, ORIGIN)
    others.push(doomed)
    const hannah = await doomed.connect(host, meeting)
    await hannah.join()
    const gus = await doomed.connect(guest, meeting)
    await gus.join({ name: 'Gus' })
    const former = await one.guest(meeting)
    const finn = await doomed.connect(former, meeting)
    await finn.join({ name: 'Finn' })
    await hannah.ask('coHost:set', { id: finn.id, coHost: true })
    await hannah.ask('coHost:set', { id: gus.id, coHost: true })
    await hannah.ask('coHost:set', { id: finn.id, coHost: false })
    await doomed.kill()
    const gusBack = await reach(two, guest)
    await gusBack.join({ resume: gus.resume, name: 'Gus' })
    const finnBack = await reach(two, former)
    await finnBack.join({ resume: finn.resume, name: 'Finn' })
    expect([gusBack.id, finnBack.id]).toEqual([gus.id, finn.id])
    expect(await gusBack.code('participant:mute', { id: finn.id })).toBe('ok')
    expect(await finnBack.code('participant:mute', { id: gus.id })).toBe('forbidden')
  })

  test('[CL-4] killed with SIGKILL, the next process that is reached goes on with its seats, chat and hands; no ghost stays', async () => {
    const doomed = await RealtimeProcess.start(database, ORIGIN, { SEAT_GRACE_SECONDS: '2' })
    others.push(doomed)
    const next = await start({ env: { SEAT_GRACE_SECONDS: '2' } })
    others.push(next)
    const hannah = await doomed.connect(host, meeting)
    await hannah.join()
    const gus = await next.connect(guest, meeting)
    await gus.join({ name: 'Gus' })
    expect(next.realtime.stats().rooms).toBe(0)
    const ghost = await doomed.connect(await next.guest(meeting), meeting)
    await ghost.join({ name: 'Ghost' })
    await gus.ask('hand:set', { raised: true })
    await say(gus, 'before')
    await until(
      async () => (await database.prisma.visit.count({ where: { handRaisedAt: { not: null } } })) === 1,
    )
    const holder = await holderOf(meeting.id)

    await doomed.kill()
    await Promise.all([hannah.disconnected(), gus.disconnected()])
    const back = await reach(next, host)
    back.instanceId = hannah.instanceId
    const snapshot = await back.join({ resume: { ...hannah.resume, chatSeq: 0 } })
    expect(snapshot.self).toBe(hannah.id)
    expect(snapshot.chat.map(({ text }) => text)).toEqual(['before'])
    expect(back.people.size).toBe(3)
    expect(back.people.get(gus.id)?.handRaisedAt).not.toBeNull()
    const gusBack = await reach(next, guest)
    gusBack.instanceId = gus.instanceId
    await gusBack.join({ resume: gus.resume, name: 'Gus' })
    await say(gusBack, 'after')
    expect((await back.next('chat:received')).message.seq).toBe(2)
    await back.until(() => !back.people.has(ghost.id))
    expect([...back.people.values()].every(({ connected }) => connected)).toBe(true)
    expect(await holderOf(meeting.id)).not.toBe(holder)
  })

  test('[CL-5] a lease is not taken from a process that lives, even when nobody can reach it', async () => {
    const hannah = await one.connect(host, meeting)
    await hannah.join()
    await database.prisma.serverProcess.updateMany({ data: { url: 'http://127.0.0.1:9' } })
    const holder = await holderOf(meeting.id)
    await expect(two.connect(guest, meeting)).rejects.toBeDefined()
    expect(await holderOf(meeting.id)).toBe(holder)
    expect(two.realtime.stats().sockets).toBe(0)
    await say(hannah, 'still here')
  })

  test('[CL-6] taken for dead while its database was away, it drops what was taken over, and ends nothing', async () => {
    const hannah = await one.connect(host, meeting)
    await hannah.join()
    const holder = await holderOf(meeting.id)
    const other = (await database.prisma.serverProcess.findFirst({ where: { id: { not: holder ?? 0 } } }))?.id
    if (other === undefined) throw new Error('there is one process only')
    // As it is when the holder's connection has broken and another process was quicker.
    await database.prisma.meetingLease.updateMany({ data: { holderId: other } })
    await endConnectionOf(holder ?? 0)
    await hannah.disconnected()
    const back = await reach(two, host)
    back.instanceId = hannah.instanceId
    expect((await back.join({ resume: hannah.resume })).self).toBe(hannah.id)
    expect([one.realtime.stats().rooms, two.realtime.stats().rooms]).toEqual([0, 1])
    expect(await database.prisma.conference.count({ where: { endedAt: { not: null } } })).toBe(0)
  })

  test('[CL-6] a process that keeps its leases keeps its calls, and hears what it has missed', async () => {
    const hannah = await one.connect(host, meeting)
    await hannah.join()
    const holder = await holderOf(meeting.id)
    await database.prisma.meeting.update({ where: { id: meeting.id }, data: { lobby: true } })
    await endConnectionOf(holder ?? 0)
    expect((await hannah.next('settings:changed')).settings.lobby).toBe(true)
    expect(hannah.socket.connected).toBe(true)
    expect(await holderOf(meeting.id)).toBe(holder)
  })

  test('[CL-9] one that stops gives its meetings up before it sends anybody away', async () => {
    const hannah = await one.connect(host, meeting)
    await hannah.join()
    const gus = await two.connect(guest, meeting)
    await gus.join({ name: 'Gus' })
    await gus.ask('hand:set', { raised: true })
    const atLoss: (number | undefined)[] = []
    const lost = new Promise<void>((done) => {
      gus.socket.once('disconnect', async () => {
        atLoss.push(await holderOf(meeting.id))
        done()
      })
    })
    await one.kill()
    await lost
    expect(atLoss).toEqual([undefined])
    const back = await two.connect(guest, meeting)
    back.instanceId = gus.instanceId
    const snapshot = await back.join({ resume: gus.resume, name: 'Gus' })
    expect(snapshot.self).toBe(gus.id)
    expect(back.people.get(gus.id)?.handRaisedAt).not.toBeNull()
  })
})

describe('a process that goes, with a recording in its meeting', () => {
  /** Killed with SIGKILL while it was recorded; the recorder goes on sending to an intake that lives. */
  async function recorded() {
    const intake = await startRecordingServer(database.url, {
      AUTH_SECRET: REALTIME_SECRET,
      PUBLIC_URL: ORIGIN,
    })
    others.push({ stop: () => intake.close() })
    const { jobs, desk } = intake.recordings
    const doomed = await RealtimeProcess.start(database, ORIGIN)
    const next = await start({ jobs })
    others.push(doomed, next)
    await desk.heartbeat({ id: 'one', hostname: 'here', free: 1 })
    const hannah = await reach(doomed, host)
    await hannah.join()
    const gus = await reach(doomed, guest)
    await gus.join({ name: 'Gus' })
    const { id } = await hannah.ask('recording:start', {
      kind: 'server',
      studio: false,
      copy: false,
      consent: 'asked',
    })
    await gus.ask('recording:consent', { agree: true })
    const who = await one.recorder({ id, meetingId: meeting.id })
    const uploader = new Uploader(intake, id, who.cookie)
    const { part } = await uploader.open()
    const chunk = async (seq: number) =>
      expect((await uploader.chunk(part, seq, firstChunk())).status).toBe(204)
    await chunk(0)
    await shows(hannah, 'running')
    await doomed.kill()
    await Promise.all([hannah.disconnected(), gus.disconnected()])
    return { intake, next, hannah, gus, id, who, chunk }
  }
  const shows = (client: RealtimeClient, status: string) =>
    client.next('recording:changed', ({ recording }) => recording?.status === status)
  const row = (id: string) => database.prisma.recording.findUniqueOrThrow({ where: { id } })

  test('[REC-9][CL-4] killed with SIGKILL, the next one tells truly how it goes on, has its answers and its recorder, and stops it', async () => {
    const { next, hannah, gus, id, who, chunk } = await recorded()
    const back = await reach(next, host)
    const snapshot = await back.join({ resume: hannah.resume })
    expect(snapshot.recording).toMatchObject({ id, by: 'Hannah', consent: 'asked' })
    expect([...(snapshot.recording?.agreed ?? [])].sort()).toEqual([hannah.id, gus.id].sort())
    const late = await reach(next, await one.guest(meeting))
    await late.join({ name: 'Late' })
    expect(late.snapshot?.recording?.id).toBe(id)
    // Nothing comes: it says so. With the next chunk it is running.
    if (late.snapshot?.recording?.status !== 'interrupted') await shows(late, 'interrupted')
    await chunk(1)
    await shows(late, 'running')
    const recorder = await reach(next, who)
    await recorder.join()
    await back.ask('recording:stop', {})
    await late.next('recording:changed', ({ stopped }) => stopped === 'stopped')
    await recorder.disconnected()
    expect(await row(id)).toMatchObject({ state: 'FINISHING', stopReason: 'stopped' })
    expect((await back.ask('meeting:sync', {})).snapshot.recording).toBeNull()
  })

  test('[REC-9][REC-5] ended while no process had its meeting, it is over in the next one, and another one can be started', async () => {
    const { intake, next, hannah, id } = await recorded()
    await intake.recordings.jobs.stop(id, 'disk-full')
    const back = await reach(next, host)
    expect((await back.join({ resume: hannah.resume })).recording).toBeNull()
    const again = await back.ask('recording:start', {
      kind: 'local',
      studio: false,
      copy: false,
      consent: 'told',
    })
    expect(again.id).not.toBe(id)
    expect((await row(id)).stopReason).toBe('disk-full')
  })
})

/** PostgreSQL ends the connection by which a process lives, as when the network between them breaks. */
async function endConnectionOf(processId: number): Promise<void> {
  const admin = new Client(database.url)
  await admin.connect()
  await admin.query(
    `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2 AND objid = $1::int::oid
       AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    [processId],
  )
  await admin.end()
}
