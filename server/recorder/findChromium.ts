import { execFile } from 'node:child_process'
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
export async function findChromium(
  given: string | undefined,
  searchPath = process.env.PATH ?? '',
): Promise<string | null> {
  const folders = searchPath.split(path.delimiter).filter(Boolean)
  const onPath = NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name)))
  for (const file of given === undefined ? [...onPath, ...ELSEWHERE] : [given]) {
    if (existsSync(file) && (await runs(file))) return file
  }
  return null
}

const runs = (file: string): Promise<boolean> =>
  new Promise((resolve) => {
    execFile(file, ['--version'], { timeout: PATIENCE_MS }, (error) => resolve(error === null))
  })
