import { EVERYTHING } from '#lib/domain/authority.ts'
import { newInstance, type RealtimeClient } from '../../support/RealtimeClient.ts'
import { RealtimeServer } from '../../support/realtimeServer.ts'
import { realtimeSuite } from '../../support/realtimeSuite.ts'
import { ScriptedSfu } from '../../support/ScriptedSfu.ts'

const sfu = new ScriptedSfu()
const suite = realtimeSuite({
  env: { MESH_PEOPLE: '2', MESH_CAPACITY: '3', SFU_CALM_SECONDS: '1', SEAT_GRACE_SECONDS: '1' },
  sfu,
})
const AVAILABLE = { state: 'available', nodes: 1 } as const
const GONE = { state: 'unavailable', reason: 'test' } as const

afterEach(() => {
  sfu.setStatus(AVAILABLE)
  sfu.open.clear()
  sfu.removed.length = 0
  sfu.doubted.length = 0
})

async function people(count: number): Promise<RealtimeClient[]> {
  const host = await suite.server.connect(suite.host, suite.meeting)
  await host.join()
  const clients = [host]
  while (clients.length < count) {
    const guest = await suite.server.connect(await suite.server.guest(suite.meeting), suite.meeting)
    await guest.join({ name: `Guest ${clients.length}` })
    clients.push(guest)
  }
  return clients
}
const roomOf = (client: RealtimeClient, epoch: number) => {
  if (!client.snapshot) throw new Error('not in the meeting')
  return { conferenceId: client.snapshot.conferenceId, epoch }
}
const identityOf = (client: RealtimeClient) => ({ participantId: client.id, instanceId: client.instanceId })
const mayConnect = async (client: RealtimeClient, epoch: number) =>
  (await suite.server.realtime.sfuGuard.permits(roomOf(client, epoch), identityOf(client))) !== null

test('[TP-5] the order is told before the roster change that caused it; whoever tips the room starts with it', async () => {
  const [host, ben, cleo] = (await people(3)) as [RealtimeClient, RealtimeClient, RealtimeClient]
  expect(cleo.snapshot?.transport).toEqual({ kind: 'sfu', epoch: 1 })
  await host.until(() => host.people.size === 3)
  const told = host.heard.map(({ name }) => name)
  expect(told.indexOf('transport:changed')).toBeLessThan(told.lastIndexOf('roster:changed'))
  expect(host.all('transport:changed')).toEqual([
    { version: expect.any(Number), transport: { kind: 'sfu', epoch: 1 } },
  ])
  expect(ben.all('transport:changed')).toHaveLength(1)
  expect([host.gaps, ben.gaps]).toEqual([0, 0])
})

test('[TP-3][TP-5] back to the mesh after the calm, as a new epoch', async () => {
  const [host, , cleo] = (await people(3)) as [RealtimeClient, RealtimeClient, RealtimeClient]
  await cleo.ask('meeting:leave', {})
  await host.until(() => host.all('transport:changed').length === 2)
  expect(host.all('transport:changed')[1]?.transport).toEqual({ kind: 'mesh', epoch: 2 })
  expect(host.gaps).toBe(0)
})

test('[TP-6] a pass for the present epoch, for a seat, and for nobody else', async () => {
  const [host, ben, cleo] = (await people(3)) as [RealtimeClient, RealtimeClient, RealtimeClient]
  expect(await ben.ask('sfu:enter', { epoch: 1 })).toEqual({ path: '/sfu', token: `1 ${ben.id}` })
  expect(sfu.open).toEqual(new Set(['1']))
  expect(await ben.code('sfu:enter', { epoch: 0 })).toBe('conflict')
  expect(await ben.code('sfu:enter', { epoch: 2 })).toBe('conflict')
  const green = await suite.server.connect(await suite.server.guest(suite.meeting), suite.meeting)
  expect(await green.code('sfu:enter', { epoch: 1 })).toBe('forbidden')

  expect(await mayConnect(cleo, 1)).toBe(true)
  expect(await mayConnect(cleo, 2)).toBe(false)
  const stranger = { participantId: cleo.id, instanceId: newInstance() }
  expect(await suite.server.realtime.sfuGuard.permits(roomOf(cleo, 1), stranger)).toBeNull()
  await host.ask('participant:remove', { id: cleo.id })
  expect(await mayConnect(cleo, 1)).toBe(false)
  expect(sfu.removed).toContain(cleo.id)
})

test('[TP-6][K9] a revoked session opens no media connection, from the moment of its revocation', async () => {
  const [, ben] = (await people(3)) as [RealtimeClient, RealtimeClient]
  const other = await suite.server.user('Olga')
  const olga = await suite.server.connect(other, suite.meeting)
  await olga.join()
  expect(await mayConnect(olga, 1)).toBe(true)
  await suite.server.sessions.end({ id: other.sessionId }, null, 'revoked')
  expect(await mayConnect(olga, 1)).toBe(false)
  await olga.disconnected()
  expect(sfu.removed).toContain(olga.id)
  expect(await mayConnect(ben, 1)).toBe(true)
})

test('[TP-6] another page load in the same seat: the former one is put out of the room', async () => {
  const [host] = (await people(2)) as [RealtimeClient]
  const guest = await suite.server.guest(suite.meeting)
  const before = await suite.server.connect(guest, suite.meeting)
  await before.join({ name: 'Gus' })
  await host.until(() => host.people.size === 3)
  const after = await suite.server.connect(guest, suite.meeting)
  await after.join({ name: 'Gus', resume: before.resume })
  expect(after.id).toBe(before.id)
  expect([await mayConnect(before, 1), await mayConnect(after, 1)]).toEqual([false, true])
  expect(sfu.removed).toContain(before.id)
})

test('[TP-7] a lost room is a new epoch at once: the mesh while it is small and the SFU is away', async () => {
  const [host] = (await people(3)) as [RealtimeClient]
  sfu.lose(roomOf(host, 1))
  await host.until(() => host.all('transport:changed').length === 2)
  expect(host.all('transport:changed')[1]?.transport).toEqual({ kind: 'sfu', epoch: 2, formerLost: true })
  sfu.lose(roomOf(host, 1))
  sfu.setStatus(GONE)
  await host.until(() => host.all('transport:changed').length === 3)
  expect(host.all('transport:changed')[2]?.transport).toEqual({ kind: 'mesh', epoch: 3 })
  sfu.setStatus(AVAILABLE)
  await host.ask('meeting:sync', {})
  // Back in a moment: nobody is sent there while they are still on their way to the mesh.
  expect(host.all('transport:changed')).toHaveLength(3)
  expect(host.gaps).toBe(0)
})

test('[TP-7] a room that is about to end is left while its media goes on', async () => {
  const [host] = (await people(3)) as [RealtimeClient]
  sfu.lose(roomOf(host, 1), 'leaving')
  await host.until(() => host.all('transport:changed').length === 2)
  expect(host.all('transport:changed')[1]?.transport).toEqual({ kind: 'sfu', epoch: 2 })
})

test('[TP-11] a media server that takes no new rooms keeps the meeting that it has; one that does not answer loses it', async () => {
  const [host, ben] = (await people(3)) as [RealtimeClient, RealtimeClient, RealtimeClient]
  sfu.setStatus({ state: 'busy', reason: 'test' })
  await host.ask('meeting:sync', {})
  expect(host.all('transport:changed').map(({ transport }) => transport.kind)).toEqual(['sfu'])
  expect(await ben.ask('sfu:enter', { epoch: 1 })).toEqual({ path: '/sfu', token: `1 ${ben.id}` })
  sfu.setStatus(GONE)
  await host.until(() => host.all('transport:changed').length === 2)
  expect(host.all('transport:changed')[1]?.transport.kind).toBe('mesh')
})

test('[TP-9] with a second node there is a standby: entered with a pass, taken when the node dies, closed with the meeting', async () => {
  sfu.setStatus({ state: 'available', nodes: 2 })
  const [host, ben, cleo] = (await people(3)) as [RealtimeClient, RealtimeClient, RealtimeClient]
  await host.until(() => host.all('transport:changed').length === 2)
  expect(host.all('transport:changed')[1]?.transport).toEqual({ kind: 'sfu', epoch: 1, standby: 2 })
  expect(sfu.apart.get('2')).toBe('1')
  expect((await ben.ask('sfu:enter', { epoch: 2 })).token).toBe(`2 ${ben.id}`)
  expect(await ben.code('sfu:enter', { epoch: 3 })).toBe('conflict')
  expect([await mayConnect(ben, 1), await mayConnect(ben, 2), await mayConnect(ben, 3)]).toEqual([
    true,
    true,
    false,
  ])
  await host.ask('participant:remove', { id: cleo.id })
  expect(sfu.removed.filter((id) => id === cleo.id)).toHaveLength(2)
  expect([await mayConnect(cleo, 1), await mayConnect(cleo, 2)]).toEqual([false, false])

  sfu.lose(roomOf(host, 1))
  await host.until(() => host.all('transport:changed').length === 3)
  expect(host.all('transport:changed')[2]?.transport).toEqual({ kind: 'sfu', epoch: 2, formerLost: true })
  expect(await mayConnect(ben, 2)).toBe(true)
  expect(host.gaps).toBe(0)
}, 30_000)

test('[TP-9][TP-12] a standby whose node dies is taken back, one that is not what was ordered is closed, and no epoch is used again', async () => {
  sfu.setStatus({ state: 'available', nodes: 2 })
  const [host, ben] = (await people(3)) as [RealtimeClient, RealtimeClient]
  await host.until(() => host.all('transport:changed').length === 2)
  sfu.lose(roomOf(host, 2))
  await host.until(() => host.all('transport:changed').length === 3)
  expect(host.all('transport:changed')[2]?.transport).toEqual({ kind: 'sfu', epoch: 1 })
  expect(await ben.code('sfu:enter', { epoch: 2 })).toBe('conflict')
  await host.until(() => host.all('transport:changed').length === 4)
  expect(host.all('transport:changed')[3]?.transport).toEqual({ kind: 'sfu', epoch: 1, standby: 3 })
  await host.ask('mediaPolicy:set', { policy: 'direct' })
  await host.until(() => host.all('transport:changed').length === 5)
  expect(host.all('transport:changed')[4]?.transport).toEqual({ kind: 'mesh', epoch: 4 })
  expect(sfu.open.has('3')).toBe(false)
}, 40_000)

test('[TP-10] a node from which most get nothing is told of, and a meeting of its people alone is moved', async () => {
  const [host, ben] = (await people(3)) as [RealtimeClient, RealtimeClient]
  const failed = { epoch: 1, link: 'failed', limited: false, relayed: false } as const
  await ben.ask('transport:report', failed)
  expect(sfu.doubted).toEqual([])
  await host.ask('transport:report', failed)
  await ben.until(() => ben.all('transport:changed').length === 1 && ben.snapshot !== null)
  await host.until(() => host.all('transport:changed').length === 2)
  expect(host.all('transport:changed')[1]?.transport).toEqual({ kind: 'mesh', epoch: 2 })
  expect(sfu.doubted).toEqual(['1'])
})

test('[REC-10] a recorder that gets nothing over the SFU moves nobody', async () => {
  const [host] = (await people(1)) as [RealtimeClient]
  const { id } = await host.ask('recording:start', {
    kind: 'server',
    studio: false,
    copy: false,
    consent: 'told',
  })
  await host.until(() => host.all('transport:changed').length === 1)
  const cookie = await suite.server.recorder({ id, meetingId: suite.meeting.id })
  const recorder = await suite.server.connect(cookie, suite.meeting)
  await recorder.join()
  await recorder.ask('transport:report', { epoch: 1, link: 'failed', limited: true, relayed: true })
  expect((await host.ask('meeting:sync', {})).snapshot.transport).toEqual({ kind: 'sfu', epoch: 1 })
  await host.ask('transport:report', { epoch: 1, link: 'failed', limited: false, relayed: false })
  expect((await host.ask('meeting:sync', {})).snapshot.transport).toEqual({ kind: 'mesh', epoch: 2 })
})

test('[TP-1] the host chooses the way; nobody else does, and a report of a former epoch is none', async () => {
  const [host, ben] = (await people(2)) as [RealtimeClient, RealtimeClient]
  await host.ask('mediaPolicy:set', { policy: 'server' })
  await ben.until(() => ben.all('transport:changed').length === 1)
  expect(ben.all('settings:changed').at(-1)?.settings).toEqual({
    lobby: false,
    mediaPolicy: 'server',
    permissions: EVERYTHING,
    recording: ['server', 'local'],
    unrecorded: false,
  })
  for (const client of [host, ben]) {
    await client.ask('transport:report', { epoch: 0, link: 'failed', limited: true, relayed: true })
  }
  await host.ask('mediaPolicy:set', { policy: 'direct' })
  await ben.until(() => ben.all('transport:changed').length === 2)
  expect(ben.all('transport:changed')[1]?.transport.kind).toBe('mesh')
  await ben.ask('transport:report', { epoch: 2, link: 'failed', limited: false, relayed: false })
  expect(ben.all('transport:changed')).toHaveLength(2)
})

test('[TP-1] two people who find no way to each other meet on the SFU', async () => {
  const [host, ben] = (await people(2)) as [RealtimeClient, RealtimeClient]
  await ben.ask('transport:report', { epoch: 0, link: 'failed', limited: false, relayed: false })
  await host.until(() => host.all('transport:changed').length === 1)
})

test('[TP-5] a restarted server goes on in the same epoch, and the SFU’s room with it', async () => {
  const env = { MESH_PEOPLE: '1' }
  const first = await RealtimeServer.start(suite.database, { env, sfu })
  const ada = await first.user('Ada')
  const meeting = await first.meeting(ada)
  const client = await first.connect(ada, meeting)
  await client.join()
  const guest = await first.guest(meeting)
  const gus = await first.connect(guest, meeting)
  expect((await gus.join({ name: 'Gus' })).transport).toEqual({ kind: 'sfu', epoch: 1 })
  await client.until(() => client.people.size === 2)
  await first.kill()

  const second = await RealtimeServer.start(suite.database, { env, sfu, port: first.port })
  const back = await second.connect(ada, meeting)
  const snapshot = await back.join({ instanceId: client.instanceId, resume: client.resume })
  expect(snapshot.transport).toEqual({ kind: 'sfu', epoch: 1 })
  expect(await second.realtime.sfuGuard.permits(roomOf(gus, 1), identityOf(gus))).not.toBeNull()
  await second.stop()
})

test('[TP-8] without an SFU a meeting takes fewer people, with one it takes more', async () => {
  sfu.setStatus(GONE)
  const [host] = (await people(3)) as [RealtimeClient]
  const fourth = await suite.server.connect(await suite.server.guest(suite.meeting), suite.meeting)
  await expect(fourth.join({ name: 'Late' })).rejects.toThrow('full')
  sfu.setStatus(AVAILABLE)
  await fourth.join({ name: 'Late' })
  await host.until(() => host.people.size === 4)
})

test('[RM-8] a host’s mute is heard by the SFU as well', async () => {
  const [host, ben] = (await people(3)) as [RealtimeClient, RealtimeClient]
  await host.ask('participant:mute', { id: ben.id })
  expect(sfu.muted).toContain(ben.id)
})
