import { randomUUID } from 'node:crypto'
import { mkdtempSync, renameSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '#server/database/embedded.ts'
import { migrate } from '#server/database/migrate.ts'
import { createPrisma } from '#server/db.ts'
import type { TestDatabase } from '../../support/database.ts'
import { describeWithFfmpeg } from '../../support/describeWithFfmpeg.ts'
import { RecordingSender } from '../../support/RecordingSender.ts'
import { everybodyReads, RecordedMeetings } from '../../support/recordedMeeting.ts'
import { inChunks, makeWebm } from '../../support/webm.ts'

jest.setTimeout(180_000)

const ROOT = process.cwd()
const SECONDS = 24
const KILLED_AT = 6
const AWAY_MS = 10_000
let folder: string
let postgres: EmbeddedPostgres
let database: TestDatabase
let meetings: RecordedMeetings

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'parley-database-'))
  postgres = await startEmbeddedPostgres(ROOT, folder, () => undefined)
  await migrate(postgres.url, ROOT)
  const prisma = createPrisma(postgres.url, () => undefined)
  database = { url: postgres.url, prisma, drop: () => prisma.$disconnect() }
  meetings = await RecordedMeetings.start(database)
})
afterAll(async () => {
  await meetings.stop()
  await database.drop()
  await postgres.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** SIGKILL, and for as long as its folder is elsewhere it does not come back. */
async function killDatabase(awayMs: number): Promise<void> {
  const data = path.join(folder, 'postgres', 'data')
  renameSync(data, `${data}.away`)
  process.kill(postgres.pid, 'SIGKILL')
  await sleep(awayMs)
  renameSync(`${data}.away`, data)
}

describeWithFfmpeg('a database that is killed in mid-recording', () => {
  test('[REC-120] acknowledges nothing, everybody reads that it is interrupted, and nothing is lost', async () => {
    const meeting = await meetings.begin()
    const chunks = inChunks(await makeWebm({ seconds: SECONDS }), SECONDS)
    const sender = new RecordingSender(await meetings.recorder(meeting), meeting.id, { id: randomUUID() })
    await sender.record(chunks.slice(0, KILLED_AT))
    await everybodyReads(meeting, 'running')

    const rest = sender.record(chunks.slice(KILLED_AT))
    const killedAt = performance.now()
    const back = killDatabase(AWAY_MS)
    await everybodyReads(meeting, 'interrupted')
    const readAfterMs = performance.now() - killedAt
    const before = [...sender.acknowledged]
    await back
    await everybodyReads(meeting, 'running')
    const againAfterMs = performance.now() - killedAt - AWAY_MS
    // What was acknowledged before the kill is written, byte by byte, after it.
    const safe = await meetings.safeChunks(meeting.id, sender.part.id)
    expect(safe.length).toBeGreaterThan(before.length)
    for (const seq of before) expect(safe[seq]?.equals(chunks[seq] ?? Buffer.alloc(0))).toBe(true)
    await rest
    expect(await sender.finish()).toBe('complete')
    expect([...sender.answers].sort()).toEqual(['200', '201', '204', '503 unavailable'])
    expect(sender.acknowledged).toEqual(chunks.map((_, seq) => seq))

    await meeting.ada.ask('recording:stop', {})
    const film = await meetings.film(meeting.id)
    expect(film).toMatchObject({ state: 'READY', errors: '' })
    expect(film.video?.frames).toBe(SECONDS * 25)
    const parts = `${before.length} chunks before, ${chunks.length - before.length} after`
    process.stdout.write(
      `database killed for ${AWAY_MS} ms: read after ${readAfterMs.toFixed(0)} ms, recording again ` +
        `${againAfterMs.toFixed(0)} ms after its return; ${parts}; lost: ${SECONDS * 25 - (film.video?.frames ?? 0)} pictures\n`,
    )
  })
})
