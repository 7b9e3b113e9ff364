import pino from 'pino'
import { drainNode } from '#server/sfu/node/drainNode.ts'
import { describeWithLiveKit } from '../support/describeWithLiveKit.ts'
import { TEST_KEYS } from '../support/livekitNode.ts'
import { clusterSuite } from './support/clusterSuite.ts'
import type { Person } from './support/Person.ts'
import { withBrowsers } from './support/stage.ts'
import { until } from './support/until.ts'

const SILENT = pino({ level: 'silent' })
const probe = (person: Person) =>
  person.page.evaluate(() => ({
    state: window.parleyProbe.call()?.state,
    people: window.parleyProbe.participants(),
  }))

/** Two servers, two media nodes: each is replaced while people are in a call on it. */
withBrowsers('chromium')('a rolling restart', () => {
  describeWithLiveKit('of both kinds', () => {
    const stage = clusterSuite(() => ({ env: { MESH_PEOPLE: '1' } }))

    test('[PROOF-14] every media node and every server is restarted in turn: nobody is dropped', async () => {
      const rosa = await stage.person('Rosa', 0)
      const sven = await stage.person('Sven', 1)
      await rosa.signUp()
      const link = await rosa.newMeeting()
      await rosa.join()
      await sven.joinAsGuest(link)
      const both = [rosa, sven]
      const served = async () => {
        for (const one of both)
          await until(`${one.name} to have the other over the server`, async () => {
            const { state, people } = await probe(one)
            return state === 'inCall' && people.filter(({ path }) => path === 'server').length === 1
          })
        await Promise.all([rosa.seesAndHears(sven), sven.seesAndHears(rosa)])
      }
      await served()
      const seats = (await probe(rosa)).people.map(({ id }) => id).sort()

      for (let round = 0; round < stage.cluster.nodes.length; round += 1) {
        const node = await until('the node with everybody', () => stage.cluster.busyNode())
        await drainNode(node.url, TEST_KEYS, SILENT)
        await node.kill()
        await served()
        await node.launch()
        await served()
      }
      for (const server of stage.cluster.servers) {
        await server.end()
        await served()
        await server.restart()
        await served()
      }
      // The same seats: nobody left and came again as somebody else.
      for (const one of both) expect((await probe(one)).people.map(({ id }) => id).sort()).toEqual(seats)
      await Promise.all([rosa.close(), sven.close()])
    }, 300_000)
  })
})
