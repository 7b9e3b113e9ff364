// What has to be there before anything runs: packages, the database client, the build. Plain Node only.
import path from 'node:path'
import process from 'node:process'
import { precompress } from './precompress.mjs'
import { run, upToDate } from './steps.mjs'

/** What the build is made of. A change in any of it builds again; nothing else does. */
const SOURCES = [
  'app',
  'components',
  'lib',
  'server',
  'scripts/precompress.mjs',
  'public',
  'prisma/schema.prisma',
  'next.config.js',
  'postcss.config.js',
  'tsconfig.json',
  'tsconfig.base.json',
  'package.json',
  'package-lock.json',
]

/** Installs what package-lock.json says and generates the Prisma client; nothing when both are there. */
export async function prepare() {
  await upToDate(
    'packages',
    ['package.json', 'package-lock.json'],
    'Installing packages (about a minute)…',
    () => run('npm', ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']),
  )
  await upToDate(
    'prisma-client',
    ['prisma/schema.prisma', 'package-lock.json'],
    'Generating the database client…',
    () =>
      // Prisma asks for an engine binary that this step never runs; any executable will do, so nothing is downloaded.
      run(process.execPath, ['node_modules/prisma/build/index.js', 'generate', '--no-hints'], {
        PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
        PRISMA_HIDE_UPDATE_MESSAGE: '1',
      }),
  )
}

/** The production build, into PARLEY_DIST_DIR or `.next`; nothing when it is newer than its sources. */
export async function build() {
  const dist = process.env.PARLEY_DIST_DIR ?? '.next'
  await upToDate(
    'build',
    SOURCES,
    'Building the app (about a minute)…',
    async () => {
      await run(process.execPath, ['node_modules/next/dist/bin/next', 'build'], {
        NODE_ENV: 'production',
        NEXT_TELEMETRY_DISABLED: '1',
      })
      await precompress(path.join(dist, 'static'))
    },
    path.join(dist, 'BUILD_ID'),
  )
}
