// Jest's global setup of the projects that need a database: TEST_DATABASE_URL, a local PostgreSQL, or the embedded one.
import { tsImport } from 'tsx/esm/api'

export default async function setup() {
  const { openTestPostgres } = await tsImport('./testPostgres.ts', import.meta.url)
  const server = await openTestPostgres()
  // Workers inherit it; the teardown finds what it has to end.
  process.env.TEST_DATABASE_URL = server.url
  globalThis.stopTestPostgres = server.stop
}
