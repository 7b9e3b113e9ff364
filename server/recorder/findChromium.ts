import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const ELSEWHERE = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]
const PATIENCE_MS = 30_000

/**
 * @param given CHROMIUM_BIN; then nothing else is looked at
 * @returns a Chromium that runs, or null. Ubuntu's `chromium-browser` is there and only says that one should install a snap
 */
export function findChromium(given: string | undefined, searchPath = process.env.PATH ?? ''): string | null {
  if (given !== undefined) return runs(given) ? given : null
  const folders = searchPath.split(path.delimiter).filter(Boolean)
  const candidates = [
    ...NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name))),
    ...ELSEWHERE,
  ]
  return candidates.find((file) => existsSync(file) && runs(file)) ?? null
}

const runs = (file: string): boolean =>
  spawnSync(file, ['--version'], { stdio: 'ignore', timeout: PATIENCE_MS }).status === 0
