import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { type RecordingId, recordingId } from '#lib/protocol/ids.ts'

const RECORDING_FILE = 'recording.id'
/** Where Chromium keeps what pages put into their own file systems: files named by numbers, beside databases of their names. */
const FILES = path.join('profile', 'Default', 'File System')

/**
 * Says of which recording a browser's folder is, for whoever finds it when the browser is no more. A disk that does not take
 * even that keeps no browser from recording.
 */
export function writeRecording(folder: string, id: RecordingId): void {
  try {
    writeFileSync(path.join(folder, RECORDING_FILE), `${id}\n`, { mode: 0o600 })
  } catch {
    // What it leaves is nobody's, and goes with its folder.
  }
}

/** Null for a browser that has recorded nothing. */
export function readRecording(folder: string): RecordingId | null {
  try {
    return recordingId.parse(readFileSync(path.join(folder, RECORDING_FILE), 'utf8').trim())
  } catch {
    return null
  }
}

/** Whether a browser that is no more has left chunks in its folder (REC-211). In doubt it has. */
export function keepsChunks(folder: string): boolean {
  const files = path.join(folder, FILES)
  if (!existsSync(files)) return false
  try {
    return readdirSync(files, { recursive: true, encoding: 'utf8' }).some((name) => isPagesFile(files, name))
  } catch {
    return true
  }
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
}

function isPagesFile(files: string, name: string): boolean {
  if (!/^\d+$/.test(path.basename(name))) return false
  const found = statSync(path.join(files, name), { throwIfNoEntry: false })
  return found?.isFile() === true && found.size > 0
}
