import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { loadEnv } from '#server/env.ts'
import { choosePorts } from '#server/sfu/node/freePorts.ts'
import { nodeConfig } from '#server/sfu/node/nodeConfig.ts'
import type { SfuKeys } from '#server/sfu/SfuTokens.ts'
import { killProcess } from './killProcess.ts'
import { livekitBinary } from './livekitBinary.ts'

export const TEST_KEYS: SfuKeys = { key: 'tests', secret: 'a secret of the SFU tests, long enough' }

const somePort = (): number => 20_000 + Math.floor(Math.random() * 12_000)

type NodeOptions = {
  readonly redisUrl?: string
  readonly webhook?: string
  readonly env?: Readonly<Record<string, string>>
}

/** A real LiveKit node on loopback, configured as Parley configures its own. */
export class LiveKitNode {
  /** As LIVEKIT_URL names it. */
  readonly url: string
  readonly #folder: string
  readonly #binary: string
  #child: ChildProcess | null = null

  private constructor(binary: string, folder: string, url: string) {
    this.#binary = binary
    this.#folder = folder
    this.url = url
  }

  static async start({ redisUrl, webhook, env = {} }: NodeOptions = {}): Promise<LiveKitNode> {
    const binary = livekitBinary()
    if (binary === null) throw new Error('no livekit-server')
    const folder = mkdtempSync(path.join(os.tmpdir(), 'parley-livekit-'))
    // Far from the product's own, and each test process in another place: several run at once.
    const ports = await choosePorts({ udp: somePort(), tcp: somePort() }, null)
    const config = nodeConfig({
      bind: '127.0.0.1',
      ports,
      media: { kind: 'loopback' },
      keys: TEST_KEYS,
      env: loadEnv(env),
      webhook: webhook ?? null,
      redisUrl: redisUrl ?? null,
    })
    writeFileSync(path.join(folder, 'livekit.yaml'), JSON.stringify(config), { mode: 0o600 })
    const node = new LiveKitNode(binary, folder, `http://127.0.0.1:${ports.signalling}#${ports.metrics}`)
    await node.launch()
    return node
  }

  get port(): number {
    return Number(new URL(this.url).port)
  }

  /** All that it has written. */
  get log(): string {
    return readFileSync(path.join(this.#folder, 'log'), 'utf8')
  }

  async launch(): Promise<void> {
    const args = ['-c', 'exec "$0" --config livekit.yaml >> log 2>&1', this.#binary]
    this.#child = spawn('/bin/sh', args, { cwd: this.#folder, stdio: 'ignore' })
    for (let attempt = 0; attempt < 400; attempt += 1) {
      if (this.#child.exitCode !== null) break
      const answered = await fetch(`http://127.0.0.1:${this.port}`).then(
        (response) => response.ok,
        () => false,
      )
      if (answered) return
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
    throw new Error(`the node did not start:\n${this.log}`)
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child?.kill(signal)
  }

  /** As a crash would end it. */
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
