import { execFileSync, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import type { Clip } from './makeClips.ts'

export type LoadPerson = { readonly url: string; readonly token: string }

export type LoadPlan = {
  readonly origin: string
  readonly layers: readonly Clip[]
  readonly publishers: readonly LoadPerson[]
  readonly subscribers: readonly LoadPerson[]
  readonly seconds: number
}

const counted = z.object({
  packets: z.number(),
  bytes: z.number(),
  lost: z.number(),
  tracks: z.number(),
  seconds: z.number(),
})
export type Counted = z.infer<typeof counted>

const ROOT = process.cwd()
const TOOL = join(ROOT, '.bin', 'parley-load')

/** tools/load, built when it is not there yet. @throws Error where there is no Go */
export function ensureLoadTool(): void {
  if (existsSync(TOOL)) return
  execFileSync('go', ['build', '-trimpath', '-o', TOOL, '.'], {
    cwd: join(ROOT, 'tools', 'load'),
    env: { ...process.env, CGO_ENABLED: '0' },
    stdio: 'inherit',
  })
}

/**
 * Runs the load and resolves with what was counted.
 * @param onEdge called when the counting begins and when it ends
 * @throws Error with the tool's own words
 */
export async function runLoad(plan: LoadPlan, onEdge: (edge: 'begin' | 'end') => void): Promise<Counted> {
  const child = spawn(TOOL, { stdio: 'pipe' })
  const words: string[] = []
  let result: Counted | null = null
  createInterface({ input: child.stderr }).on('line', (line) => words.push(line))
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line === 'begin') onEdge('begin')
    else if (line.startsWith('{"packets"')) {
      onEdge('end')
      result = counted.parse(JSON.parse(line))
    }
  })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  child.stdin.end(JSON.stringify(plan))
  const code = await ended
  if (result === null) throw new Error(`the load ended with ${code}: ${words.slice(-5).join(' | ')}`)
  return result
}
