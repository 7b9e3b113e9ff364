import { createHash } from 'node:crypto'
import { AccessToken } from 'livekit-server-sdk'
import { roomNameOf } from '#server/sfu/names.ts'
import { WEBHOOK_PATH } from '#server/sfu/paths.ts'
import { SfuNode } from '#server/sfu/SfuNode.ts'
import { describeWithLiveKit } from '../../support/describeWithLiveKit.ts'
import { LiveKitNode, TEST_KEYS } from '../../support/livekitNode.ts'
import { newRoom, SfuServer } from '../../support/sfuServer.ts'
import { startTcpProxy } from '../../support/tcpProxy.ts'

jest.setTimeout(60_000)

/** As LiveKit signs what it sends: a token with the SHA-256 of the body. */
async function sign(body: string, secret: string): Promise<string> {
  const token = new AccessToken(TEST_KEYS.key, secret, { ttl: 60 })
  token.sha256 = createHash('sha256').update(body).digest('base64')
  return token.toJwt()
}

describeWithLiveKit('webhooks', () => {
  let node: LiveKitNode
  let server: SfuServer

  beforeAll(async () => {
    // The node has to know where to send before there is a server: a door that leads to it later.
    const target = new URL('tcp://127.0.0.1:1')
    const door = await startTcpProxy(target)
    const { port } = new URL(door.url)
    node = await LiveKitNode.start({ webhook: `http://127.0.0.1:${port}${WEBHOOK_PATH}` })
    server = await SfuServer.start([node], {}, door)
    target.port = String(new URL(server.origin).port)
  })
  afterAll(async () => {
    await server.stop()
    await node.stop()
  })

  const post = (body: string, headers: Readonly<Record<string, string>>): Promise<number> =>
    fetch(`${server.origin}${WEBHOOK_PATH}`, { method: 'POST', body, headers }).then(({ status }) => status)

  test('[SFU-40] [ME-8] only what is signed with our key, over this very body, is a webhook', async () => {
    const body = JSON.stringify({ event: 'room_finished', id: 'EV_1', room: { name: roomNameOf(newRoom()) } })
    const genuine = await sign(body, TEST_KEYS.secret)
    expect(await post(body, { Authorization: genuine })).toBe(204)
    expect(
      await post(body, { Authorization: await sign(body, 'another secret, also long enough to be one') }),
    ).toBe(404)
    expect(await post(body.replace('EV_1', 'EV_2'), { Authorization: genuine })).toBe(404)
    expect(await post(body, {})).toBe(404)
    expect(await post('', { Authorization: genuine })).toBe(404)
  })

  test('[SFU-41] a webhook is a hint: what it claims is asked of LiveKit before anything follows', async () => {
    const room = newRoom()
    await server.port.openRoom(room)
    const { client } = await server.join(room)
    const claims = [
      { event: 'room_finished', id: 'EV_3', room: { name: roomNameOf(room) } },
      { event: 'participant_left', id: 'EV_4', room: { name: roomNameOf(room) } },
      { event: 'room_finished', id: 'EV_5', room: { name: 'not one of ours' } },
    ]
    for (const claim of claims) {
      const body = JSON.stringify(claim)
      expect(await post(body, { Authorization: await sign(body, TEST_KEYS.secret) })).toBe(204)
    }
    expect(server.lost).toEqual([])
    expect(client.closed).toBe(false)
  })

  test('[SFU-42] LiveKit’s own webhooks arrive, and what they hint at is found', async () => {
    const room = newRoom()
    await server.port.openRoom(room)
    const before = server.webhooks
    await new SfuNode(node.url, TEST_KEYS).api.deleteRoom(roomNameOf(room))
    await server.until('webhooks', () => server.webhooks > before)
    await server.until('the loss to be told', () =>
      server.lost.some((each) => each.conferenceId === room.conferenceId),
    )
  })
})
