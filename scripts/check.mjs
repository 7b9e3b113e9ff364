// `npm run check`: types, lint and format, unused code, architecture. Fails at the end, so that all is told at once.
import process from 'node:process'
import { failedChecks } from './checks.mjs'
import { prepare } from './prepare.mjs'
import { checkNode, runForCode, stop } from './steps.mjs'

checkNode()
await prepare()
const failed = await failedChecks()
process.stdout.write('Checking architecture…\n')
const jest = ['node_modules/jest/bin/jest.js', '--selectProjects', 'unit', '--runTestsByPath']
if ((await runForCode(process.execPath, [...jest, '__tests__/architecture.test.ts'])) !== 0) {
  failed.push('architecture')
}
if (failed.length > 0) stop(`Not in order: ${failed.join(', ')}.`)
process.stdout.write('All in order.\n')
