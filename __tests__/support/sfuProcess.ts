import { loadEnv } from '#server/env.ts'
import { createLog } from '#server/log.ts'
import { createSfu } from '#server/sfu/createSfu.ts'

/**
 * The media server as a Parley process has it, in a process of its own that a test may kill: says each status as a
 * line of JSON, ends on SIGTERM. Arguments: the project folder.
 */
const AUTH_SECRET = process.env.AUTH_SECRET ?? 'a secret of the SFU tests, long enough'
const PUBLIC_URL = process.env.PUBLIC_URL ?? 'http://localhost:3000'
const env = { ...loadEnv(process.env), AUTH_SECRET, PUBLIC_URL }
const sfu = createSfu({
  root: process.argv[2] ?? process.cwd(),
  env,
  tls: false,
  log: createLog('silent', false),
})
const say = (): void => {
  process.stdout.write(`${JSON.stringify({ status: sfu.port.status, local: sfu.report.local })}\n`)
}
sfu.port.onStatus(say)
say()
const alive = setInterval(() => undefined, 1_000)
process.once('SIGTERM', () => {
  clearInterval(alive)
  void sfu.close()
})
