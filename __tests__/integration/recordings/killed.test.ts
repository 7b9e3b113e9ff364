import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { Prisma } from '@prisma/client'
import { recordingId } from '#lib/protocol/ids.ts'
import { sessions } from '#server/auth/sessions.ts'
import { database } from '#server/db.ts'
import { stopping } from '#server/recordings/PrismaRecordingJobs.ts'
import { until } from '../../browser/support/until.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { describeWithFfmpeg } from '../../support/describeWithFfmpeg.ts'
import { killProcess } from '../../support/killProcess.ts'
import { meetingUnderWay, recorderOf, Uploader } from '../../support/recordingServer.ts'
import { inPieces, judge, makeWebm } from '../../support/webm.ts'

jest.setTimeout(180_000)

const PARTS = 3
const PUBLIC_URL = 'http://localhost:3999'
let data: TestDatabase
let folder: string
let child: ChildProcess

beforeAll(async () => {
  data = await createTestDatabase()
  folder = mkdtempSync(path.join(os.tmpdir(), 'parley-killed-'))
  Object.assign(process.env, { DATABASE_URL: data.url, PUBLIC_URL })
})
afterAll(async () => {
  await killProcess(child)
  await sessions().close()
  await database().$disconnect()
  await data.drop()
  rmSync(folder, { recursive: true, force: true })
})

async function start(): Promise<number> {
  const variables = JSON.stringify({ PUBLIC_URL, RECORDINGS_DIR: folder, LOG_LEVEL: 'silent' })
  child = spawn(
    process.execPath,
    ['--import', 'tsx', '__tests__/support/recordingProcess.ts', data.url, variables],
    {
      env: process.env,
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  return new Promise((resolve, reject) => {
    child.stdout?.once('data', (text: Buffer) => resolve(Number(text.toString())))
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}`)))
  })
}

/** Files that are being made, with something in them already. */
const underWay = () => {
  const finishing = path.join(folder, '.finishing')
  if (!existsSync(finishing)) return []
  const files = readdirSync(finishing).flatMap((made) =>
    readdirSync(path.join(finishing, made)).map((name) => path.join(finishing, made, name)),
  )
  return files.filter((file) => (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 0)
}

/**
 * Kills the server while `holds`, which is looked at while it stands still: stopped, it cannot get any further between
 * the look and the kill.
 */
async function killWhile(what: string, holds: () => Promise<boolean>): Promise<void> {
  await until(
    what,
    async () => {
      if (underWay().length === 0) return false
      child.kill('SIGSTOP')
      if (underWay().length > 0 && (await holds())) return true
      child.kill('SIGCONT')
      return false
    },
    { everyMs: 1 },
  )
  await killProcess(child)
}

describeWithFfmpeg('a server that is killed', () => {
  test('[REC-59] between chunks and while it finishes: everything acknowledged is in the file', async () => {
    const meeting = await meetingUnderWay(data.prisma)
    const created = await data.prisma.recording.create({
      data: {
        meetingId: meeting.meetingId,
        conferenceId: meeting.conference,
        ownerId: meeting.host.user.id,
        title: 'Killed',
        kind: 'SERVER',
        createdAt: new Date(Date.now() - 600_000),
      },
      select: { id: true },
    })
    const id = recordingId.parse(created.id)
    const cookie = await recorderOf(id, meeting)
    let recorder = new Uploader({ port: await start(), origin: PUBLIC_URL }, id, cookie)
    const chunks = inPieces(await makeWebm({ seconds: 24 }), 24)
    const at = (seq: number): Buffer => chunks[seq] ?? Buffer.alloc(0)
    const zero = Date.now() - 500_000
    const { part } = await recorder.open({ startedAt: zero })
    let next = 0
    for (const end of [8, 16]) {
      for (; next < end; next += 1) expect((await recorder.chunk(part, next, at(next))).status).toBe(204)
      // Killed in the middle of a chunk: whether it counts, the next server says.
      const lost = recorder.chunk(part, next, at(next)).catch(() => null)
      await killProcess(child)
      await lost
      recorder = new Uploader({ port: await start(), origin: PUBLIC_URL }, id, cookie)
      const state = (await recorder.state(part)).body
      expect([next, next + 1]).toContain(state.next)
      next = state.next ?? 0
    }
    for (; next < chunks.length; next += 1)
      expect((await recorder.chunk(part, next, at(next))).status).toBe(204)
    expect((await recorder.closePart(part, chunks.length)).status).toBe(204)
    // Long enough that finishing it takes a while.
    for (let index = 1; index < PARTS; index += 1) {
      const more = await recorder.open({ startedAt: zero + index * 24_000 })
      for (const [seq, bytes] of chunks.entries())
        expect((await recorder.chunk(more.part, seq, bytes)).status).toBe(204)
      expect((await recorder.closePart(more.part, chunks.length)).status).toBe(204)
    }
    await data.prisma.$executeRaw(stopping(Prisma.sql`id = ${id}::uuid`, 'stopped'))
    const row = () =>
      data.prisma.recording.findUniqueOrThrow({ where: { id }, include: { files: true, parts: true } })

    await killWhile('its WebM to be under way', async () => {
      const { state, holder } = await row()
      return state === 'FINISHING' && holder !== null
    })
    expect(underWay()).toHaveLength(1)
    await start()
    await killWhile('its MP4 to be under way', async () => {
      const { files, holder } = await row()
      return files.length === 1 && holder !== null
    })
    expect((await row()).parts).toHaveLength(PARTS)
    // The lease of the dead runs out: here at once.
    await data.prisma.recording.update({ where: { id }, data: { leaseUntil: new Date(0) } })
    await start()
    const finished = await until('it to be finished', async () => {
      const now = await row()
      return now.state === 'READY' && now.parts.length === 0 && now.holder === null && now
    })
    expect(finished.files.map(({ kind }) => kind).sort()).toEqual(['audio', 'mp4', 'webm'])
    for (const kind of ['webm', 'mp4']) {
      const file = finished.files.find((one) => one.kind === kind)
      const place = path.join(folder, file?.storageKey ?? '')
      expect(readFileSync(place).length).toBe(Number(file?.bytes))
      const judged = await judge(place)
      expect(judged.errors).toBe('')
      expect(judged.video?.frames).toBe(600 * PARTS)
      expect(Math.abs(judged.seconds - 24 * PARTS)).toBeLessThan(0.5)
    }
    // What the killed were at is gone: this recording's folders, and with them all there was.
    expect(readdirSync(path.join(folder, '.finishing'))).toEqual([])
  })
})
