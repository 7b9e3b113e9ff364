// What a machine can judge without running Parley: `npm run check`, and the first part of `npm test`.
import process from 'node:process'
import { runForCode } from './steps.mjs'

const CHECKS = [
  ['types', ['node_modules/typescript/bin/tsc', '--noEmit']],
  ['lint and format', ['node_modules/@biomejs/biome/bin/biome', 'check', '.']],
  ['unused code', ['node_modules/knip/bin/knip.js']],
]

/** @returns {Promise<string[]>} the names of the checks that failed; what is wrong was printed */
export async function failedChecks() {
  const failed = []
  for (const [name, args] of CHECKS) {
    process.stdout.write(`Checking ${name}…\n`)
    if ((await runForCode(process.execPath, args)) !== 0) failed.push(name)
  }
  return failed
}
