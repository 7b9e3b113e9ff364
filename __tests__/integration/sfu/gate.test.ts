import { createHmac } from 'node:crypto'
import { connect, createServer } from 'node:net'
import { AccessToken, type VideoGrant } from 'livekit-server-sdk'
import { identityNameOf, roomNameOf } from '#server/sfu/names.ts'
import type { SfuIdentity, SfuRoom } from '#server/sfu/Sfu.ts'
import { SfuNode } from '#server/sfu/SfuNode.ts'
import { describeWithLiveKit } from '../../support/describeWithLiveKit.ts'
import { LiveKitNode, TEST_KEYS } from '../../support/livekitNode.ts'
import { SignalClient } from '../../support/SignalClient.ts'
import { ALL_SOURCES, newPage, newRoom, SfuServer } from '../../support/sfuServer.ts'

jest.setTimeout(60_000)

describeWithLiveKit('the gate, with the real media server', () => {
  let node: LiveKitNode
  let api: SfuNode['api']
  let server: SfuServer
  let room: SfuRoom

  beforeAll(async () => {
    node = await LiveKitNode.start()
    api = new SfuNode(node.url, TEST_KEYS).api
    server = await SfuServer.start([node])
  })
  beforeEach(async () => {
    server.guard.failure = null
    room = newRoom()
    await server.port.openRoom(room)
  })
  afterAll(async () => {
    await server.stop()
    await node.stop()
  })

  const present = async (): Promise<string[]> =>
    (await api.listParticipants(roomNameOf(room))).map(({ identity }) => identity)
  const directly = (token: string, query = {}): SignalClient =>
    server.track(new SignalClient(`ws://127.0.0.1:${node.port}`, token, { query }))

  /** A token with LiveKit's own secret that our server never made. */
  async function forge(identity: SfuIdentity, grant: VideoGrant, ttl = 60): Promise<string> {
    const token = new AccessToken(TEST_KEYS.key, TEST_KEYS.secret, {
      identity: identityNameOf(identity),
      ttl,
    })
    token.addGrant({
      roomJoin: true,
      room: roomNameOf(room),
      canPublish: true,
      canPublishSources: [1, 2],
      canPublishData: false,
      canUpdateOwnMetadata: false,
      ...grant,
    })
    return token.toJwt()
  }

  test('[SFU-1] whom the guard knows joins the room they were given a pass for', async () => {
    const { client, identity } = await server.join(room)
    const { room: joined, participant } = await client.next('join')
    expect(joined?.name).toBe(roomNameOf(room))
    expect(participant?.identity).toBe(identityNameOf(identity))
    expect(await present()).toEqual([identityNameOf(identity)])
    expect(participant?.permission).toMatchObject({
      canPublish: true,
      canSubscribe: true,
      canPublishData: false,
      canUpdateMetadata: false,
      hidden: false,
      recorder: false,
      canPublishSources: [2, 1, 3, 4],
    })
  })

  test('[SFU-2] [K8] a removed person is gone at once, and stays out with the token that LiveKit refreshed for them', async () => {
    const { client, identity, token } = await server.join(room)
    const refreshed = await client.next('refreshToken')
    server.guard.forbid(room, identity)
    await server.port.remove(room, identity)
    expect(await client.untilClosed()).toBeNull()
    expect((await client.next('leave')).reason).toBe(4)
    expect(await present()).toEqual([])

    expect(await server.connect(refreshed).untilClosed()).toBe(401)
    expect(await server.connect(token).untilClosed()).toBe(401)
    const sid = (await client.next('join')).participant?.sid ?? ''
    const resumed = server.connect(refreshed, { query: { reconnect: '1', sid } })
    expect(await resumed.untilClosed()).toBe(401)
    expect(await present()).toEqual([])
    // LiveKit alone would let them in: without the gate this test would be about nothing.
    const around = directly(refreshed)
    await around.next('join')
    around.close()
  })

  test('[SFU-2] a refreshed token passes while the guard says yes: reconnecting needs no new one', async () => {
    const { client, identity } = await server.join(room)
    const refreshed = await client.next('refreshToken')
    client.close()
    await server.connect(refreshed).next('join')
    expect(await present()).toEqual([identityNameOf(identity)])
  })

  test('[SFU-3] [K51] a guard that cannot answer lets nobody in, and puts nobody out', async () => {
    const { token, client } = await server.join(room)
    server.guard.failure = new Error('the database is away')
    expect(await server.connect(token).untilClosed()).toBe(503)
    expect(client.closed).toBe(false)
  })

  describe('[SFU-4] [K23] only a token that we or LiveKit made for a participant is asked about', () => {
    const cases: readonly (readonly [string, (identity: SfuIdentity) => Promise<string>])[] = [
      ['expired', (who) => forge(who, {}, -30)],
      ['an admin of the room', (who) => forge(who, { roomAdmin: true })],
      ['a recorder', (who) => forge(who, { recorder: true })],
      ['hidden', (who) => forge(who, { hidden: true })],
      ['allowed to create rooms', (who) => forge(who, { roomCreate: true })],
      ['allowed to list rooms', (who) => forge(who, { roomList: true })],
      ['an agent', (who) => forge(who, { agent: true })],
      ['allowed to send data', (who) => forge(who, { canPublishData: true })],
      ['allowed to rename itself', (who) => forge(who, { canUpdateOwnMetadata: true })],
      ['free in its sources', (who) => forge(who, { canPublishSources: [] })],
      ['without a room', (who) => forge(who, { room: '' })],
      ['for a room that is not one of ours', (who) => forge(who, { room: 'lobby' })],
      [
        'signed with another secret',
        (who) => resign(who, 'HS256', 'another secret, also long enough to be one'),
      ],
      ['signed with HS384', (who) => resign(who, 'HS384', TEST_KEYS.secret)],
      ['unsigned', (who) => resign(who, 'none', '')],
      ['of another key', (who) => resign(who, 'HS256', TEST_KEYS.secret, { iss: 'somebody' })],
      [
        'with a room configuration',
        (who) => resign(who, 'HS256', TEST_KEYS.secret, { roomConfig: { name: 'x' } }),
      ],
      [
        'with a grant for telephones',
        (who) => resign(who, 'HS256', TEST_KEYS.secret, { sip: { call: true } }),
      ],
      ['endless', (who) => resign(who, 'HS256', TEST_KEYS.secret, { exp: undefined })],
      ['not for now', (who) => resign(who, 'HS256', TEST_KEYS.secret, { nbf: 9_999_999_999 })],
      ['no token', async () => 'no.token.atall'],
      ['empty', async () => ''],
    ]
    test.each(cases)('not one that is %s', async (_, make) => {
      const identity = newPage()
      server.guard.allow(room, identity)
      expect(await server.connect(await make(identity)).untilClosed()).toBe(401)
      expect(server.guard.wasAskedAbout(identity)).toBe(false)
      expect(await present()).toEqual([])
    })

    async function resign(
      who: SfuIdentity,
      alg: string,
      secret: string,
      change: object = {},
    ): Promise<string> {
      const [, payload = ''] = (await forge(who, {})).split('.')
      const claims = { ...JSON.parse(Buffer.from(payload, 'base64url').toString()), ...change }
      const parts = [{ alg }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      const mac =
        alg === 'none'
          ? ''
          : createHmac(alg.replace('HS', 'sha'), secret).update(parts.join('.')).digest('base64url')
      return [...parts, mac].join('.')
    }

    test('and the same token without those changes is', async () => {
      const identity = newPage()
      server.guard.allow(room, identity)
      await server.connect(await resign(identity, 'HS256', TEST_KEYS.secret)).next('join')
      expect(server.guard.wasAskedAbout(identity)).toBe(true)
      await server.connect(await forge(newPage(), {})).untilClosed()
      expect(await present()).toEqual([identityNameOf(identity)])
    })
  })

  test('[SFU-5] [K22] a pass for one room opens no other, nor the next epoch of the same', async () => {
    const { identity, token } = await server.join(room)
    const next = { ...room, epoch: room.epoch + 1 }
    await server.port.openRoom(next)
    server.guard.forbid(room, identity)
    server.guard.allow(next, identity)
    expect(await server.connect(token).untilClosed()).toBe(401)
    await expect(server.port.access(newRoom(), identity, ALL_SOURCES)).rejects.toMatchObject({
      code: 'unavailable',
    })
  })

  test('[SFU-6] [K9] "publish", with which LiveKit makes a second participant out of one token, does not pass', async () => {
    const { identity, token } = await server.join(room)
    server.connect(token, { query: { publish: 'ghost' } })
    await server.connect(token, { query: { publish: 'ghost' } }).next('join')
    expect(await present()).toEqual([identityNameOf(identity)])
    const ghost = directly(token, { publish: 'ghost' })
    await ghost.next('join')
    expect(await present()).toContain(`${identityNameOf(identity)}#ghost`)
    ghost.close()
  })

  test('[SFU-7] [K24] fifty connections at once with one token are one participant, and three are open at most', async () => {
    const identity = newPage()
    server.guard.allow(room, identity)
    const { token } = await server.port.access(room, identity, ALL_SOURCES)
    const clients = Array.from({ length: 50 }, () => server.connect(token))
    await server.until(
      'all but three to be closed',
      () => clients.filter(({ closed }) => !closed).length <= 3,
    )
    // LiveKit may take one that we have closed for the last to come, and send the others away for it: who is sent away
    // comes back, as livekit-client does.
    await server.until('one participant', async () => {
      if (clients.every(({ closed }) => closed)) clients.push(server.connect(token))
      const names = await present()
      expect(names.filter((name) => name !== identityNameOf(identity))).toEqual([])
      return names.length === 1
    })
  })

  test('[SFU-8] [K25] nobody is dropped by a stranger: an identity belongs to who was given it', async () => {
    const { client, identity } = await server.join(room)
    // A stranger knows the room's name and guesses the participant's half: each page load has another half.
    const stranger = { participantId: identity.participantId, instanceId: newPage().instanceId }
    expect(await server.connect(await forge(stranger, {})).untilClosed()).toBe(401)
    expect(client.closed).toBe(false)
    expect(await present()).toEqual([identityNameOf(identity)])
  })

  test('[SFU-9] [K36] only our own pages connect', async () => {
    const { token } = await server.join(room)
    for (const origin of ['https://evil.example', 'null', `${server.origin}.evil.example`, undefined]) {
      const stranger = server.track(
        new SignalClient(server.webSocket, token, origin === undefined ? {} : { origin }),
      )
      expect(await stranger.untilClosed()).toBe(403)
    }
    const foreign = server.connect(token, { headers: { Host: 'evil.example' } })
    expect(await foreign.untilClosed()).toBe(421)
  })

  test('[SFU-10] [K19] no address in a request leads the gate anywhere but to its node', async () => {
    const heard: string[] = []
    const canary = createServer((socket) => {
      heard.push('connected')
      socket.destroy()
    })
    await new Promise<void>((done) => canary.listen(0, '127.0.0.1', done))
    const address = canary.address()
    const canaryPort = typeof address === 'object' && address ? address.port : 0
    const { token } = await server.join(room)
    const elsewhere = `127.0.0.1:${canaryPort}`
    for (const target of [
      `http://${elsewhere}/sfu/rtc?access_token=${token}`,
      `//${elsewhere}/sfu/rtc?access_token=${token}`,
      `/sfu/rtc@${elsewhere}?access_token=${token}`,
      `/sfu//${elsewhere}/rtc?access_token=${token}`,
      `/sfu/rtc/../../${elsewhere}?access_token=${token}`,
    ]) {
      expect(await rawUpgrade(target, {})).not.toContain(' 101 ')
    }
    expect(await rawUpgrade(`/sfu/rtc?access_token=${token}`, { 'X-Forwarded-Host': elsewhere })).toContain(
      ' 101 ',
    )
    expect(heard).toEqual([])
    await new Promise((done) => canary.close(done))
  })

  test('[SFU-10] nothing else of LiveKit can be reached', async () => {
    const { identity, token } = await server.join(room)
    const api = [
      '/sfu/twirp/livekit.RoomService/ListRooms',
      '/sfu/whip',
      '/sfu/agent',
      '/sfu/',
      '/sfu/rtc/v2',
    ]
    for (const path of [
      ...api,
      '/sfu/debug/rooms',
      '/sfu/rtc/validate',
      '/twirp/livekit.RoomService/ListRooms',
    ]) {
      expect(await rawUpgrade(`${path}?access_token=${token}`, {})).toMatch(/^HTTP\/1\.1 404 /)
      const posted = await fetch(`${server.origin}${path}`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${token}` },
      })
      expect([404, 405]).toContain(posted.status)
    }
    // A header that LiveKit would believe before the query's token.
    const admin = await forge(newPage(), { roomAdmin: true })
    const again = server.connect(token, { headers: { Authorization: `Bearer ${admin}` } })
    expect((await again.next('join')).participant?.identity).toBe(identityNameOf(identity))
  })

  test('[SFU-11] validate says whether the token is to blame, and asks the guard', async () => {
    const { identity, token } = await server.join(room)
    const ask = async (path: string) => (await fetch(`${server.origin}${path}?access_token=${token}`)).status
    expect(await ask('/sfu/rtc/validate')).toBe(200)
    expect(await ask('/sfu/rtc/v1/validate')).toBe(200)
    server.guard.forbid(room, identity)
    expect(await ask('/sfu/rtc/validate')).toBe(401)
    expect(await ask('/sfu/rtc/v1/validate')).toBe(401)
    expect(await ask('/sfu/rtc')).toBe(404)
  })

  test('[SFU-12] [K9] [RM-5] somebody who came in around the gate is found and removed', async () => {
    const { client } = await server.join(room)
    const ghost = directly(await forge(newPage(), {}))
    await ghost.next('join')
    await ghost.untilClosed()
    expect((await present()).length).toBe(1)
    expect(client.closed).toBe(false)
  })

  test('[SFU-13] closing a room ends it for all who are in it', async () => {
    const [one, other] = [await server.join(room), await server.join(room)]
    await server.port.closeRoom(room)
    await one.client.untilClosed()
    await other.client.untilClosed()
    expect(await api.listRooms([roomNameOf(room)])).toEqual([])
    expect(server.lost).not.toContainEqual(room)
    await expect(server.port.access(room, one.identity, ALL_SOURCES)).rejects.toMatchObject({
      code: 'unavailable',
    })
  })

  test('[SFU-14] what is not there cannot be removed, muted or closed, and that is no error', async () => {
    await server.port.remove(room, newPage())
    await server.port.muteMicrophone(room, newPage())
    await server.port.closeRoom(newRoom())
    await server.port.remove(newRoom(), newPage())
  })

  test('[SFU-15] opening an open room again changes nothing', async () => {
    const { identity } = await server.join(room)
    await Promise.all([server.port.openRoom(room), server.port.openRoom(room)])
    expect(await present()).toEqual([identityNameOf(identity)])
  })

  test('[SFU-16] a room that LiveKit has ended by itself is told as lost', async () => {
    await api.deleteRoom(roomNameOf(room))
    await server.until('the room to be told as lost', () =>
      server.lost.some((each) => each.conferenceId === room.conferenceId),
    )
  })

  test('[SFU-17] [SE-7] no token is in a log, neither in ours nor in LiveKit’s', async () => {
    const { client, identity, token } = await server.join(room)
    const refreshed = await client.next('refreshToken')
    server.guard.forbid(room, identity)
    await server.connect(token).untilClosed()
    await fetch(`${server.origin}/sfu/rtc/validate?access_token=${token}`)
    await fetch(`${server.origin}/sfu/twirp?access_token=${token}`, { method: 'POST' })
    await server.connect(await forge(identity, {}, -30)).untilClosed()
    await server.port.remove(room, identity)
    expect(server.logLines.length).toBeGreaterThan(0)
    for (const text of [server.logLines.join(''), node.log]) {
      expect(text).not.toContain(token)
      expect(text).not.toContain(refreshed)
      expect(text).not.toMatch(/eyJ[\w-]+\.eyJ/)
      expect(text).not.toContain(TEST_KEYS.secret)
    }
  })

  test('[SFU-18] [K46] a relay’s credentials are made for one participant and end within minutes; its secret stays on the server', async () => {
    const secret = 'a secret of the relay'
    const env = { TURN_URLS: 'turn:turn.example.org:3478', TURN_SECRET: secret }
    const relayed = await LiveKitNode.start({ env })
    const there = await SfuServer.start([relayed])
    try {
      await there.port.openRoom(room)
      const joined = [await there.join(room), await there.join(room)]
      const names = await Promise.all(
        joined.map(async ({ client }) => {
          const { iceServers, participant } = await client.next('join')
          const turn = iceServers.find(({ urls }) => urls.some((url) => url.startsWith('turn:')))
          const [expiry, who] = turn?.username.split(':') ?? []
          expect(who).toBe(participant?.sid)
          expect(Number(expiry) * 1000 - Date.now()).toBeLessThanOrEqual(600_000)
          expect(turn?.credential).toBe(
            createHmac('sha1', secret)
              .update(turn?.username ?? '')
              .digest('base64'),
          )
          expect(JSON.stringify(iceServers)).not.toContain(secret)
          expect(iceServers.flatMap(({ urls }) => urls).join()).not.toMatch(/google|twilio/)
          return turn?.username
        }),
      )
      expect(new Set(names).size).toBe(2)
    } finally {
      await there.stop()
      await relayed.stop()
    }
  })

  /** The first line of the answer to an upgrade that no WebSocket library would send. */
  function rawUpgrade(target: string, headers: Readonly<Record<string, string>>): Promise<string> {
    return new Promise((resolve, reject) => {
      const url = new URL(server.origin)
      const socket = connect(Number(url.port), '127.0.0.1')
      const all = {
        Host: url.host,
        Origin: server.origin,
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': Buffer.alloc(16).toString('base64'),
        ...headers,
      }
      const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
      socket.write(`GET ${target} HTTP/1.1\r\n${lines.join('')}\r\n`)
      socket.once('data', (data) => {
        resolve(data.toString('latin1').split('\r\n', 1)[0] ?? '')
        socket.destroy()
      })
      socket.once('close', () => resolve('closed'))
      socket.once('error', reject)
    })
  }
})
