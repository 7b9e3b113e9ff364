import { AddTrackRequest, RequestResponse_Reason, TrackSource, TrackType } from '@livekit/protocol'
import { identityNameOf, roomNameOf } from '#server/sfu/names.ts'
import type { SfuIdentity, SfuRoom, SfuSource } from '#server/sfu/Sfu.ts'
import { SfuNode } from '#server/sfu/SfuNode.ts'
import { describeWithLiveKit } from '../../support/describeWithLiveKit.ts'
import { LiveKitNode, TEST_KEYS } from '../../support/livekitNode.ts'
import type { SignalClient } from '../../support/SignalClient.ts'
import { ALL_SOURCES, newPage, newRoom, SfuServer } from '../../support/sfuServer.ts'

jest.setTimeout(60_000)

const OF: Readonly<Record<SfuSource, TrackSource>> = {
  microphone: TrackSource.MICROPHONE,
  camera: TrackSource.CAMERA,
  screen: TrackSource.SCREEN_SHARE,
}

describeWithLiveKit('what somebody may send, at the real media server', () => {
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
    room = newRoom()
    await server.port.openRoom(room)
  })
  afterAll(async () => {
    await server.stop()
    await node.stop()
  })

  const permissionOf = async (identity: SfuIdentity) =>
    (await api.getParticipant(roomNameOf(room), identityNameOf(identity))).permission
  const namesOf = (sources: readonly SfuSource[]) =>
    sources.flatMap((source) =>
      source === 'screen' ? [TrackSource.SCREEN_SHARE, TrackSource.SCREEN_SHARE_AUDIO] : [OF[source]],
    )

  /** Asks to publish as this source; whether LiveKit takes it. */
  async function publishes(
    client: SignalClient,
    source: TrackSource,
    type = TrackType.VIDEO,
  ): Promise<boolean> {
    const cid = `track-${Math.random()}`
    client.send({ case: 'addTrack', value: new AddTrackRequest({ cid, name: cid, source, type }) })
    const answer = await client.find(
      ({ case: kind, value }) =>
        (kind === 'trackPublished' && value.cid === cid) ||
        (kind === 'requestResponse' && value.request.case === 'addTrack' && value.request.value.cid === cid),
    )
    if (answer.case === 'requestResponse')
      expect(answer.value.reason).toBe(RequestResponse_Reason.NOT_ALLOWED)
    return answer.case === 'trackPublished'
  }

  test.each([
    [['microphone']],
    [['camera', 'screen']],
    [['microphone', 'camera', 'screen']],
    [[]],
  ] as (readonly [readonly SfuSource[]])[])(
    '[HOST-14] with a pass for %j exactly that is published',
    async (sources) => {
      const { client, identity } = await server.join(room, newPage(), sources)
      for (const source of ALL_SOURCES) {
        const type = source === 'microphone' ? TrackType.AUDIO : TrackType.VIDEO
        expect([source, await publishes(client, OF[source], type)]).toEqual([
          source,
          sources.includes(source),
        ])
      }
      // Neither does what calls itself nothing at all pass, nor a sound that calls itself a screen's.
      expect(await publishes(client, TrackSource.UNKNOWN)).toBe(false)
      expect(await publishes(client, TrackSource.SCREEN_SHARE_AUDIO, TrackType.AUDIO)).toBe(
        sources.includes('screen'),
      )
      expect(await permissionOf(identity)).toMatchObject({
        canPublish: sources.length > 0,
        canPublishSources: namesOf(sources),
        canPublishData: false,
        canUpdateMetadata: false,
        hidden: false,
      })
    },
  )

  test('[HOST-14] what is taken from somebody who is there is refused from then on, and given back it is taken again', async () => {
    const { client, identity } = await server.join(room)
    expect(await publishes(client, TrackSource.CAMERA)).toBe(true)
    server.guard.allow(room, identity, ['microphone'])
    await server.port.permit(room, identity, ['microphone'])
    expect(await publishes(client, TrackSource.CAMERA)).toBe(false)
    expect(await publishes(client, TrackSource.SCREEN_SHARE)).toBe(false)
    expect(await publishes(client, TrackSource.MICROPHONE, TrackType.AUDIO)).toBe(true)
    server.guard.allow(room, identity)
    await server.port.permit(room, identity, ALL_SOURCES)
    expect(await publishes(client, TrackSource.CAMERA)).toBe(true)
    expect(await permissionOf(identity)).toMatchObject({ canSubscribe: true, canPublishData: false })
  })

  test('[SFU-19] a token from before does not bring back what was taken; the one that LiveKit made since passes', async () => {
    const { client, identity, token } = await server.join(room)
    const before = await client.next('refreshToken')
    const known = client.messages.length
    server.guard.allow(room, identity, ['microphone'])
    await server.port.permit(room, identity, ['microphone'])
    const after = await client.find(
      (message) => message.case === 'refreshToken' && client.messages.indexOf(message) >= known,
    )
    expect(await server.connect(token).untilClosed()).toBe(401)
    expect(await server.connect(before).untilClosed()).toBe(401)
    const again = server.connect(String(after.value))
    await again.next('join')
    expect(await publishes(again, TrackSource.CAMERA)).toBe(false)
    expect((await permissionOf(identity))?.canPublishSources).toEqual([TrackSource.MICROPHONE])
  })

  test('[SFU-19] with nothing allowed somebody still hears and sees, and comes back with what LiveKit made since', async () => {
    const { client, identity } = await server.join(room)
    await client.next('refreshToken')
    const known = client.messages.length
    server.guard.allow(room, identity, [])
    await server.port.permit(room, identity, [])
    const after = await client.find(
      (message) => message.case === 'refreshToken' && client.messages.indexOf(message) >= known,
    )
    const again = server.connect(String(after.value))
    const { participant } = await again.next('join')
    expect(participant?.permission).toMatchObject({ canPublish: false, canSubscribe: true })
    expect(await publishes(again, TrackSource.MICROPHONE, TrackType.AUDIO)).toBe(false)
  })

  test('[HOST-14][ME-8] who may send other than they should is found and told so, whichever way it came about', async () => {
    const { identity } = await server.join(room, newPage(), ['microphone'])
    // Somebody with LiveKit's secret, or a change that was lost on its way.
    await api.updateParticipant(roomNameOf(room), identityNameOf(identity), {
      permission: { canPublish: true, canSubscribe: true, canPublishSources: namesOf(ALL_SOURCES) },
    })
    expect((await permissionOf(identity))?.canPublishSources).toHaveLength(4)
    await server.until('the permission to be put right', async () => {
      const permission = await permissionOf(identity)
      return permission?.canPublishSources.length === 1
    })
    server.guard.allow(room, identity, [])
    await server.until('nothing to be allowed', async () => !(await permissionOf(identity))?.canPublish)
  })

  test('[SFU-14] who is not there cannot be permitted anything, and that is no error', async () => {
    await server.port.permit(room, newPage(), ALL_SOURCES)
    await server.port.permit(newRoom(), newPage(), [])
    expect(server.logLines.filter((line) => line.includes('did not do what it was told'))).toEqual([])
  })
})
