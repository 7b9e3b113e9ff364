import { randomUUID } from 'node:crypto'
import { hostileSuite, OFFER } from '../../support/hostileSuite.ts'
import { newInstance, SILENT } from '../../support/RealtimeClient.ts'

const suite = hostileSuite()

const HOST_ONLY = [
  'meeting:end',
  'lobby:set',
  'mediaPolicy:set',
  'coHost:set',
  'permission:set',
  'lobby:admit',
  'lobby:decline',
  'participant:mute',
  'participant:remove',
  'hand:lower',
] as const

test('[K1][K11][WS-7] a guest and a member command nobody', async () => {
  const member = await suite.server.connect(await suite.server.user('Mia'), suite.meeting)
  await member.join()
  await suite.gus.ask('hand:set', { raised: true })
  for (const client of [await suite.hostile(), member]) {
    for (const name of HOST_ONLY) {
      expect(await client.raw(name, suite.valid()[name])).toMatchObject({
        ok: false,
        error: { code: 'forbidden' },
      })
    }
  }
  await suite.gus.request('meeting:sync', {})
  await suite.ada.until(() => suite.ada.people.get(suite.gus.id)?.handRaisedAt != null)
  expect(suite.gus.all('microphone:muteRequested')).toEqual([])
})

test('[K2][RM-7] the host’s name does not make a host', async () => {
  const client = await suite.hostile('Hannah')
  expect(client.people.get(client.id)?.role).toBe('guest')
  expect(client.snapshot?.waiting).toEqual([])
  expect(await client.code('participant:remove', { id: suite.ada.id })).toBe('forbidden')
})

test('[K10][RM-6] the host of another meeting is a member here', async () => {
  const other = await suite.server.user('Otto')
  const elsewhere = await suite.server.meeting(other)
  const there = await suite.server.connect(other, elsewhere)
  await there.join()
  const here = await suite.server.connect(other, suite.meeting)
  await here.join()
  expect(here.people.get(here.id)?.role).toBe('member')
  expect(await here.code('participant:remove', { id: suite.gus.id })).toBe('forbidden')
  expect(await there.code('participant:remove', { id: suite.gus.id })).toBe('not-found')
})

test('[K3][WS-5] whoever a payload claims to be from, the receiver sees the sender', async () => {
  const client = await suite.hostile()
  const claims = {
    from: suite.ada.id,
    participantId: suite.ada.id,
    role: 'host',
    name: 'Hannah',
    room: suite.meeting.id,
  }
  for (const [name, payload] of Object.entries(suite.valid())) {
    const answer = await client.raw(name, { ...(payload as object), ...claims })
    expect(answer).toMatchObject({ ok: false, error: { code: 'invalid-request' } })
  }
  await client.ask('signal:send', {
    to: suite.gus.id,
    toInstance: suite.gus.instanceId,
    epoch: 0,
    signal: OFFER,
  })
  expect(await suite.gus.next('signal:received')).toEqual({
    from: client.id,
    epoch: 0,
    fromInstance: client.instanceId,
    signal: OFFER,
  })
  await client.ask('reaction:send', { emoji: '🎉' })
  expect(await suite.gus.next('reaction:received')).toEqual({ from: client.id, emoji: '🎉' })
})

test('[K4][WS-6] without a seat here nothing reaches anybody here', async () => {
  const green = await suite.server.connect(await suite.server.guest(suite.meeting), suite.meeting)
  for (const [name, payload] of Object.entries(suite.valid())) {
    expect(await green.raw(name, payload)).toMatchObject({ ok: false, error: { code: 'forbidden' } })
  }
  const elsewhere = await suite.server.meeting(await suite.server.user('Otto'))
  const stranger = await suite.server.connect(await suite.server.guest(elsewhere), elsewhere)
  await stranger.join({ name: 'Stranger' })
  await stranger.ask('signal:send', {
    to: suite.gus.id,
    toInstance: suite.gus.instanceId,
    epoch: 0,
    signal: OFFER,
  })
  await stranger.ask('reaction:send', { emoji: '👍' })
  await stranger.ask('chat:send', { id: randomUUID() as never, text: 'spam' })
  await suite.gus.settled()
  expect(suite.gus.heard.filter(({ name }) => !name.startsWith('roster'))).toEqual([])
  expect(green.heard).toEqual([])
})

test('[WS-6] a signal for a former instance is dropped', async () => {
  const client = await suite.hostile()
  await client.ask('signal:send', { to: suite.gus.id, toInstance: newInstance(), epoch: 0, signal: OFFER })
  await suite.gus.settled()
  expect(suite.gus.all('signal:received')).toEqual([])
})

test('[K5] failing in the victim’s name leaves the victim alone', async () => {
  const wrong = suite.server.connect(
    { cookie: `${suite.server.sessions.cookies.user}=${suite.gus.id}` },
    suite.meeting,
  )
  await expect(wrong).rejects.toMatchObject({ code: 'unauthenticated' })
  const client = await suite.hostile()
  await client.raw('meeting:leave', { participantId: suite.gus.id })
  await client.raw('meeting:join', {
    instanceId: suite.gus.instanceId,
    media: SILENT,
    resume: suite.gus.resume,
  })
  expect(suite.ada.people.has(suite.gus.id)).toBe(true)
})
