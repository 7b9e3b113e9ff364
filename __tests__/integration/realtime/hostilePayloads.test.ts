import { randomUUID } from 'node:crypto'
import { clientEvents } from '#lib/protocol/events.ts'
import { hostileSuite, OFFER } from '../../support/hostileSuite.ts'

const suite = hostileSuite()

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
    { to: suite.gus.id, toInstance: 1 },
    {
      to: suite.gus.id,
      toInstance: suite.gus.instanceId,
      epoch: 0,
      signal: { type: 'candidates', candidates: [] },
    },
    {
      to: suite.gus.id,
      toInstance: suite.gus.instanceId,
      epoch: 0,
      signal: { ...OFFER, sdp: 'x'.repeat(48_001) },
    },
  ]
  for (const name of Object.keys(clientEvents)) {
    const client = await suite.hostile()
    for (const payload of junk) {
      if (!client.socket.connected) break
      client.socket.emit(name, payload)
      client.socket.emit(name, payload, payload)
      client.socket.emit(name)
    }
    client.close()
  }
  const client = await suite.hostile()
  expect(await client.raw('reaction:send', { emoji: '💣' })).toMatchObject({
    error: { code: 'invalid-request' },
  })
  expect(await client.raw('no:such', {})).toMatchObject({ error: { code: 'invalid-request' } })
  expect(await client.raw('toString', {})).toMatchObject({ error: { code: 'invalid-request' } })
  expect(await client.raw('__proto__', {})).toMatchObject({ error: { code: 'invalid-request' } })
  expect(suite.gus.all('reaction:received')).toEqual([])
  expect(suite.gus.all('chat:received')).toEqual([])
  expect(suite.server.realtime.stats().dropped.unknown).toBeGreaterThanOrEqual(3)
})

test('[WS-4] without a request for an answer nothing is answered, and nothing breaks', async () => {
  const client = await suite.hostile()
  client.socket.emit('chat:history', { afterSeq: 0 })
  client.socket.emit('participant:remove', { id: suite.gus.id })
  await client.settled()
  expect(client.socket.connected).toBe(true)
})

test('[K44][WS-14] __proto__, constructor and duplicate keys have no effect', async () => {
  const client = await suite.hostile()
  const engine = client.socket.io.engine
  engine.write('20["hand:set",{"raised":true,"__proto__":{"role":"host"}}]')
  engine.write('21["hand:set",{"raised":true,"constructor":{"prototype":{"role":"host"}}}]')
  engine.write('22["reaction:send",{"emoji":"💣","emoji":"👍"}]')
  expect((await suite.gus.next('reaction:received')).emoji).toBe('👍')
  expect(({} as Record<string, unknown>).role).toBeUndefined()
  expect(client.people.get(client.id)?.role).toBe('guest')
})

test('[K42][WS-10] a flood is told to wait, then closed', async () => {
  const client = await suite.hostile()
  const codes: string[] = []
  const answers = Array.from({ length: 60 }, () =>
    client.raw('reaction:send', { emoji: '👍' }).then(
      (answer) => codes.push(answer.ok ? 'ok' : answer.error.code),
      () => codes.push('closed'),
    ),
  )
  await client.disconnected()
  client.socket.sendBuffer = []
  expect(suite.gus.all('reaction:received').length).toBeLessThanOrEqual(22)
  expect(client.heard.length).toBeGreaterThan(0)
  expect(suite.server.realtime.stats().dropped.limited).toBeGreaterThan(0)
  await Promise.race([Promise.all(answers), client.disconnected()])
})

test('[WS-12][K43] no payload makes a room: only meetings have one', async () => {
  const client = await suite.hostile()
  const before = suite.server.realtime.stats().rooms
  for (let count = 0; count < 20; count += 1) {
    await client.raw('room:join', { room: randomUUID() })
  }
  expect(suite.server.realtime.stats().rooms).toBe(before)
})
