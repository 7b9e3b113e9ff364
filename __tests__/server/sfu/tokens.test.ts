import { decodeJwt, decodeProtectedHeader } from 'jose'
import { identityNameOf, parseIdentityName, parseRoomName, roomNameOf } from '#server/sfu/names.ts'
import { deriveKeys } from '#server/sfu/node/deriveKeys.ts'
import { parseMetrics } from '#server/sfu/parseMetrics.ts'
import { SfuTokens } from '#server/sfu/SfuTokens.ts'
import { newPage, newRoom } from '../../support/sfuServer.ts'

describe('names at LiveKit', () => {
  test('[SFU-53] room and identity are read back as they were written', () => {
    const [room, page] = [newRoom(7), newPage()]
    expect(parseRoomName(roomNameOf(room))).toEqual(room)
    expect(parseIdentityName(identityNameOf(page))).toEqual(page)
  })

  test.each(['', 'x', 'x.1', '.', '..', '01', '1.', '-1', '1e3', '99999999999', '1.1'])(
    '[SFU-53] %p behind a conference is no epoch',
    (epoch) => {
      expect(parseRoomName(`${newRoom().conferenceId}.${epoch}`)).toBeNull()
    },
  )

  test.each(['', '.', '#ghost', '.x', 'a.b'])(
    '[SFU-53] %p behind an identity makes it none of ours',
    (tail) => {
      expect(parseIdentityName(`${identityNameOf(newPage())}${tail || '.'}`)).toBeNull()
    },
  )
})

describe('passes', () => {
  test('[SFU-54] [K26] hold who, where, the grants, a minute, and nothing else', async () => {
    const keys = deriveKeys('a root secret of this test, long enough')
    const [room, page] = [newRoom(), newPage()]
    const token = await new SfuTokens(keys).sign(room, page, ['microphone', 'camera', 'screen'])
    const { exp = 0, nbf = 0, ...claims } = decodeJwt(token)
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'HS256' })
    expect(exp - nbf).toBe(60)
    expect(claims).toEqual({
      iss: 'parley',
      sub: identityNameOf(page),
      video: {
        roomJoin: true,
        room: roomNameOf(room),
        canPublish: true,
        canPublishSources: ['microphone', 'camera', 'screen_share', 'screen_share_audio'],
        canSubscribe: true,
        canPublishData: false,
        canUpdateOwnMetadata: false,
      },
    })
    expect(await new SfuTokens(keys).verify(token)).toEqual({
      room,
      identity: page,
      sources: ['microphone', 'camera', 'screen'],
    })
    expect(await new SfuTokens(deriveKeys('another root secret, also long enough')).verify(token)).toBeNull()
  })

  test('[REC-10] a recorder’s pass lets nothing be published', async () => {
    const [room, page] = [newRoom(), newPage()]
    const tokens = new SfuTokens(deriveKeys('a root secret of this test, long enough'))
    const token = await tokens.sign(room, page, [])
    const { video } = decodeJwt(token) as { video: Record<string, unknown> }
    expect(video).toMatchObject({ canPublish: false, canSubscribe: true, canPublishData: false })
    expect(await tokens.verify(token)).toEqual({ room, identity: page, sources: [] })
  })

  test('[SFU-54] [JW-3] the node’s key is one of its own, the same at each start', () => {
    const secret = 'a root secret of this test, long enough'
    expect(deriveKeys(secret)).toEqual(deriveKeys(secret))
    expect(deriveKeys(secret).secret).not.toContain(secret)
    expect(deriveKeys(secret).secret.length).toBeGreaterThanOrEqual(32)
  })
})

describe('a node’s metrics', () => {
  const page = (lines: readonly string[]) => ['# TYPE x gauge', ...lines, ''].join('\n')

  test('[SFU-55] say which process it is, and how much it does', () => {
    const labels = 'node_id="ND_a",node_type="SERVER"'
    const text = page([
      `livekit_room_total{${labels}} 3`,
      `livekit_participant_total{${labels}} 12`,
      `livekit_track_published_total{kind="VIDEO",${labels}} 10`,
      `livekit_track_published_total{kind="AUDIO",${labels}} 12`,
      `livekit_track_subscribed_total{${labels}} 1.1e+02`,
      'process_cpu_seconds_total 41.5',
    ])
    expect(parseMetrics(text)).toEqual({
      nodeId: 'ND_a',
      rooms: 3,
      participants: 12,
      tracks: 132,
      cpuSeconds: 41.5,
    })
  })

  test('[SFU-55] of something else are none', () => {
    expect(parseMetrics(page(['go_goroutines 7']))).toBeNull()
    expect(parseMetrics('<html>node_id="x"</html>')).toBeNull()
  })
})
