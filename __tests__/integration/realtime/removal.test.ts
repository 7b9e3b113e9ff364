import { SILENT } from '../../support/RealtimeClient.ts'
import { type Guest, RealtimeServer } from '../../support/realtimeServer.ts'
import { realtimeSuite } from '../../support/realtimeSuite.ts'

const suite = realtimeSuite({ env: { MEETING_CAPACITY: '400' } })

test('[K8][RM-4][K58] a removed guest is gone, hears nothing more and does not come back', async () => {
  const ada = await suite.server.connect(suite.host, suite.meeting)
  await ada.join()
  const who = await suite.server.guest(suite.meeting)
  const guest = await suite.server.connect(who, suite.meeting)
  await guest.join({ name: 'Mallory' })
  const second = await suite.server.connect(who, suite.meeting)
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
  await expect(suite.server.connect(who, suite.meeting)).rejects.toMatchObject({ code: 'unauthenticated' })
  expect(await suite.server.sessions.isLive(who.sessionId)).toBe(false)
  expect(resume.participantId).toBe(id)
})

test('[K8][RM-4] a removed member does not come back by any session, resume or restart, but may meet again another time', async () => {
  const ada = await suite.server.connect(suite.host, suite.meeting)
  await ada.join()
  const mallory = await suite.server.user('Mallory')
  const client = await suite.server.connect(mallory, suite.meeting)
  await client.join()
  const { resume } = client
  await ada.ask('participant:remove', { id: client.id })
  await client.disconnected()
  for (const session of [mallory, await suite.server.signIn(mallory.id)]) {
    const again = await suite.server.connect(session, suite.meeting)
    expect(await again.code('meeting:join', { instanceId: client.instanceId, media: SILENT, resume })).toBe(
      'forbidden',
    )
  }
  const restarted = await RealtimeServer.start(suite.database)
  const later = await restarted.connect(mallory, suite.meeting).catch(() => null)
  expect(later).toBeNull()
  const fresh = await restarted.signIn(mallory.id)
  const elsewhere = await restarted.connect(fresh, suite.meeting)
  expect(await elsewhere.code('meeting:join', { instanceId: client.instanceId, media: SILENT })).toBe(
    'forbidden',
  )
  await restarted.stop()
})

test('[K1] nobody removes a host', async () => {
  const ada = await suite.server.connect(suite.host, suite.meeting)
  await ada.join()
  expect(await ada.code('participant:remove', { id: ada.id })).toBe('forbidden')
})

test('[RM-8] mute is asked of that person’s client, and of nobody else', async () => {
  const ada = await suite.server.connect(suite.host, suite.meeting)
  await ada.join()
  const guest = await suite.server.connect(await suite.server.guest(suite.meeting), suite.meeting)
  await guest.join({ name: 'Gus', media: { microphone: true, camera: true, screen: false } })
  const other = await suite.server.connect(await suite.server.guest(suite.meeting), suite.meeting)
  await other.join({ name: 'Olga' })
  await ada.ask('participant:mute', { id: guest.id })
  expect(await guest.next('microphone:muteRequested')).toEqual({ by: ada.id })
  await other.settled()
  expect(other.all('microphone:muteRequested')).toEqual([])
  expect(ada.people.get(guest.id)?.media.microphone).toBe(true)
})

test('[RT-8] the host ends the meeting for everyone, the door and the green room included', async () => {
  const ada = await suite.server.connect(suite.host, suite.meeting)
  await ada.join()
  const inside = await suite.server.connect(await suite.server.guest(suite.meeting), suite.meeting)
  await inside.join({ name: 'Gus' })
  const green = await suite.server.connect(await suite.server.guest(suite.meeting), suite.meeting)
  await ada.ask('meeting:end', {})
  for (const client of [ada, inside, green]) {
    expect(await client.next('meeting:ended')).toEqual({ reason: 'ended-by-host' })
    await client.disconnected()
  }
  await expect(
    suite.server.connect(await suite.server.guest(suite.meeting), suite.meeting),
  ).rejects.toMatchObject({
    code: 'not-found',
  })
  const back = await suite.server.connect(suite.host, suite.meeting)
  await back.join()
  const welcome = await suite.server.connect(await suite.server.guest(suite.meeting), suite.meeting)
  await welcome.join({ name: 'Gus' })
  expect(welcome.people.size).toBe(2)
})

test('[RT-8] a deleted meeting is over for everyone', async () => {
  const ada = await suite.server.connect(suite.host, suite.meeting)
  await ada.join()
  await suite.database.prisma.meeting.update({
    where: { id: suite.meeting.id },
    data: { deletedAt: new Date() },
  })
  await suite.server.realtime.endMeeting(suite.meeting.id, 'meeting-deleted')
  expect(await ada.next('meeting:ended')).toEqual({ reason: 'meeting-deleted' })
  await ada.disconnected()
  await expect(suite.server.connect(suite.host, suite.meeting)).rejects.toMatchObject({ code: 'not-found' })
})

test('[WS-8][SE-4] a revoked session’s sockets are told and closed, its seat is free, the others drop it', async () => {
  const ada = await suite.server.connect(suite.host, suite.meeting)
  await ada.join()
  const mia = await suite.server.user('Mia')
  const client = await suite.server.connect(mia, suite.meeting)
  await client.join()
  await suite.server.sessions.end({ id: mia.sessionId }, suite.host.id, 'revoked')
  expect(await client.next('meeting:ended')).toEqual({ reason: 'session-revoked' })
  await client.disconnected()
  await ada.next('roster:changed', ({ changes }) =>
    changes.some(
      (change) => change.type === 'left' && change.id === client.id && change.reason === 'revoked',
    ),
  )
  await expect(suite.server.connect(mia, suite.meeting)).rejects.toMatchObject({ code: 'unauthenticated' })
})

test('[WS-8] revoked in another process, away from its seat: the seat is free as well', async () => {
  const other = await RealtimeServer.start(suite.database, { env: { PUBLIC_URL: suite.server.origin } })
  const ada = await suite.server.connect(suite.host, suite.meeting)
  await ada.join()
  const mia = await suite.server.user('Mia')
  const client = await suite.server.connect(mia, suite.meeting)
  await client.join()
  const { id } = client
  client.cut()
  await ada.until(() => ada.people.get(id)?.connected === false)
  await other.sessions.end({ id: mia.sessionId }, suite.host.id, 'revoked')
  await ada.until(() => !ada.people.has(id))
  await other.stop()
})

test('[WS-8] three hundred sessions revoked at once: each is told, the loop is never held for long', async () => {
  const ada = await suite.server.connect(suite.host, suite.meeting)
  await ada.join()
  const guests: Guest[] = []
  // A dozen at a time: on a busy machine three hundred inserts at once outwait the pool.
  while (guests.length < 300) {
    guests.push(...(await Promise.all(Array.from({ length: 12 }, () => suite.server.guest(suite.meeting)))))
  }
  const clients: Awaited<ReturnType<typeof suite.server.connect>>[] = []
  while (clients.length < guests.length) {
    const wave = guests.slice(clients.length, clients.length + 50)
    clients.push(...(await Promise.all(wave.map((guest) => suite.server.connect(guest, suite.meeting)))))
  }
  await Promise.all(clients.map((client) => client.join({ name: 'G' })))
  await suite.server.sessions.end({ meetingId: suite.meeting.id }, suite.host.id, 'revoked')
  await Promise.all(clients.map((client) => client.disconnected()))
  for (const client of clients) expect(client.all('meeting:ended')).toEqual([{ reason: 'session-revoked' }])
  await ada.until(() => ada.people.size === 1)
  expect(ada.gaps).toBe(0)
})
