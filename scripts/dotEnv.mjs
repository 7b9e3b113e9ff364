// `.env` in the project folder, for who prefers a file. Plain Node only.
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { root } from './steps.mjs'

/** What the environment says already wins. */
export function loadDotEnv() {
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
