import { PeerLink } from '#lib/call/mesh/PeerLink.ts'
import { SOURCES } from '#lib/call/ports.ts'
import { settle } from '../../../support/FakeClock.ts'
import { fakeTrack } from '../../../support/FakePeerConnection.ts'
import { connected, linkPair, type PairTracks } from '../../../support/linkPair.ts'
import { seededRandom } from '../../../support/seededRandom.ts'

const pair = (tracks: PairTracks = {}) => linkPair((options) => new PeerLink(options), tracks)

describe('PeerLink', () => {
  test('[CALL-1] the older instance offers four transceivers in fixed order, the newer one adopts them', async () => {
    const own = fakeTrack('video', 'camera')
    const both = pair({ newer: [['camera', own]] })
    await both.exchange()
    expect(connected(both)).toBe(true)
    for (const source of SOURCES) {
      const kind = source === 'microphone' || source === 'screenAudio' ? 'audio' : 'video'
      expect(both.older.link.receiver(source)?.track.kind).toBe(kind)
      expect(both.newer.link.receiver(source)?.track.kind).toBe(kind)
    }
    expect(both.newer.connection.getTransceivers().map(({ direction }) => direction)).toEqual(
      Array(4).fill('sendrecv'),
    )
    expect(both.newer.link.sender('camera')?.track).toBe(own)
  })

  test('[CALL-1] the newer instance offers nothing by itself', async () => {
    const { newer } = pair()
    await settle()
    newer.link.restart()
    await settle()
    expect(newer.outbox).toEqual([])
  })

  test('[CALL-27] each side begins with the bits of its own budget, whatever the other side says', async () => {
    const both = pair()
    await both.exchange()
    const told = ({ connection }: typeof both.older) =>
      /x-google-start-bitrate=(\d+)/.exec(connection.currentRemoteDescription?.sdp ?? '')?.[1]
    expect([told(both.older), told(both.newer)]).toEqual(['700', '350'])
  })

  test('[CALL-2] tracks come and go without a negotiation', async () => {
    const both = pair()
    await both.exchange()
    const track = fakeTrack('video', 'screen')
    await both.older.link.setTrack('screen', track)
    expect(both.older.link.sender('screen')?.track).toBe(track)
    await both.older.link.setTrack('screen', null)
    expect(both.older.link.sender('screen')?.track).toBeNull()
    await settle()
    expect(both.older.outbox).toEqual([])
  })

  test('[CALL-3] colliding restarts end connected, with one answer for each side that needs one', async () => {
    const both = pair()
    await both.exchange()
    const before = both.older.connection.currentLocalDescription?.sdp
    both.older.link.restart()
    both.newer.link.restart()
    await both.exchange()
    expect(connected(both)).toBe(true)
    expect(both.older.connection.signalingState).toBe('stable')
    expect(both.newer.connection.signalingState).toBe('stable')
    expect(both.older.connection.currentLocalDescription?.sdp).not.toBe(before)
  })

  test('[CALL-4] candidates that come before the description are kept for it', async () => {
    const both = pair()
    await settle()
    await both.clock.advance(10)
    const [description, ...candidates] = both.older.outbox.splice(0)
    expect(candidates).toHaveLength(1)
    for (const signal of candidates) await both.newer.link.receive(signal)
    expect(both.newer.connection.candidates).toEqual([])
    if (description) await both.newer.link.receive(description)
    expect(both.newer.connection.candidates).toHaveLength(1)
    await both.exchange()
    expect(connected(both)).toBe(true)
  })

  test('[CALL-5] an offer that was lost is sent again, not made anew', async () => {
    const both = pair()
    await settle()
    await both.clock.advance(10)
    const lost = both.older.outbox.splice(0)
    both.older.link.restart()
    await settle()
    expect(both.older.outbox[0]).toEqual(lost[0])
    await both.exchange()
    expect(connected(both)).toBe(true)
  })

  test('[CALL-6] the answer to a repeated offer is not taken for the answer to a later restart', async () => {
    const both = pair()
    await settle()
    const offer = both.older.outbox[0]
    await both.exchange()
    if (offer) await both.newer.link.receive(offer)
    await settle()
    const [late] = both.newer.outbox.splice(0)
    both.older.link.restart()
    await settle()
    if (late) await both.older.link.receive(late)
    expect(both.older.connection.signalingState).toBe('have-local-offer')
    await both.exchange()
    expect(connected(both)).toBe(true)
  })

  test('[CALL-7] nonsense from a peer costs nothing but itself', async () => {
    const both = pair()
    await both.newer.link.receive({ type: 'description', kind: 'offer', sdp: 'nonsense' })
    await both.newer.link.receive({ type: 'description', kind: 'answer', sdp: 'v=0' })
    await both.exchange()
    await both.newer.link.receive({
      type: 'candidates',
      candidates: [{ candidate: 'x', sdpMid: '9', sdpMLineIndex: 9, usernameFragment: 'unknown' }],
    })
    expect(connected(both)).toBe(true)
    expect(both.newer.connection.refused).toEqual(['x'])
  })

  test('[CALL-7] m-lines beyond the four, or of the wrong kind, are neither sent nor received', async () => {
    const { newer } = pair()
    const sdp = 'v=0\nkinds=audio,video,audio,audio,video,video\na=ice-ufrag:evil\n'
    await newer.link.receive({ type: 'description', kind: 'offer', sdp })
    expect(newer.connection.getTransceivers().map(({ direction }) => direction)).toEqual([
      'sendrecv',
      'sendrecv',
      'inactive',
      'sendrecv',
      'inactive',
      'inactive',
    ])
  })

  test('[CALL-8] closing in the middle of a negotiation is quiet and final', async () => {
    const both = pair()
    both.older.link.close()
    await settle()
    expect(both.older.outbox).toEqual([])
    const receiving = both.newer.link.receive({
      type: 'description',
      kind: 'offer',
      sdp: 'v=0\nkinds=audio,video,video,audio\na=ice-ufrag:x\n',
    })
    both.newer.link.close()
    await receiving
    await both.newer.link.setTrack('camera', fakeTrack('video', 'late'))
    both.newer.link.restart()
    both.newer.link.close()
    await both.clock.advance(100)
    expect(both.newer.outbox).toEqual([])
    expect(both.clock.pending).toBe(0)
  })

  test('[CALL-4] the first candidate goes at once, those after it share messages', async () => {
    const both = pair()
    await settle()
    const emit = (name: string) =>
      both.older.connection.onicecandidate?.({
        candidate: { candidate: name, sdpMid: '0', sdpMLineIndex: 0, usernameFragment: 'u' },
      })
    await both.clock.advance(100)
    both.older.outbox.length = 0
    for (const name of ['a', 'b', 'c']) emit(name)
    expect(
      both.older.outbox.map((signal) => signal.type === 'candidates' && signal.candidates.length),
    ).toEqual([1])
    await both.clock.advance(5)
    expect(
      both.older.outbox.map((signal) => signal.type === 'candidates' && signal.candidates.length),
    ).toEqual([1, 2])
  })

  test.each([...Array(60).keys()])(
    '[CALL-3] any order of restarts and deliveries ends connected (seed %i)',
    async (seed) => {
      const random = seededRandom(seed)
      const both = pair()
      await both.exchange(random)
      for (let step = 0; step < 8; step += 1) {
        const what = random()
        if (what < 0.4) both.older.link.restart()
        else if (what < 0.8) both.newer.link.restart()
        else both.older.link.resend()
        if (random() < 0.5) await settle()
        if (random() < 0.5) await both.exchange(random)
      }
      await both.exchange(random)
      expect(connected(both)).toBe(true)
      expect([both.older.connection.signalingState, both.newer.connection.signalingState]).toEqual([
        'stable',
        'stable',
      ])
    },
  )
})
