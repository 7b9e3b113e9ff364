import { randomUUID } from 'node:crypto'
import WebSocket from 'ws'
import type { ClientEventName } from '#lib/protocol/events.ts'
import { clientEvents } from '#lib/protocol/events.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { newInstance, RealtimeClient, SILENT } from '../../support/RealtimeClient.ts'
import { newCode, type Person, RealtimeServer, type TestMeeting } from '../../support/realtimeServer.ts'

jest.setTimeout(60_000)

let database: TestDatabase
let server: RealtimeServer
let host: Person
let meeting: TestMeeting
/** The people who must not notice anything. */
let ada: RealtimeClient
let gus: RealtimeClient

beforeAll(async () => {
  database = await createTestDatabase()
  server = await RealtimeServer.start(database, { env: { MEETING_CAPACITY: '40' } })
  host = await server.user('Hannah')
})
beforeEach(async () => {
  meeting = await server.meeting(host)
  ada = await server.connect(host, meeting)
  await ada.join()
  gus = await server.connect(await server.guest(meeting), meeting)
  await gus.join({ name: 'Gus' })
})
afterEach(async () => {
  for (const victim of [ada, gus]) {
    await victim.settled()
    expect(victim.socket.connected).toBe(true)
    expect(victim.all('meeting:ended')).toEqual([])
  }
  expect(server.realtime.stats().dropped.failed).toBe(0)
  await server.closeClients()
})
afterAll(async () => {
  await server.stop()
  await database.drop()
})

const hostile = async (name = 'Mallory') => {
  const client = await server.connect(await server.guest(meeting), meeting)
  await client.join({ name })
  return client
}

/** A valid payload for each event, aimed at Gus. */
const valid = (): { [Name in ClientEventName]?: unknown } => ({
  'meeting:sync': {},
  'meeting:end': {},
  'media:update': SILENT,
  'hand:set': { raised: true },
  'reaction:send': { emoji: '👍' },
  'chat:send': { id: randomUUID(), text: 'hello' },
  'chat:history': { afterSeq: 0 },
  'signal:send': { to: gus.id, toInstance: gus.instanceId, signal: OFFER },
  'ice:refresh': {},
  'lobby:set': { enabled: true },
  'lobby:admit': { id: gus.id },
  'lobby:decline': { id: gus.id },
  'participant:mute': { id: gus.id },
  'participant:remove': { id: gus.id },
  'hand:lower': { id: gus.id },
})
const OFFER = { type: 'description', kind: 'offer', sdp: 'v=0\r\n' } as const
const HOST_ONLY = [
  'meeting:end',
  'lobby:set',
  'lobby:admit',
  'lobby:decline',
  'participant:mute',
  'participant:remove',
  'hand:lower',
] as const

test('[K1][K11][WS-7] a guest and a member command nobody', async () => {
  const member = await server.connect(await server.user('Mia'), meeting)
  await member.join()
  await gus.ask('hand:set', { raised: true })
  for (const client of [await hostile(), member]) {
    for (const name of HOST_ONLY) {
      expect(await client.raw(name, valid()[name])).toMatchObject({ ok: false, error: { code: 'forbidden' } })
    }
  }
  await gus.request('meeting:sync', {})
  await ada.until(() => ada.people.get(gus.id)?.handRaisedAt != null)
  expect(gus.all('microphone:muteRequested')).toEqual([])
})

test('[K2][RM-7] the host’s name does not make a host', async () => {
  const client = await hostile('Hannah')
  expect(client.people.get(client.id)?.role).toBe('guest')
  expect(client.snapshot?.waiting).toEqual([])
  expect(await client.code('participant:remove', { id: ada.id })).toBe('forbidden')
})

test('[K10][RM-6] the host of another meeting is a member here', async () => {
  const other = await server.user('Otto')
  const elsewhere = await server.meeting(other)
  const there = await server.connect(other, elsewhere)
  await there.join()
  const here = await server.connect(other, meeting)
  await here.join()
  expect(here.people.get(here.id)?.role).toBe('member')
  expect(await here.code('participant:remove', { id: gus.id })).toBe('forbidden')
  expect(await there.code('participant:remove', { id: gus.id })).toBe('not-found')
})

test('[K3][WS-5] whoever a payload claims to be from, the receiver sees the sender', async () => {
  const client = await hostile()
  const claims = { from: ada.id, participantId: ada.id, role: 'host', name: 'Hannah', room: meeting.id }
  for (const [name, payload] of Object.entries(valid())) {
    const answer = await client.raw(name, { ...(payload as object), ...claims })
    expect(answer).toMatchObject({ ok: false, error: { code: 'invalid-request' } })
  }
  await client.ask('signal:send', { to: gus.id, toInstance: gus.instanceId, signal: OFFER })
  expect(await gus.next('signal:received')).toEqual({
    from: client.id,
    fromInstance: client.instanceId,
    signal: OFFER,
  })
  await client.ask('reaction:send', { emoji: '🎉' })
  expect(await gus.next('reaction:received')).toEqual({ from: client.id, emoji: '🎉' })
})

test('[K4][WS-6] without a seat here nothing reaches anybody here', async () => {
  const green = await server.connect(await server.guest(meeting), meeting)
  for (const [name, payload] of Object.entries(valid())) {
    expect(await green.raw(name, payload)).toMatchObject({ ok: false, error: { code: 'forbidden' } })
  }
  const elsewhere = await server.meeting(await server.user('Otto'))
  const stranger = await server.connect(await server.guest(elsewhere), elsewhere)
  await stranger.join({ name: 'Stranger' })
  await stranger.ask('signal:send', { to: gus.id, toInstance: gus.instanceId, signal: OFFER })
  await stranger.ask('reaction:send', { emoji: '👍' })
  await stranger.ask('chat:send', { id: randomUUID() as never, text: 'spam' })
  await gus.settled()
  expect(gus.heard.filter(({ name }) => !name.startsWith('roster'))).toEqual([])
  expect(green.heard).toEqual([])
})

test('[WS-6] a signal for a former instance is dropped', async () => {
  const client = await hostile()
  await client.ask('signal:send', { to: gus.id, toInstance: newInstance(), signal: OFFER })
  await gus.settled()
  expect(gus.all('signal:received')).toEqual([])
})

test('[K5] failing in the victim’s name leaves the victim alone', async () => {
  const wrong = server.connect({ cookie: `${server.sessions.cookies.user}=${gus.id}` }, meeting)
  await expect(wrong).rejects.toMatchObject({ code: 'unauthenticated' })
  const client = await hostile()
  await client.raw('meeting:leave', { participantId: gus.id })
  await client.raw('meeting:join', { instanceId: gus.instanceId, media: SILENT, resume: gus.resume })
  expect(ada.people.has(gus.id)).toBe(true)
})

test('[K13][K14][K45][WS-4] malformed payloads get an error, and the others notice nothing', async () => {
  const junk = [
    undefined,
    null,
    0,
    'x',
    [],
    [[]],
    {},
    { emoji: '💣' },
    { emoji: ['👍'] },
    { emoji: { toString: 1 } },
    { raised: 'yes' },
    { id: '../../x' },
    { text: 'x'.repeat(2001), id: randomUUID() },
    { id: randomUUID(), text: 'nul \u0000' },
    { afterSeq: -1 },
    { afterSeq: 1e300 },
    { to: gus.id, toInstance: 1 },
    { to: gus.id, toInstance: gus.instanceId, signal: { type: 'candidates', candidates: [] } },
    { to: gus.id, toInstance: gus.instanceId, signal: { ...OFFER, sdp: 'x'.repeat(48_001) } },
  ]
  for (const name of Object.keys(clientEvents)) {
    const client = await hostile()
    for (const payload of junk) {
      if (!client.socket.connected) break
      client.socket.emit(name, payload)
      client.socket.emit(name, payload, payload)
      client.socket.emit(name)
    }
    client.close()
  }
  const client = await hostile()
  expect(await client.raw('reaction:send', { emoji: '💣' })).toMatchObject({
    error: { code: 'invalid-request' },
  })
  expect(await client.raw('no:such', {})).toMatchObject({ error: { code: 'invalid-request' } })
  expect(await client.raw('toString', {})).toMatchObject({ error: { code: 'invalid-request' } })
  expect(await client.raw('__proto__', {})).toMatchObject({ error: { code: 'invalid-request' } })
  expect(gus.all('reaction:received')).toEqual([])
  expect(gus.all('chat:received')).toEqual([])
  expect(server.realtime.stats().dropped.unknown).toBeGreaterThanOrEqual(3)
})

test('[WS-4] without a request for an answer nothing is answered, and nothing breaks', async () => {
  const client = await hostile()
  client.socket.emit('chat:history', { afterSeq: 0 })
  client.socket.emit('participant:remove', { id: gus.id })
  await client.settled()
  expect(client.socket.connected).toBe(true)
})

test('[K44][WS-14] __proto__, constructor and duplicate keys have no effect', async () => {
  const client = await hostile()
  const engine = client.socket.io.engine
  engine.write('20["hand:set",{"raised":true,"__proto__":{"role":"host"}}]')
  engine.write('21["hand:set",{"raised":true,"constructor":{"prototype":{"role":"host"}}}]')
  engine.write('22["reaction:send",{"emoji":"💣","emoji":"👍"}]')
  expect((await gus.next('reaction:received')).emoji).toBe('👍')
  expect(({} as Record<string, unknown>).role).toBeUndefined()
  expect(client.people.get(client.id)?.role).toBe('guest')
})

/** A WebSocket that speaks Engine.IO by hand. */
async function rawSocket(cookie: string, headers: Record<string, string> = { origin: server.origin }) {
  const url = `${server.origin.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`
  const socket = new WebSocket(url, { headers: { cookie, ...headers } })
  await new Promise((done, fail) => socket.once('open', done).once('error', fail))
  return socket
}
const closed = (socket: WebSocket) => new Promise<void>((done) => socket.once('close', () => done()))

test('[K40][K45][WS-3] oversized, binary, broken frames end their sender only', async () => {
  const { cookie } = await server.guest(meeting)
  const frames = [
    `42["chat:send",{"text":"${'x'.repeat(70_000)}"}]`,
    Buffer.alloc(100),
    '451-["x",{"_placeholder":true,"num":0}]',
    '4999999-["x"]',
    '42{"not":"an array"}',
    '4'.repeat(100),
    '42["disconnect"]',
    '\u0000',
  ]
  for (const frame of frames) {
    const socket = await rawSocket(cookie)
    const end = closed(socket)
    socket.send(`40${JSON.stringify({ protocol: 1, meeting: meeting.code })}`)
    socket.send(frame)
    await end
  }
  const deep = await rawSocket(cookie)
  const end = closed(deep)
  deep.send(`40${JSON.stringify({ protocol: 1, meeting: meeting.code })}`)
  for (let count = 0; count < 40; count += 1)
    deep.send(`42["hand:set",${'['.repeat(30_000)}${']'.repeat(30_000)}]`)
  await end
})

test('[K42][WS-10] a flood is told to wait, then closed', async () => {
  const client = await hostile()
  const codes: string[] = []
  const answers = Array.from({ length: 60 }, () =>
    client.raw('reaction:send', { emoji: '👍' }).then(
      (answer) => codes.push(answer.ok ? 'ok' : answer.error.code),
      () => codes.push('closed'),
    ),
  )
  await client.disconnected()
  client.socket.sendBuffer = []
  expect(gus.all('reaction:received').length).toBeLessThanOrEqual(22)
  expect(client.heard.length).toBeGreaterThan(0)
  expect(server.realtime.stats().dropped.limited).toBeGreaterThan(0)
  await Promise.race([Promise.all(answers), client.disconnected()])
})

test('[WS-1][K36] only our own origin opens a WebSocket', async () => {
  const { cookie } = await server.guest(meeting)
  const { port } = new URL(server.origin)
  const foreign = [
    'https://evil.example',
    'null',
    `http://localhost.evil.example:${port}`,
    `http://sub.localhost:${port}`,
    `https://localhost:${port}`,
    `http://localhost:${Number(port) + 1}`,
    'http://localhost',
    '',
    `${server.origin}/`,
  ]
  for (const origin of foreign) await expect(rawSocket(cookie, { origin })).rejects.toThrow('400')
  await expect(rawSocket(cookie, {})).rejects.toThrow('400')
})

test('[WS-2] polling, old protocol versions and a chosen sid are refused', async () => {
  const polling = await fetch(`${server.origin}/socket.io/?EIO=4&transport=polling`)
  expect(polling.status).toBe(404)
  for (const query of [
    'EIO=3&transport=websocket',
    'EIO=4&transport=polling',
    `EIO=4&transport=websocket&sid=${randomUUID()}`,
  ]) {
    const socket = new WebSocket(`ws://localhost:${server.port}/socket.io/?${query}`, {
      headers: { origin: server.origin },
    })
    await expect(new Promise((done, fail) => socket.once('open', done).once('error', fail))).rejects.toThrow()
  }
})

test('[RM-1] wrong, malformed, deleted and ended codes get the same answer', async () => {
  const person = await server.user('Quentin')
  const deleted = await server.meeting(host)
  await database.prisma.meeting.update({ where: { id: deleted.id }, data: { deletedAt: new Date() } })
  const ended = await server.meeting(host)
  await database.prisma.meeting.update({ where: { id: ended.id }, data: { endedAt: new Date() } })
  const refusals = []
  for (const code of [newCode(), 'x', '', deleted.code, ended.code]) {
    refusals.push(await server.connect(person, { code }).catch((error: unknown) => error))
  }
  expect(refusals[0]).toEqual({ code: 'not-found', message: 'The meeting was not found.' })
  for (const refusal of refusals) expect(refusal).toEqual(refusals[0])
  const elsewhere = await server.guest(deleted)
  await expect(server.connect(elsewhere, meeting)).rejects.toMatchObject({ code: 'unauthenticated' })
  await expect(server.connect(null, meeting)).rejects.toMatchObject({ code: 'unauthenticated' })
})

test('[RT-2] a page of another version is told to reload', async () => {
  const old = new RealtimeClient(server.origin, host.cookie, meeting.code, { protocol: 0 })
  await expect(old.connected()).rejects.toMatchObject({ code: 'protocol-mismatch' })
})

test('[WS-12][K43] no payload makes a room: only meetings have one', async () => {
  const client = await hostile()
  const before = server.realtime.stats().rooms
  for (let count = 0; count < 20; count += 1) {
    await client.raw('room:join', { room: randomUUID() })
  }
  expect(server.realtime.stats().rooms).toBe(before)
})

test('[WS-13] a guest holds a bounded number of sockets', async () => {
  const guest = await server.guest(meeting)
  const outcomes = await Promise.allSettled(Array.from({ length: 12 }, () => server.connect(guest, meeting)))
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
  expect(refused).toHaveLength(6)
  for (const { reason } of refused) expect(reason).toMatchObject({ code: 'rate-limited' })
})
