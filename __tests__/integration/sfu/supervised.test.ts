import { type ChildProcess, spawn } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { isProcessAlive } from '#server/boot/processes.ts'
import type { SfuReport } from '#server/sfu/createSfu.ts'
import { SfuNode } from '#server/sfu/SfuNode.ts'
import { describeWithLiveKit } from '../../support/describeWithLiveKit.ts'
import { livekitBinary } from '../../support/livekitBinary.ts'

jest.setTimeout(120_000)

type Said = Pick<SfuReport, 'status' | 'local'>

let folder: string
let processes: ChildProcess[]

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'parley-supervised-'))
  processes = []
})
afterEach(async () => {
  for (const child of processes) await end(child, 'SIGTERM')
  const left = existsSync(recordFile()) ? [record().pid] : []
  for (const pid of left.filter(isProcessAlive)) process.kill(pid, 'SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

const data = (): string => path.join(folder, 'data')
const recordFile = (): string => path.join(data(), 'sfu', 'livekit.json')
const record = (): { pid: number; ports: { signalling: number; udp: number; tcp: number } } =>
  JSON.parse(readFileSync(recordFile(), 'utf8'))

/** A Parley process's part, see support/sfuProcess.ts. */
function startProcess(env: Readonly<Record<string, string>> = {}, root = process.cwd()) {
  mkdirSync(data(), { recursive: true })
  const child = spawn(process.execPath, ['--import', 'tsx', '__tests__/support/sfuProcess.ts', root], {
    cwd: process.cwd(),
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      NODE_ENV: 'test',
      PARLEY_DATA_DIR: data(),
      LIVEKIT_BIN: livekitBinary() ?? '',
      ...env,
    },
  })
  processes.push(child)
  const said: Said[] = []
  let rest = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = `${rest}${chunk}`.split('\n')
    rest = lines.pop() ?? ''
    said.push(...lines.map((line): Said => JSON.parse(line)))
  })
  const until = async (state: Said['status']['state'], from = 0): Promise<Said> => {
    for (;;) {
      const found = said.slice(from).find(({ status }) => status.state === state)
      if (found) return found
      if (child.exitCode !== null) throw new Error(`ended without "${state}": ${JSON.stringify(said)}`)
      await pause()
    }
  }
  return { child, said, until }
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20))

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill(signal)
  await ended
}

const answers = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}`).then(
    ({ ok }) => ok,
    () => false,
  )

describeWithLiveKit('a media server of our own', () => {
  test('[SFU-30] it is started with its secrets for us alone, and ends with us', async () => {
    const { child, until } = startProcess()
    const { local } = await until('available')
    expect(local?.media).toEqual({ kind: 'loopback' })
    const { pid, ports } = record()
    expect(await answers(ports.signalling)).toBe(true)
    for (const name of ['livekit.yaml', 'livekit.log', 'livekit.json']) {
      expect(statSync(path.join(data(), 'sfu', name)).mode & 0o077).toBe(0)
    }
    // Nobody but this machine reaches its signalling.
    const outside = Object.values(os.networkInterfaces())
      .flatMap((all) => all ?? [])
      .filter(({ internal, family }) => !internal && family === 'IPv4')
    for (const { address } of outside) {
      await expect(fetch(`http://${address}:${ports.signalling}`)).rejects.toThrow()
    }
    await end(child, 'SIGTERM')
    expect(isProcessAlive(pid)).toBe(false)
  })

  test('[SFU-31] killed, it is started again on the same ports, and again', async () => {
    const { said, until } = startProcess()
    await until('available')
    const former = record()
    for (const _ of [1, 2]) {
      const from = said.length
      const { pid } = record()
      process.kill(pid, 'SIGKILL')
      await until('unavailable', from)
      await until('available', from)
      expect(record().pid).not.toBe(pid)
      expect(record().ports).toEqual(former.ports)
    }
  })

  test('[SFU-32] when Parley is killed it goes on, and the next Parley takes it over and ends it', async () => {
    const first = startProcess()
    await first.until('available')
    const { pid, ports } = record()
    await end(first.child, 'SIGKILL')
    expect(await answers(ports.signalling)).toBe(true)
    const second = startProcess()
    await second.until('available')
    expect(record().pid).toBe(pid)
    // An adopted one is watched as well.
    const from = second.said.length
    process.kill(pid, 'SIGKILL')
    await second.until('unavailable', from)
    await second.until('available', from)
    await end(second.child, 'SIGTERM')
    expect(isProcessAlive(record().pid)).toBe(false)
  })

  test('[SFU-32] one that was left behind with another configuration is replaced', async () => {
    const first = startProcess()
    await first.until('available')
    const { pid } = record()
    await end(first.child, 'SIGKILL')
    const second = startProcess({ AUTH_SECRET: 'another secret, and therefore other keys' })
    await second.until('available')
    expect(record().pid).not.toBe(pid)
    expect(isProcessAlive(pid)).toBe(false)
  })

  test('[SFU-33] media ports that are taken are left to who has them, unless they were asked for', async () => {
    const holder = createServer()
    await new Promise<void>((resolve) => holder.listen(0, resolve))
    const address = holder.address()
    const taken = typeof address === 'object' && address ? address.port : 0
    const first = startProcess()
    await first.until('available')
    const other = path.join(folder, 'other')
    mkdirSync(other)
    const second = startProcess({ PARLEY_DATA_DIR: other })
    await second.until('available')
    const theirs = JSON.parse(readFileSync(path.join(other, 'sfu', 'livekit.json'), 'utf8')).ports
    expect(theirs.udp).not.toBe(record().ports.udp)
    expect(theirs.tcp).not.toBe(record().ports.tcp)
    await end(first.child, 'SIGTERM')
    const third = startProcess({ SFU_TCP_PORT: String(taken) })
    await third.until('unavailable')
    expect(record().ports.tcp).toBe(taken)
    const from = third.said.length
    await new Promise((resolve) => holder.close(resolve))
    await third.until('available', from)
  })
})

/** `npm run sfu` as it runs once packages are there. */
function startStandalone(env: Readonly<Record<string, string>>) {
  mkdirSync(data(), { recursive: true })
  const child = spawn(process.execPath, ['--import', 'tsx', 'server/sfu/standalone.ts'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      NODE_ENV: 'production',
      PARLEY_DATA_DIR: data(),
      LIVEKIT_BIN: livekitBinary() ?? '',
      ...env,
    },
  })
  processes.push(child)
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString()
    })
  return { child, said: () => text }
}

describeWithLiveKit('a machine that only forwards media', () => {
  const KEYS = { LIVEKIT_API_KEY: 'parley', LIVEKIT_API_SECRET: 'a secret of the SFU tests, long enough' }

  test('[SFU-36] serves at the address that it says, and ends on a signal', async () => {
    const base = 20_000 + Math.floor(Math.random() * 12_000)
    const [SFU_PORT, SFU_METRICS_PORT, SFU_UDP_PORT, SFU_TCP_PORT] = [0, 1, 2, 3].map((each) =>
      String(base + each),
    )
    const ports = { SFU_PORT: SFU_PORT ?? '', SFU_METRICS_PORT: SFU_METRICS_PORT ?? '' }
    const media = { SFU_UDP_PORT: SFU_UDP_PORT ?? '', SFU_TCP_PORT: SFU_TCP_PORT ?? '' }
    const { child, said } = startStandalone({ ...KEYS, ...ports, ...media })
    while (!said().includes('Add to LIVEKIT_URL')) await pause()
    const url = /http:\S+/.exec(said().slice(said().indexOf('Add to')))?.[0] ?? ''
    expect(url).toBe(`http://127.0.0.1:${base}#${base + 1}`)
    const node = new SfuNode(url, { key: KEYS.LIVEKIT_API_KEY, secret: KEYS.LIVEKIT_API_SECRET })
    while (node.state !== 'ready') {
      await node.check()
      await pause()
    }
    expect(node.instance).toMatch(/^ND_/)
    await node.api.createRoom({ name: 'a' })
    await end(child, 'SIGTERM')
    expect(await answers(base)).toBe(false)
    expect(said()).not.toContain(KEYS.LIVEKIT_API_SECRET)
  })

  test('[SFU-36] without keys it does not start, and says how to make them', async () => {
    const { child, said } = startStandalone({})
    await new Promise((resolve) => child.once('exit', resolve))
    expect(child.exitCode).toBe(1)
    expect(said()).toContain('openssl rand -hex 32')
  })
})

describe('a machine without a media server', () => {
  test('[SFU-34] says what to install, in lines to copy', async () => {
    // An empty project folder, and a PATH on which there is nothing but Node.
    const bin = path.join(folder, 'bin')
    mkdirSync(bin)
    symlinkSync(process.execPath, path.join(bin, 'node'))
    const wrong = path.join(folder, 'livekit-server')
    writeFileSync(wrong, 'not a program', { mode: 0o755 })
    const { until } = startProcess({ LIVEKIT_BIN: wrong, PATH: bin }, folder)
    const { status } = await until('absent')
    if (status.state !== 'absent') throw new Error('unexpected')
    expect(status.reason).toContain(wrong)
    expect(status.advice.join('\n')).toMatch(/go\.dev\/dl[\s\S]*LIVEKIT_BIN=[\s\S]*docker run/)
  })

  test('[SFU-35] SFU=off starts nothing', async () => {
    const { until } = startProcess({ SFU: 'off' })
    const { status } = await until('absent')
    expect(status).toEqual({ state: 'absent', reason: 'it is switched off (SFU=off)', advice: [] })
    expect(existsSync(recordFile())).toBe(false)
  })
})
