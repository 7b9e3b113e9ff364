import type { WireError } from '#lib/protocol/errors.ts'
import { realtimeSuite } from '../../support/realtimeSuite.ts'

const PER_USER = 3
const PER_MEETING = 5
const PER_ADDRESS = 9
const CANDIDATES = 40

const suite = realtimeSuite({
  // Counted, not refilled, while a test lasts.
  limits: {
    socketsPerUser: PER_USER,
    socketsPerMeeting: PER_MEETING,
    socketsPerAddress: PER_ADDRESS,
    candidates: { burst: CANDIDATES, perSecond: 0.001 },
  },
})

/** Connects all at once. @returns how many came in, and why the others did not */
async function crowd(who: { cookie: string }[], where: { code: string } = suite.meeting) {
  const outcomes = await Promise.allSettled(who.map((one) => suite.server.connect(one, where)))
  const refusals = outcomes.flatMap((one) =>
    one.status === 'rejected' ? [one.reason as Partial<WireError>] : [],
  )
  return { inside: outcomes.length - refusals.length, codes: refusals.map(({ code }) => code ?? 'closed') }
}
const times = <Value>(count: number, value: Value): Value[] => Array.from({ length: count }, () => value)
const gone = async (sockets: number) => {
  while (suite.server.realtime.stats().sockets !== sockets) await new Promise((done) => setTimeout(done, 5))
}

test('[WS-13] a person holds a bounded number of sockets over all meetings and sessions, under a race', async () => {
  const mia = await suite.server.user('Mia')
  const again = { ...mia, ...(await suite.server.signIn(mia.id)) }
  expect(await crowd([...times(4, mia), ...times(4, again)])).toEqual({
    inside: PER_USER,
    codes: times(8 - PER_USER, 'rate-limited'),
  })
  expect(await crowd([mia], await suite.server.meeting(suite.host))).toEqual({
    inside: 0,
    codes: ['rate-limited'],
  })
})

test('[WS-13] a place that is given up is free again, once', async () => {
  const mia = await suite.server.user('Mia')
  const first = await suite.server.connect(mia, suite.meeting)
  await crowd(times(PER_USER - 1, mia))
  first.close()
  await gone(PER_USER - 1)
  expect(await crowd(times(3, mia))).toEqual({ inside: 1, codes: times(2, 'rate-limited') })
})

test('[WS-13][RM-10] a meeting holds a bounded number of sockets, under a race', async () => {
  const guests = await Promise.all(times(8, 0).map(() => suite.server.guest(suite.meeting)))
  expect(await crowd(guests)).toEqual({ inside: PER_MEETING, codes: times(8 - PER_MEETING, 'full') })
  expect((await crowd([suite.host], await suite.server.meeting(suite.host))).inside).toBe(1)
})

test('[WS-13] an address holds a bounded number of sockets: the rest is refused before the handshake', async () => {
  for (let at = 0; at < PER_ADDRESS; at += 3) {
    const own = await suite.server.meeting(suite.host)
    await crowd(await Promise.all(times(3, 0).map(() => suite.server.guest(own))), own)
  }
  expect(suite.server.realtime.stats().sockets).toBe(PER_ADDRESS)
  expect((await crowd([suite.host])).inside).toBe(0)
  expect(suite.server.realtime.stats().sockets).toBe(PER_ADDRESS)
})

test('[ME-3] candidates are counted one by one: over the rate they are refused and reach nobody', async () => {
  const ada = await suite.server.connect(suite.host, suite.meeting)
  await ada.join()
  const gus = await suite.server.connect(await suite.server.guest(suite.meeting), suite.meeting)
  await gus.join({ name: 'Gus' })
  const send = (count: number) =>
    gus.code('signal:send', {
      to: ada.id,
      toInstance: ada.instanceId,
      epoch: 0,
      signal: { type: 'candidates', candidates: times(count, CANDIDATE) },
    })
  expect(await send(30)).toBe('ok')
  expect(await send(11)).toBe('rate-limited')
  expect(await send(10)).toBe('ok')
  expect(await send(1)).toBe('rate-limited')
  await gus.settled()
  await ada.settled()
  const heard = ada
    .all('signal:received')
    .map(({ signal }) => signal.type === 'candidates' && signal.candidates.length)
  expect(heard).toEqual([30, 10])
  const signal = { type: 'description', kind: 'offer', sdp: 'v=0\r\n' } as const
  expect(await gus.code('signal:send', { to: ada.id, toInstance: ada.instanceId, epoch: 0, signal })).toBe(
    'ok',
  )
})

const CANDIDATE = {
  candidate: 'candidate:1 1 udp 2122260223 192.0.2.1 54400 typ host',
  sdpMid: '0',
  sdpMLineIndex: 0,
  usernameFragment: 'abcd',
}
