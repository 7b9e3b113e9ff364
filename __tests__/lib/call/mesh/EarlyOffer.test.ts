import { EarlyOffer } from '#lib/call/mesh/EarlyOffer.ts'
import type { JoinOffer } from '#lib/protocol/events.ts'
import { FakeClock, settle } from '../../../support/FakeClock.ts'
import { FakeNetwork, type FakePeerConnection, fakeTrack } from '../../../support/FakePeerConnection.ts'
import { idOf, instanceOf, type MeshMember, MeshRoom, participantOf } from '../../../support/meshRoom.ts'

function earlyOffer(network = new FakeNetwork(), clock = new FakeClock()) {
  const connections: FakePeerConnection[] = []
  const offer = new EarlyOffer({
    clock,
    createConnection: () => {
      const connection = network.connection()
      connections.push(connection as unknown as FakePeerConnection)
      return connection
    },
  })
  const make = async (): Promise<JoinOffer> => {
    const making = offer.make()
    await settle()
    await clock.advance(10)
    const made = await making
    if (made === null) throw new Error('no offer')
    return made
  }
  return { offer, connections, make }
}

describe('EarlyOffer', () => {
  test('[CALL-26] the description goes without the ways, and the ways beside it', async () => {
    const { offer, make, connections } = earlyOffer()
    const camera = fakeTrack('video', 'camera')
    offer.setTrack('camera', camera)
    const { sdp, candidates } = await make()
    expect(candidates).toHaveLength(1)
    expect(sdp).not.toContain('a=candidate')
    expect(sdp).not.toContain('a=end-of-candidates')
    expect(connections[0]?.getTransceivers().map(({ sender }) => sender.track)).toContain(camera)
    expect(connections[0]?.signalingState).toBe('have-local-offer')
  })

  test('[CALL-26] given to nobody, it is closed; nobody but who was given it takes it, and once', async () => {
    const { offer, make, connections } = earlyOffer()
    await make()
    offer.givenTo(null)
    expect(connections[0]?.closed).toBe(true)
    await make()
    expect(offer.take(idOf(1))).toBeNull()
    offer.givenTo(idOf(1))
    expect(offer.take(idOf(2))).toBeNull()
    expect(offer.take(idOf(1))?.connection).toBe(connections[1])
    expect(offer.take(idOf(1))).toBeNull()
    offer.drop()
    expect(connections[1]?.closed).toBe(false)
  })

  test('[CALL-26] a second request makes another one; the former is closed', async () => {
    const { make, connections } = earlyOffer()
    await make()
    await make()
    expect(connections.map(({ closed }) => closed)).toEqual([true, false])
  })

  test('[CALL-26] in a browser that makes no connection there is none, and joining goes on', async () => {
    const offer = new EarlyOffer({
      clock: new FakeClock(),
      createConnection: () => {
        throw new DOMException('too many', 'UnknownError')
      },
    })
    expect(await offer.make()).toBeNull()
  })

  test('[CALL-26] asked for twice at once, the second one counts', async () => {
    const clock = new FakeClock()
    const { offer, connections } = earlyOffer(new FakeNetwork(), clock)
    const both = [offer.make(), offer.make()]
    await settle()
    await clock.advance(50)
    const [first, second] = await Promise.all(both)
    expect(first).toBeNull()
    expect(second).not.toBeNull()
    expect(connections.map(({ closed }) => closed)).toEqual([true, false])
  })

  test('[CALL-26] dropped while it is made, there is none', async () => {
    const clock = new FakeClock()
    const { offer, connections } = earlyOffer(new FakeNetwork(), clock)
    const making = offer.make()
    offer.drop()
    await settle()
    await clock.advance(10)
    expect(await making).toBeNull()
    expect(connections[0]?.closed).toBe(true)
  })
})

/** Ann is there; Ben's request to join brings an offer. */
async function roomWithOffer() {
  const room = new MeshRoom()
  const [ann, ben] = [room.member(1), room.member(2)]
  const { offer, make } = earlyOffer(room.network, room.clock)
  ben.earlyOffer = offer
  await Promise.all([ann.engine.start(), ben.engine.start()])
  ann.roster.set({ self: ann.id, participants: new Map([[ann.id, participantOf(1)]]) })
  const made = await make()
  return { room, ann, ben, offer, made }
}

const hearOffer = (member: MeshMember, { sdp, candidates }: JoinOffer): void => {
  member.hear(idOf(2), instanceOf(2), { type: 'description', kind: 'offer', sdp })
  member.hear(idOf(2), instanceOf(2), { type: 'candidates', candidates: [...candidates] })
}

describe('MeshEngine with an offer that came with the request to join', () => {
  test('[CALL-26] who was given it answers, and nobody offers', async () => {
    const { room, ann, ben, offer, made } = await roomWithOffer()
    const sent = ann.sent
    hearOffer(ann, made)
    offer.givenTo(idOf(1))
    await room.publish(participantOf(1), participantOf(2))
    expect(ann.open).toHaveLength(1)
    expect(ann.open[0]?.currentLocalDescription?.type).toBe('answer')
    expect(ann.open[0]?.reaches?.currentLocalDescription?.type).toBe('offer')
    expect(ann.open[0]?.candidates).toHaveLength(1)
    expect(ben.connections).toEqual([])
    // The answer, and the ways to her.
    expect(ann.sent - sent).toBe(2)
  })

  test('[CALL-26] what is on by then, and a restart by either side, find the same link', async () => {
    const { room, ann, ben, offer, made } = await roomWithOffer()
    hearOffer(ann, made)
    offer.givenTo(idOf(1))
    const camera = fakeTrack('video', 'late')
    await ben.engine.setTrack('camera', camera)
    await room.publish(participantOf(1), participantOf(2))
    const [connection] = ann.open
    const other = connection?.reaches
    expect(other?.getTransceivers().map(({ sender }) => sender.track)).toContain(camera)
    for (const member of [ann, ben]) {
      member.networkChanged()
      await room.clock.advance(5_000)
      await room.settle()
      expect(ann.open).toEqual([connection])
      expect(connection?.reaches).toBe(other)
    }
  })

  test('[CALL-26] lost on its way, the older instance offers as ever, and the newer one follows', async () => {
    const { room, ann, ben, offer } = await roomWithOffer()
    offer.givenTo(idOf(1))
    await room.publish(participantOf(1), participantOf(2))
    expect(ann.open).toHaveLength(1)
    expect(ann.open[0]?.currentLocalDescription?.type).toBe('offer')
    expect(ann.open[0]?.reaches).toBe(ben.open[0])
  })

  test('[CALL-26] after the news of who made it, it is too late: the older one’s offer stands', async () => {
    const { room, ann, ben, offer, made } = await roomWithOffer()
    offer.givenTo(idOf(1))
    ann.roster.set({
      self: ann.id,
      participants: new Map([participantOf(1), participantOf(2)].map((one) => [one.id, one])),
    })
    hearOffer(ann, made)
    await room.publish(participantOf(1), participantOf(2))
    expect(ann.open).toHaveLength(1)
    expect(ann.open[0]?.reaches).toBe(ben.open[0])
  })
})
