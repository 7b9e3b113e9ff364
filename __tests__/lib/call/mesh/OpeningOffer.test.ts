import { OpeningOffer } from '#lib/call/mesh/OpeningOffer.ts'
import { SOURCES } from '#lib/call/ports.ts'
import { FakeClock, settle } from '../../../support/FakeClock.ts'
import { FakeNetwork, type FakePeerConnection } from '../../../support/FakePeerConnection.ts'
import { idOf, instanceOf } from '../../../support/meshRoom.ts'

const BEN = { id: idOf(2), instanceId: instanceOf(2) }

function opening() {
  const network = new FakeNetwork()
  const clock = new FakeClock()
  const made: FakePeerConnection[] = []
  const offers = new OpeningOffer({
    clock,
    createConnection: () => {
      const connection = network.connection()
      made.push(connection as unknown as FakePeerConnection)
      return connection
    },
  })
  const make = async () => {
    const offer = offers.make()
    await settle()
    await clock.advance(50)
    return offer
  }
  return { clock, made, offers, make }
}

describe('OpeningOffer', () => {
  test('[CALL-23] whoever got the offer gets its connection, once', async () => {
    const { made, offers, make } = opening()
    const offer = await make()
    expect(offer).toBe(made[0]?.localDescription?.sdp)
    offers.settle(BEN)
    const taken = offers.take(BEN.id, BEN.instanceId)
    expect(taken?.connection).toBe(made[0])
    expect([...(taken?.transceivers.keys() ?? [])]).toEqual(SOURCES)
    expect(offers.take(BEN.id, BEN.instanceId)).toBeNull()
    expect(made[0]?.closed).toBe(false)
  })

  test('[CALL-50] what is prepared has no local description: it looks for no address', async () => {
    const { made, offers, make } = opening()
    offers.prepare()
    offers.prepare()
    await settle()
    expect(made).toHaveLength(1)
    expect(made[0]?.localDescription).toBeNull()
    expect(await make()).toBe(made[0]?.localDescription?.sdp)
    expect(made).toHaveLength(1)
    offers.settle(null)
    expect(made[0]?.closed).toBe(true)
  })

  test('[CALL-23] another person, or another page of that person, does not', async () => {
    const { offers, make } = opening()
    await make()
    expect(offers.take(BEN.id, BEN.instanceId)).toBeNull()
    offers.settle(BEN)
    expect(offers.take(idOf(3), BEN.instanceId)).toBeNull()
    expect(offers.take(BEN.id, instanceOf(52))).toBeNull()
    expect(offers.take(BEN.id, BEN.instanceId)).not.toBeNull()
  })

  test('[CALL-23] one that nobody got, or that nobody took in time, is closed', async () => {
    const { clock, made, offers, make } = opening()
    await make()
    offers.settle(null)
    expect(made[0]?.closed).toBe(true)
    await make()
    offers.settle(BEN)
    await clock.advance(1000)
    expect(made[1]?.closed).toBe(true)
    expect(offers.take(BEN.id, BEN.instanceId)).toBeNull()
  })

  test('[CALL-23] asking again gives the former one up, also while it is being made', async () => {
    const { made, offers, make } = opening()
    const former = offers.make()
    await make()
    expect(await former).toBeNull()
    expect(made.map(({ closed }) => closed)).toEqual([true, false])
  })

  test('[CALL-23] addresses found after the offer went are kept for its receiver', async () => {
    const { made, offers, make } = opening()
    await make()
    made[0]?.onicecandidate?.({ candidate: { candidate: 'late' } })
    made[0]?.onicecandidate?.({ candidate: null })
    offers.settle(BEN)
    expect(offers.take(BEN.id, BEN.instanceId)?.late).toEqual([{ candidate: 'late' }])
  })

  test('[CALL-23] a browser that finds no address offers without', async () => {
    const { clock, made, offers } = opening()
    const offer = offers.make()
    const [connection] = made
    if (connection) connection.onicecandidate = null
    await settle()
    await clock.advance(50)
    expect(await offer).toContain('a=ice-ufrag')
  })

  test('[CALL-23] a browser that makes no offer joins without one', async () => {
    const { made, offers } = opening()
    const offer = offers.make()
    const [connection] = made
    // Before its turn comes: as a browser that refuses.
    connection?.close()
    expect(await offer).toBeNull()
    offers.settle(BEN)
    expect(offers.take(BEN.id, BEN.instanceId)).toBeNull()
  })
})
