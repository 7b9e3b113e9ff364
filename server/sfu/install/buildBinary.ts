import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, renameSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { BUILT_BINARY } from './findBinary.ts'

const PACKAGE = 'github.com/livekit/livekit-server/cmd/server'
const MODULE = path.join('tools', 'sfu')
/** Lower than everything else on the machine: meetings run meanwhile. */
const NICE = 19

export type Build = {
  /** Resolves when the binary is in its place. Rejects with what `go` said last. */
  readonly done: Promise<void>
  /** Ends it, and all that it started. */
  stop(): void
}

/**
 * Builds the pinned livekit-server into `.bin/`, from sources whose checksums are in tools/sfu/go.sum.
 *
 * @param onStep told what it does at present, for people
 */
export function buildBinary(root: string, go: string, onStep: (step: string) => void): Build {
  let running: ChildProcess | null = null
  let stopped = false

  async function run(args: readonly string[], onLine: (line: string) => void): Promise<void> {
    if (stopped) throw new Error('stopped')
    const child = spawn(go, args, {
      cwd: path.join(root, MODULE),
      env: {
        ...process.env,
        CGO_ENABLED: '0',
        GOFLAGS: '-mod=readonly',
        GOWORK: 'off',
        GOTOOLCHAIN: 'local',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own: the compilers that it starts are ended with it.
      detached: true,
    })
    running = child
    if (child.pid !== undefined) lowerPriority(child.pid)
    const last = readLines(child, onLine)
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject)
      child.once('exit', resolve)
    })
    running = null
    if (code !== 0) throw new Error(stopped ? 'stopped' : `go ${args[0]} failed: ${last().join(' / ')}`)
  }

  async function build(): Promise<void> {
    onStep('downloading the sources of the media server')
    let packages = 0
    await run(['list', '-deps', PACKAGE], () => {
      packages += 1
    })
    let compiled = 0
    const target = path.join(root, BUILT_BINARY)
    const fresh = `${target}.new`
    mkdirSync(path.dirname(target), { recursive: true })
    const parallel = Math.max(1, os.availableParallelism() - 1)
    onStep('building the media server')
    const output = ['-trimpath', '-ldflags', '-s -w', '-o', fresh]
    await run(['build', '-v', '-p', String(parallel), ...output, PACKAGE], () => {
      compiled += 1
      onStep(`building the media server (${compiled} of at most ${packages} parts)`)
    })
    // Renamed when complete: an interrupted build leaves nothing that looks like a server.
    renameSync(fresh, target)
  }

  return {
    done: build(),
    stop() {
      stopped = true
      if (running?.pid !== undefined) endGroup(running.pid)
    },
  }
}

/** @returns the last lines that were written */
function readLines(
  { stdout, stderr }: ChildProcess,
  onLine: (line: string) => void,
): () => readonly string[] {
  const last: string[] = []
  for (const stream of [stdout, stderr]) {
    let rest = ''
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = `${rest}${chunk}`.split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        last.push(line)
        onLine(line)
      }
      last.splice(0, last.length - 5)
    })
  }
  return () => last
}

function lowerPriority(pid: number): void {
  try {
    os.setPriority(pid, NICE)
  } catch {
    // It ended already, or this system does not allow it.
  }
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGTERM')
  } catch {
    // It ended already.
  }
}
