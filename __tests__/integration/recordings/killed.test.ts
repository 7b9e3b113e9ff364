import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { Prisma } from '@prisma/client'
import { recordingId } from '#lib/protocol/ids.ts'
import { sessions } from '#server/auth/sessions.ts'
import { database } from '#server/db.ts'
import { stopping } from '#server/recordings/PrismaRecordingJobs.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { describeWithFfmpeg } from '../../support/describeWithFfmpeg.ts'
import { killProcess } from '../../support/killProcess.ts'
import { meetingUnderWay, recorderOf, Uploader } from '../../support/recordingServer.ts'
import { inPieces, judge, makeWebm } from '../../support/webm.ts'

jest.setTimeout(180_000)

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
        createdAt: new Date(Date.now() - 120_000),
      },
      select: { id: true },
    })
    const id = recordingId.parse(created.id)
    const cookie = await recorderOf(id, meeting)
    let recorder = new Uploader({ port: await start(), origin: PUBLIC_URL }, id, cookie)
    const chunks = inPieces(await makeWebm({ seconds: 24 }), 24)
    const { part } = await recorder.open({ startedAt: Date.now() - 60_000 })
    let next = 0
    for (let kills = 0; kills < 3; kills += 1) {
      // Killed in the middle of a chunk: whether it counts, the next server says.
      const until = next + 6
      for (; next < until; next += 1)
        expect((await recorder.chunk(part, next, chunks[next] ?? Buffer.alloc(0))).status).toBe(204)
      const lost = recorder.chunk(part, next, chunks[next] ?? Buffer.alloc(0)).catch(() => null)
      await killProcess(child)
      await lost
      recorder = new Uploader({ port: await start(), origin: PUBLIC_URL }, id, cookie)
      const state = (await recorder.state(part)).body
      expect([next, next + 1]).toContain(state.next)
      next = state.next ?? 0
    }
    for (; next < chunks.length; next += 1)
      expect((await recorder.chunk(part, next, chunks[next] ?? Buffer.alloc(0))).status).toBe(204)
    expect((await recorder.closePart(part, chunks.length)).status).toBe(204)
    await data.prisma.$executeRaw(stopping(Prisma.sql`id = ${id}::uuid`, 'stopped'))
    const row = () =>
      data.prisma.recording.findUniqueOrThrow({ where: { id }, include: { files: true, parts: true } })
    while ((await row()).holder === null && (await row()).parts.length > 0)
      await new Promise((resolve) => setTimeout(resolve, 2))
    await killProcess(child)
    await start()
    let finished = await row()
    while (finished.state !== 'READY' || finished.parts.length > 0) {
      await new Promise((resolve) => setTimeout(resolve, 100))
      finished = await row()
    }
    expect(finished.files.map(({ kind }) => kind).sort()).toEqual(['audio', 'mp4', 'webm'])
    const webm = finished.files.find(({ kind }) => kind === 'webm')
    const place = path.join(folder, webm?.storageKey ?? '')
    expect(readFileSync(place).length).toBe(Number(webm?.bytes))
    const judged = await judge(place)
    expect(judged.errors).toBe('')
    expect(judged.video?.frames).toBe(600)
    expect(Math.abs(judged.seconds - 24)).toBeLessThan(0.5)
  })
})
