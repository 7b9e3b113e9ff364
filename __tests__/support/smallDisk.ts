import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'

export type SmallDisk = { readonly folder: string; remove(): void }

/** A file system of its own in memory, that fills up. */
export function makeSmallDisk(megabytes: number): SmallDisk {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'parley-disk-'))
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder], { stdio: 'pipe' })
  chmodSync(folder, 0o700)
  return {
    folder,
    remove() {
      execFileSync('umount', [folder])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Tests that fill a disk want one of their own: only root on Linux may make it, and a container has to allow it. */
export function smallDisksOr(test: typeof it): typeof it | typeof it.skip {
  const why = whyNone()
  if (why === null) return test
  if (process.env.CI === 'true') throw new Error(`no disk can be filled here: ${why}`)
  console.warn(`skipped: no disk can be filled here: ${why}`)
  return test.skip
}

function whyNone(): string | null {
  if (process.platform !== 'linux') return 'not Linux'
  if (process.getuid?.() !== 0) return 'not root'
  const folder = mkdtempSync(path.join(os.tmpdir(), 'parley-disk-'))
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], {
    encoding: 'utf8',
  })
  if (status === 0) execFileSync('umount', [folder])
  rmSync(folder, { recursive: true, force: true })
  return status === 0 ? null : stderr.trim()
}
