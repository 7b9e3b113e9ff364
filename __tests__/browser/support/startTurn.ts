import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../support/freePort.ts'
import { until } from './until.ts'

const PLACES = ['/usr/bin/turnserver', '/usr/local/bin/turnserver', '/opt/homebrew/bin/turnserver']

/** @returns the path of coturn's server, TURNSERVER_PATH first; null where there is none */
export function findTurnServer(): string | null {
  return (
    [process.env.TURNSERVER_PATH, ...PLACES].find((path) => path !== undefined && existsSync(path)) ?? null
  )
}

export type Turn = {
  /** What Parley is told of it. */
  readonly env: { readonly TURN_URLS: string; readonly TURN_SECRET: string }
  stop(): Promise<void>
}

/** coturn on the loopback with a shared secret, as README describes it. */
export async function startTurn(): Promise<Turn> {
  const program = findTurnServer()
  if (program === null) throw new Error('coturn is not installed, or set TURNSERVER_PATH')
  const secret = 'a secret of the browser tests'
  const folder = await mkdtemp(join(tmpdir(), 'parley-turn-'))
  const port = await freePort()
  const settings = [
    '-n',
    '--no-cli',
    '--no-tls',
    '--no-dtls',
    '--fingerprint',
    '--use-auth-secret',
    `--static-auth-secret=${secret}`,
    '--realm=parley',
    '--listening-ip=127.0.0.1',
    '--relay-ip=127.0.0.1',
    // Here both ends of a relayed path are this machine; a real server leaves this out.
    '--allow-loopback-peers',
    `--listening-port=${port}`,
    `--userdb=${join(folder, 'turn.sqlite')}`,
    `--pidfile=${join(folder, 'turn.pid')}`,
    '--log-file=stdout',
    '--simple-log',
  ]
  const server = spawn(program, settings, { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [server.stdout, server.stderr])
    stream.on('data', (chunk) => {
      output += String(chunk)
    })
  const exit = new Promise<void>((resolve) => server.once('exit', () => resolve()))
  const stop = async () => {
    server.kill('SIGKILL')
    await exit
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await until('coturn to listen', () => listens(port), { everyMs: 50 })
  } catch (error) {
    await stop()
    throw new Error(`coturn did not start:\n${output.slice(-2000)}`, { cause: error })
  }
  return { env: { TURN_URLS: `turn:127.0.0.1:${port}`, TURN_SECRET: secret }, stop }
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', reject)
  })
}
