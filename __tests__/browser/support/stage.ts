import type { Browser } from 'puppeteer-core'
import { type BrowserKind, findBrowser, launchBrowser } from './launchBrowser.ts'
import { Person } from './Person.ts'
import { type Parley, startParley } from './startParley.ts'

export type Stage = {
  readonly parley: Parley
  /** A person at the browser process number `seat`; each process is launched once and kept for the whole file. */
  person(name: string, seat: number, kind?: BrowserKind): Promise<Person>
  /** Closes everybody's pages and returns what went wrong in them, but for what the test itself brought about. */
  clear(...expected: readonly RegExp[]): Promise<string[]>
  close(): Promise<void>
}

/** A server and browser processes for one test file. */
export async function openStage(env: Readonly<Record<string, string>> = {}): Promise<Stage> {
  const parley = await startParley({ env })
  const browsers = new Map<string, Browser>()
  let people: Person[] = []

  async function browser(kind: BrowserKind, seat: number): Promise<Browser> {
    const key = `${kind} ${seat}`
    const running = browsers.get(key) ?? (await launchBrowser(kind, { cameraFramesPerSecond: 5 }))
    browsers.set(key, running)
    return running
  }

  return {
    parley,
    async person(name, seat, kind = 'chromium') {
      const person = await Person.at(await browser(kind, seat), parley.url, name)
      people.push(person)
      return person
    },
    async clear(...expected) {
      const faults = people
        .flatMap((one) => one.faults)
        .filter((fault) => !expected.some((pattern) => pattern.test(fault)))
      await Promise.all(people.map((one) => one.close()))
      people = []
      return faults
    },
    async close() {
      await Promise.all([...browsers.values()].map((one) => one.close()))
      await parley.stop()
    },
  }
}

export type StageSuiteOptions = {
  readonly env?: Readonly<Record<string, string>>
  readonly startTimeoutMs?: number
  /** What the tests bring about themselves, and the pages therefore note. */
  readonly expected?: readonly RegExp[]
}

/** What pages note of a server that goes: it cannot be reached, and what it was sending breaks off. */
export const SERVER_GOES =
  /ERR_(CONNECTION_(REFUSED|RESET)|EMPTY_RESPONSE|INCOMPLETE_CHUNKED_ENCODING|CONTENT_LENGTH_MISMATCH)|WebSocket connection/

/** For one describe block: a stage for all of it, and after each test nothing that went wrong in anybody's page. */
export function stageSuite({
  env = {},
  startTimeoutMs = 120_000,
  expected = [],
}: StageSuiteOptions = {}): Stage {
  const stage = {} as Stage
  beforeAll(async () => {
    Object.assign(stage, await openStage(env))
  }, startTimeoutMs)
  afterAll(() => stage.close(), 30_000)
  afterEach(async () => {
    expect(await stage.clear(...expected)).toEqual([])
  }, 30_000)
  return stage
}

/** A machine without a browser says so; under CI that is a failure, not a skip. */
export function withBrowsers(...kinds: readonly BrowserKind[]): typeof describe | typeof describe.skip {
  const missing = kinds.filter((kind) => findBrowser(kind) === null)
  if (missing.length === 0) return describe
  if (process.env.CI === 'true') throw new Error(`not installed: ${missing.join(', ')}`)
  console.warn(`skipped: ${missing.join(', ')} not installed`)
  return describe.skip
}
