import os from 'node:os'

type Times = { readonly total: number; readonly idle: number }

/** @returns a function that tells how many processors had nothing to do, on average since it was last asked; at first 0 */
export function idleProcessors(read: () => readonly Pick<os.CpuInfo, 'times'>[] = os.cpus): () => number {
  let before: Times | null = null
  return () => {
    const processors = read()
    const now = sum(processors)
    const [total, idle] = before === null ? [0, 0] : [now.total - before.total, now.idle - before.idle]
    before = now
    return total > 0 ? (processors.length * idle) / total : 0
  }
}

const sum = (processors: readonly Pick<os.CpuInfo, 'times'>[]): Times => {
  const times = processors.map((one) => one.times)
  return { total: add(times.flatMap((one) => Object.values(one))), idle: add(times.map(({ idle }) => idle)) }
}

const add = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0)
