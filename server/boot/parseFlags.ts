import { BootError } from './BootError.ts'
import type { Flags } from './boot.ts'

/** @throws BootError for anything but `--dev` and `--lan` */
export function parseFlags(args: readonly string[]): Flags {
  const unknown = args.find((arg) => arg !== '--dev' && arg !== '--lan')
  if (unknown !== undefined) throw new BootError(`"${unknown}" is not known here. There are --dev and --lan.`)
  return { dev: args.includes('--dev'), lan: args.includes('--lan') }
}
