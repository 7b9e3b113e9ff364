import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { SILENT } from '../../support/RealtimeClient.ts'
import { type Guest, type Person, RealtimeServer, type TestMeeting } from '../../support/realtimeServer.ts'

jest.setTimeout(60_000)

let database: TestDatabase
let server: RealtimeServer
let host: Person
let meeting: TestMeeting

beforeAll(async () => {
  database = await createTestDatabase()
  server = await RealtimeServer.start(database, { env: { MEETING_CAPACITY: '400' } })
  host = await server.user('Hannah')
})
beforeEach(async () => {
  meeting = await server.meeting(host)
})
afterEach(() => server.closeClients())
afterAll(async () => {
  await server.stop()
  await database.drop()
})

test('[K8][RM-4][K58] a removed guest is gone, hears nothing more and does not come back', async () => {
  const ada = await server.connect(host, meeting)
  await ada.join()
  const who = await server.guest(meeting)
  const guest = await server.connect(who, meeting)
  await guest.join({ name: 'Mallory' })
  const second = await server.connect(who, meeting)
  const { resume, id } = guest
  await ada.ask('participant:remove', { id })
  expect(await guest.next('meeting:ended')).toEqual({ reason: 'removed' })
  await guest.disconnected()
  await ada.next('roster:changed', ({ changes }) =>
    changes.some((change) => change.type === 'left' && change.id === id && change.reason === 'removed'),
  )
  const heard = guest.heard.length
  await ada.ask('reaction:send', { emoji: '👍' })
  await ada.settled()
  expect(guest.heard.length).toBe(heard)
  await second.disconnected()
  await expect(server.connect(who, meeting)).rejects.toMatchObject({ code: 'unauthenticated' })
  expect(await server.sessions.isLive(who.sessionId)).toBe(false)
  expect(resume.participantId).toBe(id)
})

test('[K8][RM-4] a removed member does not come back by any session, resume or restart, but may meet again another time', async () => {
  const ada = await server.connect(host, meeting)
  await ada.join()
  const mallory = await server.user('Mallory')
  const client = await server.connect(mallory, meeting)
  await client.join()
  const { resume } = client
  await ada.ask('participant:remove', { id: client.id })
  await client.disconnected()
  for (const session of [mallory, await server.signIn(mallory.id)]) {
    const again = await server.connect(session, meeting)
    expect(await again.code('meeting:join', { instanceId: client.instanceId, media: SILENT, resume })).toBe(
      'forbidden',
    )
  }
  const restarted = await RealtimeServer.start(database)
  const later = await restarted.connect(mallory, meeting).catch(() => null)
  expect(later).toBeNull()
  const fresh = await restarted.signIn(mallory.id)
  const elsewhere = await restarted.connect(fresh, meeting)
  expect(await elsewhere.code('meeting:join', { instanceId: client.instanceId, media: SILENT })).toBe(
    'forbidden',
  )
  await restarted.stop()
})

test('[K1] nobody removes a host', async () => {
  const ada = await server.connect(host, meeting)
  await ada.join()
  expect(await ada.code('participant:remove', { id: ada.id })).toBe('forbidden')
})

test('[RM-8] mute is asked of that person’s client, and of nobody else', async () => {
  const ada = await server.connect(host, meeting)
  await ada.join()
  const guest = await server.connect(await server.guest(meeting), meeting)
  await guest.join({ name: 'Gus', media: { microphone: true, camera: true, screen: false } })
  const other = await server.connect(await server.guest(meeting), meeting)
  await other.join({ name: 'Olga' })
  await ada.ask('participant:mute', { id: guest.id })
  expect(await guest.next('microphone:muteRequested')).toEqual({ by: ada.id })
  await other.settled()
  expect(other.all('microphone:muteRequested')).toEqual([])
  expect(ada.people.get(guest.id)?.media.microphone).toBe(true)
})

test('[RT-8] the host ends the meeting for everyone, the door and the green room included', async () => {
  const ada = await server.connect(host, meeting)
  await ada.join()
  const inside = await server.connect(await server.guest(meeting), meeting)
  await inside.join({ name: 'Gus' })
  const green = await server.connect(await server.guest(meeting), meeting)
  await ada.ask('meeting:end', {})
  for (const client of [ada, inside, green]) {
    expect(await client.next('meeting:ended')).toEqual({ reason: 'ended-by-host' })
    await client.disconnected()
  }
  await expect(server.connect(await server.guest(meeting), meeting)).rejects.toMatchObject({
    code: 'not-found',
  })
  const back = await server.connect(host, meeting)
  await back.join()
  const welcome = await server.connect(await server.guest(meeting), meeting)
  await welcome.join({ name: 'Gus' })
  expect(welcome.people.size).toBe(2)
})

test('[RT-8] a deleted meeting is over for everyone', async () => {
  const ada = await server.connect(host, meeting)
  await ada.join()
  await database.prisma.meeting.update({ where: { id: meeting.id }, data: { deletedAt: new Date() } })
  await server.realtime.endMeeting(meeting.id, 'meeting-deleted')
  expect(await ada.next('meeting:ended')).toEqual({ reason: 'meeting-deleted' })
  await ada.disconnected()
  await expect(server.connect(host, meeting)).rejects.toMatchObject({ code: 'not-found' })
})

test('[WS-8][SE-4] a revoked session’s sockets are told and closed, its seat is free, the others drop it', async () => {
  const ada = await server.connect(host, meeting)
  await ada.join()
  const mia = await server.user('Mia')
  const client = await server.connect(mia, meeting)
  await client.join()
  await server.sessions.end({ id: mia.sessionId }, host.id, 'revoked')
  expect(await client.next('meeting:ended')).toEqual({ reason: 'session-revoked' })
  await client.disconnected()
  await ada.next('roster:changed', ({ changes }) =>
    changes.some(
      (change) => change.type === 'left' && change.id === client.id && change.reason === 'revoked',
    ),
  )
  await expect(server.connect(mia, meeting)).rejects.toMatchObject({ code: 'unauthenticated' })
})

test('[WS-8] revoked in another process, away from its seat: the seat is free as well', async () => {
  const other = await RealtimeServer.start(database, { env: { PUBLIC_URL: server.origin } })
  const ada = await server.connect(host, meeting)
  await ada.join()
  const mia = await server.user('Mia')
  const client = await server.connect(mia, meeting)
  await client.join()
  const { id } = client
  client.cut()
  await ada.until(() => ada.people.get(id)?.connected === false)
  await other.sessions.end({ id: mia.sessionId }, host.id, 'revoked')
  await ada.until(() => !ada.people.has(id))
  await other.stop()
})

test('[WS-8] three hundred sessions revoked at once: each is told, the loop is never held for long', async () => {
  const ada = await server.connect(host, meeting)
  await ada.join()
  const guests: Guest[] = []
  // A dozen at a time: on a busy machine three hundred inserts at once outwait the pool.
  while (guests.length < 300) {
    guests.push(...(await Promise.all(Array.from({ length: 12 }, () => server.guest(meeting)))))
  }
  const clients: Awaited<ReturnType<typeof server.connect>>[] = []
  while (clients.length < guests.length) {
    const wave = guests.slice(clients.length, clients.length + 50)
    clients.push(...(await Promise.all(wave.map((guest) => server.connect(guest, meeting)))))
  }
  await Promise.all(clients.map((client) => client.join({ name: 'G' })))
  await server.sessions.end({ meetingId: meeting.id }, host.id, 'revoked')
  await Promise.all(clients.map((client) => client.disconnected()))
  for (const client of clients) expect(client.all('meeting:ended')).toEqual([{ reason: 'session-revoked' }])
  await ada.until(() => ada.people.size === 1)
  expect(ada.gaps).toBe(0)
})
