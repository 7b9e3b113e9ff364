import { randomUUID } from 'node:crypto'
import { EVERYTHING } from '#lib/domain/authority.ts'
import { messageId } from '#lib/protocol/ids.ts'
import { PERMISSIONS } from '#lib/protocol/permissions.ts'
import { type RealtimeClient, SILENT } from '../../support/RealtimeClient.ts'
import { RealtimeServer } from '../../support/realtimeServer.ts'
import { realtimeSuite } from '../../support/realtimeSuite.ts'
import { ScriptedSfu } from '../../support/ScriptedSfu.ts'

const sfu = new ScriptedSfu()
const suite = realtimeSuite({ env: { MESH_PEOPLE: '2' }, sfu })
const ALL_ON = { microphone: true, camera: true, screen: true }

const guest = async (name: string, media = SILENT): Promise<RealtimeClient> => {
  const client = await suite.server.connect(await suite.server.guest(suite.meeting), suite.meeting)
  await client.join({ name, media })
  return client
}
async function people(): Promise<{ ada: RealtimeClient; gus: RealtimeClient; olga: RealtimeClient }> {
  const ada = await suite.server.connect(suite.host, suite.meeting)
  await ada.join({ media: ALL_ON })
  const [gus, olga] = [await guest('Gus', ALL_ON), await guest('Olga')]
  await ada.until(() => ada.people.size === 3)
  return { ada, gus, olga }
}
const mediaOf = (seen: RealtimeClient, whose: RealtimeClient) => seen.people.get(whose.id)?.media
const write = (who: RealtimeClient) =>
  who.code('chat:send', { id: messageId.parse(randomUUID()), text: 'hello' })

test.each(PERMISSIONS)(
  '[HOST-10] "%s": forbidden and allowed again, told to all, kept with the meeting',
  async (what) => {
    const { ada, gus } = await people()
    expect(gus.snapshot?.settings.permissions).toEqual(EVERYTHING)
    await ada.ask('permission:set', { what, allowed: false })
    const told = await gus.next('settings:changed')
    expect(told.settings.permissions).toEqual({ ...EVERYTHING, [what]: false })
    const { snapshot } = await (await guest('Late')).ask('meeting:sync', {})
    expect(snapshot.settings.permissions[what]).toBe(false)
    const restarted = await RealtimeServer.start(suite.database)
    const elsewhere = await restarted.connect(await restarted.signIn(suite.host.id), suite.meeting)
    expect((await elsewhere.join()).settings.permissions).toEqual({ ...EVERYTHING, [what]: false })
    await restarted.stop()
    await ada.ask('permission:set', { what, allowed: true })
    await gus.until(() => gus.all('settings:changed').at(-1)?.settings.permissions[what] === true)
    expect([ada.gaps, gus.gaps]).toEqual([0, 0])
  },
)

test('[HOST-11] what is forbidden is off for everybody with the same step, and stays off when it is allowed again', async () => {
  const { ada, gus, olga } = await people()
  await ada.ask('permission:set', { what: 'camera', allowed: false })
  for (const seen of [ada, gus, olga]) {
    await seen.until(() => mediaOf(seen, gus)?.camera === false)
    expect(mediaOf(seen, gus)).toEqual({ ...ALL_ON, camera: false })
    expect(mediaOf(seen, ada)).toEqual(ALL_ON)
  }
  await ada.ask('permission:set', { what: 'camera', allowed: true })
  await gus.settled()
  expect(mediaOf(ada, gus)?.camera).toBe(false)
  expect(await gus.code('media:update', ALL_ON)).toBe('ok')
  await olga.until(() => mediaOf(olga, gus)?.camera === true)
})

test('[HOST-11][K1] whoever says that they send what they may not is refused, and nobody hears of it', async () => {
  const { ada, gus, olga } = await people()
  for (const what of ['microphone', 'camera', 'screen'] as const) {
    await ada.ask('permission:set', { what, allowed: false })
    expect(await olga.code('media:update', { ...SILENT, [what]: true })).toBe('forbidden')
  }
  expect(await olga.code('media:update', SILENT)).toBe('ok')
  expect(mediaOf(gus, olga)).toEqual(SILENT)
  expect(await olga.code('permission:set', { what: 'camera', allowed: true })).toBe('forbidden')
  expect(mediaOf(ada, olga)).toEqual(SILENT)
})

test('[HOST-11] who comes in, and who comes back, sends nothing that is forbidden', async () => {
  const { ada } = await people()
  const who = await suite.server.guest(suite.meeting)
  const ivy = await suite.server.connect(who, suite.meeting)
  await ivy.join({ name: 'Ivy', media: ALL_ON })
  await ada.ask('permission:set', { what: 'microphone', allowed: false })
  const late = await guest('Late', ALL_ON)
  expect(mediaOf(late, late)).toEqual({ ...ALL_ON, microphone: false })
  await ada.until(() => ada.people.size === 5)
  expect(mediaOf(ada, late)).toEqual({ ...ALL_ON, microphone: false })
  ivy.cut()
  await ada.until(() => ada.people.get(ivy.id)?.connected === false)
  const back = await suite.server.connect(who, suite.meeting)
  await back.join({ name: 'Ivy', media: ALL_ON, resume: ivy.resume })
  expect(back.id).toBe(ivy.id)
  expect(mediaOf(back, back)).toEqual({ ...ALL_ON, microphone: false })
})

test('[HOST-13] without permission nobody writes but the host and co-hosts, and everybody reads', async () => {
  const { ada, gus, olga } = await people()
  await ada.ask('permission:set', { what: 'chat', allowed: false })
  expect([await write(gus), await write(ada)]).toEqual(['forbidden', 'ok'])
  await gus.next('chat:received')
  await ada.ask('coHost:set', { id: olga.id, coHost: true })
  expect(await write(olga)).toBe('ok')
  await ada.ask('coHost:set', { id: olga.id, coHost: false })
  expect(await write(olga)).toBe('forbidden')
  await gus.settled()
  expect(gus.all('chat:received')).toHaveLength(2)
})

test('[HOST-4][HOST-11] who is no longer a co-host sends no longer what only co-hosts may', async () => {
  const { ada, olga } = await people()
  await ada.ask('permission:set', { what: 'screen', allowed: false })
  await ada.ask('coHost:set', { id: olga.id, coHost: true })
  expect(await olga.code('media:update', { ...SILENT, screen: true })).toBe('ok')
  await ada.until(() => mediaOf(ada, olga)?.screen === true)
  await ada.ask('coHost:set', { id: olga.id, coHost: false })
  await ada.until(() => mediaOf(ada, olga)?.screen === false)
  expect(await olga.code('media:update', { ...SILENT, screen: true })).toBe('forbidden')
})

test('[HOST-14] the SFU is told of each, for those whom it concerns, and a pass holds what is allowed then', async () => {
  const { ada, gus, olga } = await people()
  expect(ada.all('transport:changed').at(-1)?.transport).toEqual({ kind: 'sfu', epoch: 1 })
  const told = (who: RealtimeClient) => sfu.permitted.get(`1 ${who.id}`)
  const identity = { participantId: gus.id, instanceId: gus.instanceId }
  const room = { conferenceId: ada.snapshot?.conferenceId as never, epoch: 1 }
  await ada.ask('permission:set', { what: 'screen', allowed: false })
  expect([told(gus), told(olga)]).toEqual([
    ['microphone', 'camera'],
    ['microphone', 'camera'],
  ])
  expect(told(ada)).toBeUndefined()
  expect(await suite.server.realtime.sfuGuard.permits(room, identity)).toMatchObject({
    sources: ['microphone', 'camera'],
  })
  await ada.ask('coHost:set', { id: gus.id, coHost: true })
  expect(told(gus)).toEqual(['microphone', 'camera', 'screen'])
  await ada.ask('coHost:set', { id: gus.id, coHost: false })
  await ada.ask('permission:set', { what: 'microphone', allowed: false })
  await gus.ask('sfu:enter', { epoch: 1 })
  expect(told(gus)).toEqual(['camera'])
})
