import { openIceServers } from '#server/realtime/iceServers.ts'

const NONE = { ICE_SERVERS: [], TURN_URLS: [], TURN_SECRET: undefined }

describe('openIceServers', () => {
  test.each([
    ['none', NONE, []],
    [
      'STUN alone',
      { ...NONE, ICE_SERVERS: [{ urls: 'stun:stun.example.org' }, { urls: ['stun:a', 'stun:b'] }] },
      [{ urls: ['stun:stun.example.org'] }, { urls: ['stun:a', 'stun:b'] }],
    ],
    ['TURN of ours', { ...NONE, TURN_URLS: ['turn:turn.example.org'], TURN_SECRET: 's'.repeat(32) }, null],
    [
      'somebody’s TURN',
      { ...NONE, ICE_SERVERS: [{ urls: 'turn:t.example.org', username: 'u', credential: 'c' }] },
      null,
    ],
  ])('[ME-4] %s: what needs credentials is for who has a seat', (_, env, expected) => {
    expect(openIceServers(env)).toEqual(expected)
  })
})
