// Jest's global teardown: ends the database that the setup started, if it started one.
export default async function teardown() {
  await globalThis.stopTestPostgres?.()
}
