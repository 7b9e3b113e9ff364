import type { ChildProcess } from 'node:child_process'

/** SIGKILL, as a crash would end it. Resolves when the process is gone; nothing for one that has ended. */
export async function killProcess(child: ChildProcess | null): Promise<void> {
  if (child === null || child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await gone
}
