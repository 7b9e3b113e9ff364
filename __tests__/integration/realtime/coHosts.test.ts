import { OFFER } from '../../support/hostileSuite.ts'
import { newInstance, type RealtimeClient, SILENT } from '../../support/RealtimeClient.ts'
import { RealtimeServer } from '../../support/realtimeServer.ts'
import { realtimeSuite } from '../../support/realtimeSuite.ts'

const suite = realtimeSuite({ env: { MEETING_CAPACITY: '20' } }, { lobby: false })

type Cast = { ada: RealtimeClient; mia: RealtimeClient; gus: RealtimeClient }

/** The host, a member and a guest. */
async function cast(): Promise<Cast & { guest: Awaited<ReturnType<typeof suite.server.guest>> }> {
  const ada = await suite.server.connect(suite.host, suite.meeting)
  await ada.join()
  const mia = await suite.server.connect(await suite.server.user('Mia'), suite.meeting)
  await mia.join()
  const guest = await suite.server.guest(suite.meeting)
  const gus = await suite.server.connect(guest, suite.meeting)
  await gus.join({ name: 'Gus' })
  return { ada, mia, gus, guest }
}

const name = async ({ ada }: Pick<Cast, 'ada'>, whom: RealtimeClient, coHost = true) => {
  await ada.ask('coHost:set', { id: whom.id, coHost })
  await Promise.all([ada, whom].map((one) => one.until(() => one.people.get(whom.id)?.coHost === coHost)))
}

/** Everything that co-hosts may do, aimed at `target`; the answer's code. */
const commands = (target: RealtimeClient): [Parameters<RealtimeClient['raw']>[0], unknown][] => [
  ['lobby:set', { enabled: false }],
  ['permission:set', { what: 'chat', allowed: true }],
  ['participant:mute', { id: target.id }],
  ['hand:lower', { id: target.id }],
]
const codeOf = async (who: RealtimeClient, [event, payload]: [string, unknown]): Promise<string> => {
  const answer = await who.raw(event, payload)
  return answer.ok ? 'ok' : answer.error.code
}

test('[HOST-1] the host names a member and a guest, everybody is told, and it is taken back', async () => {
  const people = await cast()
  const { ada, mia, gus } = people
  await name(people, gus)
  await mia.until(() => mia.people.get(gus.id)?.coHost === true)
  await name(people, mia)
  await name(people, gus, false)
  expect(ada.people.get(gus.id)).toMatchObject({ role: 'guest', coHost: false })
  expect(ada.people.get(mia.id)).toMatchObject({ role: 'member', coHost: true })
  expect([ada.gaps, mia.gaps, gus.gaps]).toEqual([0, 0, 0])
})

test('[HOST-1][K1][K11] nobody makes themself or anybody else a co-host: member, guest, co-host, or by a field of a payload', async () => {
  const people = await cast()
  const { ada, mia, gus } = people
  await name(people, mia)
  for (const one of [gus, mia]) {
    for (const target of [gus, mia, ada]) {
      expect(await one.code('coHost:set', { id: target.id, coHost: true })).toBe('forbidden')
      expect(await one.code('coHost:set', { id: target.id, coHost: false })).toBe('forbidden')
    }
  }
  for (const [event, payload] of [
    ['media:update', { ...SILENT, coHost: true }],
    ['hand:set', { raised: false, coHost: true }],
    ['meeting:join', { instanceId: newInstance(), media: SILENT, name: 'Gus', coHost: true }],
  ] as const) {
    expect(await codeOf(gus, [event, payload])).toBe('invalid-request')
  }
  expect(await ada.code('coHost:set', { id: ada.id, coHost: true })).toBe('forbidden')
  expect(await ada.code('coHost:set', { id: newInstance() as never, coHost: true })).toBe('not-found')
  await gus.settled()
  expect([...ada.people.values()].filter(({ coHost }) => coHost).map(({ name }) => name)).toEqual(['Mia'])
})

test('[HOST-2] a co-host admits, declines, mutes, lowers hands and removes', async () => {
  const people = await cast()
  const { ada, mia, gus } = people
  await name(people, mia)
  await mia.ask('lobby:set', { enabled: true })
  const door: RealtimeClient[] = []
  for (const called of ['Wilma', 'Walter']) {
    const client = await suite.server.connect(await suite.server.guest(suite.meeting), suite.meeting)
    await client.ask('meeting:join', { instanceId: client.instanceId, media: SILENT, name: called })
    door.push(client)
  }
  const { waiting } = await mia.next('lobby:changed', (news) => news.waiting.length === 2)
  const idOf = (called: string) => waiting.find((one) => one.name === called)?.id as never
  await mia.ask('lobby:admit', { id: idOf('Wilma') })
  await door[0]?.next('meeting:admitted')
  await mia.ask('lobby:decline', { id: idOf('Walter') })
  expect(await door[1]?.next('meeting:ended')).toEqual({ reason: 'declined' })
  await mia.ask('participant:mute', { id: ada.id })
  expect(await ada.next('microphone:muteRequested')).toEqual({ by: mia.id })
  await gus.ask('hand:set', { raised: true })
  await mia.ask('hand:lower', { id: gus.id })
  await gus.until(() => gus.people.get(gus.id)?.handRaisedAt === null)
  await mia.ask('participant:remove', { id: gus.id })
  expect(await gus.next('meeting:ended')).toEqual({ reason: 'removed' })
})

test('[HOST-2][K1] a co-host removes neither the host nor another co-host, ends nothing, and decides nothing that is the host’s', async () => {
  const people = await cast()
  const { ada, mia, gus } = people
  await name(people, mia)
  await name(people, gus)
  for (const [event, payload] of [
    ['participant:remove', { id: ada.id }],
    ['participant:remove', { id: gus.id }],
    ['participant:remove', { id: mia.id }],
    ['meeting:end', {}],
    ['mediaPolicy:set', { policy: 'server' }],
    ['recording:start', { kind: 'local', studio: false, copy: false, consent: 'told' }],
  ] as const) {
    expect([event, await codeOf(mia, [event, payload])]).toEqual([event, 'forbidden'])
  }
  await gus.settled()
  expect(ada.people.size).toBe(3)
  await ada.ask('participant:remove', { id: gus.id })
  expect(await gus.next('meeting:ended')).toEqual({ reason: 'removed' })
})

test('[HOST-3] it stays over a reload and a lost connection, and goes with the seat', async () => {
  const people = await cast()
  const { ada, gus, guest } = people
  await name(people, gus)
  gus.cut()
  await ada.until(() => ada.people.get(gus.id)?.connected === false)
  expect(ada.people.get(gus.id)?.coHost).toBe(true)
  const reloaded = await suite.server.connect(guest, suite.meeting)
  await reloaded.join({ name: 'Gus', resume: gus.resume })
  expect(reloaded.people.get(reloaded.id)?.coHost).toBe(true)
  expect(await codeOf(reloaded, ['participant:mute', { id: ada.id }])).toBe('ok')
  // The door's news are its business again, with the new connection.
  await ada.ask('lobby:set', { enabled: true })
  const wilma = await suite.server.connect(await suite.server.guest(suite.meeting), suite.meeting)
  await wilma.ask('meeting:join', { instanceId: wilma.instanceId, media: SILENT, name: 'Wilma' })
  await reloaded.next('lobby:changed', (news) => news.waiting.length === 1)
  await ada.ask('lobby:set', { enabled: false })
  await wilma.next('meeting:admitted')

  await reloaded.ask('meeting:leave', {})
  await reloaded.join({ name: 'Gus' })
  expect(reloaded.people.get(reloaded.id)?.coHost).toBe(false)
  expect(await codeOf(reloaded, ['participant:mute', { id: ada.id }])).toBe('forbidden')
})

test('[HOST-3][SE-4] a guest co-host whose session is revoked is gone, and comes back as a guest like any other', async () => {
  const people = await cast()
  const { ada, gus, guest } = people
  await name(people, gus)
  const { id } = gus
  await suite.server.sessions.end({ id: guest.sessionId }, suite.host.id, 'revoked')
  expect(await gus.next('meeting:ended')).toEqual({ reason: 'session-revoked' })
  await ada.until(() => !ada.people.has(id))
  await expect(suite.server.connect(guest, suite.meeting)).rejects.toMatchObject({ code: 'unauthenticated' })
  const again = await suite.server.connect(await suite.server.guest(suite.meeting), suite.meeting)
  await again.join({ name: 'Gus', resume: gus.resume })
  expect(again.id).not.toBe(id)
  expect(again.people.get(again.id)?.coHost).toBe(false)
  expect(await codeOf(again, ['lobby:set', { enabled: true }])).toBe('forbidden')
})

test('[HOST-3] it is written down when it is answered; after a restart it is with whom it was given, and with nobody from whom it was taken', async () => {
  const first = await RealtimeServer.start(suite.database)
  const host = await first.user('Hedda')
  const meeting = await first.meeting(host)
  const [mia, guest] = [await first.user('Mira'), await first.guest(meeting)]
  const ada = await first.connect(host, meeting)
  await ada.join()
  const member = await first.connect(mia, meeting)
  await member.join()
  const gus = await first.connect(guest, meeting)
  await gus.join({ name: 'Gus' })
  const written = async (id: string) =>
    (await suite.database.prisma.visit.findUniqueOrThrow({ where: { id } })).coHost
  await ada.ask('coHost:set', { id: gus.id, coHost: true })
  expect(await written(gus.id)).toBe(true)
  await ada.ask('coHost:set', { id: gus.id, coHost: false })
  expect(await written(gus.id)).toBe(false)
  await ada.ask('coHost:set', { id: member.id, coHost: true })
  await first.kill()

  const second = await RealtimeServer.start(suite.database, { port: first.port })
  const back = await second.connect(mia, meeting)
  await back.join({ resume: member.resume })
  expect(back.people.get(member.id)?.coHost).toBe(true)
  const gusBack = await second.connect(guest, meeting)
  await gusBack.join({ name: 'Gus', resume: gus.resume })
  expect(gusBack.people.get(gus.id)?.coHost).toBe(false)
  expect(await codeOf(gusBack, ['participant:mute', { id: back.id }])).toBe('forbidden')
  expect(await codeOf(back, ['participant:mute', { id: gusBack.id }])).toBe('ok')
  await second.stop()
})

test('[HOST-4] taken back at once: what was sent together with it, and after it, counts for nothing', async () => {
  const people = await cast()
  const { ada, mia, gus } = people
  await name(people, mia)
  await ada.ask('lobby:set', { enabled: true })
  await mia.until(() => mia.all('settings:changed').some(({ settings }) => settings.lobby))
  // Whichever of these the server sees first, none of them counts after the host has the answer.
  const late: Promise<string>[] = []
  const taken = ada.ask('coHost:set', { id: mia.id, coHost: false })
  for (let turn = 0; turn < 5; turn += 1) late.push(codeOf(mia, ['hand:lower', { id: gus.id }]))
  await taken
  await Promise.all(late)
  const heard = mia.all('lobby:changed').length
  for (const command of commands(gus)) expect(await codeOf(mia, command)).toBe('forbidden')
  expect(await mia.code('participant:remove', { id: gus.id })).toBe('forbidden')
  const wilma = await suite.server.connect(await suite.server.guest(suite.meeting), suite.meeting)
  await wilma.ask('meeting:join', { instanceId: wilma.instanceId, media: SILENT, name: 'Wilma' })
  await ada.next('lobby:changed', (news) => news.waiting.some((one) => one.name === 'Wilma'))
  await mia.settled()
  expect(mia.all('lobby:changed').length).toBe(heard)
  expect(mia.all('lobby:changed').at(-1)).toEqual({ waiting: [] })
  expect((await mia.ask('meeting:sync', {})).snapshot.waiting).toEqual([])
})

test('[HOST-4][WS-7] a request that waited for its session while the power was taken back is refused', async () => {
  const people = await cast()
  const { ada, mia, gus } = people
  await name(people, mia)
  const { sessions } = suite.server
  const row = await suite.database.prisma.visit.findUniqueOrThrow({ where: { id: mia.id } })
  const real = sessions.isLive.bind(sessions)
  let answer = (): void => undefined
  const held = new Promise<void>((done) => {
    answer = done
  })
  let seen = (): void => undefined
  const asked = new Promise<void>((done) => {
    seen = done
  })
  const slow = jest.spyOn(sessions, 'isLive').mockImplementation(async (id) => {
    if (id === row.sessionId) {
      seen()
      await held
    }
    return real(id)
  })
  const removal = mia.code('participant:remove', { id: gus.id })
  await asked
  await ada.ask('coHost:set', { id: mia.id, coHost: false })
  answer()
  expect(await removal).toBe('forbidden')
  slow.mockRestore()
  await gus.settled()
  expect(gus.all('meeting:ended')).toEqual([])
})

test('[HOST-4] named while somebody waits: the names come with the power', async () => {
  const people = await cast()
  const { ada, gus } = people
  await ada.ask('lobby:set', { enabled: true })
  const wilma = await suite.server.connect(await suite.server.guest(suite.meeting), suite.meeting)
  await wilma.ask('meeting:join', { instanceId: wilma.instanceId, media: SILENT, name: 'Wilma' })
  await ada.next('lobby:changed', (news) => news.waiting.length === 1)
  expect(gus.all('lobby:changed')).toEqual([])
  await name(people, gus)
  const { waiting } = await gus.next('lobby:changed')
  expect(waiting.map((one) => one.name)).toEqual(['Wilma'])
  expect(wilma.heard).toEqual([])
  await gus.ask('signal:send', { to: ada.id, toInstance: ada.instanceId, epoch: 0, signal: OFFER })
  expect((await ada.next('signal:received')).from).toBe(gus.id)
})
