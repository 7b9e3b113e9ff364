import { randomUUID } from 'node:crypto'
import type { RecordingSummary, RecordingView } from '#lib/protocol/recordings.ts'
import { sessions } from '#server/auth/sessions.ts'
import { RECORDINGS_PER_PAGE, recordingViews } from '#server/recordings/PrismaRecordingViews.ts'
import type { Ask } from '../../support/apiServer.ts'
import { recordingSuite } from '../../support/recordingSuite.ts'
import { type Seeded, type SeedOptions, seedPart, seedRecording } from '../../support/seedRecording.ts'
import { guestFor, type SignedIn, signedInUser } from '../../support/session.ts'

const suite = recordingSuite()

let owner: SignedIn
let stranger: SignedIn
beforeEach(async () => {
  owner = await signedInUser(suite.data.prisma)
  stranger = await signedInUser(suite.data.prisma, { name: 'Mallory', admin: true })
})

const seed = (options: SeedOptions = {}): Promise<Seeded> =>
  seedRecording(suite.data.prisma, suite.storage, owner.user.id, options)
const { ask } = suite

type Page = { recordings: RecordingSummary[]; nextCursor: string | null }
async function listed(query = ''): Promise<Page> {
  const answer = await ask(`/api/recordings${query}`, owner)
  expect(answer.status).toBe(200)
  return answer.json() as unknown as Page
}
async function viewed(path: string, who: { cookie: string }): Promise<RecordingView> {
  const answer = await ask(path, who)
  expect([answer.status, answer.text]).toEqual([200, expect.any(String)])
  return (answer.json() as unknown as { recording: RecordingView }).recording
}

describe('the list', () => {
  it('[REC-90] has the host’s own, the latest first, with who was there and without the recorder', async () => {
    const older = await seed({ title: 'Older', createdAt: new Date(Date.now() - 9_000_000) })
    const newer = await seed({ title: 'Newer', people: ['Ada', 'Grace', 'Ada'], state: 'FINISHING' })
    const { recordings, nextCursor } = await listed()
    expect(nextCursor).toBeNull()
    expect(recordings).toEqual([
      expect.objectContaining({
        id: newer.id,
        state: 'finishing',
        durationMs: null,
        people: ['Ada', 'Grace'],
      }),
      expect.objectContaining({ id: older.id, state: 'ready', durationMs: 600_000, kind: 'server' }),
    ])
    expect((await ask('/api/recordings', stranger)).json()).toEqual({ recordings: [], nextCursor: null })
    expect((await ask('/api/recordings', null)).status).toBe(401)
  })

  it('[REC-90] is found by its title, its meeting, and who was there, whatever the case', async () => {
    const plan = await seed({ title: 'Weekly 100%_Planning', people: ['Grace Hopper'] })
    const other = await seed({ title: 'Interview', people: ['Kenji Mori'] })
    const found = async (query: string) => (await listed(query)).recordings.map(({ id }) => id)
    expect(await found('?q=planning')).toEqual([plan.id])
    expect(await found('?q=hopper')).toEqual([plan.id])
    expect(await found('?q=%25_p')).toEqual([plan.id])
    expect(await found('?q=_')).toEqual([plan.id])
    expect(await found('?q=kenji')).toEqual([other.id])
    expect(await found(`?meeting=${other.meetingId}`)).toEqual([other.id])
    expect(await found('?q=recording')).toEqual([])
    expect((await ask('/api/recordings?meeting=1', owner)).status).toBe(400)
  })

  it('[REC-90] comes in pages without a gap or a repetition', async () => {
    const at = new Date(Date.now() - 1_000_000)
    for (let made = 0; made < RECORDINGS_PER_PAGE + 2; made += 1) await seed({ createdAt: at })
    const first = await listed()
    const second = await listed(`?cursor=${first.nextCursor}`)
    const ids = [...first.recordings, ...second.recordings].map(({ id }) => id)
    expect([first.recordings.length, second.recordings.length]).toEqual([RECORDINGS_PER_PAGE, 2])
    expect(new Set(ids).size).toBe(RECORDINGS_PER_PAGE + 2)
    expect(second.nextCursor).toBeNull()
  })
})

describe('one recording', () => {
  it('[REC-90] has its chat on its own time line, and nothing said before or after', async () => {
    const { id, conferenceId, startedAt, visits } = await seed({ durationMs: 60_000 })
    const say = (seq: number, offsetMs: number, text: string) => ({
      id: randomUUID(),
      conferenceId,
      seq,
      visitId: visits.get('Ada Lovelace') ?? null,
      authorName: 'Ada Lovelace',
      text,
      sentAt: new Date(startedAt.getTime() + offsetMs),
    })
    await suite.data.prisma.chatMessage.createMany({
      data: [say(1, -1000, 'before'), say(2, 5000, 'during'), say(3, 61_000, 'after')],
    })
    const view = await viewed(`/api/recordings/${id}`, owner)
    expect(view.chat).toEqual([
      { id: expect.any(String), atMs: 5000, author: 'Ada Lovelace', text: 'during' },
    ])
    expect(view).toMatchObject({ owned: true, mayDownload: true })
  })

  it('[REC-147] says of an own track whose it is, as the time line does', async () => {
    const own = { mimeType: 'audio/webm', content: Buffer.from('sound'), personName: 'Ada Lovelace' }
    const { id, visits } = await seed({
      files: [
        { ...own, kind: 'track' },
        { ...own, kind: 'audio' },
      ],
    })
    const { files } = await viewed(`/api/recordings/${id}`, owner)
    expect(files.map(({ kind, participantId }) => [kind, participantId])).toEqual([
      ['track', visits.get('Ada Lovelace')],
      ['audio', null],
    ])
  })

  describe('[REC-141] where people were asked', () => {
    const CONTENT = Buffer.from('bytes')
    const own = (personName: string) =>
      ({ kind: 'track', mimeType: 'audio/webm', content: CONTENT, personName }) as const
    const asked = () =>
      seed({
        title: 'Round',
        people: ['Ada Agreed', 'Dan Declined', 'Una Unasked'],
        answers: { 'Ada Agreed': true, 'Dan Declined': false },
        files: [
          { kind: 'webm', mimeType: 'video/webm', content: CONTENT },
          own('Ada Agreed'),
          // They agreed at first.
          own('Dan Declined'),
        ],
      })

    /** Each of them, and nobody, on the time line and in the chat; a chapter. */
    async function speak({ id, conferenceId, startedAt, visits }: Seeded) {
      const speakers = [
        ...['Ada Agreed', 'Dan Declined', 'Una Unasked'].map((name) => ({
          name,
          visitId: visits.get(name) ?? null,
        })),
        { name: 'Long Gone', visitId: null },
      ]
      await suite.data.prisma.chatMessage.createMany({
        data: speakers.map(({ name, visitId }, seq) => ({
          id: randomUUID(),
          conferenceId,
          seq,
          visitId,
          authorName: name,
          text: `from ${name}`,
          sentAt: new Date(startedAt.getTime() + 1000),
        })),
      })
      await suite.data.prisma.recordingEvent.createMany({
        data: [
          ...speakers.slice(0, 3).map((who) => ({ ...who, recordingId: id, type: 'spoke', atMs: 5 })),
          { recordingId: id, type: 'chapter', atMs: 0, text: 'Welcome' },
        ],
      })
    }

    it('who has not agreed is nowhere: not among people, events, messages and files, for a link either', async () => {
      const recording = await asked()
      await speak(recording)
      const link = await ask(`/api/recordings/${recording.id}/shares`, owner, {
        body: { label: 'Board', download: true },
      })
      const { share, secret } = link.json() as unknown as Made
      const opened = await ask('/api/shared', null, { body: { secret } })
      const holder = { cookie: [...opened.cookies].map((pair) => pair.join('=')).join('; ') }
      for (const view of [
        await viewed(`/api/recordings/${recording.id}`, owner),
        await viewed(`/api/shared/${share.id}`, holder),
      ]) {
        expect(view.people).toEqual(['Ada Agreed'])
        expect(view.events.map(({ name, text }) => name ?? text)).toEqual(['Welcome', 'Ada Agreed'])
        expect(view.chat.map(({ author }) => author)).toEqual(['Ada Agreed'])
        expect(view.files.map(({ kind, personName }) => personName ?? kind)).toEqual(['webm', 'Ada Agreed'])
        expect(JSON.stringify(view)).not.toMatch(/Declined|Unasked|Long Gone/)
      }
      const files = await Promise.all(
        recording.files.map(({ id }) => ask(`/api/recordings/${recording.id}/files/${id}`, owner)),
      )
      expect(files.map(({ status }) => status)).toEqual([200, 200, 404])
    })

    it('who has not agreed is not found by name; who began it and declines is not named', async () => {
      const { id, visits } = await asked()
      const found = async (q: string) => (await listed(`?q=${q}`)).recordings.map((one) => one.id)
      expect([await found('agreed'), await found('declined'), await found('unasked')]).toEqual([[id], [], []])
      const startedBy = async (name: string) => {
        const data = { startedById: visits.get(name) ?? null, startedByName: name }
        await suite.data.prisma.recording.update({ where: { id }, data, select: { id: true } })
        return (await listed()).recordings[0]?.startedBy
      }
      expect([await startedBy('Ada Agreed'), await startedBy('Dan Declined')]).toEqual(['Ada Agreed', null])
    })

    it('and where nobody was asked everybody is there', async () => {
      const recording = await seed({ people: ['Ada Agreed', 'Dan Declined', 'Una Unasked'] })
      await speak(recording)
      const view = await viewed(`/api/recordings/${recording.id}`, owner)
      expect(view.people).toEqual(['Ada Agreed', 'Dan Declined', 'Una Unasked'])
      expect([view.events.length, view.chat.length]).toEqual([4, 4])
    })
  })

  it('[REC-150] says what is still to come of it: files of the film, and to who may take them own tracks', async () => {
    const { id } = await seed()
    const told = async () => {
      const views = [
        await viewed(`/api/recordings/${id}`, owner),
        await recordingViews().findShared(id, true),
        await recordingViews().findShared(id, false),
      ]
      return views.map(({ unfinished, tracksAwaited }) => [unfinished, tracksAwaited])
    }
    expect(await told()).toEqual([
      [false, false],
      [false, false],
      [false, false],
    ])
    const track = await seedPart(suite.data.prisma, id, 'TRACK')
    await seedPart(suite.data.prisma, id, 'COMPOSED', { empty: true })
    expect(await told()).toEqual([
      [false, true],
      [false, true],
      [false, false],
    ])
    await seedPart(suite.data.prisma, id, 'COMPOSED')
    expect((await told())[2]).toEqual([true, false])
    await suite.data.prisma.recordingPart.delete({ where: { id: track }, select: { id: true } })
    expect((await told())[0]).toEqual([true, false])
    // What nobody tries any more is not waited for.
    await suite.data.prisma.recording.update({ where: { id }, data: { attempts: 10 }, select: { id: true } })
    expect((await told())[0]).toEqual([false, false])
  })

  it('[REC-91] chapters are added where the film stands, and taken away; never another’s events', async () => {
    const { id } = await seed()
    const path = `/api/recordings/${id}/chapters`
    const added = await ask(path, owner, { body: { atMs: 4_000, title: ' Road\u202Emap ' } })
    const beyond = await ask(path, owner, { body: { atMs: 99_000_000, title: 'x' } })
    expect([added.status, beyond.status]).toEqual([200, 400])
    const spoke = await suite.data.prisma.recordingEvent.create({
      data: { recordingId: id, type: 'spoke', atMs: 0, durationMs: 10 },
      select: { id: true },
    })
    const { events } = await viewed(`/api/recordings/${id}`, owner)
    const chapter = events.find(({ type }) => type === 'chapter')
    expect(chapter).toMatchObject({ atMs: 4_000, text: 'Road map' })
    expect((await ask(`${path}/${spoke.id}`, owner, { method: 'DELETE' })).status).toBe(404)
    expect((await ask(`${path}/${chapter?.id}`, stranger, { method: 'DELETE' })).status).toBe(404)
    expect((await ask(`${path}/${chapter?.id}`, owner, { method: 'DELETE' })).status).toBe(200)
    expect((await viewed(`/api/recordings/${id}`, owner)).events).toHaveLength(1)
  })

  it('[REC-91] renaming keeps one line of visible text, and is in the trail', async () => {
    const { id } = await seed()
    const rename = (title: string) =>
      ask(`/api/recordings/${id}`, owner, { method: 'PATCH', body: { title } })
    expect((await rename(' New\u0000\u202E\nname ')).json()).toEqual({ recording: { title: 'New name' } })
    expect((await rename('\u200B')).status).toBe(400)
    expect((await rename('x'.repeat(121))).status).toBe(400)
    const trail = await suite.data.prisma.auditEvent.findMany({
      where: { targetId: id },
      take: 10,
      select: { action: true, actorId: true, address: true },
    })
    expect(trail).toEqual([{ action: 'recording.renamed', actorId: owner.user.id, address: '127.0.0.1' }])
  })

  it('[REC-151] one that failed is tried again by its owner, while something of it is left', async () => {
    const { id } = await seed({ state: 'FAILED' })
    const again = () => ask(`/api/recordings/${id}/finish`, owner, { method: 'POST' })
    const row = () =>
      suite.data.prisma.recording.findUnique({ where: { id }, select: { state: true, attempts: true } })
    await suite.data.prisma.recording.update({ where: { id }, data: { attempts: 10 }, select: { id: true } })
    await seedPart(suite.data.prisma, id, 'COMPOSED', { empty: true })
    expect((await viewed(`/api/recordings/${id}`, owner)).unfinished).toBe(false)
    expect([(await again()).status, await row()]).toEqual([409, { state: 'FAILED', attempts: 10 }])
    await seedPart(suite.data.prisma, id, 'COMPOSED')
    expect((await viewed(`/api/recordings/${id}`, owner)).unfinished).toBe(true)
    expect((await ask(`/api/recordings/${id}/finish`, stranger, { method: 'POST' })).status).toBe(404)
    expect([(await again()).status, await row()]).toEqual([200, { state: 'FINISHING', attempts: 0 }])
    expect((await again()).status).toBe(409)
    const trail = await suite.data.prisma.auditEvent.findMany({
      where: { targetId: id },
      take: 10,
      select: { action: true, actorId: true, address: true },
    })
    expect(trail).toEqual([
      { action: 'recording.finishedAgain', actorId: owner.user.id, address: '127.0.0.1' },
    ])
  })

  it('[REC-151] of one that can be watched, what was given up is tried again by its owner, who alone is told', async () => {
    const { id } = await seed()
    const again = () => ask(`/api/recordings/${id}/finish`, owner, { method: 'POST' })
    const told = async () => {
      const view = await viewed(`/api/recordings/${id}`, owner)
      return [view.gaveUp, view.unfinished]
    }
    await seedPart(suite.data.prisma, id, 'COMPOSED')
    expect([(await again()).status, await told()]).toEqual([409, [false, true]])
    await suite.data.prisma.recording.update({ where: { id }, data: { attempts: 10 }, select: { id: true } })
    expect(await told()).toEqual([true, false])
    expect((await recordingViews().findShared(id, true)).gaveUp).toBe(false)
    expect([(await again()).status, await told()]).toEqual([200, [false, true]])
    const { state } = await viewed(`/api/recordings/${id}`, owner)
    expect([state, (await again()).status]).toEqual(['ready', 409])
  })

  it('[REC-91] one that goes on is not deleted', async () => {
    const { id } = await seed({ state: 'RUNNING' })
    expect((await ask(`/api/recordings/${id}`, owner, { method: 'DELETE' })).status).toBe(409)
    expect((await listed()).recordings).toHaveLength(1)
  })
})

describe('[REC-93] every address, asked by everybody', () => {
  it('answers its owner; to another person it does not exist, to a guest and to nobody nothing does', async () => {
    const { id, meetingId } = await seed()
    const guest = await guestFor(suite.data.prisma, meetingId)
    const link = await ask(`/api/recordings/${id}/shares`, owner, { body: { label: 'Board' } })
    const { share } = link.json() as unknown as { share: { id: string } }
    const calls: [string, Ask][] = [
      [`/api/recordings/${id}`, {}],
      [`/api/recordings/${id}`, { method: 'PATCH', body: { title: 'x' } }],
      [`/api/recordings/${id}/finish`, { method: 'POST' }],
      [`/api/recordings/${id}/shares`, {}],
      [`/api/recordings/${id}/shares`, { body: { label: 'x' } }],
      [`/api/recordings/${id}/shares/${share.id}`, { method: 'DELETE' }],
      [`/api/recordings/${id}/chapters`, { body: { atMs: 0, title: 'x' } }],
      [`/api/recordings/${id}/chapters/${randomUUID()}`, { method: 'DELETE' }],
      [`/api/recordings/${id}/clips`, { body: { fromMs: 0, toMs: 5000 } }],
      [`/api/recordings/${id}/clips/${randomUUID()}`, { method: 'DELETE' }],
      [`/api/recordings/${id}`, { method: 'DELETE' }],
    ]
    for (const [path, options] of calls) {
      for (const [who, status] of [
        [stranger, 404],
        [guest, 401],
        [null, 401],
      ] as const) {
        expect([path, options.method, (await ask(path, who, options)).status]).toEqual([
          path,
          options.method,
          status,
        ])
      }
      const forged = { ...options, headers: { origin: 'https://evil.example' } }
      if (options.method || options.body) expect((await ask(path, owner, forged)).status).toBe(403)
    }
    expect((await listed()).recordings).toHaveLength(1)
  })
})

type Made = { share: { id: string; hasPasscode: boolean }; secret: string }

describe('a link', () => {
  const make = async (id: string, body: object = {}): Promise<Made> => {
    const answer = await ask(`/api/recordings/${id}/shares`, owner, { body: { label: 'Board', ...body } })
    expect([answer.status, answer.text]).toEqual([200, expect.any(String)])
    return answer.json() as unknown as Made
  }
  const open = (secret: string, passcode?: string, headers: Ask['headers'] = {}) =>
    ask('/api/shared', null, { body: { secret, ...(passcode !== undefined && { passcode }) }, headers })
  const cookieOf = (answer: Awaited<ReturnType<typeof open>>) => ({
    cookie: [...answer.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
  })

  it('[REC-97] is 128 random bits, of which the table has the hash alone', async () => {
    const { id } = await seed()
    const { share, secret } = await make(id)
    expect(secret).toMatch(/^[A-Za-z0-9_-]{22}$/)
    const row = await suite.data.prisma.recordingShare.findFirst({ where: { id: share.id } })
    expect(JSON.stringify(row)).not.toContain(secret)
    expect((await ask(`/api/recordings/${id}/shares`, owner)).text).not.toContain(secret)
  })

  it('[REC-97] shows what its owner allows, by a cookie of its own that opens nothing else', async () => {
    const { id } = await seed({
      files: [
        { kind: 'webm', mimeType: 'video/webm', content: Buffer.from('film') },
        { kind: 'audio', mimeType: 'audio/webm', content: Buffer.from('sound') },
      ],
    })
    const [watch, all] = [await make(id), await make(id, { download: true })]
    const opened = await open(watch.secret)
    expect(opened.headers['set-cookie']?.[0]).toMatch(
      /^parley\.share\.[0-9a-f]{16}=.+; HttpOnly; SameSite=Lax/,
    )
    const holder = cookieOf(opened)
    const view = await viewed(`/api/shared/${watch.share.id}`, holder)
    expect(view).toMatchObject({ id, owned: false, mayDownload: false })
    expect(view.files.map(({ kind }) => kind)).toEqual(['webm'])
    const more = await viewed(`/api/shared/${all.share.id}`, cookieOf(await open(all.secret)))
    expect(more.files.map(({ kind }) => kind)).toEqual(['webm', 'audio'])
    expect((await ask(`/api/shared/${all.share.id}`, holder)).status).toBe(401)
    expect((await ask(`/api/recordings/${id}`, holder)).status).toBe(401)
    expect((await ask('/api/recordings', holder)).status).toBe(401)
  })

  describe('[REC-143] of one recording', () => {
    const hash = () => randomUUID()
    const seedLinks = (recordingId: string, count: number, expiresAt: Date | null, createdAt = new Date()) =>
      suite.data.prisma.recordingShare.createMany({
        data: Array.from({ length: count }, () => ({
          recordingId,
          secretHash: hash(),
          label: expiresAt === null ? 'Open' : 'Over',
          expiresAt,
          createdAt,
        })),
      })
    const YESTERDAY = new Date(Date.now() - 86_400_000)

    it('fifty that ran out leave room for another, fifty that work do not', async () => {
      const { id } = await seed()
      await seedLinks(id, 50, YESTERDAY)
      await make(id)
      await seedLinks(id, 49, null)
      const more = await ask(`/api/recordings/${id}/shares`, owner, { body: { label: 'One more' } })
      expect(more.status).toBe(409)
    })

    it('the list has all that work, however many came after them, and has them first', async () => {
      const { id } = await seed()
      await seedLinks(id, 2, null, YESTERDAY)
      await seedLinks(id, 210, YESTERDAY)
      const { share } = await make(id, { expiresInDays: 1, label: 'Latest' })
      const answer = await ask(`/api/recordings/${id}/shares`, owner)
      const { shares } = answer.json() as unknown as { shares: { id: string; label: string }[] }
      expect(shares).toHaveLength(200)
      expect(shares[0]?.id).toBe(share.id)
      expect(shares.slice(0, 4).map(({ label }) => label)).toEqual(['Latest', 'Open', 'Open', 'Over'])
    })
  })

  it('[REC-97] unknown, expired, revoked and deleted are one answer', async () => {
    const { id } = await seed()
    const [expired, revoked, orphaned] = [
      await make(id, { expiresInDays: 1 }),
      await make(id),
      await make(id),
    ]
    await suite.data.prisma.recordingShare.update({
      where: { id: expired.share.id },
      data: { expiresAt: new Date(Date.now() - 1) },
      select: { id: true },
    })
    await ask(`/api/recordings/${id}/shares/${revoked.share.id}`, owner, { method: 'DELETE' })
    const answers = [await open('A'.repeat(22)), await open('nonsense'), await open(expired.secret)]
    answers.push(await open(revoked.secret))
    await suite.data.prisma.recording.update({
      where: { id },
      data: { deletedAt: new Date() },
      select: { id: true },
    })
    answers.push(await open(orphaned.secret))
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1)
    expect(answers[0]?.status).toBe(404)
  })

  it('[REC-145] a browser keeps the cookies of the newest ten it has opened, and all others of ours', async () => {
    const { id } = await seed()
    const forged = `parley.share.${'0'.repeat(16)}`
    const jar = new Map([
      ['parley.guest.ours', 'kept'],
      ['parley.share.else', 'no name of ours'],
      [forged, 'forged'],
    ])
    const cookie = () => [...jar].map((pair) => pair.join('=')).join('; ')
    const opened: string[] = []
    for (let times = 0; times < 13; times += 1) {
      const { share, secret } = await make(id)
      const answer = await ask('/api/shared', { cookie: cookie() }, { body: { secret } })
      for (const header of answer.headers['set-cookie'] ?? []) {
        const [, name = '', value = ''] =
          /^([^=]+)=([^;]*); Path=\/; HttpOnly; SameSite=Lax/.exec(header) ?? []
        if (value === '') jar.delete(name)
        else jar.set(name, value)
      }
      opened.push(share.id)
    }
    expect([jar.has(forged), [...jar.keys()].slice(0, 2)]).toEqual([
      false,
      ['parley.guest.ours', 'parley.share.else'],
    ])
    const statuses = await Promise.all(
      opened.map(async (shareId) => (await ask(`/api/shared/${shareId}`, { cookie: cookie() })).status),
    )
    expect(statuses).toEqual([...Array(3).fill(401), ...Array(10).fill(200)])
  })

  it('[REC-98] with a passcode is open to who says it, and to nobody after ten wrong ones from there', async () => {
    const { id } = await seed()
    const { share, secret } = await make(id, { passcode: 'open sesame' })
    const asked = await open(secret)
    expect([asked.status, asked.json(), asked.cookies.size]).toEqual([200, { id: share.id, open: false }, 0])
    const right = await open(secret, 'open sesame')
    expect((await viewed(`/api/shared/${share.id}`, cookieOf(right))).id).toBe(id)
    const again = await ask('/api/shared', cookieOf(right), { body: { secret } })
    expect(again.json()).toEqual({ id: share.id, open: true })
    for (let wrong = 0; wrong < 10; wrong += 1) {
      const answer = await open(secret, `wrong ${wrong}`)
      expect([answer.status, answer.cookies.size]).toEqual([403, 0])
    }
    const late = await open(secret, 'open sesame')
    expect([late.status, late.cookies.size]).toEqual([429, 0])
    const row = await suite.data.prisma.recordingShare.findFirst({ where: { id: share.id } })
    expect(row?.passcodeHash).toMatch(/^\$argon2id\$/)
  })

  it('[REC-98] whose passcode is another one is not opened by the old cookie', async () => {
    const { id } = await seed()
    const { share, secret } = await make(id, { passcode: 'open sesame' })
    const holder = cookieOf(await open(secret, 'open sesame'))
    await suite.data.prisma.recordingShare.update({
      where: { id: share.id },
      data: { passcodeHash: '$argon2id$another' },
      select: { id: true },
    })
    expect((await ask(`/api/shared/${share.id}`, holder)).status).toBe(401)
  })

  it('[REC-97] [SE-7] a session’s token is no link’s, and the other way round', async () => {
    const { id } = await seed()
    const { share, secret } = await make(id)
    const [name = '', value = ''] = cookieOf(await open(secret)).cookie.split('=')
    expect((await ask(`/api/shared/${share.id}`, { cookie: `${name}=${owner.token}` })).status).toBe(401)
    expect((await ask('/api/recordings', { cookie: `${sessions().cookies.user}=${value}` })).status).toBe(401)
  })

  it('[REC-96] making and revoking are in the trail, once', async () => {
    const { id } = await seed()
    const { share } = await make(id, { expiresInDays: 7 })
    const revoke = () => ask(`/api/recordings/${id}/shares/${share.id}`, owner, { method: 'DELETE' })
    expect([(await revoke()).status, (await revoke()).status]).toEqual([200, 200])
    const trail = await suite.data.prisma.auditEvent.findMany({
      where: { targetId: id },
      orderBy: { at: 'asc' },
      take: 10,
      select: { action: true, details: true },
    })
    expect(trail).toEqual([
      {
        action: 'recording.shared',
        details: { share: share.id, label: 'Board', download: false, passcode: false, expiresInDays: 7 },
      },
      { action: 'recording.shareRevoked', details: { share: share.id } },
    ])
  })

  it.each([
    [{ label: '' }],
    [{ label: 'x', expiresInDays: 0 }],
    [{ label: 'x', expiresInDays: 366 }],
    [{ label: 'x', passcode: 'abc' }],
    [{ label: 'x', download: 'yes' }],
    [{ label: 'x', secret: 'mine' }],
    [{ label: 'x', recordingId: randomUUID() }],
  ])('[REC-97] %j makes none', async (body) => {
    const { id } = await seed()
    expect((await ask(`/api/recordings/${id}/shares`, owner, { body })).status).toBe(400)
  })
})
