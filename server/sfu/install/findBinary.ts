import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { MIN_GO } from './version.ts'

export type Binary = { readonly path: string; readonly version: string }

/** Where a built binary lies, from the project folder. */
export const BUILT_BINARY = path.join(
  '.bin',
  process.platform === 'win32' ? 'livekit-server.exe' : 'livekit-server',
)

const VERSION_TIMEOUT_MS = 10_000
const GO_FOLDERS = ['/usr/local/go/bin', '/opt/homebrew/bin']

/**
 * The first livekit-server that runs: the one that is named, else one on PATH, else the one that was built here.
 *
 * @param named LIVEKIT_BIN; when it is set no other is looked for
 */
export async function findBinary(root: string, named: string | undefined): Promise<Binary | null> {
  const candidates =
    named === undefined ? [...onPath('livekit-server'), path.join(root, BUILT_BINARY)] : [named]
  for (const candidate of candidates) {
    const version = await versionOf(candidate)
    if (version !== null) return { path: path.resolve(root, candidate), version }
  }
  return null
}

async function versionOf(binary: string): Promise<string | null> {
  if (!existsSync(binary)) return null
  const said = await output(binary, ['--version'])
  return said === null ? null : (/version (\S+)/.exec(said)?.[1] ?? null)
}

/** A `go` that is new enough to build it, or null. */
export async function findGo(): Promise<string | null> {
  const installed = GO_FOLDERS.map((folder) => path.join(folder, 'go')).filter(existsSync)
  for (const candidate of [...onPath('go'), ...installed]) {
    const version = /go(\d+)\.(\d+)/.exec((await output(candidate, ['env', 'GOVERSION'])) ?? '')
    const [major, minor] = [Number(version?.[1]), Number(version?.[2])]
    if (major > MIN_GO[0] || (major === MIN_GO[0] && minor >= MIN_GO[1])) return candidate
  }
  return null
}

function onPath(name: string): string[] {
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter((folder) => folder !== '')
  return folders.map((folder) => path.join(folder, name)).filter(existsSync)
}

/** What a program says, or null when it cannot be run. */
function output(program: string, args: readonly string[]): Promise<string | null> {
  // The Go that is there, as it is: none is downloaded to say its version.
  const env = { ...process.env, GOTOOLCHAIN: 'local' }
  return new Promise((resolve) => {
    execFile(program, args, { timeout: VERSION_TIMEOUT_MS, env }, (error, stdout) =>
      resolve(error ? null : stdout),
    )
  })
}
