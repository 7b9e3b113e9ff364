import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { freePort } from './freePort.ts'
import { killProcess } from './killProcess.ts'

export const hasRedis = (): boolean =>
  spawnSync('redis-server', ['--version'], { stdio: 'ignore' }).status === 0

/** A Redis of a test's own, which it may end and start again. */
export class RedisServer {
  readonly port: number
  readonly #folder = mkdtempSync(path.join(os.tmpdir(), 'parley-redis-'))
  #child: ChildProcess | null = null

  private constructor(port: number) {
    this.port = port
  }

  static async start(): Promise<RedisServer> {
    const redis = new RedisServer(await freePort())
    await redis.launch()
    return redis
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`
  }

  async launch(): Promise<void> {
    const args = ['--port', String(this.port), '--bind', '127.0.0.1', '--save', '', '--dir', this.#folder]
    this.#child = spawn('redis-server', args, { stdio: 'ignore' })
    for (let attempt = 0; attempt < 400 && !(await answers(this.port)); attempt += 1)
      await new Promise((resolve) => setTimeout(resolve, 25))
  }

  /** As `redis-cli` says it. @returns what it answers, without the line's end */
  command(...args: readonly string[]): string {
    const { status, stdout } = spawnSync('redis-cli', ['-p', String(this.port), ...args], {
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(`redis-cli ${args.join(' ')}: ${status}`)
    return stdout.trimEnd()
  }

  async kill(): Promise<void> {
    const child = this.#child
    this.#child = null
    await killProcess(child)
  }

  async stop(): Promise<void> {
    await this.kill()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
