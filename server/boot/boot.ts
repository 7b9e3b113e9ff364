import path from 'node:path'
import { Client } from 'pg'
import { startEmbeddedPostgres } from '#server/database/embedded.ts'
import { migrate } from '#server/database/migrate.ts'
import { env, loadEnv, type RunningEnv } from '#server/env.ts'
import { BootError } from './BootError.ts'
import { waitForDataFolder } from './lockDataFolder.ts'
import { loadSecrets, prepareDataFolder } from './secrets.ts'
import { lanAddresses, lanCertificate, type TlsFiles } from './tls.ts'

const LOCK_PATIENCE_MS = 3_000

export type Flags = { readonly dev: boolean; readonly lan: boolean }

export type Booted = {
  readonly env: RunningEnv
  readonly tls: TlsFiles | null
  /** Ends what boot started: the embedded database and the lock on the data folder. */
  readonly release: () => Promise<void>
}

/**
 * All that has to be true before the server may listen: a valid configuration, secrets, a database that answers
 * and is migrated. Fills in `env()` for the whole process.
 *
 * @param root the project folder
 * @param note told what takes long or is unusual
 * @throws EnvError, BootError for the person at the terminal; nothing keeps running then
 */
export async function boot(root: string, flags: Flags, note: (text: string) => void): Promise<Booted> {
  const given = loadEnv(process.env)
  const dataFolder = path.resolve(root, given.PARLEY_DATA_DIR)
  prepareDataFolder(dataFolder)
  const secrets = loadSecrets(dataFolder)
  const addresses = flags.lan ? lanAddresses() : []
  const tls = flags.lan ? await lanCertificate(path.join(dataFolder, 'tls'), addresses) : null

  const { url, release } = await openDatabase(root, dataFolder, given.DATABASE_URL, note)
  try {
    await migrated(url, root, note)
  } catch (error) {
    await release()
    throw error
  }
  const scheme = tls ? 'https' : 'http'
  const completed = env({
    ...given,
    NODE_ENV: flags.dev ? 'development' : given.NODE_ENV,
    DATABASE_URL: url,
    AUTH_SECRET: given.AUTH_SECRET ?? secrets.AUTH_SECRET,
    PARLEY_SETUP_CODE: given.PARLEY_SETUP_CODE ?? secrets.PARLEY_SETUP_CODE,
    PUBLIC_URL: given.PUBLIC_URL ?? `${scheme}://${addresses[0] ?? 'localhost'}:${given.PORT}`,
  })
  return { env: completed, tls, release }
}

async function openDatabase(
  root: string,
  dataFolder: string,
  given: string | undefined,
  note: (text: string) => void,
): Promise<{ url: string; release: () => Promise<void> }> {
  if (given !== undefined) {
    await reachable(given)
    return { url: given, release: async () => undefined }
  }
  const unlock = await waitForDataFolder(dataFolder, LOCK_PATIENCE_MS)
  try {
    const embedded = await startEmbeddedPostgres(root, dataFolder, note)
    return {
      url: embedded.url,
      async release() {
        await embedded.stop()
        unlock()
      },
    }
  } catch (error) {
    unlock()
    throw error
  }
}

async function reachable(url: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query('SELECT 1')
  } catch (error) {
    throw new BootError(
      `The database at ${withoutPassword(url)} (DATABASE_URL) does not answer: ${reasonOf(error)}\n` +
        'Check the address and that PostgreSQL runs, or leave DATABASE_URL out to use the embedded one.',
    )
  } finally {
    await client.end().catch(() => undefined)
  }
}

async function migrated(url: string, root: string, note: (text: string) => void): Promise<void> {
  try {
    const applied = await migrate(url, root)
    if (applied.length > 0) note(`Database brought up to date (${applied.length} migrations).`)
  } catch (error) {
    throw new BootError(`The database could not be brought up to date: ${reasonOf(error)}`)
  }
}

function withoutPassword(text: string): string {
  const url = new URL(text)
  if (url.password) url.password = '***'
  return url.href
}

/** A refused connection has its reasons (one per address tried) in an AggregateError without a message of its own. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join(', ')
  return error instanceof Error ? error.message : String(error)
}
