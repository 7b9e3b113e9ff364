import type { Person } from './support/Person.ts'
import { openStage, type Stage, withBrowsers } from './support/stage.ts'
import { findTurnServer, startTurn, type Turn } from './support/startTurn.ts'
import { until } from './support/until.ts'

const suite = findTurnServer() === null ? withoutTurn() : withBrowsers('chromium')

suite('a network that allows no direct connection', () => {
  let turn: Turn
  let stage: Stage

  beforeAll(async () => {
    turn = await startTurn()
    stage = await openStage(turn.env)
  }, 120_000)
  afterAll(async () => {
    await stage.close()
    await turn.stop()
  }, 30_000)
  afterEach(async () => {
    expect(await stage.clear()).toEqual([])
  }, 30_000)

  test('[PROOF-20] two people see and hear each other through coturn, and their tiles say so', async () => {
    const zoe = await stage.person('Zoe', 0)
    const abe = await stage.person('Abe', 1)
    await Promise.all([onlyRelayed(zoe), onlyRelayed(abe)])
    await zoe.signUp()
    const link = await zoe.newMeeting()
    await zoe.join()
    await abe.joinAsGuest(link)
    await Promise.all([zoe.seesAndHears(abe), abe.seesAndHears(zoe)])
    for (const [viewer, other] of [
      [zoe, 'Abe'],
      [abe, 'Zoe'],
    ] as const)
      await until(
        `${viewer.name} to be told that ${other} is relayed`,
        async () => (await viewer.receives(other))?.path === 'relayed',
      )
  }, 300_000)
})

/** From the next page on this browser offers and takes nothing but the relay's addresses. */
async function onlyRelayed({ page }: Person): Promise<void> {
  await page.evaluateOnNewDocument(`{
    const Native = window.RTCPeerConnection
    const relayed = (configuration) => ({ ...configuration, iceTransportPolicy: 'relay' })
    window.RTCPeerConnection = class RTCPeerConnection extends Native {
      constructor(configuration, ...rest) { super(relayed(configuration), ...rest) }
      setConfiguration(configuration) { super.setConfiguration(relayed(configuration)) }
    }
  }`)
}

/** A machine without coturn says so; under CI that is a failure, not a skip. */
function withoutTurn(): typeof describe.skip {
  if (process.env.CI === 'true') throw new Error('not installed: coturn')
  console.warn('skipped: coturn not installed')
  return describe.skip
}
