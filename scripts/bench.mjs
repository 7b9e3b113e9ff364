/** `npm run bench`: see bench/run.ts for its options. Needs what the tests need (scripts/test.mjs installs it). */
import { spawnSync } from 'node:child_process'

const run = spawnSync(process.execPath, ['--import', 'tsx', 'bench/run.ts', ...process.argv.slice(2)], {
  stdio: 'inherit',
})
process.exit(run.status ?? 1)
