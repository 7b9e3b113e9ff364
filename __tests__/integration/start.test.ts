import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { request } from 'node:https'
import { createServer } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { isProcessAlive } from '#server/boot/processes.ts'
import { lanAddresses } from '#server/boot/tls.ts'
import { createTestDatabase } from '../support/database.ts'
import { freePort } from '../support/freePort.ts'

const ROOT = process.cwd()
const START_MS = 60_000

type Started = {
  readonly child: ChildProcess
  readonly said: () => string
  readonly exit: Promise<number | null>
}

/** Parley as `npm start` runs it once packages and build are there. */
function start(env: Record<string, string>, args = ['--import', 'tsx', 'server.ts']): Started {
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      NODE_ENV: 'production',
      PARLEY_DIST_DIR: process.env.PARLEY_DIST_DIR ?? '.next',
      SFU: 'off',
      RECORDER: 'off',
      ...env,
    },
  })
  let text = ''
  const hear = (chunk: Buffer) => {
    text += chunk.toString()
  }
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  const exit = new Promise<number | null>((resolve) => child.once('exit', resolve))
  return { child, said: () => text, exit }
}

async function until(what: string, started: Started): Promise<void> {
  const deadline = Date.now() + START_MS
  while (!started.said().includes(what)) {
    const ended = started.child.exitCode !== null || started.child.signalCode !== null
    if (ended || Date.now() > deadline) throw new Error(`no "${what}" in:\n${started.said()}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** Refused unless this certificate is valid for this very name or address. */
function answerOverTls(host: string, port: number, ca: string): Promise<{ status: number; cookie: string }> {
  return new Promise((resolve, reject) => {
    const asked = request({ host, port, path: '/api/auth/csrf', ca, timeout: 10_000 }, (response) => {
      response.resume()
      resolve({ status: response.statusCode ?? 0, cookie: String(response.headers['set-cookie'] ?? '') })
    })
    asked.on('error', reject)
    asked.end()
  })
}

describe('starting and stopping', () => {
  let folder: string
  let port: number
  const running: ChildProcess[] = []
  const run = (env: Record<string, string> = {}) => {
    const started = start({ PORT: String(port), PARLEY_DATA_DIR: folder, ...env })
    running.push(started.child)
    return started
  }
  const health = async () => (await fetch(`http://localhost:${port}/api/health`)).json()

  beforeAll(async () => {
    const built = path.join(ROOT, process.env.PARLEY_DIST_DIR ?? '.next', 'BUILD_ID')
    if (!existsSync(built))
      throw new Error('There is no build to start: run npm test, or npx next build before this.')
    folder = mkdtempSync(path.join(os.tmpdir(), 'parley-start-'))
    port = await freePort()
  })
  afterAll(() => {
    for (const child of running) child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  })

  test('[BOOT-30] from an empty folder to a page, killed, started again on the database left behind, ended', async () => {
    const first = run()
    await until(`Parley is ready: http://localhost:${port}`, first)
    expect(first.said()).toContain('The first one becomes the admin')
    expect(first.said()).toMatch(/setup code: [0-9a-f]{24}/)
    expect(await health()).toMatchObject({ status: 'ok', database: 'ok' })
    const page = await fetch(`http://localhost:${port}/sign-up`)
    expect(page.status).toBe(200)

    const second = run({ PORT: String(await freePort()) })
    expect(await second.exit).toBe(1)
    expect(second.said()).toContain(`already running on ${folder} (process ${first.child.pid})`)

    const postmaster = path.join(folder, 'postgres', 'data', 'postmaster.pid')
    const database = Number(readFileSync(postmaster, 'utf8').split('\n', 1)[0])
    first.child.kill('SIGKILL')
    await first.exit
    expect(isProcessAlive(database)).toBe(true)

    const third = run()
    await until('Parley is ready', third)
    expect(third.said()).toContain('took it over')
    expect(await health()).toMatchObject({ status: 'ok' })
    third.child.kill('SIGINT')
    expect(await third.exit).toBe(0)
    expect(isProcessAlive(database)).toBe(false)
    expect(existsSync(path.join(folder, 'server.lock'))).toBe(false)
  }, 150_000)

  test('[BOOT-31] a taken port is named, and nothing is left running', async () => {
    const holder = createServer()
    await new Promise<void>((resolve) => holder.listen(port, resolve))
    try {
      const started = run()
      expect(await started.exit).toBe(1)
      expect(started.said()).toContain(`Port ${port} is taken by another program`)
      expect(existsSync(path.join(folder, 'postgres', 'data', 'postmaster.pid'))).toBe(false)
    } finally {
      await new Promise((resolve) => holder.close(resolve))
    }
  }, 90_000)

  test('[BOOT-32] a database that does not answer is named without its password', async () => {
    const nobody = await freePort()
    const started = run({ DATABASE_URL: `postgresql://kim:hidden-word@127.0.0.1:${nobody}/x` })
    expect(await started.exit).toBe(1)
    expect(started.said()).toContain(
      `postgresql://kim:***@127.0.0.1:${nobody}/x (DATABASE_URL) does not answer`,
    )
    expect(started.said()).not.toContain('hidden-word')
  }, 60_000)

  test('[BOOT-21] a wrong value stops the start and is named', async () => {
    const started = run({ PORT: '70000', SIGN_UP: 'perhaps' })
    expect(await started.exit).toBe(1)
    expect(started.said()).toMatch(/PORT .*\n.*SIGN_UP /)
  }, 60_000)

  test('[BOOT-35] --lan serves HTTPS on every address of this machine, with one certificate that is kept', async () => {
    const database = await createTestDatabase()
    const lan = mkdtempSync(path.join(os.tmpdir(), 'parley-lan-'))
    const env = { PORT: String(port), PARLEY_DATA_DIR: lan, DATABASE_URL: database.url }
    const serve = async () => {
      const started = start(env, ['--import', 'tsx', 'server.ts', '--lan'])
      running.push(started.child)
      await until(`Parley is ready: https://${lanAddresses()[0] ?? 'localhost'}:${port}`, started)
      return started
    }
    try {
      const first = await serve()
      const certificate = readFileSync(path.join(lan, 'tls', 'cert.pem'), 'utf8')
      for (const host of ['localhost', '127.0.0.1', ...lanAddresses()]) {
        const { status, cookie } = await answerOverTls(host, port, certificate)
        expect([host, status]).toEqual([host, 200])
        expect(cookie).toMatch(/__Host-.*; Secure/)
      }
      first.child.kill('SIGTERM')
      expect(await first.exit).toBe(0)
      const second = await serve()
      expect(readFileSync(path.join(lan, 'tls', 'cert.pem'), 'utf8')).toBe(certificate)
      expect((await answerOverTls('localhost', port, certificate)).status).toBe(200)
      second.child.kill('SIGTERM')
      expect(await second.exit).toBe(0)
    } finally {
      rmSync(lan, { recursive: true, force: true })
      await database.drop()
    }
  }, 120_000)

  test('[BOOT-33] an unknown flag is refused before anything is done', async () => {
    const started = start({}, ['scripts/start.mjs', '--lna'])
    expect(await started.exit).toBe(1)
    expect(started.said()).toContain('"--lna" is not known here. There are --dev and --lan.')
    expect(started.said()).not.toContain('Installing')
  }, 60_000)
})
