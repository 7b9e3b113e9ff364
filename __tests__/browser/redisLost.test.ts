import { livekitBinary } from '../support/livekitBinary.ts'
import { hasRedis, RedisServer } from '../support/redisServer.ts'
import { clusterSuite } from './support/clusterSuite.ts'
import type { Person } from './support/Person.ts'
import { withBrowsers } from './support/stage.ts'
import { until } from './support/until.ts'

const SLOWLY = { timeoutMs: 90_000 }
const waysOf = (person: Person) =>
  person.page.evaluate(() => window.parleyProbe.participants().map(({ path }) => path))

/** Media nodes that are one LiveKit over Redis, and Redis gone in the middle of a call on them. */
const withMedia = livekitBinary() === null || !hasRedis() ? describe.skip : withBrowsers('chromium')
withMedia('Redis lost', () => {
  let redis: RedisServer
  beforeAll(async () => {
    redis = await RedisServer.start()
  })
  const stage = clusterSuite(() => ({ redisUrl: redis.url, env: { MESH_PEOPLE: '1' } }))
  afterAll(() => redis.stop())

  const overTheServer = async (people: readonly Person[]): Promise<void> => {
    for (const one of people) {
      await until(
        `${one.name} to have everybody over the server`,
        async () => {
          const ways = await waysOf(one)
          if (ways.filter((way) => way === 'server').length === people.length - 1) return true
          throw new Error(ways.join(', '))
        },
        SLOWLY,
      )
    }
    for (const one of people) await one.seesAndHears(...people.filter((other) => other !== one))
  }

  test('[PROOF-21][F9] the call goes on, nothing opens that was closed, and when it is back so is all else', async () => {
    const [ida, jon, kim] = [
      await stage.person('Ida', 0),
      await stage.person('Jon', 1),
      await stage.person('Kim', 1),
    ]
    await ida.signUp()
    const link = await ida.newMeeting()
    await ida.join()
    await jon.joinAsGuest(link)
    await kim.joinAsGuest(link)
    await overTheServer([ida, jon, kim])

    await until('a standby for all', async () => (await stage.cluster.standbyPeople()) === 3, SLOWLY)

    await redis.kill()
    await ida.seesAndHears(jon, kim)
    await jon.say('without Redis')
    await kim.press('Chat')
    await kim.seeText('without Redis')
    await ida.press('People')
    await ida.press('Manage Kim')
    await ida.press('Remove from the call', 'menuitem')
    await ida.press('Remove')
    await kim.seeText('You were removed from the meeting')
    for (const one of [ida, jon]) await one.noTile('Kim')
    await until('Kim’s connections to be closed', async () =>
      (await kim.page.evaluate(() => window.parleyProbe.connectionStates())).every((one) => one === 'closed'),
    )
    await Promise.all([ida.seesAndHears(jon), jon.seesAndHears(ida)])

    await redis.launch()
    const lea = await stage.person('Lea', 1)
    await lea.joinAsGuest(link)
    await overTheServer([ida, jon, lea])
    await Promise.all([ida, jon, kim, lea].map((one) => one.close()))
  }, 300_000)
})
