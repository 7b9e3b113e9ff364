import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { Client } from 'pg'
import { waitForDataFolder } from '#server/boot/lockDataFolder.ts'
import { startEmbeddedPostgres } from '#server/database/embedded.ts'

const ROOT = process.cwd()
const LOCAL = 'postgresql://postgres@127.0.0.1:5432/postgres'
/** Another test run of this checkout may be about to end. */
const LOCK_PATIENCE_MS = 60_000

export type TestPostgres = { readonly url: string; stop(): Promise<void> }

/**
 * A server on which tests may create databases: the one named by TEST_DATABASE_URL, else one on this machine that lets
 * `postgres` in without a password, else the embedded one, which `stop` ends.
 */
export async function openTestPostgres(): Promise<TestPostgres> {
  const given = process.env.TEST_DATABASE_URL
  if (given !== undefined) return { url: given, stop: async () => undefined }
  if (await answers(LOCAL)) return { url: LOCAL, stop: async () => undefined }

  const folder = path.join(ROOT, 'node_modules', '.cache', 'parley-tests')
  mkdirSync(folder, { recursive: true })
  const unlock = await waitForDataFolder(folder, LOCK_PATIENCE_MS)
  try {
    const embedded = await startEmbeddedPostgres(ROOT, folder, () => undefined)
    return {
      url: embedded.url,
      async stop() {
        await embedded.stop()
        unlock()
      },
    }
  } catch (error) {
    unlock()
    throw error
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query('SELECT 1')
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => undefined)
  }
}
