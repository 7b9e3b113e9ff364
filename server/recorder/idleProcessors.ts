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

const sum = (processors: readonly Pick<os.CpuInfo, 'times'>[]): Times => ({
  total: processors.reduce(
    (all, { times: { user, nice, sys, idle, irq } }) => all + user + nice + sys + idle + irq,
    0,
  ),
  idle: processors.reduce((all, { times }) => all + times.idle, 0),
})
