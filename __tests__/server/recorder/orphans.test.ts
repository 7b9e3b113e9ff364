import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { isProcessAlive } from '#server/boot/processes.ts'
import { keepsChunks, readRecording, removeFolder, writeRecording } from '#server/recorder/leftFolder.ts'
import { browserFolder, endOrphans, writeBrowserPid } from '#server/recorder/orphans.ts'
import { recordingOf } from '../../support/FakeRecordingApi.ts'

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
    expect(endOrphans(parent)).toEqual({ ended: 1, left: [] })
    while (isProcessAlive(orphan)) await new Promise((resolve) => setTimeout(resolve, 20))
    expect(isProcessAlive(stranger)).toBe(true)
    expect([existsSync(ours), existsSync(reused)]).toEqual([false, false])
    expect(endOrphans(parent)).toEqual({ ended: 0, left: [] })
  }, 20_000)
})

describe('[REC-213] folders of browsers that are no more', () => {
  const parent = mkdtempSync(path.join(os.tmpdir(), 'parley-left-'))
  afterAll(() => rmSync(parent, { recursive: true, force: true }))

  /** As Chromium has it: databases of names, and a file for each of the page's, named by numbers. */
  function folderWith(name: string, files: Readonly<Record<string, string>>): string {
    const folder = browserFolder(parent, name)
    const own = path.join(folder, 'profile', 'Default', 'File System', '000', 't')
    mkdirSync(path.join(own, 'Paths'), { recursive: true })
    mkdirSync(path.join(own, '00'))
    writeFileSync(path.join(own, 'Paths', '000003.log'), 'names')
    writeFileSync(path.join(own, '.usage'), 'bytes')
    for (const [file, bytes] of Object.entries(files)) writeFileSync(path.join(own, '00', file), bytes)
    return folder
  }

  test('are left for now when there is a chunk in them, and of which recording is known', () => {
    const left = folderWith('left', { '00000004': 'chunk' })
    writeRecording(left, recordingOf(1))
    writeRecording(folderWith('sent', {}), recordingOf(1))
    writeRecording(folderWith('cut off', { '00000004': '' }), recordingOf(1))
    folderWith('nobody’s', { '00000004': 'chunk' })
    expect(endOrphans(parent)).toEqual({ ended: 0, left: [left] })
    expect(readdirSync(parent)).toEqual(['left'])
    expect(readRecording(left)).toBe(recordingOf(1))
    expect(statSync(path.join(left, 'recording.id')).mode & 0o777).toBe(0o600)
    removeFolder(left)
    expect([readRecording(left), keepsChunks(left)]).toEqual([null, false])
  })

  test('in doubt hold something', () => {
    const folder = browserFolder(parent, 'odd')
    mkdirSync(path.join(folder, 'profile', 'Default'), { recursive: true })
    writeFileSync(path.join(folder, 'profile', 'Default', 'File System'), 'what no folder is')
    expect(keepsChunks(folder)).toBe(true)
  })
})
