import type { JoinOffer } from '#lib/protocol/events.ts'
import { type RealtimeClient, SILENT } from '../../support/RealtimeClient.ts'
import { realtimeSuite } from '../../support/realtimeSuite.ts'
import { ScriptedSfu } from '../../support/ScriptedSfu.ts'

const suite = realtimeSuite({ env: { MESH_PEOPLE: '3' }, sfu: new ScriptedSfu() })
const CANDIDATE = {
  candidate: 'candidate:1 1 udp 2122260223 192.0.2.1 40000 typ host',
  sdpMid: '0',
  sdpMLineIndex: 0,
  usernameFragment: 'abcd',
}
const OFFER: JoinOffer = { sdp: 'v=0', candidates: [CANDIDATE] }

const outside = async (): Promise<RealtimeClient> =>
  suite.server.connect(await suite.server.guest(suite.meeting), suite.meeting)
const joinWith = (client: RealtimeClient, offer: JoinOffer) =>
  client.ask('meeting:join', { instanceId: client.instanceId, media: SILENT, name: 'Gus', offer })
const signalsTo = (client: RealtimeClient) => client.all('signal:received')

async function hostInside(): Promise<RealtimeClient> {
  const host = await suite.server.connect(suite.host, suite.meeting)
  await host.join()
  return host
}

test('[RT-14] whoever is there longest gets the offer, before the news of who made it; nobody else gets it', async () => {
  const host = await hostInside()
  const second = await outside()
  await second.join({ name: 'Sue' })
  const third = await outside()
  const answer = await joinWith(third, OFFER)
  if (answer.status !== 'joined') throw new Error(answer.status)
  expect(answer.offeredTo).toBe(host.id)
  const { self } = answer.snapshot
  await host.until(() => host.people.has(self))
  const from = { from: self, fromInstance: third.instanceId, epoch: answer.snapshot.transport.epoch }
  expect(signalsTo(host)).toEqual([
    { ...from, signal: { type: 'description', kind: 'offer', sdp: OFFER.sdp } },
    { ...from, signal: { type: 'candidates', candidates: OFFER.candidates } },
  ])
  const heard = host.heard.map(({ name }) => name)
  expect(heard.lastIndexOf('signal:received')).toBeLessThan(heard.lastIndexOf('roster:changed'))
  await second.until(() => second.people.has(self))
  expect([...signalsTo(second), ...signalsTo(third)]).toEqual([])
})

test('[RT-14] the first to come is told that nobody was given it', async () => {
  const first = await outside()
  expect(await joinWith(first, OFFER)).not.toHaveProperty('offeredTo')
  expect(signalsTo(first)).toEqual([])
})

test('[RT-14] a reloaded page’s offer finds whoever is there', async () => {
  const host = await hostInside()
  const who = await suite.server.guest(suite.meeting)
  const page = await suite.server.connect(who, suite.meeting)
  await page.join({ name: 'Gus' })
  const { resume } = page
  const reloaded = await suite.server.connect(who, suite.meeting)
  const answer = await reloaded.ask('meeting:join', {
    instanceId: reloaded.instanceId,
    media: SILENT,
    name: 'Gus',
    resume,
    offer: OFFER,
  })
  expect(answer).toMatchObject({ status: 'joined', offeredTo: host.id })
  await host.until(() => signalsTo(host).length === 2)
  expect(signalsTo(host)[0]).toMatchObject({ fromInstance: reloaded.instanceId })
})

test('[RT-14] whoever makes the room move to the server has their offer dropped', async () => {
  const host = await hostInside()
  for (const name of ['One', 'Two']) await (await outside()).join({ name })
  const tips = await outside()
  const answer = await joinWith(tips, OFFER)
  expect(answer).toMatchObject({ status: 'joined', snapshot: { transport: { kind: 'sfu' } } })
  expect(answer).not.toHaveProperty('offeredTo')
  await host.until(() => host.people.size === 4)
  expect(signalsTo(host)).toEqual([])
})

test('[RT-14] at the door the offer is dropped: nobody hears of it, not after the host’s word either', async () => {
  const host = await hostInside()
  await host.ask('lobby:set', { enabled: true })
  const guest = await outside()
  expect(await joinWith(guest, OFFER)).toEqual({ status: 'waiting' })
  await host.until(() => (host.all('lobby:changed').at(-1)?.waiting.length ?? 0) === 1)
  const [waiting] = host.all('lobby:changed').at(-1)?.waiting ?? []
  await host.ask('lobby:admit', { id: waiting?.id as never })
  await guest.next('meeting:admitted')
  await host.until(() => host.people.size === 2)
  expect(signalsTo(host)).toEqual([])
})

test.each([
  ['a description that is too long', { ...OFFER, sdp: 'x'.repeat(32_001) }],
  ['no description', { candidates: [CANDIDATE] }],
  ['too many ways', { ...OFFER, candidates: Array.from({ length: 17 }, () => CANDIDATE) }],
  ['a field of its own', { ...OFFER, to: 'someone' }],
])('[RT-14][WS-3] %s is refused, and nobody sits down', async (_, offer) => {
  const host = await hostInside()
  const guest = await outside()
  const answer = await guest.raw('meeting:join', {
    instanceId: guest.instanceId,
    media: SILENT,
    name: 'Gus',
    offer,
  })
  expect(answer).toMatchObject({ ok: false, error: { code: 'invalid-request' } })
  expect(host.people.size).toBe(1)
  expect(signalsTo(host)).toEqual([])
})
