import { createTestDatabase, type TestDatabase } from './database.ts'
import {
  type MeetingOptions,
  type Person,
  RealtimeServer,
  type StartOptions,
  type TestMeeting,
} from './realtimeServer.ts'

export type RealtimeSuite = {
  readonly database: TestDatabase
  readonly server: RealtimeServer
  readonly host: Person
  /** Of `host`; another one for each test. */
  readonly meeting: TestMeeting
}

/**
 * For one test file: a database and a server for all of it, a meeting for each test. Nobody stays connected from one
 * test to the next.
 */
export function realtimeSuite(options: StartOptions = {}, meeting: MeetingOptions = {}): RealtimeSuite {
  jest.setTimeout(60_000)
  const suite = {} as { -readonly [Key in keyof RealtimeSuite]: RealtimeSuite[Key] }

  beforeAll(async () => {
    suite.database = await createTestDatabase()
    suite.server = await RealtimeServer.start(suite.database, options)
    suite.host = await suite.server.user('Hannah')
  })
  beforeEach(async () => {
    suite.meeting = await suite.server.meeting(suite.host, meeting)
  })
  afterEach(() => suite.server.closeClients())
  afterAll(async () => {
    await suite.server.stop()
    await suite.database.drop()
  })
  return suite
}
