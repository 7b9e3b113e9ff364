// `npm start` and `npm run dev`. Plain Node only: at first start there is no node_modules yet.
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { root, run, upToDate } from './steps.mjs'

const MIN_NODE = [20, 9]
const FLAGS = ['--dev', '--lan']
/** What the build is made of. A change in any of it builds again; nothing else does. */
const SOURCES = [
  'app',
  'components',
  'lib',
  'server',
  'public',
  'prisma/schema.prisma',
  'next.config.js',
  'postcss.config.js',
  'tsconfig.json',
  'package.json',
  'package-lock.json',
]

const flags = process.argv.slice(2)
const unknown = flags.find((flag) => !FLAGS.includes(flag))
if (unknown !== undefined) stop(`"${unknown}" is not known here. There are ${FLAGS.join(' and ')}.`)
checkNode()
loadDotEnv()
const dev = flags.includes('--dev')

await upToDate(
  'packages',
  ['package.json', 'package-lock.json'],
  'Installing packages (about a minute)…',
  () => run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']),
)
await upToDate(
  'prisma-client',
  ['prisma/schema.prisma', 'package-lock.json'],
  'Generating the database client…',
  () =>
    // Prisma asks for an engine binary that this step never runs; any executable will do, so nothing is downloaded.
    run(process.execPath, ['node_modules/prisma/build/index.js', 'generate'], {
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
    }),
)
if (!dev) {
  const built = path.join(process.env.PARLEY_DIST_DIR ?? '.next', 'BUILD_ID')
  await upToDate(
    'build',
    SOURCES,
    'Building the app (about a minute)…',
    () =>
      run(process.execPath, ['node_modules/next/dist/bin/next', 'build'], {
        NODE_ENV: 'production',
        NEXT_TELEMETRY_DISABLED: '1',
      }),
    built,
  )
}
await serve()

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major < MIN_NODE[0] || (major === MIN_NODE[0] && minor < MIN_NODE[1])) {
    stop(
      `Parley needs Node ${MIN_NODE.join('.')} or newer; this is ${process.versions.node}. See https://nodejs.org`,
    )
  }
}

/** `.env` in the project folder, for who prefers a file. What the environment says already wins. */
function loadDotEnv() {
  const file = path.join(root, '.env')
  if (!existsSync(file)) return
  for (const line of readFileSync(file, 'utf8').split(/\r?\n/)) {
    const match = /^\s*([A-Z][A-Z0-9_]*)\s*=\s*(.*?)\s*$/.exec(line)
    if (!match) continue
    const [, name, raw] = match
    const value = /^(["']).*\1$/.test(raw) ? raw.slice(1, -1) : raw
    process.env[name] ??= value
  }
}

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

function stop(message) {
  process.stderr.write(`\n${message}\n`)
  process.exit(1)
}
