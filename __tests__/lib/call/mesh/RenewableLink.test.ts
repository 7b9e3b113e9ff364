import { RenewableLink } from '#lib/call/mesh/RenewableLink.ts'
import { settle } from '../../../support/FakeClock.ts'
import { fakeTrack } from '../../../support/FakePeerConnection.ts'
import { connected, linkPair, type PairTracks } from '../../../support/linkPair.ts'
import { seededRandom } from '../../../support/seededRandom.ts'

const pair = (tracks: PairTracks = {}) =>
  linkPair((options) => new RenewableLink({ ...options, onRenewed: () => undefined }), tracks)

describe('RenewableLink', () => {
  test.each(['older', 'newer'] as const)(
    '[CALL-24] the %s one begins another connection: both use it, with the tracks of now',
    async (who) => {
      const both = pair({ newer: [['microphone', fakeTrack('audio', 'microphone')]] })
      await both.exchange()
      const camera = fakeTrack('video', 'camera')
      await both.newer.link.setTrack('camera', camera)
      await both.newer.link.setTrack('microphone', null)
      both[who].link.renew()
      await both.exchange()
      expect(connected(both)).toBe(true)
      for (const { connections } of [both.older, both.newer]) {
        expect(connections.map(({ closed }) => closed)).toEqual([true, false])
      }
      expect(both.newer.link.sender('camera')?.track).toBe(camera)
      expect(both.newer.link.sender('microphone')?.track).toBeNull()
    },
  )

  test('[CALL-24] a restart by the older one of a connection that the newer one began keeps it', async () => {
    const both = pair()
    await both.exchange()
    both.newer.link.renew()
    await both.exchange()
    both.older.link.restart()
    await both.exchange()
    expect(connected(both)).toBe(true)
    for (const { connections } of [both.older, both.newer]) expect(connections).toHaveLength(2)
  })

  test('[CALL-24] both begin at once: the older one’s connection stands', async () => {
    const both = pair()
    await both.exchange()
    both.newer.link.renew()
    both.older.link.renew()
    const [, own] = both.older.connections
    await both.exchange()
    expect(connected(both)).toBe(true)
    expect(both.older.connection).toBe(own)
  })

  test('[CALL-24] what is left of a former connection changes nothing', async () => {
    const both = pair()
    await settle()
    await both.clock.advance(10)
    const former = both.older.outbox.splice(0)
    both.older.link.renew()
    await both.exchange()
    expect(connected(both)).toBe(true)
    for (const signal of former) await both.newer.link.receive(signal)
    await both.newer.link.receive({
      type: 'candidates',
      connection: 9,
      candidates: [{ candidate: 'x', sdpMid: '0', sdpMLineIndex: 0, usernameFragment: 'u' }],
    })
    await both.exchange()
    expect(connected(both)).toBe(true)
    expect(both.newer.connections).toHaveLength(2)
  })

  test('[CALL-24] who was away when it was offered is offered it again', async () => {
    const both = pair()
    await both.exchange()
    both.older.link.renew()
    await settle()
    await both.clock.advance(10)
    both.older.outbox.length = 0
    both.newer.link.restart()
    await both.exchange()
    expect(connected(both)).toBe(true)
    expect(both.newer.connections).toHaveLength(2)
  })

  test('[CALL-24] one that the browser has closed is made anew, not restarted', async () => {
    const both = pair()
    await both.exchange()
    both.newer.connection.close()
    both.newer.link.restart([])
    await both.exchange()
    expect(connected(both)).toBe(true)
    expect(both.newer.connections).toHaveLength(2)
  })

  test('[CALL-8] closing is final: nothing is sent, nothing is answered', async () => {
    const both = pair()
    await both.exchange()
    both.newer.link.close()
    both.older.link.renew()
    await both.exchange()
    expect(both.newer.connections).toHaveLength(1)
    both.newer.link.renew()
    await both.exchange()
    expect(both.newer.connections).toHaveLength(1)
  })

  test.each([...Array(100).keys()])(
    '[CALL-24] any order of restarts, renewals, losses and deliveries ends connected (seed %i)',
    async (seed) => {
      const random = seededRandom(seed)
      const both = pair()
      await both.exchange(random)
      for (let step = 0; step < 8; step += 1) {
        const { link, outbox } = random() < 0.5 ? both.older : both.newer
        const what = random()
        if (what < 0.3) link.restart()
        else if (what < 0.6) link.renew()
        else if (what < 0.8) link.resend()
        else outbox.length = 0
        if (random() < 0.5) await settle()
        if (random() < 0.5) await both.exchange(random)
      }
      // As after a loss: each side tries again what it thinks is due.
      for (let tries = 0; tries < 3 && !connected(both); tries += 1) {
        both.older.link.restart()
        await both.exchange(random)
        both.newer.link.restart()
        await both.exchange(random)
      }
      expect(connected(both)).toBe(true)
    },
  )
})
