import { type ChildProcess, spawn } from 'node:child_process'
import path from 'node:path'
import { loadSecrets, prepareDataFolder } from '#server/boot/secrets.ts'
import { deriveKeys } from '#server/sfu/node/deriveKeys.ts'
import { startBalancer } from './balancer.ts'

/** The port that people use; the others follow it. */
const PORT = Number(process.env.PORT ?? 3000)
const PUBLIC_URL = process.env.PUBLIC_URL ?? `http://localhost:${PORT}`
const DATA = path.resolve(process.env.PARLEY_DATA_DIR ?? '.data', 'cluster')

prepareDataFolder(DATA)
const { AUTH_SECRET, PARLEY_SETUP_CODE } = loadSecrets(DATA)
const { key, secret } = deriveKeys(AUTH_SECRET)

/** What all of them have in common: the database, the root of all keys, the address, the key of the media nodes. */
const COMMON = {
  PUBLIC_URL,
  DATABASE_URL: process.env.DATABASE_URL,
  AUTH_SECRET,
  PARLEY_SETUP_CODE,
  LIVEKIT_API_KEY: key,
  LIVEKIT_API_SECRET: secret,
}

/** On machines of their own each would have the usual ports and its own address (SFU_BIND, SFU_NODE_IP). */
const NODES = [0, 1].map((number) => ({
  signalling: PORT + 10 + 4 * number,
  metrics: PORT + 11 + 4 * number,
  tcp: PORT + 12 + 4 * number,
  udp: PORT + 13 + 4 * number,
}))
const LIVEKIT_URL = NODES.map(({ signalling, metrics }) => `http://127.0.0.1:${signalling}#${metrics}`).join(
  ' ',
)
const SERVERS = [PORT + 1, PORT + 2]

const children: ChildProcess[] = []
let ending = false

/** Starts all of it and resolves when it serves. */
export async function runCluster(): Promise<void> {
  process.once('SIGINT', () => void end())
  process.once('SIGTERM', () => void end())

  // 1. Media nodes (`npm run sfu`). Redis makes them one LiveKit; Parley itself does not need it (docs/decisions/0012).
  for (const [number, { signalling, metrics, udp, tcp }] of NODES.entries()) {
    start(`media ${number + 1}`, 'server/sfu/standalone.ts', {
      REDIS_URL: process.env.REDIS_URL,
      SFU_PORT: signalling,
      SFU_METRICS_PORT: metrics,
      SFU_UDP_PORT: udp,
      SFU_TCP_PORT: tcp,
    })
  }
  // 2. Parley (`npm start`), the first alone: it brings the database up to date.
  for (const [number, port] of SERVERS.entries()) {
    const settings = { PORT: port, HOST: '127.0.0.1', LIVEKIT_URL }
    start(`parley ${number + 1}`, 'server.ts', settings)
    await serving(port)
  }
  // 3. One address in front of both.
  const upstreams = SERVERS.map((port) => ({ host: '127.0.0.1', port }))
  await startBalancer(PORT, upstreams)
  process.stdout.write(
    [
      '',
      `  Parley, two processes behind one address: ${PUBLIC_URL}`,
      `  The processes: ${SERVERS.map((port) => `http://127.0.0.1:${port}`).join(' ')}`,
      `  The media nodes: ${LIVEKIT_URL}`,
      '  Kill any one of them (the lines above name their process ids) and watch a call go on.',
      '',
      '',
    ].join('\n'),
  )
}

function start(name: string, entry: string, settings: Readonly<Record<string, unknown>>): void {
  const dataDir = path.join(DATA, name.replace(' ', '-'))
  const own = Object.entries({ ...COMMON, ...settings, PARLEY_DATA_DIR: dataDir })
  const env = { ...process.env, ...Object.fromEntries(own.map(([key, value]) => [key, String(value)])) }
  const child = spawn(process.execPath, ['--import', 'tsx', entry], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.push(child)
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => process.stdout.write(String(text).replace(/^(?=.)/gm, `${name} | `)))
  }
  process.stdout.write(`${name} | process ${child.pid}\n`)
  child.once('exit', (code, signal) => {
    process.stdout.write(`${name} | ended (${signal ?? code})\n`)
    // As a service manager would, after somebody killed it to see what happens.
    if (!ending) setTimeout(() => ending || start(name, entry, settings), 1_000)
  })
}

async function serving(port: number): Promise<void> {
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/api/health`).catch(() => null)
    if (answer?.ok || ending) return
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

async function end(): Promise<void> {
  ending = true
  const running = children.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)
  const ended = running.map((child) => new Promise((resolve) => child.once('exit', resolve)))
  for (const child of running) child.kill('SIGTERM')
  await Promise.all(ended)
  process.exit(0)
}
