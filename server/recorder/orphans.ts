import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { isProcessAlive, processCommand } from '#server/boot/processes.ts'
import { keepsChunks, readRecording, removeFolder } from './leftFolder.ts'

const PID_FILE = 'browser.pid'

/** A folder for one browser: its profile, and the number of its process, by which a later start ends what outlived us. */
export function browserFolder(parent: string, name: string): string {
  const folder = path.join(parent, name)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return folder
}

export function writeBrowserPid(folder: string, pid: number): void {
  writeFileSync(path.join(folder, PID_FILE), `${pid}\n`, { mode: 0o600 })
}

/**
 * Ends browsers that a killed recorder left behind, and removes their folders, but for those with chunks in them. A number
 * that has meanwhile become another program's is left alone: a browser of ours names its folder in its command line.
 *
 * @returns how many were still running, and the folders in which something is left (REC-213)
 */
export function endOrphans(parent: string): { readonly ended: number; readonly left: readonly string[] } {
  if (!existsSync(parent)) return { ended: 0, left: [] }
  let ended = 0
  const left: string[] = []
  for (const name of readdirSync(parent)) {
    const folder = path.join(parent, name)
    const pid = readPid(folder)
    if (pid !== null && isProcessAlive(pid) && (processCommand(pid)?.includes(folder) ?? false)) {
      endTree(pid)
      ended += 1
    }
    if (readRecording(folder) !== null && keepsChunks(folder)) left.push(folder)
    else removeFolder(folder)
  }
  return { ended, left }
}

/** The browser's own processes end with it: their channel to it breaks. */
export function endTree(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // Gone already.
  }
}

function readPid(folder: string): number | null {
  try {
    const pid = Number(readFileSync(path.join(folder, PID_FILE), 'utf8'))
    return Number.isInteger(pid) && pid > 1 ? pid : null
  } catch {
    return null
  }
}
