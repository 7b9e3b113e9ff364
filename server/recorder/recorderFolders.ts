import { mkdirSync } from 'node:fs'
import path from 'node:path'

export type RecorderFolders = { readonly own: string; readonly browsers: string }

/** Where a recorder keeps what is its own, for us alone. */
export function recorderFolders(dataFolder: string): RecorderFolders {
  const own = path.join(dataFolder, 'recorder')
  const browsers = path.join(own, 'browsers')
  mkdirSync(browsers, { recursive: true, mode: 0o700 })
  return { own, browsers }
}
