import { execFileSync, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { until } from '../../__tests__/browser/support/until.ts'
import { freePort } from '../../__tests__/support/freePort.ts'

const FOLDER = join(process.cwd(), 'bench/floors/nextPage')
const NEXT = join(process.cwd(), 'node_modules/next/dist/bin/next')

/** Builds (once) and serves a page with one button, by the same Next and React. */
export async function startBareNextPage(): Promise<{ url: string; close(): Promise<void> }> {
  const env = { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' } as const
  if (!existsSync(join(FOLDER, '.next/BUILD_ID')))
    execFileSync(process.execPath, [NEXT, 'build'], { cwd: FOLDER, env, stdio: 'ignore' })
  const port = await freePort()
  const child = spawn(process.execPath, [NEXT, 'start', '-p', String(port)], {
    cwd: FOLDER,
    env,
    stdio: 'ignore',
  })
  const url = `http://localhost:${port}`
  await until('the bare Next page', async () => (await fetch(url)).ok, { timeoutMs: 30_000 })
  return {
    url,
    close: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve())
        child.kill('SIGKILL')
      }),
  }
}
