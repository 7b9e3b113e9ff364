import { loadEnv } from '#server/env.ts'
import { findMediaAddress, type MediaAddress } from '#server/sfu/node/mediaAddress.ts'
import { nodeConfig } from '#server/sfu/node/nodeConfig.ts'

const PORTS = { signalling: 7880, metrics: 6789, udp: 7882, tcp: 7881 }
const KEYS = { key: 'parley', secret: 'a secret of this test, long enough for it' }
const configFor = (media: MediaAddress, env: Record<string, string> = {}, redisUrl: string | null = null) =>
  nodeConfig({
    bind: '127.0.0.1',
    ports: PORTS,
    media,
    keys: KEYS,
    env: loadEnv(env),
    webhook: null,
    redisUrl,
  })

describe('[SFU-51] a node’s configuration', () => {
  test('rooms are ours to open, nobody is unmuted from afar, signalling listens where it is told to', () => {
    expect(configFor({ kind: 'loopback' })).toMatchObject({
      port: 7880,
      bind_addresses: ['127.0.0.1'],
      room: { auto_create: false, enable_remote_unmute: false },
      keys: { parley: KEYS.secret },
    })
  })

  test.each<[MediaAddress, object]>([
    [
      { kind: 'loopback' },
      { use_ice_lite: true, enable_loopback_candidate: true, stun_servers: ['127.0.0.1:7882'] },
    ],
    [
      { kind: 'own', ip: '192.0.2.7' },
      { node_ip: '192.0.2.7', ips: { includes: ['192.0.2.7/32'] } },
    ],
    [
      { kind: 'own', ip: 'fd00::7' },
      { ips: { includes: ['fd00::7/128'] }, stun_servers: ['[fd00::7]:7882'] },
    ],
    [
      { kind: 'mapped', ip: '198.51.100.7' },
      { node_ip: '198.51.100.7', stun_servers: ['198.51.100.7:7882'] },
    ],
  ])('media at %j', (media, rtc) => {
    expect(configFor(media)).toMatchObject({
      rtc: { udp_port: 7882, tcp_port: 7881, use_external_ip: false, ...rtc },
    })
  })

  test('[K57] no third party’s STUN server is in it, whatever is configured', () => {
    const turn = { TURN_URLS: 'turn:turn.example.org', TURN_SECRET: 'a secret of the relay' }
    const given = { ICE_SERVERS: '[{"urls":"stun:stun.example.org"}]' }
    const settings: (readonly [Record<string, string>, string[]])[] = [
      [{}, ['192.0.2.7:7882']],
      [turn, ['192.0.2.7:7882']],
      [given, ['stun.example.org:3478']],
    ]
    for (const [env, stun_servers] of settings) {
      expect(configFor({ kind: 'own', ip: '192.0.2.7' }, env)).toMatchObject({ rtc: { stun_servers } })
    }
  })

  test('[K46] relays are handed on: ours with the secret, from which LiveKit makes credentials of minutes', () => {
    const env = {
      TURN_URLS:
        'turn:turn.example.org turns:turn.example.org:443?transport=tcp turn:[2001:db8::1]:3479?transport=tcp',
      TURN_SECRET: 'a secret of the relay',
      ICE_SERVERS:
        '[{"urls":["turn:b.example:3480","stun:b.example"],"username":"u","credential":"c"},{"urls":"junk"}]',
    }
    const secret = { secret: 'a secret of the relay', ttl: 600 }
    expect(configFor({ kind: 'loopback' }, env)).toMatchObject({
      rtc: {
        turn_servers: [
          { host: 'turn.example.org', port: 3478, protocol: 'udp', ...secret },
          { host: 'turn.example.org', port: 443, protocol: 'tls', ...secret },
          { host: '2001:db8::1', port: 3479, protocol: 'tcp', ...secret },
          { host: 'b.example', port: 3480, protocol: 'udp', username: 'u', credential: 'c' },
        ],
      },
    })
  })

  test.each([
    ['redis://10.0.0.2', { address: '10.0.0.2:6379' }],
    ['redis://:p%40ss@10.0.0.2:6380/3', { address: '10.0.0.2:6380', password: 'p@ss', db: 3 }],
    [
      'rediss://user:p@redis.example',
      { address: 'redis.example:6379', username: 'user', tls: { enabled: true } },
    ],
  ])('Redis at %s', (url, redis) => {
    expect(configFor({ kind: 'loopback' }, {}, url)).toMatchObject({ redis })
  })
})

describe('[SFU-52] where browsers send their media', () => {
  test.each(['localhost', '127.0.0.1', '[::1]'])('for %s: this machine alone', async (host) => {
    expect(await findMediaAddress(host)).toEqual({ kind: 'loopback' })
  })

  test('an address that is not on this machine is one that is mapped to it', async () => {
    expect(await findMediaAddress('198.51.100.7')).toEqual({ kind: 'mapped', ip: '198.51.100.7' })
  })

  test('a name that leads nowhere, or none: this machine’s first address', async () => {
    const first = await findMediaAddress(null)
    expect(['own', 'loopback']).toContain(first.kind)
    expect(await findMediaAddress('nowhere.invalid')).toEqual(first)
    if (first.kind === 'own') expect(await findMediaAddress(first.ip)).toEqual(first)
  })
})
