import { randomUUID } from 'node:crypto'
import type { MeetingSummary } from '#lib/domain/meetingSummary.ts'
import { createMeetings, MEETINGS_PER_PAGE } from '#server/meetings/PrismaMeetings.ts'
import * as recordingNotice from '../../../app/api/m/[code]/recording/route.ts'
import * as oneMeeting from '../../../app/api/meetings/[id]/route.ts'
import * as allMeetings from '../../../app/api/meetings/route.ts'
import { type ApiServer, type Ask, startApiServer } from '../../support/apiServer.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { newCode, RealtimeServer } from '../../support/realtimeServer.ts'
import { type SignedIn, signedInUser } from '../../support/session.ts'

jest.setTimeout(120_000)

let data: TestDatabase
let api: ApiServer
let realtime: RealtimeServer
let host: SignedIn
let stranger: SignedIn

beforeAll(async () => {
  data = await createTestDatabase()
  realtime = await RealtimeServer.start(data)
  api = await startApiServer(
    {
      '/api/meetings': allMeetings,
      '/api/meetings/[id]': oneMeeting,
      '/api/m/[code]/recording': recordingNotice,
    },
    { DATABASE_URL: data.url },
  )
  stranger = await signedInUser(data.prisma, { name: 'Mallory', admin: true })
})
beforeEach(async () => {
  host = await signedInUser(data.prisma)
})
afterEach(() => realtime.closeClients())
afterAll(async () => {
  await api.close()
  await realtime.stop()
  await data.drop()
})

const ask = (who: SignedIn | null, path: string, options: Ask = {}) =>
  api.ask(path, { ...(who && { cookie: who.cookie }), ...options })

const RECORDING = { recordingPolicy: 'ask', recordingConsent: false, recordingKeepDays: null } as const
const PLAN = {
  kind: 'scheduled',
  title: 'Weekly planning',
  date: `${new Date().getUTCFullYear() + 1}-03-02`,
  time: '14:30',
  durationMinutes: 45,
  timeZone: 'Europe/Berlin',
  repeats: 'none',
} as const

type Made = { meeting: MeetingSummary }
async function made(who: SignedIn, body: object = PLAN): Promise<MeetingSummary> {
  const answer = await ask(who, '/api/meetings', { body })
  expect([answer.status, answer.text]).toEqual([200, expect.any(String)])
  return (answer.json() as unknown as Made).meeting
}
async function listed(who: SignedIn, cursor?: string | null) {
  const answer = await ask(who, `/api/meetings${cursor ? `?cursor=${cursor}` : ''}`)
  expect(answer.status).toBe(200)
  return answer.json() as unknown as { meetings: MeetingSummary[]; nextCursor: string | null }
}

describe('making and keeping', () => {
  it('[MEET-11] a plan comes back as it was made, at the instant its own zone means', async () => {
    const meeting = await made(host)
    const startsAt = `${PLAN.date}T13:30:00.000Z`
    const { kind: _, date: __, time: ___, ...same } = PLAN
    expect(meeting).toEqual({
      ...same,
      id: expect.any(String),
      code: expect.stringMatching(/^[a-z]+-[a-z]+-[0-9a-z]{26}$/),
      startsAt,
      nextAt: startsAt,
      lobby: false,
      ...RECORDING,
      ended: false,
    })
    expect(await listed(host)).toEqual({ meetings: [meeting], nextCursor: null })
  })

  it('[MEET-11] "now" makes a link without a date', async () => {
    expect(await made(host, { kind: 'now' })).toMatchObject({ startsAt: null, nextAt: null, ended: false })
  })

  it('[K15] a title is one line of visible text, stored as it was meant and never as markup', async () => {
    const title = '<img src=x onerror=alert(1)>  \u202Eevil\u0000\n "quoted" '
    expect((await made(host, { ...PLAN, title })).title).toBe('<img src=x onerror=alert(1)> evil "quoted"')
  })

  it('[MEET-12] each change leaves a line in the audit trail, with who and what', async () => {
    const { id } = await made(host)
    await ask(host, `/api/meetings/${id}`, { method: 'PATCH', body: { title: 'Renamed' } })
    await ask(host, `/api/meetings/${id}`, { method: 'DELETE' })
    const events = await data.prisma.auditEvent.findMany({ where: { targetId: id }, orderBy: { at: 'asc' } })
    expect(events.map(({ actorId, action, details }) => [actorId, action, details])).toEqual([
      [host.user.id, 'meeting.created', {}],
      [host.user.id, 'meeting.updated', { fields: ['title'] }],
      [host.user.id, 'meeting.deleted', {}],
    ])
  })

  it('[MEET-13] a part of the time changes alone; the link stays', async () => {
    const meeting = await made(host)
    const change = async (body: object) => {
      const answer = await ask(host, `/api/meetings/${meeting.id}`, { method: 'PATCH', body })
      return answer.json().meeting
    }
    expect(await change({ time: '09:00' })).toMatchObject({
      code: meeting.code,
      startsAt: `${PLAN.date}T08:00:00.000Z`,
    })
    expect(await change({ timeZone: 'UTC' })).toMatchObject({ startsAt: `${PLAN.date}T09:00:00.000Z` })
    expect(await change({ recordingPolicy: 'automatic', recordingConsent: true })).toMatchObject({
      recordingPolicy: 'automatic',
      recordingConsent: true,
      recordingKeepDays: null,
    })
    expect(await change({ recordingKeepDays: 7 })).toMatchObject({ recordingKeepDays: 7 })
    expect(await change({ repeats: 'weekly', lobby: true })).toMatchObject({
      repeats: 'weekly',
      lobby: true,
      startsAt: `${PLAN.date}T09:00:00.000Z`,
    })
  })

  it.each([
    ['a title of spaces', { title: ' \u200B ' }],
    ['a title of 121 characters', { title: 'x'.repeat(121) }],
    ['a day that does not exist', { date: '2027-02-30' }],
    ['a date in the past', { date: '2020-01-01' }],
    ['a date in a hundred years', { date: '2126-01-01' }],
    ['a time that does not exist', { time: '24:30' }],
    ['a zone that does not exist', { timeZone: 'Europe/Atlantis' }],
    ['an offset for a zone', { timeZone: '+02:00' }],
    ['no time at all', { durationMinutes: 0 }],
    ['more than a day', { durationMinutes: 1441 }],
    ['half a minute', { durationMinutes: 30.5 }],
    ['a rule that is not offered', { repeats: 'yearly' }],
    ['text for a switch', { lobby: 'yes' }],
    ['a policy that does not exist', { recordingPolicy: 'secretly' }],
    ['no day at all', { recordingKeepDays: 0 }],
  ])('[MEET-14] refuses %s, and says which field it is', async (_, wrong) => {
    const answer = await ask(host, '/api/meetings', { body: { ...PLAN, ...wrong } })
    expect([answer.status, answer.json().error?.code]).toEqual([400, 'invalid-request'])
    expect(await data.prisma.meeting.count({ where: { hostId: host.user.id } })).toBe(0)
  })
})

describe('[K31] mass assignment', () => {
  const FOREIGN = [
    { hostId: randomUUID() },
    { id: randomUUID() },
    { code: 'calm-otter-00000000000000000000000000' },
    { endedAt: null },
    { deletedAt: null },
    { host: { connect: { id: randomUUID() } } },
    JSON.parse('{"__proto__":{"hostId":"x"}}') as object,
    { title: { set: 'x' } },
  ]
  it.each(FOREIGN)('%j is refused in a new meeting', async (extra) => {
    const raw = JSON.stringify({ ...PLAN }).replace(/\}$/, `,${JSON.stringify(extra).slice(1)}`)
    const answer = await ask(host, '/api/meetings', {
      method: 'POST',
      raw,
      headers: { 'content-type': 'application/json' },
    })
    expect(answer.status).toBe(400)
    expect(await data.prisma.meeting.count({ where: { hostId: host.user.id } })).toBe(0)
  })
  it.each(FOREIGN)('%j is refused in a change', async (extra) => {
    const { id } = await made(host)
    const before = await data.prisma.meeting.findUnique({ where: { id } })
    const answer = await ask(host, `/api/meetings/${id}`, { method: 'PATCH', body: extra })
    expect(answer.status).toBe(400)
    expect(await data.prisma.meeting.findUnique({ where: { id } })).toEqual(before)
  })
})

describe('[RM-9][K22] other people’s meetings', () => {
  const ATTEMPTS = [
    ['read', { method: 'GET' }],
    ['change', { method: 'PATCH', body: { title: 'Mine now' } }],
    ['move', { method: 'PATCH', body: { date: PLAN.date, time: '10:00' } }],
    ['delete', { method: 'DELETE' }],
  ] as const

  it.each(ATTEMPTS)(
    'to %s a foreign one is answered as an unknown one, even to an admin',
    async (_, options) => {
      const { id } = await made(host)
      const before = await data.prisma.meeting.findUnique({ where: { id } })
      const foreign = await ask(stranger, `/api/meetings/${id}`, options)
      const unknown = await ask(stranger, `/api/meetings/${randomUUID()}`, options)
      expect([foreign.status, foreign.text]).toEqual([404, unknown.text])
      expect(await data.prisma.meeting.findUnique({ where: { id } })).toEqual(before)
    },
  )

  it.each(ATTEMPTS)('to %s a deleted one of one’s own is not found either', async (_, options) => {
    const { id } = await made(host)
    await ask(host, `/api/meetings/${id}`, { method: 'DELETE' })
    expect((await ask(host, `/api/meetings/${id}`, options)).status).toBe(404)
  })

  it.each(ATTEMPTS)('to %s without a session is 401', async (_, options) => {
    const { id } = await made(host)
    expect((await ask(null, `/api/meetings/${id}`, options)).status).toBe(401)
  })

  it('a list has one’s own and nobody else’s', async () => {
    const own = await made(host)
    await made(stranger)
    expect((await listed(host)).meetings.map(({ id }) => id)).toEqual([own.id])
  })

  it('a cursor of another person’s list leads into one’s own', async () => {
    const other = await signedInUser(data.prisma)
    await seed(other, MEETINGS_PER_PAGE + 1)
    const { nextCursor } = await listed(other)
    await made(host)
    expect((await listed(host, nextCursor)).meetings).toEqual([])
  })

  it('an id that is none is 400 or 404, never 500', async () => {
    for (const id of ['1', '%00', "' OR 1=1", '..%2f..', 'a'.repeat(2000)]) {
      const { status } = await ask(host, `/api/meetings/${encodeURIComponent(id)}`)
      expect([400, 404]).toContain(status)
    }
  })
})

/** Many at the same instant: the id has to break the tie. */
async function seed(who: SignedIn, count: number): Promise<void> {
  const createdAt = new Date('2026-11-01T12:00:00.123Z')
  await data.prisma.meeting.createMany({
    data: Array.from({ length: count }, (_, index) => ({
      hostId: who.user.id,
      code: `calm-otter-${randomUUID().replaceAll('-', '').slice(0, 26)}`,
      title: `Meeting ${index}`,
      createdAt: index % 3 === 0 ? createdAt : new Date(createdAt.getTime() + index),
    })),
  })
}

describe('[PR-5] paging', () => {
  it('shows each meeting once, over pages of equal instants, whatever is made meanwhile', async () => {
    const count = MEETINGS_PER_PAGE * 2 + 7
    await seed(host, count)
    const seen: string[] = []
    let cursor: string | null = null
    do {
      const page: Awaited<ReturnType<typeof listed>> = await listed(host, cursor)
      seen.push(...page.meetings.map(({ id }) => id))
      cursor = page.nextCursor
      await made(host, { kind: 'now' })
    } while (cursor)
    expect([seen.length, new Set(seen).size]).toEqual([count, count])
  })

  it.each(['x', 'a'.repeat(201), Buffer.from('2026 x').toString('base64url')])(
    'refuses the cursor %p',
    async (text) => {
      expect((await ask(host, `/api/meetings?cursor=${text}`)).status).toBe(400)
    },
  )
})

describe('[MEET-2] the next occurrence in the list', () => {
  it.each([
    ['daily', '2026-12-02T08:00:00.000Z'],
    ['weekdays', '2026-12-02T08:00:00.000Z'],
    ['weekly', '2026-12-08T08:00:00.000Z'],
    ['monthly', '2027-01-01T08:00:00.000Z'],
  ] as const)('of a meeting that began on 1 December 09:00 Berlin, %s, is %s', async (repeats, nextAt) => {
    const made = createMeetings(data.prisma, () => new Date('2026-11-30T12:00:00Z'))
    const plan = { ...PLAN, date: '2026-12-01', time: '09:00', repeats, lobby: false, ...RECORDING }
    const { id } = await made.create({ userId: host.user.id }, plan)
    const later = createMeetings(data.prisma, () => new Date('2026-12-01T20:00:00Z'))
    expect(await later.find(host.user.id, id)).toMatchObject({ nextAt, ended: false })
    const during = createMeetings(data.prisma, () => new Date('2026-12-01T08:30:00Z'))
    expect(await during.find(host.user.id, id)).toMatchObject({ nextAt: '2026-12-01T08:00:00.000Z' })
  })

  it('one that does not repeat is over afterwards, and a new time opens it again', async () => {
    const before = createMeetings(data.prisma, () => new Date('2026-11-30T12:00:00Z'))
    const plan = { ...PLAN, date: '2026-12-01', time: '09:00', lobby: false, ...RECORDING }
    const { id } = await before.create({ userId: host.user.id }, plan)
    const later = createMeetings(data.prisma, () => new Date('2026-12-01T20:00:00Z'))
    expect(await later.find(host.user.id, id)).toMatchObject({ nextAt: null, ended: true })
    await data.prisma.meeting.update({ where: { id }, data: { endedAt: new Date() } })
    expect(await later.update({ userId: host.user.id }, id, { date: '2026-12-03' })).toMatchObject({
      nextAt: '2026-12-03T08:00:00.000Z',
      ended: false,
    })
  })
})

describe('a call that is running', () => {
  async function inCall(meeting: MeetingSummary) {
    const client = await realtime.connect(await realtime.signIn(host.user.id), meeting)
    await client.join()
    return client
  }

  it('[MEET-15] takes the lobby switched in the form at once', async () => {
    const meeting = await made(host)
    const client = await inCall(meeting)
    await ask(host, `/api/meetings/${meeting.id}`, { method: 'PATCH', body: { lobby: true } })
    expect(await client.next('settings:changed')).toMatchObject({ settings: { lobby: true } })
  })

  it('[REC-14] takes what the form says of recordings at once', async () => {
    const meeting = await made(host)
    const client = await inCall(meeting)
    expect(client.snapshot?.settings.recording).toEqual(['server', 'local'])
    await ask(host, `/api/meetings/${meeting.id}`, { method: 'PATCH', body: { recordingPolicy: 'never' } })
    expect(await client.next('settings:changed')).toMatchObject({ settings: { recording: [] } })
  })

  it('[REC-15] whoever has the link learns before joining that it is recorded, and nothing more', async () => {
    const meeting = await made(host)
    const client = await inCall(meeting)
    const notice = async (code: string) => {
      const answer = await api.ask(`/api/m/${code}/recording`)
      return [answer.status, answer.json()]
    }
    expect(await notice(meeting.code)).toEqual([200, { recording: { state: 'none', asks: false } }])
    await client.ask('recording:start', { kind: 'server', studio: false, copy: false, consent: 'told' })
    expect(await notice(meeting.code)).toEqual([200, { recording: { state: 'recorded', asks: false } }])
    expect((await notice(newCode()))[0]).toBe(404)
    await client.ask('meeting:end', {})
    // Ended, deleted and never given are one answer.
    expect((await notice(meeting.code))[0]).toBe(404)
  })

  it('[MEET-16] ends for everyone when its meeting is deleted, and its link opens nothing', async () => {
    const meeting = await made(host)
    const client = await inCall(meeting)
    expect((await ask(host, `/api/meetings/${meeting.id}`, { method: 'DELETE' })).status).toBe(200)
    expect(await client.next('meeting:ended')).toEqual({ reason: 'meeting-deleted' })
    await client.disconnected()
    const again = realtime.connect(await realtime.signIn(host.user.id), meeting)
    await expect(again).rejects.toMatchObject({ code: 'not-found' })
  })

  it('[RM-9] is not ended nor switched by anybody else', async () => {
    const meeting = await made(host)
    const client = await inCall(meeting)
    await ask(stranger, `/api/meetings/${meeting.id}`, { method: 'PATCH', body: { lobby: true } })
    await ask(stranger, `/api/meetings/${meeting.id}`, { method: 'DELETE' })
    await client.settled()
    expect(client.socket.connected).toBe(true)
    expect([...client.all('settings:changed'), ...client.all('meeting:ended')]).toEqual([])
  })
})
