import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import {
  chownSync,
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { BootError } from '#server/boot/BootError.ts'
import { isProcessAlive, processCommand } from '#server/boot/processes.ts'
import { keepAlive } from './keepAlive.ts'
import { findPostgres, type PostgresBinaries } from './postgresBinaries.ts'
import { type PostgresPlace, preparePlace } from './postgresPlace.ts'

export type EmbeddedPostgres = {
  readonly url: string
  readonly pid: number
  /** True when a database that outlived its Parley was found running. */
  readonly adopted: boolean
  /** Orderly shutdown: open transactions are rolled back, everything committed is on disk. Idempotent. */
  stop(): Promise<void>
}

const USER = 'parley'
const DATABASE = 'parley'
const START_TIMEOUT_MS = 60_000
const STOP_TIMEOUT_MS = 20_000
/** How soon a database that ended by itself is started again; what ended it may take longer to go away. */
const RESTART_EVERY_MS = 2_000
const MAX_LOG_BYTES = 10_000_000
/** With fsync and full_page_writes at their defaults (on): a power cut loses nothing that was committed. */
const SETTINGS = [
  'listen_addresses=',
  'unix_socket_permissions=0700',
  'max_connections=100',
  'shared_buffers=64MB',
]

/**
 * Starts the PostgreSQL that belongs to this data folder, or takes over the one that a killed Parley left running.
 * Until it is stopped it is started again whenever it ends: calls go on meanwhile, writes answer 503 (RT-11).
 * The caller holds the data folder's lock (lockDataFolder), so nobody else starts one here meanwhile.
 *
 * @param root the project folder, in whose node_modules the binaries lie
 * @param dataFolder an existing folder of ours
 * @param note told what takes long or is unusual
 */
export async function startEmbeddedPostgres(
  root: string,
  dataFolder: string,
  note: (text: string) => void,
): Promise<EmbeddedPostgres> {
  if (process.platform === 'win32') {
    throw new BootError('On Windows, set DATABASE_URL to a PostgreSQL server, or run Parley inside WSL.')
  }
  const binaries = findPostgres(root)
  const place = preparePlace(dataFolder, binaries)
  if (place.movedBecause)
    note(`The database lies in ${path.dirname(place.data)}, because ${place.movedBecause}.`)
  if (!existsSync(place.data)) {
    note('Creating the database…')
    initialise(place, binaries)
  }
  checkVersion(place, binaries)

  const running = await adoptRunning(place)
  if (running !== null) note('Found the database still running and took it over.')
  let pid = running ?? (await launch(place))
  await ensureDatabase(place)
  const letGo = keepAlive(
    {
      isAlive: () => isProcessAlive(pid),
      async start() {
        pid = (await adoptRunning(place)) ?? (await launch(place))
      },
    },
    RESTART_EVERY_MS,
    (news, error) =>
      note(
        news === 'back'
          ? 'The database had ended and runs again.'
          : `The database has ended and does not start (${lastLineOf(error)}). It is tried again until it does.`,
      ),
  )
  return {
    url: urlOf(place, DATABASE),
    get pid() {
      return pid
    },
    adopted: running !== null,
    async stop() {
      await letGo()
      await stop(pid)
    },
  }
}

/** Made beside and renamed when complete, so that an interrupted initdb leaves nothing half done. */
function initialise(place: PostgresPlace, { major }: PostgresBinaries): void {
  const fresh = `${place.data}.new`
  rmSync(fresh, { recursive: true, force: true })
  const locale =
    major >= 17 ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8'] : ['--locale=C.UTF-8']
  const args = ['-D', fresh, '-U', USER, '--auth=trust', '-E', 'UTF8', ...locale, '--data-checksums']
  try {
    execFileSync(path.join(place.bin, 'initdb'), args, { ...childOptions(place), stdio: 'pipe' })
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error)
    throw new BootError(`The database could not be created in ${place.data}:\n${said}`)
  }
  renameSync(fresh, place.data)
}

function checkVersion(place: PostgresPlace, { major }: PostgresBinaries): void {
  const found = Number(readFileSync(path.join(place.data, 'PG_VERSION'), 'utf8'))
  if (found !== major) {
    throw new BootError(
      `The database in ${place.data} was made by PostgreSQL ${found}, but this machine runs ${major}.\n` +
        `Install PostgreSQL ${found}, or dump the data with it and restore them into a server named by DATABASE_URL.`,
    )
  }
}

/** @returns the pid of the PostgreSQL that already serves this data folder; null when none does */
async function adoptRunning(place: PostgresPlace): Promise<number | null> {
  const pidFile = path.join(place.data, 'postmaster.pid')
  if (!existsSync(pidFile)) return null
  const pid = Number(readFileSync(pidFile, 'utf8').split('\n', 1)[0])
  if (!isProcessAlive(pid) || !/postgres/.test(processCommand(pid) ?? 'postgres')) {
    // Its pid is free or somebody else's by now. PostgreSQL would refuse to start in the second case.
    rmSync(pidFile, { force: true })
    rmSync(path.join(place.sockets, '.s.PGSQL.5432.lock'), { force: true })
    return null
  }
  await untilReady(place, () => (isProcessAlive(pid) ? null : 'it ended'))
  return pid
}

async function launch(place: PostgresPlace): Promise<number> {
  const tooLong = existsSync(place.logFile) && statSync(place.logFile).size > MAX_LOG_BYTES
  const logFd = openSync(place.logFile, tooLong ? 'w' : 'a', 0o600)
  if (place.account) chownSync(place.logFile, place.account.uid, place.account.gid)
  const logStart = statSync(place.logFile).size
  const settings = SETTINGS.flatMap((setting) => ['-c', setting])
  // Detached: Ctrl-C reaches us alone, and we stop the database after everything that uses it.
  const child: ChildProcess = spawn(
    path.join(place.bin, 'postgres'),
    ['-D', place.data, '-k', place.sockets, ...settings],
    { ...childOptions(place), detached: true, stdio: ['ignore', logFd, logFd] },
  )
  closeSync(logFd)
  child.unref()
  const failure: { text: string | null } = { text: null }
  child.on('error', (error) => {
    failure.text = error.message
  })
  child.on('exit', () => {
    failure.text ??= readFileSync(place.logFile).subarray(logStart).toString('utf8').trim().slice(-2_000)
  })
  await untilReady(place, () => failure.text)
  child.removeAllListeners('exit')
  if (child.pid === undefined) throw new BootError('The database could not be started.')
  return child.pid
}

/** Resolves once a query is answered. PostgreSQL may recover from a crash first, which takes as long as it takes. */
async function untilReady(place: PostgresPlace, failed: () => string | null): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS
  for (;;) {
    const reason = failed()
    if (reason !== null) throw new BootError(`The database in ${place.data} did not start:\n${reason}`)
    const error = await withClient(place, 'postgres', (client) => client.query('SELECT 1')).then(
      () => null,
      (failure: unknown) => failure,
    )
    if (error === null) return
    if (Date.now() > deadline) {
      throw new BootError(`The database in ${place.data} did not answer within a minute: ${String(error)}`)
    }
    await sleep(25)
  }
}

async function ensureDatabase(place: PostgresPlace): Promise<void> {
  await withClient(place, 'postgres', async (client) => {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE])
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`)
  })
}

async function withClient<Value>(
  place: PostgresPlace,
  database: string,
  work: (client: Client) => Promise<Value>,
): Promise<Value> {
  const client = new Client({ connectionString: urlOf(place, database), connectionTimeoutMillis: 5_000 })
  // The connection may end between two queries while the server recovers; the query reports it.
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

async function stop(pid: number): Promise<void> {
  const deadline = Date.now() + STOP_TIMEOUT_MS
  if (!isProcessAlive(pid)) return
  process.kill(pid, 'SIGINT')
  while (isProcessAlive(pid)) {
    await sleep(20)
    if (Date.now() > deadline) {
      process.kill(pid, 'SIGQUIT')
      return
    }
  }
}

function urlOf({ sockets }: PostgresPlace, database: string): string {
  return `postgresql://${USER}@localhost/${database}?host=${encodeURIComponent(sockets)}`
}

function childOptions({ account, data }: PostgresPlace) {
  const env = { NODE_ENV: process.env.NODE_ENV, PATH: process.env.PATH ?? '', LC_ALL: 'C', TZ: 'UTC' }
  return { cwd: path.dirname(data), env, ...(account ?? {}) }
}

/** Of PostgreSQL's many lines the one that says why. */
const lastLineOf = (error: unknown): string => String(error).trim().split('\n').at(-1) ?? ''
