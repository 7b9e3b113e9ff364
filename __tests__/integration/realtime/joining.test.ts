import { newInstance, SILENT } from '../../support/RealtimeClient.ts'
import { realtimeSuite } from '../../support/realtimeSuite.ts'

const suite = realtimeSuite({ env: { SEAT_GRACE_SECONDS: '1', MEETING_CAPACITY: '4' } })

test('[RT-1] everybody in a room knows everybody, in versions without gaps', async () => {
  const ada = await suite.server.connect(suite.host, suite.meeting)
  await ada.join()
  const guest = await suite.server.connect(await suite.server.guest(suite.meeting), suite.meeting)
  await guest.join({ name: 'Gus' })
  await ada.until(() => ada.people.size === 2)
  expect([...ada.people.values()].map(({ name, role, seat }) => [name, role, seat])).toEqual([
    ['Hannah', 'host', 0],
    ['Gus', 'guest', 1],
  ])
  expect(new Map(guest.people)).toEqual(new Map(ada.people))
  await guest.ask('media:update', { microphone: true, camera: true, screen: false })
  await guest.ask('hand:set', { raised: true })
  await ada.until(() => ada.people.get(guest.id)?.handRaisedAt != null)
  expect(ada.people.get(guest.id)?.media.camera).toBe(true)
  await guest.ask('meeting:leave', {})
  await ada.until(() => ada.people.size === 1)
  expect(ada.gaps).toBe(0)
})

test('[RM-10][K24] fifty join at once: the room is full, not fuller, and a return takes no second place', async () => {
  const guests = await Promise.all(Array.from({ length: 50 }, () => suite.server.guest(suite.meeting)))
  const clients = await Promise.all(guests.map((guest) => suite.server.connect(guest, suite.meeting)))
  const codes = await Promise.all(
    clients.map((client) =>
      client.join({ name: 'One of many' }).then(
        () => 'ok',
        (error: Error) => error.message,
      ),
    ),
  )
  expect(codes.filter((code) => code === 'ok')).toHaveLength(4)
  expect(codes.filter((code) => code === 'full')).toHaveLength(46)
  const inside = clients.findIndex((client) => client.snapshot !== null)
  const { resume, id } = clients[inside] as (typeof clients)[number]
  const again = await suite.server.connect(guests[inside] ?? null, suite.meeting)
  expect((await again.join({ name: 'One of many', resume })).self).toBe(id)
  expect(again.people.size).toBe(4)
  const rows = await suite.database.prisma.visit.count({
    where: { conference: { meetingId: suite.meeting.id } },
  })
  expect(rows).toBe(4)
})

test('[RT-4] a lost connection keeps its seat; the same page comes back as the same instance', async () => {
  const ada = await suite.server.connect(suite.host, suite.meeting)
  await ada.join()
  const who = await suite.server.guest(suite.meeting)
  const guest = await suite.server.connect(who, suite.meeting)
  await guest.join({ name: 'Gus' })
  const { id, resume, instanceId } = guest
  const before = guest.people.get(id)
  guest.cut()
  await ada.until(() => ada.people.get(id)?.connected === false)
  const back = await suite.server.connect(who, suite.meeting)
  back.instanceId = instanceId
  await back.join({ resume, name: 'Gus' })
  expect(back.people.get(id)).toEqual(before)
  await ada.until(() => ada.people.get(id)?.connected === true)
  expect(ada.people.get(id)).toEqual(before)
})

test('[RT-4] a reloaded page returns to its seat as a new instance; the old one is told that it was replaced', async () => {
  const ada = await suite.server.connect(suite.host, suite.meeting)
  await ada.join()
  const who = await suite.server.guest(suite.meeting)
  const guest = await suite.server.connect(who, suite.meeting)
  await guest.join({ name: 'Gus' })
  const { id, resume } = guest
  const before = guest.people.get(id)
  const reloaded = await suite.server.connect(who, suite.meeting)
  await reloaded.join({ resume, name: 'Gus' })
  const after = reloaded.people.get(id)
  expect(after?.seat).toBe(before?.seat)
  expect(after?.instanceId).not.toBe(before?.instanceId)
  expect(after?.instanceSeq).toBeGreaterThan(before?.instanceSeq ?? 0)
  expect(await guest.next('meeting:ended')).toEqual({ reason: 'replaced' })
  await guest.disconnected()
  expect(ada.people.size).toBe(2)
  expect(ada.people.get(id)?.connected).toBe(true)
})

test('[RT-5] a seat is given up when its time is over, and an empty conference ends', async () => {
  const ada = await suite.server.connect(suite.host, suite.meeting)
  await ada.join()
  const guest = await suite.server.connect(await suite.server.guest(suite.meeting), suite.meeting)
  await guest.join({ name: 'Gus' })
  guest.cut()
  const left = await ada.next('roster:changed', ({ changes }) => changes.some(({ type }) => type === 'left'))
  expect(left.changes).toEqual([{ type: 'left', id: guest.id, reason: 'lost' }])
  await ada.ask('meeting:leave', {})
  const rows = () =>
    suite.database.prisma.conference.findMany({
      where: { meetingId: suite.meeting.id },
      include: { visits: true },
    })
  while ((await rows()).some(({ endedAt }) => endedAt === null))
    await new Promise((done) => setTimeout(done, 50))
  const [conference] = await rows()
  expect(conference?.visits.map(({ leftReason }) => leftReason).sort()).toEqual(['left', 'lost'])
})

test('[RT-4][K37] a seat is returned to its own session only, again and again with nobody else', async () => {
  const ada = await suite.server.connect(suite.host, suite.meeting)
  await ada.join()
  const { resume } = ada
  const thief = await suite.server.connect(await suite.server.guest(suite.meeting), suite.meeting)
  const snapshot = await thief.join({ name: 'Mallory', resume })
  expect(snapshot.self).not.toBe(ada.id)
  expect(snapshot.participants.find(({ id }) => id === snapshot.self)?.role).toBe('guest')
  await ada.settled()
  expect(ada.socket.connected).toBe(true)
  expect(ada.people.get(ada.id)?.connected).toBe(true)
})

test('[RT-3] joining twice on one connection is a conflict and changes nothing', async () => {
  const ada = await suite.server.connect(suite.host, suite.meeting)
  const both = await Promise.all([
    ada.code('meeting:join', { instanceId: newInstance(), media: SILENT }),
    ada.code('meeting:join', { instanceId: newInstance(), media: SILENT }),
  ])
  expect(both.sort()).toEqual(['conflict', 'ok'])
  expect(suite.server.realtime.stats().dropped.failed).toBe(0)
})

test('[RT-13] a guest bears the name they give, and without one does not come in', async () => {
  const guest = await suite.server.connect(await suite.server.guest(suite.meeting), suite.meeting)
  for (const name of [undefined, '   ']) {
    const request = { instanceId: newInstance(), media: SILENT, ...(name && { name }) }
    expect(await guest.code('meeting:join', request)).toBe('invalid-request')
  }
  await guest.join({ name: ' Gus ' })
  expect(guest.people.get(guest.id)?.name).toBe('Gus')
})
