import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { isProcessAlive } from '#server/boot/processes.ts'
import { browserFolder, endOrphans, writeBrowserPid } from '#server/recorder/orphans.ts'

describe('[REC-74] browsers that a killed recorder left behind', () => {
  const parent = mkdtempSync(path.join(os.tmpdir(), 'parley-orphans-'))
  const started: ChildProcess[] = []
  const run = async (...args: string[]): Promise<number> => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', ...args], { stdio: 'ignore' })
    started.push(child)
    await new Promise((resolve) => child.once('spawn', resolve))
    return child.pid ?? 0
  }
  afterAll(() => {
    for (const child of started) child.kill('SIGKILL')
    rmSync(parent, { recursive: true, force: true })
  })

  test('are ended and their folders removed; a process that only has the number is left alone', async () => {
    const ours = browserFolder(parent, 'ours')
    const reused = browserFolder(parent, 'reused')
    const orphan = await run(path.join(ours, 'profile'))
    const stranger = await run('something else')
    writeBrowserPid(ours, orphan)
    writeBrowserPid(reused, stranger)
    expect(endOrphans(parent)).toBe(1)
    while (isProcessAlive(orphan)) await new Promise((resolve) => setTimeout(resolve, 20))
    expect(isProcessAlive(stranger)).toBe(true)
    expect([existsSync(ours), existsSync(reused)]).toEqual([false, false])
    expect(endOrphans(parent)).toBe(0)
  }, 20_000)
})
