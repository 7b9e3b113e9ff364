import type { Browser } from 'puppeteer-core'
import { launchBrowser } from './launchBrowser.ts'
import { Person } from './Person.ts'
import { type Cluster, type ClusterOptions, startCluster } from './startCluster.ts'

const BROWSERS = 2

export type ClusterStage = {
  readonly cluster: Cluster
  /** A person at the browser process number `seat`, of two. */
  person(name: string, seat: number): Promise<Person>
}

/**
 * For one describe block: a cluster, and browser processes in front of it, for all of it.
 * @param options asked for when it starts
 */
export function clusterSuite(options: () => ClusterOptions): ClusterStage {
  let started: Cluster | null = null
  const browsers: Browser[] = []
  beforeAll(async () => {
    started = await startCluster(options())
    for (let seat = 0; seat < BROWSERS; seat += 1)
      browsers.push(await launchBrowser('chromium', { cameraFramesPerSecond: 5 }))
  }, 180_000)
  afterAll(async () => {
    await Promise.all(browsers.map((browser) => browser.close()))
    await started?.stop()
  }, 60_000)

  const running = (): Cluster => {
    if (started === null) throw new Error('no cluster')
    return started
  }
  return {
    get cluster() {
      return running()
    },
    person(name, seat) {
      const browser = browsers[seat]
      if (browser === undefined) throw new Error('no browser')
      return Person.at(browser, running().url, name)
    },
  }
}
