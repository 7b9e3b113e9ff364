import { randomBytes, randomUUID } from 'node:crypto'
import type { RecordingShareView } from '#lib/protocol/recordings.ts'
import { sessions } from '#server/auth/sessions.ts'
import { until } from '../../browser/support/until.ts'
import { recordingSuite, startDownload } from '../../support/recordingSuite.ts'
import { type Seeded, seedRecording } from '../../support/seedRecording.ts'
import { guestFor, type SignedIn, signedInUser } from '../../support/session.ts'

const suite = recordingSuite()
const CONTENT = Buffer.from('0123456789abcdefghij')
/** More than all buffers between two sockets hold. */
const LARGE = randomBytes(48 * 1024 * 1024)

let owner: SignedIn
let stranger: SignedIn
let recording: Seeded

beforeAll(async () => {
  owner = await signedInUser(suite.data.prisma)
  stranger = await signedInUser(suite.data.prisma, { name: 'Mallory', admin: true })
  recording = await made('Weekly planning')
})

const made = (title: string, content: Uint8Array = CONTENT, whose: SignedIn = owner): Promise<Seeded> =>
  seedRecording(suite.data.prisma, suite.storage, whose.user.id, {
    title,
    files: [
      { kind: 'webm', mimeType: 'video/webm', content },
      { kind: 'audio', mimeType: 'audio/webm;codecs=opus', content: CONTENT, personName: 'Ada' },
      { kind: 'track', mimeType: 'text/html', content: CONTENT, personName: 'Ada' },
    ],
  })

const fileOf = ({ files }: Seeded, kind: string): string => files.find((file) => file.kind === kind)?.id ?? ''
const own = (which: Seeded, kind = 'webm'): string =>
  `/api/recordings/${which.id}/files/${fileOf(which, kind)}`
const { ask } = suite

type Link = { readonly id: string; readonly secret: string; readonly cookie: string }

async function linkTo(
  which: Seeded,
  options: Record<string, unknown> = {},
  passcode?: string,
  whose: SignedIn = owner,
): Promise<Link> {
  const created = await ask(`/api/recordings/${which.id}/shares`, whose, {
    body: { label: 'Board', ...options, ...(passcode !== undefined && { passcode }) },
  })
  expect([created.status, created.text]).toEqual([200, expect.any(String)])
  const { share, secret } = created.json() as unknown as { share: { id: string }; secret: string }
  return { id: share.id, secret, cookie: await openedBy(secret, passcode) }
}

/** @returns the cookie of somebody who opens the link */
async function openedBy(secret: string, passcode?: string): Promise<string> {
  const body = { secret, ...(passcode !== undefined && { passcode }) }
  const opened = await ask('/api/shared', null, { body })
  expect(opened.status).toBe(200)
  return [...opened.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
}
const shared = (link: { id: string }, which: Seeded, kind = 'webm'): string =>
  `/api/shared/${link.id}/files/${fileOf(which, kind)}`

describe('ranges', () => {
  it('[REC-92] the whole comes with its length, its type and nothing that a cache may keep', async () => {
    const answer = await ask(own(recording), owner)
    expect([answer.status, answer.text]).toEqual([200, CONTENT.toString()])
    expect(answer.headers).toMatchObject({
      'accept-ranges': 'bytes',
      'content-length': '20',
      'content-type': 'video/webm',
      'cache-control': 'private, no-store',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'content-disposition': `inline; filename="Weekly planning.webm"; filename*=UTF-8''Weekly%20planning.webm`,
    })
  })

  it.each([
    ['bytes=0-3', '0123', 'bytes 0-3/20'],
    ['bytes=10-', 'abcdefghij', 'bytes 10-19/20'],
    ['bytes=-5', 'fghij', 'bytes 15-19/20'],
  ])('[REC-92] %s is answered with 206', async (range, text, contentRange) => {
    const answer = await ask(own(recording), owner, { headers: { range } })
    expect([answer.status, answer.text, answer.headers['content-range']]).toEqual([206, text, contentRange])
    expect(answer.headers['content-length']).toBe(String(text.length))
  })

  it('[REC-92] a range behind the end is 416 with the length', async () => {
    const answer = await ask(own(recording), owner, { headers: { range: 'bytes=20-' } })
    expect([answer.status, answer.text, answer.headers['content-range']]).toEqual([416, '', 'bytes */20'])
  })

  it('[REC-92] If-Range goes on with the same file only', async () => {
    const { headers } = await ask(own(recording), owner, { method: 'HEAD' })
    const same = { range: 'bytes=0-3', 'if-range': String(headers.etag) }
    expect((await ask(own(recording), owner, { headers: same })).status).toBe(206)
    const other = { range: 'bytes=0-3', 'if-range': '"another"' }
    expect((await ask(own(recording), owner, { headers: other })).text).toBe(CONTENT.toString())
  })

  it('[REC-92] HEAD tells the same without a body; other methods are 405', async () => {
    const head = await ask(own(recording), owner, { method: 'HEAD' })
    expect([head.status, head.text, head.headers['content-length']]).toEqual([200, '', '20'])
    const put = await ask(own(recording), owner, { method: 'PUT' })
    expect([put.status, put.headers.allow]).toEqual([405, 'GET, HEAD'])
  })

  it('[REC-94] saved under the title, whatever it holds; what is no video is never shown in place', async () => {
    const hostile = await made('plan"; filename="evil.exe\r\nSet-Cookie: a=b \u202Egnp')
    const answer = await ask(`${own(hostile)}?download=1`, owner)
    expect(answer.headers['set-cookie']).toBeUndefined()
    expect(answer.headers['content-disposition']).toMatch(/^attachment; filename="[A-Za-z0-9 ._()-]+\.webm";/)
    const html = await ask(own(recording, 'track'), owner)
    expect(html.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-disposition': expect.stringMatching(/^attachment;/),
    })
  })
})

describe('who may', () => {
  const statusOf = async (path: string, who: { cookie: string } | null) => (await ask(path, who)).status

  it('[REC-93] the owner; to another person it does not exist, to nobody nothing does', async () => {
    const guest = await guestFor(suite.data.prisma, recording.meetingId)
    const missing = `/api/recordings/${randomUUID()}/files/${randomUUID()}`
    for (const [who, expected] of [
      [owner, 200],
      [stranger, 404],
      [guest, 401],
      [null, 401],
      [{ cookie: 'parley.session=forged' }, 401],
    ] as const) {
      expect([who?.cookie, await statusOf(own(recording), who)]).toEqual([who?.cookie, expected])
      expect(await statusOf(missing, who)).toBe(expected === 200 ? 404 : expected)
    }
    expect((await ask(own(recording), stranger)).text).toBe((await ask(missing, stranger)).text)
  })

  it('[REC-93] a link to watch opens what the player plays; a link to download opens all', async () => {
    const watching = await linkTo(recording)
    const all = await linkTo(recording, { download: true })
    const results = []
    for (const link of [watching, all]) {
      for (const kind of ['webm', 'audio']) results.push(await statusOf(shared(link, recording, kind), link))
      results.push(await statusOf(`${shared(link, recording)}?download=1`, link))
    }
    expect(results).toEqual([200, 404, 403, 200, 200, 200])
  })

  it('[REC-93] a link opens its own recording only, and not the owner’s address', async () => {
    const other = await made('Another')
    const link = await linkTo(recording, { download: true })
    const elsewhere = await linkTo(other)
    expect(await statusOf(`/api/shared/${link.id}/files/${fileOf(other, 'webm')}`, link)).toBe(404)
    expect(await statusOf(shared(elsewhere, other), link)).toBe(401)
    expect(await statusOf(own(recording), link)).toBe(401)
    expect(await statusOf(shared({ id: randomUUID() }, recording), link)).toBe(401)
  })

  it('[REC-93] expired, revoked and deleted are 410 for who held the link, 401 for everybody else', async () => {
    const doomed = await made('Doomed')
    const [expired, revoked, orphaned] = [await linkTo(doomed), await linkTo(doomed), await linkTo(doomed)]
    await suite.data.prisma.recordingShare.update({
      where: { id: expired.id },
      data: { expiresAt: new Date(Date.now() - 1000) },
      select: { id: true },
    })
    await ask(`/api/recordings/${doomed.id}/shares/${revoked.id}`, owner, { method: 'DELETE' })
    expect(await statusOf(shared(expired, doomed), expired)).toBe(410)
    expect(await statusOf(shared(revoked, doomed), revoked)).toBe(410)
    expect(await statusOf(shared(orphaned, doomed), orphaned)).toBe(200)
    await suite.data.prisma.recording.update({
      where: { id: doomed.id },
      data: { deletedAt: new Date() },
      select: { id: true },
    })
    expect(await statusOf(shared(orphaned, doomed), orphaned)).toBe(410)
    expect(await statusOf(shared(orphaned, doomed), null)).toBe(401)
    expect(await statusOf(own(doomed), owner)).toBe(404)
  })

  it('[REC-140] a disabled account’s links open nothing, and all of it again once it is enabled', async () => {
    const leaving = await signedInUser(suite.data.prisma, { name: 'Leaving' })
    const theirs = await made('Theirs', CONTENT, leaving)
    const link = await linkTo(theirs, {}, undefined, leaving)
    const disable = (disabledAt: Date | null) =>
      suite.data.prisma.user.update({
        where: { id: leaving.user.id },
        data: { disabledAt },
        select: { id: true },
      })
    const answers = async () => [
      await statusOf(shared(link, theirs), link),
      await statusOf(`/api/shared/${link.id}`, link),
      (await ask('/api/shared', null, { body: { secret: link.secret } })).status,
    ]
    expect(await answers()).toEqual([200, 200, 200])
    await disable(new Date())
    expect(await answers()).toEqual([410, 404, 404])
    await disable(null)
    expect(await answers()).toEqual([200, 200, 200])
  })

  it('[REC-93] a recording past its keeping is gone before it is swept', async () => {
    const kept = await made('Kept')
    await suite.data.prisma.recording.update({
      where: { id: kept.id },
      data: { expiresAt: new Date(Date.now() - 1000) },
      select: { id: true },
    })
    expect(await statusOf(own(kept), owner)).toBe(404)
  })
})

describe('[REC-95] a stream ends with its access', () => {
  let large: Seeded

  beforeEach(async () => {
    large = await made('Long', LARGE)
  })

  async function cutShort(
    path: string,
    who: { cookie: string },
    end: () => Promise<unknown>,
  ): Promise<number> {
    const download = await startDownload(suite.api, path, { cookie: who.cookie, range: 'bytes=0-' })
    expect(download.response.statusCode).toBe(206)
    await end()
    // Taken slowly, as a player does: all of it would last half a minute.
    expect(await download.toItsEnd(40)).toBe(false)
    return download.received()
  }

  it('when the session is revoked', async () => {
    const session = await signedInUser(suite.data.prisma, { userId: owner.user.id })
    const received = await cutShort(own(large), session, () =>
      sessions().end({ id: session.sessionId }, null, 'revoked'),
    )
    expect(received).toBeLessThan(LARGE.byteLength)
    expect((await ask(own(large), session)).status).toBe(401)
  })

  it('[RM-11] when the link is revoked', async () => {
    const link = await linkTo(large)
    const received = await cutShort(shared(link, large), link, () =>
      ask(`/api/recordings/${large.id}/shares/${link.id}`, owner, { method: 'DELETE' }),
    )
    expect(received).toBeLessThan(LARGE.byteLength)
  })

  it('[REC-140] when the account whose link it is is disabled', async () => {
    const leaving = await signedInUser(suite.data.prisma, { name: 'Leaving' })
    const theirs = await made('Theirs', LARGE, leaving)
    const link = await linkTo(theirs, {}, undefined, leaving)
    const received = await cutShort(shared(link, theirs), link, () =>
      suite.data.prisma.user.update({
        where: { id: leaving.user.id },
        data: { disabledAt: new Date() },
        select: { id: true },
      }),
    )
    expect(received).toBeLessThan(LARGE.byteLength)
  })

  it('when the link’s time is over', async () => {
    const link = await linkTo(large)
    const received = await cutShort(shared(link, large), link, () =>
      suite.data.prisma.recordingShare.update({
        where: { id: link.id },
        data: { expiresAt: new Date(Date.now() + 3_000) },
        select: { id: true },
      }),
    )
    expect(received).toBeLessThan(LARGE.byteLength)
    expect((await ask(shared(link, large), link)).status).toBe(410)
  })

  it('when the recording is deleted', async () => {
    const received = await cutShort(own(large), owner, () =>
      suite.data.prisma.recording.update({
        where: { id: large.id },
        data: { deletedAt: new Date() },
        select: { id: true },
      }),
    )
    expect(received).toBeLessThan(LARGE.byteLength)
  })

  it('and goes to its end while access lasts', async () => {
    const download = await startDownload(suite.api, own(large), { cookie: owner.cookie })
    expect(await download.toItsEnd()).toBe(true)
    expect(download.received()).toBe(LARGE.byteLength)
  })

  it('[REC-142] of one link each who has opened it has twelve, which no other’s take away', async () => {
    const link = await linkTo(large)
    const first = await Promise.all(
      Array.from({ length: 12 }, () =>
        startDownload(suite.api, shared(link, large), { cookie: link.cookie }),
      ),
    )
    const range = { headers: { range: 'bytes=0-3' } }
    const other = { cookie: await openedBy(link.secret) }
    expect((await ask(shared(link, large), link, range)).status).toBe(429)
    expect((await ask(shared(link, large), other, range)).status).toBe(206)
    for (const { response } of first) response.destroy()
  })

  it('of one person no more than twelve run at a time', async () => {
    const link = await linkTo(large)
    const open = await Promise.all(
      Array.from({ length: 12 }, () =>
        startDownload(suite.api, shared(link, large), { cookie: link.cookie }),
      ),
    )
    expect((await ask(shared(link, large), link, { headers: { range: 'bytes=0-3' } })).status).toBe(429)
    for (const { response } of open) response.destroy()
    await until(
      'the places to be free',
      async () => (await ask(shared(link, large), link, { headers: { range: 'bytes=0-3' } })).status === 206,
    )
  })
})

describe('[REC-96] the trail', () => {
  const trail = async (which: Seeded) =>
    (
      await suite.data.prisma.auditEvent.findMany({
        where: { targetId: which.id },
        orderBy: { at: 'asc' },
        take: 50,
        select: { action: true, actorId: true, address: true, details: true },
      })
    ).map(({ action, actorId, address, details }) => [action, actorId, address, details])

  it('has watching once, however many ranges, downloading by file, and each link by its name', async () => {
    const watched = await made('Watched')
    const link = await linkTo(watched, { download: true })
    for (const range of ['bytes=0-3', 'bytes=4-7', 'bytes=8-']) {
      await ask(own(watched), owner, { headers: { range } })
      await ask(shared(link, watched), link, { headers: { range } })
    }
    await ask(`${own(watched)}?download=1`, owner)
    await ask(`${own(watched)}?download=1`, owner, { headers: { range: 'bytes=5-' } })
    await ask(`${shared(link, watched, 'audio')}?download=1`, link)
    await ask(own(watched), owner, { method: 'HEAD' })
    const holder = { share: link.id, for: 'Board' }
    expect(await trail(watched)).toEqual([
      ['recording.shared', owner.user.id, expect.any(String), expect.objectContaining({ label: 'Board' })],
      ['recording.watched', owner.user.id, '127.0.0.1', {}],
      ['recording.watched', null, '127.0.0.1', holder],
      ['recording.downloaded', owner.user.id, '127.0.0.1', { file: fileOf(watched, 'webm'), kind: 'webm' }],
      [
        'recording.downloaded',
        null,
        '127.0.0.1',
        { ...holder, file: fileOf(watched, 'audio'), kind: 'audio', person: 'Ada' },
      ],
    ])
  })

  it('[REC-144] has what no player plays as downloaded, whatever its address says, once, with whose it is', async () => {
    const taken = await made('Taken')
    const link = await linkTo(taken, { download: true })
    for (const range of ['bytes=0-3', 'bytes=4-7']) {
      await ask(own(taken, 'track'), owner, { headers: { range } })
      await ask(shared(link, taken, 'track'), link, { headers: { range } })
    }
    await ask(`${own(taken, 'track')}?download=1`, owner)
    const file = { file: fileOf(taken, 'track'), kind: 'track', person: 'Ada' }
    expect((await trail(taken)).slice(1)).toEqual([
      ['recording.downloaded', owner.user.id, '127.0.0.1', file],
      ['recording.downloaded', null, '127.0.0.1', { share: link.id, for: 'Board', ...file }],
    ])
  })

  it('[REC-148] is counted for the owner at each link, and names nobody', async () => {
    const used = await made('Used')
    const link = await linkTo(used, { download: true })
    const unused = await linkTo(used)
    const elsewhere = await made('Elsewhere')
    const foreign = await linkTo(elsewhere)
    await ask(own(used), owner)
    await ask(shared(foreign, elsewhere), foreign)
    await ask(shared(link, used), link)
    await ask(`${shared(link, used)}?download=1`, link)
    await ask(shared(link, used, 'track'), link)
    // An hour before, and the hour before that.
    const { id: _, ...row } = await suite.data.prisma.auditEvent.findFirstOrThrow({
      where: { targetId: used.id, action: 'recording.watched', actorId: null },
    })
    const hoursAgo = (hours: number) => ({
      ...row,
      details: { share: link.id, for: 'Board' },
      at: new Date(row.at.getTime() - hours * 3_600_000),
    })
    await suite.data.prisma.auditEvent.createMany({ data: [hoursAgo(1), hoursAgo(2)] })
    const answer = await ask(`/api/recordings/${used.id}/shares`, owner)
    const { shares } = answer.json() as unknown as { shares: RecordingShareView[] }
    const last = await suite.data.prisma.auditEvent.findFirst({
      where: { targetId: used.id, action: 'recording.downloaded' },
      orderBy: { at: 'desc' },
    })
    expect(
      shares.map(({ id, watched, downloaded, lastUsedAt }) => [id, watched, downloaded, lastUsedAt]),
    ).toEqual([
      [unused.id, 0, 0, null],
      [link.id, 3, 2, last?.at.toISOString()],
    ])
    expect(answer.text).not.toContain('127.0.0.1')
  })

  it('has nothing of who was refused', async () => {
    const refused = await made('Refused')
    await ask(own(refused), stranger)
    await ask(own(refused), null)
    expect(await trail(refused)).toEqual([])
  })
})
