import { checkServer } from '#server/admin/checkServer.ts'
import { loadEnv } from '#server/env.ts'
import type { SfuReport } from '#server/sfu/createSfu.ts'

const env = (given: Record<string, string> = {}) => ({
  ...loadEnv(given),
  PUBLIC_URL: given.PUBLIC_URL ?? 'http://localhost:3000',
})
const named = (
  name: string,
  given: Record<string, string> = {},
  sfu: SfuReport | null = null,
  database: string | null = '18.4',
) => checkServer({ env: env(given), database, sfu }).find((check) => check.name === name)

const load = { rooms: 1, participants: 6, tracks: 40, cores: 0.42 }
const node = { name: '10.0.0.5:7880', instance: 'ND_a', state: 'ready', silent: false, load } as const

describe('[SFU-50] the self-check', () => {
  test.each([
    ['http://localhost:3000', 'warning'],
    ['http://meet.example.org', 'failed'],
    ['https://192.168.1.7:3000', 'ok'],
    ['https://meet.example.org', 'ok'],
  ])('at %s the address is %s', (PUBLIC_URL, state) => {
    const check = named('Address', { PUBLIC_URL })
    expect(check).toMatchObject({ state, facts: [PUBLIC_URL] })
    expect(check?.advice.length).toBe(state === 'ok' ? 0 : 2)
  })

  test('a database that does not answer is told', () => {
    expect(named('Database', {}, null, null)).toMatchObject({ state: 'failed' })
    expect(named('Database')).toMatchObject({ state: 'ok', facts: ['PostgreSQL 18.4'] })
  })

  test('a relay counts with its secret, or with credentials of its own; no secret is shown', () => {
    const TURN_URLS = 'turn:turn.example.org'
    expect(named('Relay', { TURN_URLS })).toMatchObject({ state: 'warning' })
    const TURN_SECRET = 'a secret of the relay'
    expect(named('Relay', { TURN_URLS, TURN_SECRET })).toMatchObject({ state: 'ok', facts: [TURN_URLS] })
    const ICE_SERVERS = '[{"urls":["stun:a.example","turns:b.example"],"username":"u","credential":"secret"}]'
    expect(named('Relay', { ICE_SERVERS })).toMatchObject({ state: 'ok', facts: ['turns:b.example'] })
    const all = JSON.stringify(
      checkServer({ env: env({ TURN_URLS, TURN_SECRET, ICE_SERVERS }), database: null, sfu: null }),
    )
    expect(all).not.toMatch(/a secret of the relay|"secret"/)
  })

  test.each<[SfuReport['status'], string, RegExp]>([
    [{ state: 'absent', reason: 'no Go', advice: ['install Go'] }, 'off', /no Go/],
    [{ state: 'preparing', step: 'building (3 of 9 parts)' }, 'working', /^Building \(3 of 9 parts\)\./],
    [{ state: 'available', nodes: 1 }, 'ok', /Larger meetings/],
    [{ state: 'busy', reason: '10.0.0.5:7880 takes no rooms' }, 'failed', /takes no rooms\./],
    [
      { state: 'unavailable', reason: '10.0.0.5:7880 does not answer' },
      'failed',
      /10\.0\.0\.5:7880 does not answer\./,
    ],
  ])('a media server that is %j is %s', (status, state, summary) => {
    const check = named('Media server', {}, { status, nodes: [node], local: null })
    expect(check).toMatchObject({ state, facts: ['10.0.0.5:7880 ready: 1 room, 6 people, 0.4 cores'] })
    expect(check?.summary).toMatch(summary)
    expect(check?.advice).toEqual(status.state === 'absent' ? status.advice : [])
  })

  test('[TP-10] a node that answers and lets no media through is a failure, with what to open', () => {
    const ports = { signalling: 1, metrics: 2, udp: 7882, tcp: 7881 }
    const local = { version: '1.13.5', media: { kind: 'own', ip: '192.0.2.7' }, ports } as const
    const status = { state: 'available', nodes: 1 } as const
    const check = named('Media server', {}, { status, nodes: [{ ...node, silent: true }], local })
    expect(check?.state).toBe('failed')
    expect(check?.summary).toMatch(/neither picture nor sound/)
    expect(check?.facts[1]).toMatch(/ready, no media gets through/)
    expect(check?.advice[0]).toMatch(/7882\/udp.*7881\/tcp/)
  })

  test('the node that runs here says its version and its ports; nodes that cannot be told apart are named', () => {
    const ports = { signalling: 1, metrics: 2, udp: 7882, tcp: 7881 }
    const local = { version: '1.13.5', media: { kind: 'own', ip: '192.0.2.7' }, ports } as const
    const nameless = { ...node, name: '10.0.0.6:7880', instance: null }
    const check = named(
      'Media server',
      {},
      { status: { state: 'available', nodes: 2 }, nodes: [node, nameless], local },
    )
    expect(check?.facts[0]).toBe('LiveKit 1.13.5; media at 192.0.2.7, UDP 7882, TCP 7881')
    expect(check?.advice).toEqual([expect.stringContaining('10.0.0.6:7880')])
  })
})
