import { EnvError } from '#server/env.ts'
import { BootError } from './BootError.ts'

/** Ends a start that failed: what a person can mend without a stack trace, what is our fault with it. */
export function exitWith(error: unknown): never {
  const expected = error instanceof BootError || error instanceof EnvError
  process.stderr.write(`\n${expected ? error.message : `Parley could not start:\n${describe(error)}`}\n`)
  process.exit(1)
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
