import { randomUUID } from 'node:crypto'
import type { ClientEventName } from '#lib/protocol/events.ts'
import { type RealtimeClient, SILENT } from './RealtimeClient.ts'
import { type RealtimeSuite, realtimeSuite } from './realtimeSuite.ts'

export const OFFER = { type: 'description', kind: 'offer', sdp: 'v=0\r\n' } as const

export type HostileSuite = RealtimeSuite & {
  /** The host's page: must not notice anything. */
  readonly ada: RealtimeClient
  /** A guest's page: must not notice anything either. */
  readonly gus: RealtimeClient
  /** A guest with a seat, up to no good. */
  hostile(name?: string): Promise<RealtimeClient>
  /** A valid payload for each event, aimed at Gus. */
  valid(): { [Name in ClientEventName]?: unknown }
}

/** A meeting with two people in it. After each test both are still connected, were told of no end, and no handler failed. */
export function hostileSuite(): HostileSuite {
  // Before the suite's own, which closes them.
  afterEach(async () => {
    for (const victim of [suite.ada, suite.gus]) {
      await victim.settled()
      expect(victim.socket.connected).toBe(true)
      expect(victim.all('meeting:ended')).toEqual([])
    }
    expect(suite.server.realtime.stats().dropped.failed).toBe(0)
  })
  const people = {} as Pick<HostileSuite, 'ada' | 'gus'>
  const suite = Object.assign(realtimeSuite({ env: { MEETING_CAPACITY: '40' } }), people, {
    async hostile(name = 'Mallory') {
      const client = await suite.server.connect(await suite.server.guest(suite.meeting), suite.meeting)
      await client.join({ name })
      return client
    },
    valid: () => payloadsFor(suite.gus),
  })
  beforeEach(async () => {
    const { server, host, meeting } = suite
    const ada = await server.connect(host, meeting)
    await ada.join()
    const gus = await server.connect(await server.guest(meeting), meeting)
    await gus.join({ name: 'Gus' })
    Object.assign(suite, { ada, gus })
  })
  return suite
}

const payloadsFor = (gus: RealtimeClient): { [Name in ClientEventName]?: unknown } => ({
  'meeting:sync': {},
  'meeting:end': {},
  'media:update': SILENT,
  'hand:set': { raised: true },
  'reaction:send': { emoji: '👍' },
  'chat:send': { id: randomUUID(), text: 'hello' },
  'chat:history': { afterSeq: 0 },
  'signal:send': { to: gus.id, toInstance: gus.instanceId, epoch: 0, signal: OFFER },
  'ice:refresh': {},
  'sfu:enter': { epoch: 0 },
  'transport:report': { epoch: 0, link: 'failed', limited: true, relayed: true },
  'lobby:set': { enabled: true },
  'mediaPolicy:set': { policy: 'server' },
  'coHost:set': { id: gus.id, coHost: true },
  'permission:set': { what: 'microphone', allowed: false },
  'lobby:admit': { id: gus.id },
  'lobby:decline': { id: gus.id },
  'participant:mute': { id: gus.id },
  'participant:remove': { id: gus.id },
  'hand:lower': { id: gus.id },
})
