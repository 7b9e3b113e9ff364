import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { Leftovers } from '#server/recorder/Leftovers.ts'
import { writeRecording } from '#server/recorder/leftFolder.ts'
import { browserFolder } from '#server/recorder/orphans.ts'
import type { Work } from '#server/recorder/Recorder.ts'
import { until } from '../../browser/support/until.ts'
import { recordingOf } from '../../support/FakeRecordingApi.ts'

const FOREVER = 60_000

describe('[REC-212] what browsers that died have left', () => {
  const parent = mkdtempSync(path.join(os.tmpdir(), 'parley-leftovers-'))
  afterAll(() => rmSync(parent, { recursive: true, force: true }))

  let folders = 0
  function folderOf(recording: number | null, chunk = 'chunk'): string {
    folders += 1
    const folder = browserFolder(parent, String(folders))
    const files = path.join(folder, 'profile', 'Default', 'File System', '000', 't', '00')
    mkdirSync(files, { recursive: true })
    writeFileSync(path.join(files, '00000001'), chunk)
    if (recording !== null) writeRecording(folder, recordingOf(recording))
    return folder
  }

  /** A recorder that is at nothing, on an idle machine, beside a server that answers. */
  function setUp(times: { readonly patienceMs?: number; readonly longestMs?: number } = {}) {
    const now = { work: 'none' as Work, idle: 2, answers: true, open: true, fails: 0, takes: 0, asked: 0 }
    const sent: string[] = []
    let atOnce = 0
    let most = 0
    const leftovers = new Leftovers({
      find: async (id) => {
        if (!now.answers) throw new Error('the database is away')
        return now.open ? { id, meetingId: 'm', meetingCode: 'quiet-river-1' } : null
      },
      send: async (folder, _recording, signal) => {
        atOnce += 1
        most = Math.max(most, atOnce)
        try {
          sent.push(folder)
          await sleep(now.takes, undefined, { signal })
          if (now.fails-- > 0) throw new Error('no Chromium')
        } finally {
          atOnce -= 1
        }
      },
      serverAnswers: async () => {
        now.asked += 1
        return now.answers
      },
      work: () => now.work,
      idle: () => now.idle,
      log: pino({ level: 'silent' }),
      times: { lookEveryMs: 10, patienceMs: FOREVER, longestMs: FOREVER, ...times },
    })
    /** It has looked some times more. */
    const looks = async () => {
      const before = now.asked
      await until('some looks', () => now.asked > before + 5, { everyMs: 5 })
    }
    return { now, sent, leftovers, looks, most: () => most }
  }
  const gone = (folder: string) => until('its end', () => !existsSync(folder), { everyMs: 5 })

  test('is sent, one folder after the other, each removed then', async () => {
    const { now, sent, leftovers, most } = setUp()
    now.takes = 30
    const both = [folderOf(1), folderOf(2)]
    for (const folder of both) leftovers.take(folder)
    for (const folder of both) await gone(folder)
    expect([sent, most()]).toEqual([both, 1])
    await leftovers.close()
  })

  test('is none where no chunk is: the folder goes at once, and no browser is started', async () => {
    const { sent, leftovers } = setUp()
    const folder = folderOf(1, '')
    leftovers.take(folder)
    expect(existsSync(folder)).toBe(false)
    const nobodys = folderOf(null)
    leftovers.take(nobodys)
    await gone(nobodys)
    expect(sent).toEqual([])
    await leftovers.close()
  })

  test('waits until the server answers, the next browser records, and a processor is idle', async () => {
    const { now, sent, leftovers, looks } = setUp()
    Object.assign(now, { answers: false, work: 'opening', idle: 0.4 })
    const folder = folderOf(1)
    leftovers.take(folder)
    await looks()
    now.answers = true
    await looks()
    now.work = 'recording'
    await looks()
    expect(sent).toEqual([])
    now.idle = 1.3
    await gone(folder)
    expect(sent).toEqual([folder])
    await leftovers.close()
  })

  test('does not wait for an idle processor for ever, and not at all when nothing is recorded any more', async () => {
    const patient = setUp()
    Object.assign(patient.now, { work: 'recording', idle: 0 })
    const busy = folderOf(1)
    patient.leftovers.take(busy)
    await patient.looks()
    patient.now.work = 'none'
    await gone(busy)
    await patient.leftovers.close()

    const { now, leftovers } = setUp({ patienceMs: 50 })
    Object.assign(now, { work: 'recording', idle: 0 })
    const folder = folderOf(1)
    leftovers.take(folder)
    await gone(folder)
    await leftovers.close()
  })

  test('is removed when the server takes no more of it, and when it was away for too long', async () => {
    const over = setUp()
    over.now.open = false
    const late = folderOf(1)
    over.leftovers.take(late)
    await gone(late)
    const away = setUp({ longestMs: 50 })
    away.now.answers = false
    const folder = folderOf(1)
    away.leftovers.take(folder)
    await gone(folder)
    expect([over.sent, away.sent]).toEqual([[], []])
    await over.leftovers.close()
    await away.leftovers.close()
  })

  test('is tried again when a browser fails over it, and given up some time', async () => {
    const { now, sent, leftovers } = setUp()
    now.fails = 1
    const folder = folderOf(1)
    leftovers.take(folder)
    await gone(folder)
    expect(sent).toEqual([folder, folder])
    now.fails = Number.POSITIVE_INFINITY
    const hopeless = folderOf(1)
    leftovers.take(hopeless)
    await gone(hopeless)
    expect(sent.filter((one) => one === hopeless).length).toBeGreaterThan(2)
    await leftovers.close()
  })

  test('[REC-213] stays for the next start when this recorder ends, in the midst of it and before', async () => {
    const { now, sent, leftovers } = setUp()
    now.takes = FOREVER
    const [first, second] = [folderOf(1), folderOf(2)]
    leftovers.take(first)
    leftovers.take(second)
    await until('the first one', () => sent.length === 1)
    await leftovers.close()
    const third = folderOf(3)
    leftovers.take(third)
    await leftovers.close()
    expect([first, second, third].map((folder) => existsSync(folder))).toEqual([true, true, true])
    expect(sent).toEqual([first])
  })
})
