import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const FILE = 'recorder.id'

/** The id of the recorder that ran in this folder before: one that was killed could not say goodbye. */
export function readFormerId(folder: string): string | null {
  try {
    const id = readFileSync(path.join(folder, FILE), 'utf8').trim()
    return id === '' ? null : id
  } catch {
    return null
  }
}

export function writeFormerId(folder: string, id: string): void {
  writeFileSync(path.join(folder, FILE), `${id}\n`, { mode: 0o600 })
}
