import { type ChildProcess, spawn } from 'node:child_process'
import type { TestDatabase } from './database.ts'
import { killProcess } from './killProcess.ts'
import { RealtimeClient } from './RealtimeClient.ts'

/** A signalling server in a process of its own, one of several over a database. */
export class RealtimeProcess {
  readonly port: number
  readonly #origin: string
  readonly #child: ChildProcess
  readonly #clients: RealtimeClient[] = []

  private constructor(child: ChildProcess, port: number, origin: string) {
    this.#child = child
    this.port = port
    this.#origin = origin
  }

  static async start(
    database: TestDatabase,
    publicUrl: string,
    env: Readonly<Record<string, string>> = {},
    nodes?: readonly { readonly url: string }[],
    oneOfSeveral = true,
  ): Promise<RealtimeProcess> {
    const options = JSON.stringify({
      url: database.url,
      publicUrl,
      env,
      oneOfSeveral,
      nodes: nodes?.map(({ url }) => ({ url })),
    })
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', '__tests__/support/realtimeProcess.ts', options],
      {
        // Its first line is its port.
        env: { ...process.env, PARLEY_TEST_LOG: 'silent' },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    )
    const port = await new Promise<number>((done, fail) => {
      child.stdout.once('data', (text) => done(Number(String(text))))
      child.once('exit', (code) => fail(new Error(`the server ended with ${code}`)))
    })
    return new RealtimeProcess(child, port, publicUrl)
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  async connect(who: { cookie: string }, meeting: { code: string }): Promise<RealtimeClient> {
    const via = `http://localhost:${this.port}`
    const client = new RealtimeClient(this.#origin, who.cookie, meeting.code, {}, via)
    this.#clients.push(client)
    await client.connected()
    return client
  }

  /** SIGKILL: no goodbye to anybody. */
  kill(): Promise<void> {
    return killProcess(this.#child)
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) client.close()
    await this.kill()
  }
}
