// What the scripts share. Plain Node only.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
process.chdir(root)

const MIN_NODE = [20, 9]

/** Ends the process unless this Node is new enough for everything that follows. */
export function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > MIN_NODE[0] || (major === MIN_NODE[0] && minor >= MIN_NODE[1])) return
  stop(
    `Parley needs Node ${MIN_NODE.join('.')} or newer; this is ${process.versions.node}. See https://nodejs.org`,
  )
}

/** Ends the process with a word to the person at the terminal. */
export function stop(message) {
  process.stderr.write(`\n${message}\n`)
  process.exit(1)
}

/**
 * Does a step unless its inputs are what they were when it last succeeded here.
 *
 * @param {string} name of the stamp
 * @param {string[]} inputs files and folders, from the project folder
 * @param {string} progress printed before the work starts
 * @param {() => Promise<void>} work
 * @param {string} [product] has to exist for the step to count as done
 */
export async function upToDate(name, inputs, progress, work, product = 'node_modules') {
  const home = product === 'node_modules' ? product : path.dirname(product)
  const stamp = path.join(root, home, `.parley-${name}`)
  const hash = hashOf(inputs)
  const done =
    existsSync(path.join(root, product)) && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash
  if (done) return
  rmSync(stamp, { force: true })
  const started = Date.now()
  process.stdout.write(`${progress}\n`)
  await work()
  mkdirSync(path.dirname(stamp), { recursive: true })
  writeFileSync(stamp, hash)
  process.stdout.write(`  done in ${((Date.now() - started) / 1000).toFixed(1)} s\n`)
}

/** Over names and contents, with the Node version, because native packages differ by it. Independent of git. */
function hashOf(inputs) {
  const hash = createHash('sha256').update(`${process.version} ${process.platform} ${process.arch}`)
  for (const input of inputs) addTo(hash, path.join(root, input))
  return hash.digest('hex')
}

function addTo(hash, file) {
  if (!existsSync(file)) return
  if (statSync(file).isDirectory()) {
    for (const name of readdirSync(file).sort()) addTo(hash, path.join(file, name))
  } else {
    hash.update(`\0${path.relative(root, file)}\0`).update(readFileSync(file))
  }
}

/**
 * Runs a command with our output; ends this process with its code when it fails or cannot be started.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {Record<string, string>} [env] besides ours
 */
export async function run(command, args, env = {}) {
  const code = await runForCode(command, args, env)
  if (code !== 0) {
    process.stderr.write(`\n"${[path.basename(command), ...args].join(' ')}" failed (${code}).\n`)
    process.exit(1)
  }
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {Record<string, string>} [env] besides ours
 * @param {{ stdout?: 'inherit' | 'ignore' }} [output] where its standard output goes
 * @returns {Promise<number>} the exit code; 127 when there is no such command
 */
export function runForCode(command, args, env = {}, { stdout = 'inherit' } = {}) {
  const windows = process.platform === 'win32' && command === 'npm'
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: ['ignore', stdout, 'inherit'],
      env: { ...process.env, ...env },
      shell: windows,
    })
    // A Ctrl-C or kill during a long step ends the step too.
    const forward = (signal) => {
      child.kill(signal)
      process.exit(130)
    }
    process.once('SIGINT', forward)
    process.once('SIGTERM', forward)
    child.on('error', (error) => {
      process.stderr.write(`${command}: ${error.message}\n`)
      resolve(127)
    })
    child.on('exit', (code) => {
      process.off('SIGINT', forward)
      process.off('SIGTERM', forward)
      resolve(code ?? 1)
    })
  })
}
