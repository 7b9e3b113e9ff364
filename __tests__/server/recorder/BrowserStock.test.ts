import { pino } from 'pino'
import { BrowserStock } from '#server/recorder/BrowserStock.ts'
import { idleProcessors } from '#server/recorder/idleProcessors.ts'

type Fake = { readonly browser: { connected: boolean }; ended: boolean }

const setUp = (
  launch: () => Promise<Fake> = async () => ({ browser: { connected: true }, ended: false }),
) => {
  const machine = { idle: 2 }
  const launched: Promise<Fake>[] = []
  const stock = new BrowserStock<Fake>({
    launch: () => {
      const one = launch()
      launched.push(one)
      return one
    },
    end: async (one) => {
      one.ended = true
    },
    idle: () => machine.idle,
    log: pino({ level: 'silent' }),
  })
  return { stock, launched, machine }
}

describe('[REC-75] a browser that runs before it is needed', () => {
  test('is taken, and only one waits', async () => {
    const { stock, launched } = setUp()
    stock.fill()
    stock.fill()
    expect(launched).toHaveLength(1)
    expect(await stock.take()).toBe(await launched[0])
    expect(launched).toHaveLength(1)
    await stock.close()
  })

  test('dead when it is needed, it is ended and a fresh one takes its place', async () => {
    const { stock, launched } = setUp()
    stock.fill()
    const spare = await launched[0]
    if (spare) spare.browser.connected = false
    const taken = await stock.take()
    expect(taken).not.toBe(spare)
    expect(taken.browser.connected).toBe(true)
    expect(spare?.ended).toBe(true)
    await stock.close()
  })

  test('not there, a fresh one is taken; one that cannot be started is told to whoever takes it', async () => {
    const { stock } = setUp()
    expect((await stock.take()).browser.connected).toBe(true)
    const broken = setUp(async () => {
      throw new Error('no Chromium')
    })
    broken.stock.fill()
    await expect(broken.stock.take()).rejects.toThrow('no Chromium')
    await stock.close()
    await broken.stock.close()
  })

  test('the next one is started some seconds after the one before has opened its page, and not while it does', async () => {
    jest.useFakeTimers()
    const { stock, launched } = setUp()
    stock.fill()
    await stock.take()
    jest.advanceTimersByTime(60_000)
    expect(launched).toHaveLength(1)
    stock.fillLater()
    jest.advanceTimersByTime(3_000)
    expect(launched).toHaveLength(1)
    jest.advanceTimersByTime(2_000)
    expect(launched).toHaveLength(2)
    jest.useRealTimers()
    await stock.close()
  })

  test('it waits until a processor has nothing to do', async () => {
    jest.useFakeTimers()
    const { stock, launched, machine } = setUp()
    machine.idle = 0.6
    stock.fillLater()
    jest.advanceTimersByTime(60_000)
    expect(launched).toHaveLength(0)
    machine.idle = 1.2
    jest.advanceTimersByTime(5_000)
    expect(launched).toHaveLength(1)
    jest.advanceTimersByTime(60_000)
    expect(launched).toHaveLength(1)
    jest.useRealTimers()
    await stock.close()
  })

  test('ends with its owner, and none comes after that', async () => {
    const { stock, launched } = setUp()
    stock.fill()
    await stock.close()
    expect((await launched[0])?.ended).toBe(true)
    stock.fill()
    expect(launched).toHaveLength(1)
  })
})

test('[REC-75] idle processors are counted from one question to the next', () => {
  const times = (idle: number, user: number) => ({ times: { idle, user, nice: 0, sys: 0, irq: 0 } })
  const readings = [
    [times(1_000, 0), times(0, 1_000)],
    [times(1_900, 100), times(500, 1_500)],
    [times(1_900, 1_100), times(500, 2_500)],
    [],
  ]
  const idle = idleProcessors(() => readings.shift() ?? [])
  expect(idle()).toBe(0)
  expect(idle()).toBeCloseTo(1.4)
  expect(idle()).toBe(0)
  expect(idle()).toBe(0)
})
