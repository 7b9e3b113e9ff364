import type { Browser } from 'puppeteer-core'
import { launchBrowser } from './support/launchBrowser.ts'
import { Person } from './support/Person.ts'
import { withBrowsers } from './support/stage.ts'
import { type Cluster, startCluster } from './support/startCluster.ts'
import { until } from './support/until.ts'

const stateOf = (person: Person) => person.page.evaluate(() => window.parleyProbe.call()?.state)
/** What a page may say in its console when the server that it talks to dies under it. */
const LOST = /WebSocket|net::ERR_|Failed to load resource|websocket/i

/** Two servers behind one address, as people meet them. */
withBrowsers('chromium')('a cluster', () => {
  let cluster: Cluster
  const browsers: Browser[] = []

  beforeAll(async () => {
    cluster = await startCluster({ nodes: 0 })
    for (let seat = 0; seat < 2; seat += 1)
      browsers.push(await launchBrowser('chromium', { cameraFramesPerSecond: 5 }))
  }, 180_000)
  afterAll(async () => {
    await Promise.all(browsers.map((browser) => browser.close()))
    await cluster.stop()
  }, 60_000)

  test('[PROOF-13] one of two servers is killed, the other is restarted: nobody leaves the call, nothing said is lost', async () => {
    const [first, second] = browsers
    if (!first || !second) throw new Error('no browser')
    const pia = await Person.at(first, cluster.url, 'Pia')
    const quin = await Person.at(second, cluster.url, 'Quin')
    await pia.signUp()
    const link = await pia.newMeeting()
    await pia.join()
    await quin.joinAsGuest(link)
    await Promise.all([pia.seesAndHears(quin), quin.seesAndHears(pia)])
    await pia.say('before the kill')
    await quin.press('Chat')
    await quin.seeText('before the kill')

    const doomed = await cluster.holder()
    await doomed.kill()
    for (const one of [pia, quin])
      await until(`${one.name} to be in the call again`, async () => (await stateOf(one)) === 'inCall')
    expect(await cluster.holder()).not.toBe(doomed)
    await Promise.all([pia.seesPicture(quin.name), quin.seesPicture(pia.name)])
    await quin.say('through the other')
    await pia.seeText('through the other')

    await doomed.restart()
    const stopping = await cluster.holder()
    await stopping.end()
    expect(
      await until('the first one to have it again', async () => (await cluster.holder()) === doomed),
    ).toBe(true)
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
