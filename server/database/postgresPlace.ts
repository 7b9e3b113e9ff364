import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { BootError } from '#server/boot/BootError.ts'
import type { PostgresBinaries } from './postgresBinaries.ts'

/** PostgreSQL refuses to run as root; as root it gets this account. Null: it runs as ourselves. */
export type Account = { readonly uid: number; readonly gid: number } | null

export type PostgresPlace = {
  readonly account: Account
  readonly bin: string
  readonly data: string
  readonly sockets: string
  readonly logFile: string
  /** Set when the data lies outside .data, with the reason. */
  readonly movedBecause: string | null
}

/** A Unix socket's path may be 107 bytes long; PostgreSQL appends `/.s.PGSQL.5432`. */
const MAX_SOCKET_FOLDER_BYTES = 85

/** Chooses and makes the folders, owned by whoever will run PostgreSQL. */
export function preparePlace(dataFolder: string, binaries: PostgresBinaries): PostgresPlace {
  const account = unprivilegedAccount()
  const blocked =
    account && [dataFolder, path.join(binaries.bin, 'postgres')].find((folder) => !canEnter(folder, account))
  const home = blocked ? path.join('/var/lib/parley', hashOf(dataFolder)) : dataFolder
  if (blocked) mkdirSync(home, { recursive: true, mode: 0o711 })
  // The account must pass through, but may not list, what holds our secrets.
  else if (account) chmodSync(dataFolder, 0o711)

  const folder = path.join(home, 'postgres')
  makeOwned(folder, account)
  return {
    account,
    bin: blocked ? copyBinaries(binaries, home) : binaries.bin,
    data: path.join(folder, 'data'),
    sockets: socketFolder(folder, account),
    logFile: path.join(folder, 'postgres.log'),
    movedBecause: blocked ? `the account that PostgreSQL runs under cannot enter ${blocked}` : null,
  }
}

function unprivilegedAccount(): Account {
  if (process.getuid?.() !== 0) return null
  const lines = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
  for (const name of ['parley', 'postgres', 'nobody']) {
    const entry = lines.find((fields) => fields[0] === name)
    if (entry) return { uid: Number(entry[2]), gid: Number(entry[3]) }
  }
  throw new BootError(
    'PostgreSQL does not run as root, and this machine has no account "postgres" or "nobody" to run it under.\n' +
      'Start Parley as an ordinary user, or set DATABASE_URL.',
  )
}

/** Whether each folder above (and, where it exists, this one) lets others pass. .data itself is opened by us. */
function canEnter(folder: string, { uid, gid }: NonNullable<Account>): boolean {
  const parents: string[] = []
  for (let at = path.dirname(folder); ; at = path.dirname(at)) {
    parents.push(at)
    if (at === path.dirname(at)) break
  }
  return parents.every((parent) => {
    const { mode, uid: owner, gid: group } = statSync(parent)
    const bit = owner === uid ? 0o100 : group === gid ? 0o010 : 0o001
    return (mode & bit) !== 0
  })
}

/** The npm package's PostgreSQL, copied once to where the account can read it. */
function copyBinaries(binaries: PostgresBinaries, home: string): string {
  if (!binaries.packaged) return binaries.bin
  const target = path.join(home, `postgresql-${binaries.major}`)
  const stamp = path.join(target, '.complete')
  const version = String(statSync(path.join(binaries.packaged, 'bin', 'postgres')).mtimeMs)
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === version) return path.join(target, 'bin')
  rmSync(target, { recursive: true, force: true })
  cpSync(binaries.packaged, target, { recursive: true, verbatimSymlinks: true })
  // Installed under a strict umask the files are ours alone; the account has to read them.
  execFileSync('chmod', ['-R', 'a+rX', target])
  writeFileSync(stamp, version)
  return path.join(target, 'bin')
}

/** Beside the data, or in a short folder of the same account under the system's temporary one. */
function socketFolder(folder: string, account: Account): string {
  const near = path.join(folder, 'run')
  const sockets =
    Buffer.byteLength(near) <= MAX_SOCKET_FOLDER_BYTES
      ? near
      : path.join(os.tmpdir(), `parley-${hashOf(folder)}`)
  makeOwned(sockets, account)
  const { mode, uid } = lstatSync(sockets)
  const expected = account?.uid ?? process.getuid?.() ?? uid
  // Somebody else may have put a folder of that name into /tmp to answer as our database.
  if (!lstatSync(sockets).isDirectory() || uid !== expected || (mode & 0o077) !== 0) {
    throw new BootError(
      `${sockets} belongs to somebody else or is open to others. Remove it, then start again.`,
    )
  }
  return sockets
}

function makeOwned(folder: string, account: Account): void {
  const fresh = !existsSync(folder)
  if (fresh) mkdirSync(folder, { recursive: true, mode: 0o700 })
  if (fresh && account) chownSync(folder, account.uid, account.gid)
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12)
}
