import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { freePort } from '../../support/freePort.ts'
import { until } from './until.ts'

const ROOT = process.cwd()

export type Parley = {
  readonly url: string
  readonly port: number
  readonly database: TestDatabase
  /** The folder that recordings' files are in. */
  readonly recordings: string
  /** Of the running server. */
  pid(): number
  /** What the server has written so far. */
  output(): string
  /** SIGKILL: no goodbye to anybody. Resolves when the process is gone. */
  kill(): Promise<void>
  /** SIGTERM: it closes in its own way. Resolves when the process is gone. */
  end(): Promise<void>
  /** The same server on the same port and database; resolves when it serves. */
  restart(): Promise<void>
  /** Ends the server; removes its folder, and its database unless it was given. */
  stop(): Promise<void>
}

export type ParleyOptions = {
  readonly env?: Readonly<Record<string, string>>
  /** Two servers on one database: hand the first one's here, and the same AUTH_SECRET by `env`. */
  readonly database?: TestDatabase
  /** What this server takes itself to be; its own address when unset. */
  readonly publicUrl?: string
}

/** The production server as people run it, with a database, a port and a data folder of its own. */
export async function startParley(options: ParleyOptions = {}): Promise<Parley> {
  ensureBuild()
  const database = options.database ?? (await createTestDatabase())
  const dataDirectory = await mkdtemp(join(tmpdir(), 'parley-test-'))
  const recordings = join(dataDirectory, 'recordings')
  const port = await freePort()
  const url = `http://localhost:${port}`
  const env: NodeJS.ProcessEnv = {
    PATH: process.env.PATH ?? '',
    HOME: process.env.HOME ?? '',
    NODE_ENV: 'production',
    PORT: String(port),
    PUBLIC_URL: options.publicUrl ?? url,
    DATABASE_URL: database.url,
    AUTH_SECRET: randomBytes(32).toString('hex'),
    LOG_LEVEL: 'warn',
    // A test that wants the media server says so; the others leave the machine to their browsers.
    SFU: 'off',
    RECORDER: 'off',
    PARLEY_DATA_DIR: dataDirectory,
    RECORDINGS_DIR: recordings,
    PARLEY_DIST_DIR: distDirectory(),
    NEXT_TELEMETRY_DISABLED: '1',
    ...options.env,
  }
  let child: ChildProcess | null = null
  let output = ''

  async function start(): Promise<void> {
    const started = spawn(process.execPath, ['--import', 'tsx', 'server.ts'], {
      cwd: ROOT,
      env,
      stdio: 'pipe',
    })
    child = started
    for (const stream of [started.stdout, started.stderr]) {
      stream.on('data', (chunk) => {
        output += String(chunk)
      })
    }
    const outcome = await until(
      `the server at ${url}`,
      async () => {
        // Ended: nothing to wait for, and its output says why.
        if (started.exitCode !== null) return 'ended'
        return healthy(port, new URL(options.publicUrl ?? url).host)
      },
      { timeoutMs: 120_000, everyMs: 25 },
    ).catch((error: unknown) => {
      started.kill('SIGKILL')
      throw new Error(`the server did not start:\n${output}`, { cause: error })
    })
    if (outcome === 'ended') throw new Error(`the server ended at its start:\n${output}`)
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    const running = child
    if (running === null || running.exitCode !== null || running.signalCode !== null) return
    const gone = new Promise<void>((resolve) => running.once('exit', () => resolve()))
    running.kill(signal)
    const hard = setTimeout(() => running.kill('SIGKILL'), 10_000)
    await gone
    clearTimeout(hard)
  }

  await start()
  return {
    url,
    port,
    database,
    recordings,
    pid: () => child?.pid ?? 0,
    output: () => output,
    kill: () => end('SIGKILL'),
    end: () => end('SIGTERM'),
    restart: start,
    async stop() {
      await end('SIGTERM')
      await rm(dataDirectory, { recursive: true, force: true })
      if (options.database === undefined) await database.drop()
    },
  }
}

/** Asked with the public host, as a proxy would: another one is refused. */
function healthy(port: number, host: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    get({ port, host: 'localhost', path: '/api/health', headers: { host }, timeout: 2000 }, (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    }).on('error', reject)
  })
}

export const distDirectory = (): string => process.env.PARLEY_DIST_DIR ?? '.next'

/** Browser tests need the production build; the test runner makes it, a single test run by hand may have to. */
function ensureBuild(): void {
  if (existsSync(join(ROOT, distDirectory(), 'BUILD_ID'))) return
  const script = "import { build } from './scripts/prepare.mjs'; await build()"
  execFileSync(process.execPath, ['--input-type=module', '--eval', script], { cwd: ROOT, stdio: 'inherit' })
}
