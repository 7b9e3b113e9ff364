import { randomUUID } from 'node:crypto'
import { messageId } from '#lib/protocol/ids.ts'
import { realtimeSuite } from '../../support/realtimeSuite.ts'

const MANY = { burst: 1_000, perSecond: 1_000 }
const CHATTY = {
  join: MANY,
  state: MANY,
  chat: MANY,
  reaction: MANY,
  signal: MANY,
  read: MANY,
  ice: MANY,
  enter: MANY,
  host: MANY,
}
const suite = realtimeSuite({ limits: { rates: CHATTY, concurrentRequests: 100 } })

const newMessageId = () => messageId.parse(randomUUID())

test('[WS-15][RT-9] numbers without gaps, the same order for everybody, stored before it is told', async () => {
  const ada = await suite.server.connect(suite.host, suite.meeting)
  await ada.join()
  const gus = await suite.server.connect(await suite.server.guest(suite.meeting), suite.meeting)
  await gus.join({ name: 'Gus' })
  const texts = Array.from({ length: 40 }, (_, index) => `message ${index}`)
  const sent = await Promise.all(
    texts.map((text, index) => [ada, gus][index % 2]?.ask('chat:send', { id: newMessageId(), text })),
  )
  expect(sent.map((answer) => answer?.message.seq).sort((one = 0, other = 0) => one - other)).toEqual(
    Array.from({ length: 40 }, (_, index) => index + 1),
  )
  for (const client of [ada, gus]) {
    await client.until(() => client.all('chat:received').length === 40)
    expect(client.all('chat:received').map(({ message }) => message.seq)).toEqual(
      Array.from({ length: 40 }, (_, index) => index + 1),
    )
  }
  const { messages } = await gus.ask('chat:history', { afterSeq: 38 })
  expect(messages).toEqual(
    ada
      .all('chat:received')
      .slice(-2)
      .map(({ message }) => message),
  )
})

test('[WS-15][RT-9] sent again, it is the same message; from somebody else it is a conflict that tells nothing', async () => {
  const ada = await suite.server.connect(suite.host, suite.meeting)
  await ada.join()
  const mallory = await suite.server.connect(await suite.server.guest(suite.meeting), suite.meeting)
  await mallory.join({ name: 'Mallory' })
  const id = newMessageId()
  const first = await ada.ask('chat:send', { id, text: 'once' })
  expect(await ada.ask('chat:send', { id, text: 'once' })).toEqual(first)
  const stolen = await mallory.request('chat:send', { id, text: 'overwritten' })
  expect(stolen).toMatchObject({ ok: false, error: { code: 'conflict' } })
  expect(JSON.stringify(stolen)).not.toContain('once')
  await mallory.settled()
  expect(mallory.all('chat:received')).toHaveLength(1)
  expect((await ada.ask('chat:history', { afterSeq: 0 })).messages).toEqual([first.message])
})

test('[RT-9] a message of another conference is not found by its id', async () => {
  const ada = await suite.server.connect(suite.host, suite.meeting)
  await ada.join()
  const id = newMessageId()
  await ada.ask('chat:send', { id, text: 'here' })
  const elsewhere = await suite.server.meeting(suite.host)
  const there = await suite.server.connect(suite.host, elsewhere)
  await there.join()
  expect(await there.code('chat:send', { id, text: 'there' })).toBe('conflict')
  expect((await there.ask('chat:history', { afterSeq: 0 })).messages).toEqual([])
})

test('[RT-9] a newcomer gets the newest messages, a returning page what it has not seen', async () => {
  const ada = await suite.server.connect(suite.host, suite.meeting)
  await ada.join()
  for (let count = 1; count <= 60; count += 1)
    await ada.ask('chat:send', { id: newMessageId(), text: `${count}` })
  const who = await suite.server.guest(suite.meeting)
  const gus = await suite.server.connect(who, suite.meeting)
  const snapshot = await gus.join({ name: 'Gus' })
  expect(snapshot.chat.map(({ text }) => text)).toEqual(
    Array.from({ length: 50 }, (_, index) => `${index + 11}`),
  )
  const resume = { ...gus.resume, chatSeq: 57 }
  gus.cut()
  const back = await suite.server.connect(who, suite.meeting)
  expect((await back.join({ resume, name: 'Gus' })).chat.map(({ seq }) => seq)).toEqual([58, 59, 60])
})
