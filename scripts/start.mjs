// `npm start` and `npm run dev`. Plain Node only: at first start there is no node_modules yet.
import path from 'node:path'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { loadDotEnv } from './dotEnv.mjs'
import { build, prepare } from './prepare.mjs'
import { checkNode, root, stop } from './steps.mjs'

const FLAGS = ['--dev', '--lan']
const flags = process.argv.slice(2)
const unknown = flags.find((flag) => !FLAGS.includes(flag))
if (unknown !== undefined) stop(`"${unknown}" is not known here. There are ${FLAGS.join(' and ')}.`)
checkNode()
loadDotEnv()
const dev = flags.includes('--dev')

await prepare()
if (!dev) await build()
await serve()

/** The server runs in this very process: whoever stops or kills it stops all of it. */
async function serve() {
  // Set rather than defaulted: React and Next behave by it, and it has to agree with --dev.
  process.env.NODE_ENV = dev ? 'development' : 'production'
  process.env.NEXT_TELEMETRY_DISABLED = '1'
  closeWithNpm()
  const { register } = await import('tsx/esm/api')
  register()
  await import(pathToFileURL(path.join(root, 'server.ts')).href)
}

/** npm killed with SIGKILL cannot hand that on; its child would keep the port and the data folder. */
function closeWithNpm() {
  if (process.env.npm_lifecycle_event === undefined) return
  const parent = process.ppid
  setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, 'SIGTERM')
  }, 250).unref()
}
