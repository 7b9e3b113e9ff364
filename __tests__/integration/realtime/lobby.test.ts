import { randomUUID } from 'node:crypto'
import { EVERYTHING } from '#lib/domain/authority.ts'
import { type RealtimeClient, SILENT } from '../../support/RealtimeClient.ts'
import { realtimeSuite } from '../../support/realtimeSuite.ts'

const suite = realtimeSuite({ env: { MEETING_CAPACITY: '3' } }, { lobby: true, title: 'Secret plans' })

const knock = async (name: string): Promise<RealtimeClient> => {
  const client = await suite.server.connect(await suite.server.guest(suite.meeting), suite.meeting)
  const answer = await client.ask('meeting:join', { instanceId: client.instanceId, media: SILENT, name })
  expect(answer).toEqual({ status: 'waiting' })
  return client
}

test('[RM-2][K6][K7] who waits learns nothing of the meeting and can do nothing in it', async () => {
  const ada = await suite.server.connect(suite.host, suite.meeting)
  await ada.join()
  const wilma = await knock('Wilma')
  const bytes: string[] = []
  wilma.socket.io.engine.on('packet', ({ type, data }) => type === 'message' && bytes.push(String(data)))
  await ada.ask('media:update', { microphone: true, camera: true, screen: false })
  await ada.ask('hand:set', { raised: true })
  await ada.ask('reaction:send', { emoji: '👍' })
  await ada.ask('chat:send', { id: randomUUID() as never, text: 'the plan' })
  const second = await knock('Walter')
  await ada.until(() => ada.all('lobby:changed').at(-1)?.waiting.length === 2)
  expect(
    ada
      .all('lobby:changed')
      .at(-1)
      ?.waiting.map((person) => Object.keys(person).sort()),
  ).toEqual([
    ['id', 'name'],
    ['id', 'name'],
  ])
  const id = ada.id
  const attempts: [string, unknown][] = [
    ['meeting:sync', {}],
    ['chat:history', { afterSeq: 0 }],
    ['chat:send', { id: randomUUID(), text: 'let me in' }],
    ['ice:refresh', {}],
    ['reaction:send', { emoji: '👍' }],
    ['lobby:admit', { id }],
    ['lobby:set', { enabled: false }],
    [
      'signal:send',
      {
        to: id,
        toInstance: ada.instanceId,
        epoch: 0,
        signal: { type: 'description', kind: 'offer', sdp: 'x' },
      },
    ],
  ]
  for (const [name, payload] of attempts) {
    expect(await wilma.raw(name, payload)).toMatchObject({ ok: false, error: { code: 'forbidden' } })
  }
  await second.raw('meeting:leave', {})
  expect(wilma.heard).toEqual([])
  expect(second.heard).toEqual([])
  const told = bytes.join()
  for (const secret of ['Secret', 'Hannah', 'plan', ada.id, 'Walter', suite.meeting.id])
    expect(told).not.toContain(secret)
})

test('[RM-3][RM-10] admitted once, with the room and nothing reusable', async () => {
  const ada = await suite.server.connect(suite.host, suite.meeting)
  await ada.join()
  const wilma = await knock('Wilma')
  const { waiting } = await ada.next('lobby:changed', (news) => news.waiting.length === 1)
  const id = waiting[0]?.id as never
  const codes = await Promise.all(Array.from({ length: 10 }, () => ada.code('lobby:admit', { id })))
  expect(codes.sort()).toEqual([...Array(9).fill('not-found'), 'ok'])
  const { snapshot } = await wilma.next('meeting:admitted')
  expect(snapshot.self).toBe(id)
  expect(snapshot.waiting).toEqual([])
  await ada.until(() => ada.people.size === 2)
  expect(ada.all('lobby:changed').at(-1)?.waiting).toEqual([])
  expect(JSON.stringify(snapshot)).not.toContain(suite.meeting.code)
})

test('[RM-7] the host is not kept out by their own lobby, comes back as host, and sees who waits', async () => {
  const wilma = await knock('Wilma')
  const ada = await suite.server.connect(suite.host, suite.meeting)
  const snapshot = await ada.join()
  expect(snapshot.waiting.map(({ name }) => name)).toEqual(['Wilma'])
  await ada.ask('meeting:leave', {})
  const again = await suite.server.connect(suite.host, suite.meeting)
  await again.join()
  expect(again.people.get(again.id)?.role).toBe('host')
  expect(wilma.heard).toEqual([])
})

test('[RT-6] declined is final for this page; who goes away no longer waits', async () => {
  const ada = await suite.server.connect(suite.host, suite.meeting)
  await ada.join()
  const wilma = await knock('Wilma')
  const { waiting } = await ada.next('lobby:changed', (news) => news.waiting.length === 1)
  await ada.ask('lobby:decline', { id: waiting[0]?.id as never })
  expect(await wilma.next('meeting:ended')).toEqual({ reason: 'declined' })
  await wilma.disconnected()
  const walter = await knock('Walter')
  walter.cut()
  await ada.until(() => ada.all('lobby:changed').at(-1)?.waiting.length === 0)
})

test('[RT-7] the lobby turned off lets in all who wait, as far as there is room', async () => {
  const ada = await suite.server.connect(suite.host, suite.meeting)
  await ada.join()
  const people = [await knock('One'), await knock('Two'), await knock('Three')]
  await ada.ask('lobby:set', { enabled: false })
  await ada.until(() => ada.people.size === 3 && ada.all('lobby:changed').at(-1)?.waiting.length === 1)
  await Promise.all(people.slice(0, 2).map((person) => person.next('meeting:admitted')))
  expect(people.filter((person) => person.all('meeting:admitted').length === 1)).toHaveLength(2)
  expect(ada.all('settings:changed').at(-1)?.settings).toEqual({
    lobby: false,
    mediaPolicy: 'automatic',
    permissions: EVERYTHING,
    recording: ['server', 'local'],
    unrecorded: false,
  })
  expect(ada.all('lobby:changed').at(-1)?.waiting).toHaveLength(1)
  expect(ada.gaps).toBe(0)
  const row = await suite.database.prisma.meeting.findUniqueOrThrow({ where: { id: suite.meeting.id } })
  expect(row.lobby).toBe(false)
})

test('[RM-10] a full room: the person goes on waiting', async () => {
  const ada = await suite.server.connect(suite.host, suite.meeting)
  await ada.join()
  const people = [await knock('One'), await knock('Two'), await knock('Three')]
  const { waiting } = await ada.next('lobby:changed', (news) => news.waiting.length === 3)
  const codes = await Promise.all(waiting.map(({ id }) => ada.code('lobby:admit', { id })))
  expect(codes.sort()).toEqual(['full', 'ok', 'ok'])
  await ada.until(() => ada.all('lobby:changed').at(-1)?.waiting.length === 1)
  const left = people.find((person) => person.all('meeting:admitted').length === 0)
  expect(left?.socket.connected).toBe(true)
})
