import { readdirSync, readFileSync } from 'node:fs'

/** CPU time in ms that a process and all its descendants have used. Linux (/proc); exited children count no more. */
export function cpuMs(pid: number): number {
  let nanoseconds = 0
  for (const one of [pid, ...descendants(pid)]) {
    for (const task of list(`/proc/${one}/task`)) {
      nanoseconds += Number(read(`/proc/${one}/task/${task}/schedstat`).split(' ')[0] ?? 0)
    }
  }
  return nanoseconds / 1e6
}

/** Resident memory of one process in kB. */
export function residentKb(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(read(`/proc/${pid}/status`))?.[1] ?? Number.NaN)
}

/** Memory in kB of a process and all its descendants, what they share counted once (PSS). */
export function proportionalKb(pid: number): number {
  return [pid, ...descendants(pid)].reduce((sum, one) => {
    const said = /^Pss:\s+(\d+)/m.exec(read(`/proc/${one}/smaps_rollup`))?.[1]
    return sum + Number(said ?? 0)
  }, 0)
}

/** @returns the process of that command name among the descendants of another, or null */
export function descendantNamed(pid: number, name: string): number | null {
  return descendants(pid).find((one) => read(`/proc/${one}/comm`).trim() === name) ?? null
}

function descendants(pid: number): number[] {
  const children = new Map<number, number[]>()
  for (const entry of list('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    // The name in parentheses may hold spaces: the parent's id is the second field after it.
    const parent = Number(read(`/proc/${entry}/stat`).split(') ').at(-1)?.split(' ')[1])
    children.set(parent, [...(children.get(parent) ?? []), Number(entry)])
  }
  const found: number[] = []
  const queue = [pid]
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const own = children.get(next) ?? []
    found.push(...own)
    queue.push(...own)
  }
  return found
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function list(path: string): string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}
