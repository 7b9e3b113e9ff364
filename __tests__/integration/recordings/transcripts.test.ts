import { randomBytes, randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pino } from 'pino'
import type { RecordingView } from '#lib/protocol/recordings.ts'
import { MAX_TRANSCRIPT_BYTES } from '#lib/protocol/viewing.ts'
import { Deletion } from '#server/recordings/keeping/Deletion.ts'
import { Transcripts } from '#server/recordings/keeping/Transcripts.ts'
import { PrismaRecordingRows } from '#server/recordings/PrismaRecordingRows.ts'
import { PrismaTranscriptRows } from '#server/recordings/PrismaTranscriptRows.ts'
import { fileKey } from '#server/recordings/RecordingStorage.ts'
import { MasterKeys } from '#server/recordings/storage/MasterKeys.ts'
import type { Ask } from '../../support/apiServer.ts'
import { recordingSuite } from '../../support/recordingSuite.ts'
import { type Seeded, type SeedOptions, seedRecording } from '../../support/seedRecording.ts'
import { guestFor, type SignedIn, signedInUser } from '../../support/session.ts'

const MASTER_KEY = randomBytes(32)
const suite = recordingSuite({ RECORDINGS_KEY: MASTER_KEY.toString('hex') })
const FILM = { kind: 'webm', mimeType: 'video/webm', content: Buffer.from('film') }
const ROOM = { require: async () => undefined }
const VTT = 'WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ada>Good <i>morning</i>\n'
const KEPT = 'WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n<v Ada>Good morning\n'
const SRT = '1\n00:00:03,000 --> 00:00:04,500\n5 < 6\n'
const KEPT_SRT = 'WEBVTT\n\n00:00:03.000 --> 00:00:04.500\n5 &lt; 6\n'

let owner: SignedIn
let stranger: SignedIn
let recording: Seeded
beforeEach(async () => {
  owner = await signedInUser(suite.data.prisma)
  stranger = await signedInUser(suite.data.prisma, { name: 'Mallory', admin: true })
  recording = await seed()
})

const seed = (options: SeedOptions = {}): Promise<Seeded> =>
  seedRecording(suite.data.prisma, suite.storage, owner.user.id, { files: [FILM], ...options })
const { ask } = suite
const own = ({ id }: { id: string } = recording): string => `/api/recordings/${id}/transcript`
const put = (raw: string, who: { cookie: string } | null = owner, options: Ask & { to?: Seeded } = {}) =>
  ask(own(options.to), who, {
    method: 'PUT',
    raw,
    ...options,
    headers: { 'content-type': 'text/vtt', ...options.headers },
  })
const remove = (who: { cookie: string } | null = owner) => ask(own(), who, { method: 'DELETE' })

async function files(which = recording) {
  const rows = await suite.data.prisma.recordingFile.findMany({
    where: { recordingId: which.id, kind: { not: 'webm' } },
    orderBy: { createdAt: 'asc' },
    take: 10,
    select: { id: true, kind: true, bytes: true },
  })
  return rows.map(({ bytes, ...row }) => ({ ...row, bytes: Number(bytes) }))
}
const stored = (which = recording): string[] =>
  readdirSync(path.join(suite.folder, 'r', which.id, 'files')).sort()
const bytesOf = async (which = recording): Promise<number> => {
  const row = await suite.data.prisma.recording.findUniqueOrThrow({ where: { id: which.id } })
  return Number(row.bytes)
}
const idOf = async (): Promise<string> => (await files()).find(({ kind }) => kind === 'transcript')?.id ?? ''

describe('a transcript', () => {
  it('[REC-125] is added, read as what we have made of it, counted, and in the trail', async () => {
    const added = await put(VTT)
    expect([added.status, added.text]).toEqual([200, expect.any(String)])
    const [file, ...rest] = await files()
    expect(rest).toEqual([])
    expect(file).toEqual({ id: file?.id, kind: 'transcript', bytes: KEPT.length })
    expect(added.json()).toEqual({ transcript: { fileId: file?.id, captions: 1 } })
    expect(await bytesOf()).toBe(FILM.content.length + KEPT.length)
    const { recording: view } = (await ask(`/api/recordings/${recording.id}`, owner)).json() as unknown as {
      recording: RecordingView
    }
    expect(view.files.find(({ kind }) => kind === 'transcript')).toMatchObject({
      id: file?.id,
      mimeType: 'text/vtt; charset=utf-8',
      durationMs: 2_000,
    })
    const address = `/api/recordings/${recording.id}/files/${file?.id}`
    const read = await ask(address, owner)
    expect([read.status, read.text]).toEqual([200, KEPT])
    expect(read.headers).toMatchObject({
      'content-type': 'text/vtt; charset=utf-8',
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
    })
    const saved = await ask(`${address}?download=1`, owner)
    expect(saved.headers['content-disposition']).toMatch(/^attachment; filename="Weekly planning.vtt"/)
    const trail = await suite.data.prisma.auditEvent.findMany({
      where: { targetId: recording.id, action: 'recording.transcriptAdded' },
      take: 5,
      select: { actorId: true, address: true, details: true },
    })
    const details = { fileId: file?.id, captions: 1, replaced: false }
    expect(trail).toEqual([{ actorId: owner.user.id, address: '127.0.0.1', details }])
  })

  it('[REC-125] another one, a SubRip file, takes its place, and nothing is left of the first', async () => {
    await put(VTT)
    const first = await idOf()
    const replaced = await put(SRT, owner, { headers: { 'content-type': 'application/x-subrip' } })
    expect(replaced.status).toBe(200)
    const second = await idOf()
    expect(await files()).toEqual([{ id: second, kind: 'transcript', bytes: KEPT_SRT.length }])
    expect(stored()).toEqual([recording.files[0]?.id, second].sort())
    expect(await bytesOf()).toBe(FILM.content.length + KEPT_SRT.length)
    const at = (id: string) => ask(`/api/recordings/${recording.id}/files/${id}`, owner)
    expect([(await at(first)).status, (await at(second)).text]).toEqual([404, KEPT_SRT])
  })

  it('[REC-125] of several at once one stays, with its bytes and no others', async () => {
    const answers = await Promise.all(
      Array.from({ length: 5 }, (_, n) => put(VTT.replace('Good', `No ${n}`))),
    )
    expect(answers.map(({ status }) => status)).toEqual(Array(5).fill(200))
    expect(await files()).toEqual([{ id: expect.any(String), kind: 'transcript', bytes: KEPT.length }])
    expect(stored()).toEqual([recording.files[0]?.id, await idOf()].sort())
    expect(await bytesOf()).toBe(FILM.content.length + KEPT.length)
  })

  it('[REC-125] is removed, with its bytes; what is not there is 404', async () => {
    await put(VTT)
    const file = await idOf()
    expect((await remove()).status).toBe(200)
    expect([await files(), stored(), await bytesOf()]).toEqual([
      [],
      [recording.files[0]?.id],
      FILM.content.length,
    ])
    expect((await ask(`/api/recordings/${recording.id}/files/${file}`, owner)).status).toBe(404)
    expect((await remove()).status).toBe(404)
    const trail = await suite.data.prisma.auditEvent.count({
      where: { targetId: recording.id, action: 'recording.transcriptRemoved', actorId: owner.user.id },
    })
    expect(trail).toBe(1)
  })

  it.each([
    ['WEBVTT\n\n00:02.000 --> 00:01.000\nx', 400, 'Line 3: this caption does not end after it begins.'],
    ['', 400, 'There are no captions in this file.'],
    ['not at all', 400, 'Line 1: this has no time.'],
  ])('[REC-125] %j changes nothing, and is told why', async (raw, status, message) => {
    await put(VTT)
    const before = await idOf()
    const answer = await put(raw)
    expect([answer.status, answer.json().error?.code]).toEqual([status, 'invalid-request'])
    expect(answer.json().error?.message).toMatch(message)
    expect([await idOf(), (await files()).length]).toEqual([before, 1])
  })

  it('[REC-125] more than 2 MiB is refused, announced or not; so is what is no caption by its own word', async () => {
    const large = `${VTT}\nNOTE ${'x'.repeat(MAX_TRANSCRIPT_BYTES)}`
    expect((await put(large)).status).toBe(413)
    const unannounced = await put(large, owner, { headers: { 'transfer-encoding': 'chunked' } })
    expect([unannounced.status, unannounced.json().error?.message]).toEqual([400, 'The body is too large.'])
    const fits = `${VTT}\nNOTE ${'x'.repeat(1_000_000)}`
    expect((await put(fits)).status).toBe(200)
    expect((await put(VTT, owner, { headers: { 'content-type': 'application/json' } })).status).toBe(400)
    expect((await put(VTT, owner, { headers: { 'content-type': undefined } })).status).toBe(400)
    const chapters = `/api/recordings/${recording.id}/chapters`
    expect((await ask(chapters, owner, { method: 'POST', raw: fits })).status).toBe(413)
  })

  it('[REC-126] is its owner’s to add and to remove, of a finished recording', async () => {
    const guest = await guestFor(suite.data.prisma, recording.meetingId)
    await put(VTT)
    for (const [who, status] of [
      [stranger, 404],
      [guest, 401],
      [null, 401],
    ] as const) {
      expect([(await put(SRT, who)).status, (await remove(who)).status]).toEqual([status, status])
    }
    const forged = { headers: { origin: 'https://evil.example' } }
    expect((await put(SRT, owner, forged)).status).toBe(403)
    expect((await ask(own(), owner, { method: 'DELETE', ...forged })).status).toBe(403)
    expect((await ask(`/api/recordings/${recording.id}/files/${await idOf()}`, owner)).text).toBe(KEPT)
    for (const state of ['RUNNING', 'FINISHING', 'FAILED'] as const) {
      const unfinished = await seed({ state })
      expect([state, (await put(VTT, owner, { to: unfinished })).status]).toEqual([state, 409])
    }
    expect((await put(VTT, owner, { to: { ...recording, id: randomUUID() } })).status).toBe(404)
  })
})

describe('by a link', () => {
  async function link(options: Record<string, unknown> = {}) {
    const body = { label: 'Board', ...options }
    const made = (await ask(`/api/recordings/${recording.id}/shares`, owner, { body })).json()
    const { share, secret } = made as unknown as { share: { id: string }; secret: string }
    const opened = await ask('/api/shared', null, { body: { secret } })
    const cookie = [...opened.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    return { id: share.id, cookie }
  }
  const through = (holder: { id: string; cookie: string }, query = '') =>
    idOf().then((file) => ask(`/api/shared/${holder.id}/files/${file}${query}`, holder))

  it('[REC-126] to watch it is read and not taken away; to download it is both; nobody else changes it', async () => {
    await put(VTT)
    const [watching, all] = [await link(), await link({ download: true })]
    const view = (await ask(`/api/shared/${watching.id}`, watching)).json() as unknown as {
      recording: RecordingView
    }
    expect(view.recording.files.map(({ kind }) => kind)).toEqual(['webm', 'transcript'])
    expect([(await through(watching)).text, (await through(watching, '?download=1')).status]).toEqual([
      KEPT,
      403,
    ])
    expect((await through(all, '?download=1')).text).toBe(KEPT)
    expect([(await put(SRT, all)).status, (await remove(all)).status]).toEqual([401, 401])
  })

  it('[REC-126] that is expired or revoked opens none, and none that was replaced', async () => {
    await put(VTT)
    const [expired, revoked, all] = [await link(), await link(), await link({ download: true })]
    const first = await idOf()
    await suite.data.prisma.recordingShare.update({
      where: { id: expired.id },
      data: { expiresAt: new Date(Date.now() - 1_000) },
      select: { id: true },
    })
    await ask(`/api/recordings/${recording.id}/shares/${revoked.id}`, owner, { method: 'DELETE' })
    expect([(await through(expired)).status, (await through(revoked)).status]).toEqual([410, 410])
    await put(SRT)
    expect((await ask(`/api/shared/${all.id}/files/${first}`, all)).status).toBe(404)
  })
})

describe('its bytes', () => {
  it('[REC-126] are enciphered where the recording is, and read through its key', async () => {
    const wrappedKey = new MasterKeys(MASTER_KEY).create(recording.id)
    await suite.data.prisma.recording.update({
      where: { id: recording.id },
      data: { wrappedKey },
      select: { id: true },
    })
    expect((await put(VTT)).status).toBe(200)
    const file = await idOf()
    const onDisk = readFileSync(path.join(suite.folder, fileKey(recording.id, file)))
    expect(onDisk.includes('morning')).toBe(false)
    expect(onDisk.length).toBeGreaterThan(KEPT.length)
    expect((await ask(`/api/recordings/${recording.id}/files/${file}`, owner)).text).toBe(KEPT)
  })

  it('[REC-126] go with the recording', async () => {
    await put(VTT)
    expect((await ask(`/api/recordings/${recording.id}`, owner, { method: 'DELETE' })).status).toBe(200)
    expect(existsSync(path.join(suite.folder, 'r', recording.id, 'files'))).toBe(false)
    expect(await suite.data.prisma.recordingFile.count({ where: { recordingId: recording.id } })).toBe(0)
  })

  /** As a process has it, with a storage that fails when the test says so. */
  function keeper() {
    const rows = new PrismaRecordingRows(suite.data.prisma)
    const fails = { put: false, remove: false }
    const away = async (): Promise<never> => {
      throw new Error('the storage is away')
    }
    const storage = {
      put: (key: string, bytes: Uint8Array) => (fails.put ? away() : suite.storage.put(key, bytes)),
      remove: (key: string) => (fails.remove ? away() : suite.storage.remove(key)),
      removeAll: (prefix: string) => suite.storage.removeAll(prefix),
    }
    const deletion = new Deletion(rows, storage, pino({ level: 'silent' }))
    const deps = { rows: new PrismaTranscriptRows(suite.data.prisma), storageOf: () => storage, deletion }
    return { transcripts: new Transcripts({ ...deps, capacity: ROOM }), deletion, fails, rows }
  }
  const made = (text: string) => ({ content: Buffer.from(text), durationMs: 1_000, captions: 1 })

  it('[REC-127] the one before stays when the new one cannot be stored, and nothing is left of the new one', async () => {
    const { transcripts, deletion, fails } = keeper()
    const { fileId } = await transcripts.keep(recording.id, made('first'))
    fails.put = true
    await expect(transcripts.keep(recording.id, made('second'))).rejects.toThrow('away')
    expect(await idOf()).toBe(fileId)
    await deletion.finish()
    expect((await files()).map(({ kind }) => kind)).toEqual(['transcript', 'pending'])
    await suite.data.prisma.recordingFile.updateMany({
      where: { kind: 'pending' },
      data: { createdAt: new Date(Date.now() - 3_700_000) },
    })
    await deletion.finish()
    expect([await files(), stored()]).toEqual([
      [{ id: fileId, kind: 'transcript', bytes: 5 }],
      [recording.files[0]?.id, fileId].sort(),
    ])
  })

  it('[REC-127] what a process that was killed had stored and not yet told of is removed', async () => {
    const { transcripts, deletion, rows } = keeper()
    const announced = { id: randomUUID(), bytes: 6, durationMs: 1 }
    const storageKey = fileKey(recording.id, announced.id)
    await new PrismaTranscriptRows(suite.data.prisma).announce(recording.id, { ...announced, storageKey })
    await suite.storage.put(storageKey, Buffer.from('orphan'))
    const address = `/api/recordings/${recording.id}/files/${announced.id}`
    expect((await ask(address, owner)).status).toBe(404)
    expect((await rows.usage()).files).toBeGreaterThanOrEqual(6)
    await suite.data.prisma.recordingFile.update({
      where: { id: announced.id },
      data: { createdAt: new Date(Date.now() - 3_700_000) },
      select: { id: true },
    })
    await deletion.finish()
    expect([await files(), await suite.storage.size(storageKey)]).toEqual([[], null])
    await expect(transcripts.remove(recording.id)).rejects.toMatchObject({ code: 'not-found' })
  })

  it('[REC-127] what could not be removed is not seen, and removed when the storage is back', async () => {
    const { transcripts, deletion, fails } = keeper()
    await transcripts.keep(recording.id, made('first'))
    const first = await idOf()
    fails.remove = true
    await transcripts.keep(recording.id, made('second'))
    expect((await files()).map(({ kind }) => kind).sort()).toEqual(['transcript', 'unlinked'])
    expect((await ask(`/api/recordings/${recording.id}/files/${first}`, owner)).status).toBe(404)
    expect(await bytesOf()).toBe(FILM.content.length + 6)
    fails.remove = false
    await deletion.finish()
    expect(stored()).toEqual([recording.files[0]?.id, await idOf()].sort())
  })

  it('[REC-127] of a recording that is deleted meanwhile nothing stays', async () => {
    const { transcripts, deletion } = keeper()
    const rows = new PrismaTranscriptRows(suite.data.prisma)
    const folder = path.join(suite.folder, 'r', recording.id)
    const slow = new Transcripts({
      capacity: ROOM,
      rows,
      deletion,
      storageOf: () => ({
        async put() {
          await deletion.delete(recording.id)
          mkdirSync(path.join(folder, 'files'), { recursive: true })
          writeFileSync(path.join(folder, 'files', 'late'), 'late')
        },
        async remove() {
          rmSync(path.join(folder, 'files', 'late'))
        },
      }),
    })
    await expect(slow.keep(recording.id, made('late'))).rejects.toMatchObject({ code: 'not-found' })
    expect(existsSync(path.join(folder, 'files', 'late'))).toBe(false)
    await expect(transcripts.keep(recording.id, made('x'))).rejects.toMatchObject({ code: 'not-found' })
  })
})
