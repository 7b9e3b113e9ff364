import { clusterSuite } from './support/clusterSuite.ts'
import type { Person } from './support/Person.ts'
import { withBrowsers } from './support/stage.ts'
import { until } from './support/until.ts'

const stateOf = (person: Person) => person.page.evaluate(() => window.parleyProbe.call()?.state)
/** What a page may say in its console when the server that it talks to dies under it. */
const LOST = /WebSocket|net::ERR_|Failed to load resource|websocket/i

/** Two servers behind one address, as people meet them. */
withBrowsers('chromium')('a cluster', () => {
  const stage = clusterSuite(() => ({ nodes: 0 }))

  test('[PROOF-13] one of two servers is killed, the other is restarted: nobody leaves the call, nothing said is lost', async () => {
    const pia = await stage.person('Pia', 0)
    const quin = await stage.person('Quin', 1)
    await pia.signUp()
    const link = await pia.newMeeting()
    await pia.join()
    await quin.joinAsGuest(link)
    await Promise.all([pia.seesAndHears(quin), quin.seesAndHears(pia)])
    await pia.say('before the kill')
    await quin.press('Chat')
    await quin.seeText('before the kill')

    const doomed = await stage.cluster.holder()
    await doomed.kill()
    // A page that has not noticed yet says that it is in the call as well.
    await until('the other to have it', async () => (await stage.cluster.holder()) !== doomed)
    for (const one of [pia, quin])
      await until(`${one.name} to be in the call again`, async () => (await stateOf(one)) === 'inCall')
    await Promise.all([pia.seesPicture(quin.name), quin.seesPicture(pia.name)])
    await quin.say('through the other')
    await pia.seeText('through the other')

    await doomed.restart()
    const stopping = await stage.cluster.holder()
    await stopping.end()
    await until('the first one to have it again', async () => (await stage.cluster.holder()) === doomed)
    for (const one of [pia, quin])
      await until(`${one.name} to be in the call still`, async () => (await stateOf(one)) === 'inCall')
    await pia.say('and back')
    await quin.seeText('and back')
    await Promise.all([pia.seesAndHears(quin), quin.seesAndHears(pia)])
    const faults = [...pia.faults, ...quin.faults].filter((fault) => !LOST.test(fault))
    expect(faults).toEqual([])
    await Promise.all([pia.close(), quin.close()])
  }, 240_000)
})
