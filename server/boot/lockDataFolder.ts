import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { BootError } from './BootError.ts'
import { isProcessAlive, processCommand } from './processes.ts'

const RETRY_MS = 100

/** As lockDataFolder, but gives a holder that is just closing (a restart) this long to go. */
export async function waitForDataFolder(folder: string, patienceMs: number): Promise<() => void> {
  const deadline = performance.now() + patienceMs
  for (;;) {
    try {
      return lockDataFolder(folder)
    } catch (error) {
      if (performance.now() > deadline) throw error
      await sleep(RETRY_MS)
    }
  }
}

/**
 * One Parley per data folder. The lock is a file with our pid; one whose process is gone counts for nothing.
 *
 * @returns gives the lock back
 * @throws BootError that names the process that holds it
 */
export function lockDataFolder(folder: string): () => void {
  const lock = path.join(folder, 'server.lock')
  const mine = `${lock}.${process.pid}`
  const holder = readHolder(lock)
  if (holder !== null && holder !== process.pid && isParley(holder)) throw heldBy(folder, holder)
  if (holder !== null) rmSync(lock, { force: true })

  // link() fails when the name exists: of two that start at once and both saw a stale lock, one wins.
  writeFileSync(mine, `${process.pid}\n`, { mode: 0o600 })
  try {
    linkSync(mine, lock)
  } catch {
    throw heldBy(folder, readHolder(lock))
  } finally {
    rmSync(mine, { force: true })
  }
  return () => {
    if (readHolder(lock) === process.pid) rmSync(lock, { force: true })
  }
}

function readHolder(lock: string): number | null {
  try {
    return Number(readFileSync(lock, 'utf8'))
  } catch {
    return null
  }
}

/** After a restart of the machine the pid may belong to something else: only a Node process counts. */
function isParley(pid: number): boolean {
  return isProcessAlive(pid) && /node|server\.ts|parley|start\.mjs/.test(processCommand(pid) ?? 'node')
}

function heldBy(folder: string, pid: number | null): BootError {
  return new BootError(
    `Parley is already running on ${folder}${pid === null ? '' : ` (process ${pid})`}.\n` +
      'Stop it first, or give this one its own copy of the project.',
  )
}
