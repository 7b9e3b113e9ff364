import { randomUUID } from 'node:crypto'
import WebSocket from 'ws'
import { PROTOCOL_VERSION } from '#lib/protocol/version.ts'
import { hostileSuite } from '../../support/hostileSuite.ts'
import { RealtimeClient } from '../../support/RealtimeClient.ts'
import { newCode } from '../../support/realtimeServer.ts'

const suite = hostileSuite()

/** A WebSocket that speaks Engine.IO by hand. */
async function rawSocket(cookie: string, headers: Record<string, string> = { origin: suite.server.origin }) {
  const url = `${suite.server.origin.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`
  const socket = new WebSocket(url, { headers: { cookie, ...headers } })
  await new Promise((done, fail) => socket.once('open', done).once('error', fail))
  return socket
}
const closed = (socket: WebSocket) => new Promise<void>((done) => socket.once('close', () => done()))

test('[K40][K45][WS-3] oversized, binary, broken frames end their sender only', async () => {
  const { cookie } = await suite.server.guest(suite.meeting)
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
    socket.send(`40${JSON.stringify({ protocol: PROTOCOL_VERSION, meeting: suite.meeting.code })}`)
    socket.send(frame)
    await end
  }
  const deep = await rawSocket(cookie)
  const end = closed(deep)
  deep.send(`40${JSON.stringify({ protocol: PROTOCOL_VERSION, meeting: suite.meeting.code })}`)
  for (let count = 0; count < 40; count += 1)
    deep.send(`42["hand:set",${'['.repeat(30_000)}${']'.repeat(30_000)}]`)
  await end
})

test('[WS-1][K36] only our own origin opens a WebSocket', async () => {
  const { cookie } = await suite.server.guest(suite.meeting)
  const { port } = new URL(suite.server.origin)
  const foreign = [
    'https://evil.example',
    'null',
    `http://localhost.evil.example:${port}`,
    `http://sub.localhost:${port}`,
    `https://localhost:${port}`,
    `http://localhost:${Number(port) + 1}`,
    'http://localhost',
    '',
    `${suite.server.origin}/`,
  ]
  for (const origin of foreign) await expect(rawSocket(cookie, { origin })).rejects.toThrow('400')
  await expect(rawSocket(cookie, {})).rejects.toThrow('400')
})

test('[WS-2] polling, old protocol versions and a chosen sid are refused', async () => {
  const polling = await fetch(`${suite.server.origin}/socket.io/?EIO=4&transport=polling`)
  expect(polling.status).toBe(404)
  for (const query of [
    'EIO=3&transport=websocket',
    'EIO=4&transport=polling',
    `EIO=4&transport=websocket&sid=${randomUUID()}`,
  ]) {
    const socket = new WebSocket(`ws://localhost:${suite.server.port}/socket.io/?${query}`, {
      headers: { origin: suite.server.origin },
    })
    await expect(new Promise((done, fail) => socket.once('open', done).once('error', fail))).rejects.toThrow()
  }
})

test('[RM-1] wrong, malformed, deleted and ended codes get the same answer', async () => {
  const person = await suite.server.user('Quentin')
  const deleted = await suite.server.meeting(suite.host)
  await suite.database.prisma.meeting.update({ where: { id: deleted.id }, data: { deletedAt: new Date() } })
  const ended = await suite.server.meeting(suite.host)
  await suite.database.prisma.meeting.update({ where: { id: ended.id }, data: { endedAt: new Date() } })
  const refusals = []
  for (const code of [newCode(), 'x', '', deleted.code, ended.code]) {
    refusals.push(await suite.server.connect(person, { code }).catch((error: unknown) => error))
  }
  expect(refusals[0]).toEqual({ code: 'not-found', message: 'The meeting was not found.' })
  for (const refusal of refusals) expect(refusal).toEqual(refusals[0])
  const elsewhere = await suite.server.guest(deleted)
  await expect(suite.server.connect(elsewhere, suite.meeting)).rejects.toMatchObject({
    code: 'unauthenticated',
  })
  await expect(suite.server.connect(null, suite.meeting)).rejects.toMatchObject({ code: 'unauthenticated' })
})

test('[RT-2] a page of another version is told to reload', async () => {
  const old = new RealtimeClient(suite.server.origin, suite.host.cookie, suite.meeting.code, { protocol: 0 })
  await expect(old.connected()).rejects.toMatchObject({ code: 'protocol-mismatch' })
})

test('[WS-13] a guest holds a bounded number of sockets', async () => {
  const guest = await suite.server.guest(suite.meeting)
  const outcomes = await Promise.allSettled(
    Array.from({ length: 12 }, () => suite.server.connect(guest, suite.meeting)),
  )
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
  expect(refused).toHaveLength(6)
  for (const { reason } of refused) expect(reason).toMatchObject({ code: 'rate-limited' })
})
