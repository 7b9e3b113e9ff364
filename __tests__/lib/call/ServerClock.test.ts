import { ServerClock } from '#lib/call/ServerClock.ts'

describe('[REC-60] the server’s time', () => {
  const setUp = () => {
    const own = { now: 5_000 }
    return { own, clock: new ServerClock(() => own.now) }
  }

  test('is what it said, and half of the way', () => {
    const { own, clock } = setUp()
    own.now = 5_100
    clock.learn({ askedAt: 5_000, answeredAt: 5_100, serverTime: 900_000 })
    expect(clock.now()).toBe(900_050)
    expect(clock.errorMs).toBe(50)
    own.now = 6_100
    expect(clock.now()).toBe(901_050)
  })

  test('is the quickest exchange’s, whatever slower ones say', () => {
    const { own, clock } = setUp()
    clock.learn({ askedAt: 5_000, answeredAt: 5_010, serverTime: 900_000 })
    clock.learn({ askedAt: 6_000, answeredAt: 6_400, serverTime: 901_390 })
    own.now = 7_010
    expect(clock.now()).toBe(902_005)
    clock.learn({ askedAt: 7_010, answeredAt: 7_014, serverTime: 902_010 })
    own.now = 7_014
    expect(clock.now()).toBe(902_012)
  })

  test('is learnt anew after a while: crystals drift', () => {
    const { own, clock } = setUp()
    clock.learn({ askedAt: 5_000, answeredAt: 5_004, serverTime: 900_000 })
    clock.learn({ askedAt: 705_000, answeredAt: 705_040, serverTime: 1_600_100 })
    own.now = 705_040
    expect(clock.now()).toBe(1_600_120)
  })

  test('[REC-209] is the later exchange’s where both cannot be true: our clock stood still while the computer slept', () => {
    const { own, clock } = setUp()
    clock.learn({ askedAt: 5_000, answeredAt: 5_010, serverTime: 900_000 })
    // Ten seconds by our clock, an hour by the server's.
    clock.learn({ askedAt: 15_000, answeredAt: 15_200, serverTime: 4_510_100 })
    own.now = 15_200
    expect(clock.now()).toBe(4_510_200)
    expect(clock.errorMs).toBe(100)
  })

  test('before the first exchange it is our own computer’s', () => {
    const { clock } = setUp()
    expect(clock.known).toBe(false)
    expect(Math.abs(clock.now() - Date.now())).toBeLessThan(1_000)
  })
})
