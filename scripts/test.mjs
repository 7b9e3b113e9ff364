// `npm test`: everything there is, from a fresh clone. The last line alone is `N passed, N failed, N skipped`.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { failedChecks } from './checks.mjs'
import { build, prepare } from './prepare.mjs'
import { checkNode, runForCode, stop } from './steps.mjs'
import { missingTools } from './testTools.mjs'

/**
 * The suites by what they ask of the machine. Integration tests hold database connections, so two at a time; browsers
 * take the whole machine, so one.
 */
const SUITES = [
  ['unit and components', ['--selectProjects', 'unit', 'dom']],
  ['integration', ['--selectProjects', 'integration', '--maxWorkers=2']],
  ['browser', ['--selectProjects', 'browser', '--runInBand']],
]

if (process.argv.length > 2) stop('npm test runs everything. For a part: npx jest <path>')
checkNode()
const started = Date.now()
await prepare()
const missing = await missingTools()
// Before the build: what is wrong here is told within seconds.
const failures = (await failedChecks()).map((name) => `check: ${name}`)
await build()

const total = { passed: 0, failed: 0, skipped: 0 }
const folder = mkdtempSync(path.join(os.tmpdir(), 'parley-results-'))
try {
  for (const [name, args] of SUITES) await runSuite(name, args)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
report()

async function runSuite(name, args) {
  process.stdout.write(`\nTesting: ${name}…\n`)
  const results = path.join(folder, `${name.replaceAll(' ', '-')}.json`)
  const jest = ['node_modules/jest/bin/jest.js', ...args, '--json', `--outputFile=${results}`, '--silent']
  const code = await runForCode(process.execPath, jest, {}, { stdout: 'ignore' })
  const counted = count(results)
  total.passed += counted.passed
  total.failed += counted.failed
  total.skipped += counted.skipped
  // Jest also fails where no test does: a file that does not load, a broken setup.
  if (code !== 0 && counted.failed === 0) failures.push(`suite: ${name}`)
}

function count(file) {
  try {
    const result = JSON.parse(readFileSync(file, 'utf8'))
    return {
      passed: result.numPassedTests,
      failed: result.numFailedTests + result.numRuntimeErrorTestSuites,
      skipped: result.numPendingTests + result.numTodoTests,
    }
  } catch {
    return { passed: 0, failed: 0, skipped: 0 }
  }
}

/** A check or suite that failed as a whole counts as one failure, so that the line never says "0 failed" of a failure. */
function report() {
  const minutes = ((Date.now() - started) / 60_000).toFixed(1)
  process.stdout.write(`\nDone in ${minutes} min.\n`)
  for (const reason of missing) process.stdout.write(`Skipped: ${reason}\n`)
  for (const failure of failures) process.stdout.write(`Failed: ${failure}\n`)
  const ci = process.env.CI === 'true'
  if (ci && total.skipped > 0) process.stdout.write('Under CI=true a skipped test is a failure.\n')
  const failed = total.failed + failures.length
  process.stdout.write(`${total.passed} passed, ${failed} failed, ${total.skipped} skipped\n`)
  process.exitCode = failed > 0 || (ci && total.skipped > 0) || total.passed === 0 ? 1 : 0
}
