import { type ApiServer, startApiServer } from './apiServer.ts'
import { authRoutes } from './authRoutes.ts'
import { createTestDatabase, type TestDatabase } from './database.ts'

export type ApiSuite = { readonly data: TestDatabase; readonly api: ApiServer }

/**
 * For one test file: a database, and the HTTP pipeline with the routes of accounts and sessions over it.
 * @param page what stands behind the pipeline instead of Next's pages
 */
export function apiSuite(
  variables: Readonly<Record<string, string>> = {},
  page?: Parameters<typeof startApiServer>[2],
): ApiSuite {
  jest.setTimeout(120_000)
  const suite = {} as { -readonly [Key in keyof ApiSuite]: ApiSuite[Key] }

  beforeAll(async () => {
    suite.data = await createTestDatabase()
    suite.api = await startApiServer(authRoutes, { DATABASE_URL: suite.data.url, ...variables }, page)
  })
  afterAll(async () => {
    await suite.api.close()
    await suite.data.drop()
  })
  return suite
}
