import { randomUUID } from 'node:crypto'
import { messageId } from '#lib/protocol/ids.ts'
import { until } from '../../browser/support/until.ts'
import { newInstance, type RealtimeClient, SILENT } from '../../support/RealtimeClient.ts'
import { type RealtimeSuite, realtimeSuite } from '../../support/realtimeSuite.ts'
import { recordedRooms } from '../../support/recordedRooms.ts'

const rooms = recordedRooms({ MEETING_CAPACITY: '3', MESH_CAPACITY: '3', SEAT_GRACE_SECONDS: '1' })
const SERVER = { kind: 'server', studio: false, copy: false, consent: 'told' } as const
const ASKED = { ...SERVER, consent: 'asked' } as const

const joined = async (
  who: { cookie: string },
  name?: string,
  suite: Pick<RealtimeSuite, 'server' | 'meeting'> = rooms,
): Promise<RealtimeClient> => {
  const client = await suite.server.connect(who, suite.meeting)
  await client.join(name === undefined ? {} : { name })
  return client
}
const guest = async (name = 'Gus') => joined(await rooms.server.guest(rooms.meeting), name)
const status = (client: RealtimeClient, wanted: string) =>
  client.next('recording:changed', ({ recording }) => recording?.status === wanted)
const stopped = (client: RealtimeClient, reason: string) =>
  client.next('recording:changed', (event) => event.stopped === reason)
const recorderOf = async (id: string) =>
  rooms.server.connect(await rooms.server.recorder({ id, meetingId: rooms.meeting.id }), rooms.meeting)
/** Why it has stopped, as is written a moment after everybody has heard of it. */
const ended = (id: string) => until('its end to be written', async () => (await rooms.row(id)).stopReason)
/** What is written of this recording in the audit log. */
const audited = async (id: string, action: string) => {
  const find = () => rooms.database.prisma.auditEvent.findFirst({ where: { targetId: id, action } })
  while ((await find()) === null) await new Promise((done) => setTimeout(done, 20))
  return find()
}

test('[REC-1][REC-2] a host starts it, everybody follows it from start to stop, and the log says who', async () => {
  const ada = await joined(rooms.host)
  const gus = await guest()
  expect(ada.snapshot?.settings.recording).toEqual(['server', 'local', 'device'])
  const { id } = await ada.ask('recording:start', SERVER)
  expect(await rooms.row(id)).toMatchObject({
    meetingId: rooms.meeting.id,
    conferenceId: ada.snapshot?.conferenceId,
    ownerId: rooms.host.id,
    kind: 'SERVER',
    state: 'WAITING',
    startedById: ada.id,
    startedByName: 'Hannah',
  })
  const starting = await status(gus, 'starting')
  expect(starting.recording).toMatchObject({ id, by: 'Hannah', startedAt: null, consent: 'told' })
  expect(await ada.code('recording:start', SERVER)).toBe('conflict')
  await rooms.record(id)
  expect((await status(gus, 'running')).recording?.startedAt).not.toBeNull()
  const late = await guest('Late')
  expect(late.snapshot?.recording).toMatchObject({ id, status: 'running' })
  await ada.ask('recording:stop', {})
  await stopped(gus, 'stopped')
  expect(await rooms.row(id)).toMatchObject({ state: 'FINISHING', stopReason: 'stopped' })
  expect((await gus.ask('meeting:sync', {})).snapshot.recording).toBeNull()
  expect([ada.gaps, gus.gaps, late.gaps]).toEqual([0, 0, 0])
  expect(await audited(id, 'recording.started')).toMatchObject({ actorId: rooms.host.id })
  expect(await audited(id, 'recording.stopped')).toMatchObject({
    actorId: rooms.host.id,
    details: { reason: 'stopped', name: 'Hannah' },
  })
})

test('[REC-220][REC-221] a copy on the host’s device is told to everybody, and is the host’s to keep alone', async () => {
  const ada = await joined(rooms.host)
  const gus = await guest()
  await ada.ask('coHost:set', { id: gus.id, coHost: true })
  expect(await gus.code('recording:start', { ...SERVER, copy: true })).toBe('forbidden')
  for (const kind of ['local', 'device'] as const)
    expect(await ada.code('recording:start', { ...SERVER, kind, copy: true })).toBe('invalid-request')
  const { id } = await ada.ask('recording:start', { ...SERVER, copy: true })
  expect((await status(gus, 'starting')).recording).toMatchObject({ id, copy: true, byId: ada.id })
  expect(await rooms.row(id)).toMatchObject({ kind: 'SERVER', copy: true })
  expect((await guest('Late')).snapshot?.recording).toMatchObject({ id, copy: true })
  expect(await audited(id, 'recording.started')).toMatchObject({ details: { copy: true } })
})

test('[REC-1] a member and a guest start and stop nothing', async () => {
  const ada = await joined(rooms.host)
  const member = await joined(await rooms.server.user('Mia'))
  const gus = await guest()
  for (const client of [member, gus]) expect(await client.code('recording:start', SERVER)).toBe('forbidden')
  await ada.ask('recording:start', SERVER)
  for (const client of [member, gus]) expect(await client.code('recording:stop', {})).toBe('forbidden')
  expect((await ada.ask('meeting:sync', {})).snapshot.recording).not.toBeNull()
})

test('[REC-1][HOST-2][REC-16] a co-host starts and stops one on the server, and the log names them', async () => {
  const ada = await joined(rooms.host)
  const gus = await guest()
  await ada.ask('coHost:set', { id: gus.id, coHost: true })
  const { id } = await gus.ask('recording:start', SERVER)
  expect(await rooms.row(id)).toMatchObject({
    ownerId: rooms.host.id,
    startedById: gus.id,
    startedByName: 'Gus',
  })
  expect((await status(ada, 'starting')).recording).toMatchObject({ id, by: 'Gus' })
  await rooms.record(id)
  await status(ada, 'running')
  await gus.ask('recording:stop', {})
  await stopped(ada, 'stopped')
  expect((await rooms.row(id)).stopReason).toBe('stopped')
  for (const action of ['recording.started', 'recording.stopped'])
    expect(await audited(id, action)).toMatchObject({
      actorId: null,
      details: { participantId: gus.id, name: 'Gus' },
    })
})

test('[REC-3] without chunks everybody reads that it is interrupted and why, and with them that it goes on', async () => {
  const ada = await joined(rooms.host)
  const { id } = await ada.ask('recording:start', SERVER)
  const part = await rooms.record(id)
  await rooms.claim(id)
  await status(ada, 'running')
  expect((await status(ada, 'interrupted')).recording?.interruption).toBe('silent')
  // Nobody prolongs its lease.
  await ada.next(
    'recording:changed',
    ({ recording }) => recording?.status === 'interrupted' && recording.interruption === 'recorder-lost',
  )
  await part.chunk()
  await status(ada, 'running')
})

test('[REC-5] what others have ended is told with its reason', async () => {
  const ada = await joined(rooms.host)
  const { id } = await ada.ask('recording:start', SERVER)
  await rooms.intake.recordings.jobs.stop(id, 'disk-full')
  await stopped(ada, 'disk-full')
})

test('[REC-7] the last person takes the recording with them; a recorder keeps no meeting alive', async () => {
  const ada = await joined(rooms.host)
  const { id } = await ada.ask('recording:start', SERVER)
  const recorder = await recorderOf(id)
  await recorder.join()
  await ada.ask('meeting:leave', {})
  await recorder.disconnected()
  expect(recorder.all('meeting:ended')).toHaveLength(1)
  expect(await ended(id)).toBe('meeting-ended')
  const again = await joined(rooms.host)
  expect(again.snapshot?.conferenceId).not.toBe(ada.snapshot?.conferenceId)
  expect(again.snapshot?.recording).toBeNull()
})

test('[REC-7] ended for everyone, it ends with the meeting', async () => {
  const ada = await joined(rooms.host)
  const { id } = await ada.ask('recording:start', SERVER)
  await ada.ask('meeting:end', {})
  expect(await ended(id)).toBe('meeting-ended')
})

test('[REC-8] a host who records on their own device takes it with them for good, not by a reload', async () => {
  const ada = await joined(rooms.host)
  const gus = await guest()
  const { id } = await ada.ask('recording:start', { ...SERVER, kind: 'local' })
  await rooms.record(id, rooms.host.cookie)
  await status(gus, 'running')
  ada.cut()
  const back = await rooms.server.connect(rooms.host, rooms.meeting)
  await back.join({ resume: ada.resume })
  expect(back.snapshot?.recording?.status).toBe('running')
  await back.ask('meeting:leave', {})
  await stopped(gus, 'host-left')
  expect(await ended(id)).toBe('host-left')
})

test('[REC-203] everybody reads whose seat it is, and a page that its host opens anew has that seat', async () => {
  const ada = await joined(rooms.host)
  const gus = await guest()
  const { id } = await ada.ask('recording:start', { ...SERVER, kind: 'local' })
  await rooms.record(id, rooms.host.cookie)
  expect((await status(gus, 'running')).recording?.byId).toBe(ada.id)
  ada.cut()
  const anew = await joined(rooms.host)
  expect(anew.snapshot?.recording).toMatchObject({ kind: 'local', byId: anew.id })
})

test('[REC-10] a recorder comes in past the lobby, takes nobody’s place, and is shown as what it is', async () => {
  const ada = await joined(rooms.host)
  await guest('One')
  await guest('Two')
  await ada.ask('lobby:set', { enabled: true })
  const { id } = await ada.ask('recording:start', SERVER)
  const recorder = await recorderOf(id)
  const snapshot = await recorder.join({ media: { ...SILENT, camera: true } })
  const self = snapshot.participants.find((one) => one.id === snapshot.self)
  expect(self).toMatchObject({ role: 'recorder', name: 'Recording', media: SILENT })
  await ada.until(() => ada.people.has(recorder.id))
  expect([...ada.people.values()].filter(({ role }) => role !== 'recorder')).toHaveLength(3)
  expect(await ada.code('participant:remove', { id: recorder.id })).toBe('not-found')
  expect(await ada.code('participant:mute', { id: recorder.id })).toBe('not-found')
  await recorder.ask('signal:send', {
    to: ada.id,
    toInstance: ada.instanceId,
    epoch: 0,
    signal: { type: 'description', kind: 'offer', sdp: 'v=0\r\n' },
  })
  expect((await ada.next('signal:received')).from).toBe(recorder.id)
  await ada.ask('recording:stop', {})
  await recorder.disconnected()
  await ada.until(() => !ada.people.has(recorder.id))
})

test('[REC-10] a recorder says nothing and decides nothing', async () => {
  const ada = await joined(rooms.host)
  const { id } = await ada.ask('recording:start', SERVER)
  const recorder = await recorderOf(id)
  await recorder.join()
  const refused: [string, unknown][] = [
    ['chat:send', { id: messageId.parse(randomUUID()), text: 'hello' }],
    ['chat:history', { afterSeq: 0 }],
    ['hand:set', { raised: true }],
    ['reaction:send', { emoji: '👍' }],
    ['media:update', { ...SILENT, microphone: true }],
    ['recording:consent', { agree: true }],
    ['recording:start', SERVER],
    ['recording:stop', {}],
    ['meeting:end', {}],
    ['lobby:set', { enabled: true }],
    ['participant:remove', { id: ada.id }],
  ]
  for (const [name, payload] of refused) {
    expect(await recorder.raw(name, payload)).toMatchObject({ ok: false, error: { code: 'forbidden' } })
  }
  expect(ada.all('chat:received')).toEqual([])
  expect(ada.socket.connected).toBe(true)
})

test('[REC-10] only the recorder of the recording that goes on comes in, and only into its meeting', async () => {
  const ada = await joined(rooms.host)
  const { id } = await ada.ask('recording:start', SERVER)
  const elsewhere = await rooms.server.meeting(rooms.host)
  const stray = await rooms.server.recorder({ id, meetingId: rooms.meeting.id })
  await expect(rooms.server.connect(stray, elsewhere)).rejects.toMatchObject({ code: 'unauthenticated' })
  const other = await rooms.server.connect(rooms.host, elsewhere)
  await other.join()
  const { id: otherId } = await other.ask('recording:start', SERVER)
  const foreign = await recorderOf(otherId)
  expect(await foreign.code('meeting:join', { instanceId: newInstance(), media: SILENT })).toBe('forbidden')
})

test('[REC-10][SE-3] from the stop on a recorder’s session opens nothing, and with the end of its part it is over', async () => {
  const ada = await joined(rooms.host)
  const { id } = await ada.ask('recording:start', SERVER)
  const who = await rooms.server.recorder({ id, meetingId: rooms.meeting.id })
  const recorder = await rooms.server.connect(who, rooms.meeting)
  await recorder.join()
  const idle = await rooms.server.connect(who, rooms.meeting)
  const part = await rooms.record(id, who.cookie)
  await ada.ask('recording:stop', {})
  await recorder.disconnected()
  await expect(rooms.server.connect(who, rooms.meeting)).rejects.toMatchObject({ code: 'unauthenticated' })
  await part.close()
  await idle.disconnected()
})

test('[REC-11] a second recorder replaces the first', async () => {
  const ada = await joined(rooms.host)
  const { id } = await ada.ask('recording:start', SERVER)
  const first = await recorderOf(id)
  await first.join()
  const second = await recorderOf(id)
  await second.join()
  await first.disconnected()
  expect(first.all('meeting:ended')).toEqual([{ reason: 'replaced' }])
  await ada.until(() => ada.people.has(second.id) && !ada.people.has(first.id))
  expect(ada.gaps).toBe(0)
})

test('[REC-11] a recorder that was cut off for longer than its seat is kept does not push out the one that has gone on', async () => {
  const ada = await joined(rooms.host)
  const { id } = await ada.ask('recording:start', SERVER)
  const first = await rooms.server.recorder({ id, meetingId: rooms.meeting.id })
  const cutOff = await rooms.server.connect(first, rooms.meeting)
  await cutOff.join()
  const { resume } = cutOff
  cutOff.cut()
  await ada.until(() => !ada.people.has(cutOff.id))
  // Alone it comes back, as somebody new;
  const alone = await rooms.server.connect(first, rooms.meeting)
  await alone.join({ resume })
  alone.cut()
  await ada.until(() => !ada.people.has(alone.id))
  const second = await recorderOf(id)
  await second.join()
  // after another one it does not.
  const late = await rooms.server.connect(first, rooms.meeting)
  expect(await late.code('meeting:join', { instanceId: newInstance(), media: SILENT, resume })).toBe(
    'forbidden',
  )
  expect(second.socket.connected).toBe(true)
  expect(second.all('meeting:ended')).toEqual([])
})

test('[REC-13] who is asked answers; a late joiner and a returning one know; the log says who', async () => {
  const ada = await joined(rooms.host)
  const gus = await guest()
  const { id } = await ada.ask('recording:start', ASKED)
  await ada.next('recording:changed', ({ recording }) => recording?.agreed.includes(ada.id) === true)
  await gus.ask('recording:consent', { agree: false })
  await ada.next('recording:changed', ({ recording }) => recording?.declined.includes(gus.id) === true)
  await gus.ask('recording:consent', { agree: true })
  const late = await guest('Late')
  expect(late.snapshot?.recording).toMatchObject({ agreed: [ada.id, gus.id], declined: [] })
  gus.cut()
  expect((await rooms.row(id)).consents).toContainEqual(
    expect.objectContaining({ visitId: gus.id, name: 'Gus', given: true }),
  )
  expect(await audited(id, 'recording.consented')).not.toBeNull()
  await ada.ask('recording:stop', {})
  expect(await late.code('recording:consent', { agree: true })).toBe('not-found')
})

test('[REC-13] [RM-12] a recording goes on asking, whatever its meeting’s setting becomes', async () => {
  const asks = (recordingConsent: boolean) =>
    rooms.database.prisma.meeting.update({ where: { id: rooms.meeting.id }, data: { recordingConsent } })
  await asks(true)
  const ada = await joined(rooms.host)
  const gus = await guest()
  await ada.ask('recording:start', SERVER)
  await ada.next('recording:changed', ({ recording }) => recording?.agreed.includes(ada.id) === true)
  await asks(false)
  const late = await guest('Late')
  expect(late.snapshot?.recording).toMatchObject({ consent: 'asked', agreed: [ada.id] })
  const { snapshot } = await gus.ask('meeting:sync', {})
  expect(snapshot.recording).toMatchObject({ consent: 'asked', agreed: [ada.id] })
})

test('[REC-13] nobody answers who was not asked', async () => {
  const ada = await joined(rooms.host)
  const gus = await guest()
  await ada.ask('recording:start', SERVER)
  expect(await gus.code('recording:consent', { agree: true })).toBe('not-found')
})

describe('[REC-14] policy', () => {
  const withMeeting = async (data: object) => {
    await rooms.database.prisma.meeting.update({ where: { id: rooms.meeting.id }, data })
  }
  test('a meeting that is not to be recorded offers nothing and starts nothing', async () => {
    await withMeeting({ recordingPolicy: 'NEVER' })
    const ada = await joined(rooms.host)
    expect(ada.snapshot?.settings.recording).toEqual([])
    expect(await ada.code('recording:start', SERVER)).toBe('forbidden')
  })
  test('a meeting that promises to ask is not recorded without asking', async () => {
    await withMeeting({ recordingConsent: true })
    const ada = await joined(rooms.host)
    await ada.ask('recording:start', SERVER)
    expect((await status(ada, 'starting')).recording?.consent).toBe('asked')
  })
  test('automatic is more than this server allows', async () => {
    await withMeeting({ recordingPolicy: 'AUTOMATIC' })
    const ada = await joined(rooms.host)
    await ada.ask('recording:start', SERVER)
    expect((await status(ada, 'starting')).recording?.by).toBe('Hannah')
  })
  test('kinds that are not offered are refused, and offers that change are told', async () => {
    const ada = await joined(rooms.host)
    const gus = await guest()
    await rooms.recorderGoes()
    // Asked again with whoever comes, once a second at most.
    while (ada.all('settings:changed').length === 0) {
      await gus.ask('meeting:leave', {})
      await new Promise((done) => setTimeout(done, 400))
      await gus.join({ name: 'Gus' })
    }
    expect(ada.all('settings:changed')[0]?.settings.recording).toEqual(['local', 'device'])
    expect(await ada.code('recording:start', SERVER)).toBe('conflict')
  })
})

test('[REC-9] a restarted server goes on with the recording, its answers and its recorder', async () => {
  const first = await rooms.start()
  const { host, meeting } = rooms
  const ada = await first.connect(host, meeting)
  await ada.join()
  const { id } = await ada.ask('recording:start', ASKED)
  const part = await rooms.record(id)
  await status(ada, 'running')
  await first.kill()
  const second = await rooms.start({ port: first.port })
  const back = await second.connect(host, meeting)
  const snapshot = await back.join({ resume: ada.resume })
  expect(snapshot.recording).toMatchObject({ id, by: 'Hannah', consent: 'asked', agreed: [ada.id] })
  expect(['running', 'interrupted']).toContain(snapshot.recording?.status)
  const recorder = await second.connect(await second.recorder({ id, meetingId: meeting.id }), meeting)
  await recorder.join()
  await part.chunk()
  await back.ask('recording:stop', {})
  await stopped(back, 'stopped')
  await recorder.disconnected()
  expect((await rooms.row(id)).stopReason).toBe('stopped')
  await second.stop()
})

test('[REC-181] everybody reads that an automatic meeting is not recorded, until a recorder is free', async () => {
  await rooms.recorderGoes()
  const server = await rooms.start({ env: { RECORDING: 'automatic' } })
  const meeting = await server.meeting(rooms.host, { recordingPolicy: 'AUTOMATIC' })
  const ada = await server.connect(rooms.host, meeting)
  await ada.join()
  expect(await ada.next('settings:changed')).toMatchObject({ settings: { unrecorded: true } })
  const gus = await server.connect(await server.guest(meeting), meeting)
  await gus.join({ name: 'Gus' })
  expect(gus.snapshot?.settings).toMatchObject({ recording: ['local', 'device'], unrecorded: true })
  await rooms.recorderComes()
  // What is offered is asked again every ten seconds.
  const begun = () => gus.all('recording:changed').some(({ recording }) => recording?.status === 'starting')
  await gus.until(begun, 'a recording', 30_000)
  await gus.until(() => gus.all('settings:changed').at(-1)?.settings.unrecorded === false)
  await ada.ask('recording:stop', {})
  await stopped(ada, 'stopped')
  // A host's stop stands: it should not be recorded any more.
  expect((await ada.ask('meeting:sync', {})).snapshot.settings.unrecorded).toBe(false)
  await server.stop()
})

test('[REC-14] an automatic meeting is recorded from its first person on, and a host’s stop stands', async () => {
  const server = await rooms.start({ env: { RECORDING: 'automatic' } })
  const meeting = await server.meeting(rooms.host, { recordingPolicy: 'AUTOMATIC', recordingConsent: true })
  const ada = await server.connect(rooms.host, meeting)
  await ada.join()
  expect((await status(ada, 'starting')).recording).toMatchObject({ by: null, consent: 'asked' })
  await ada.ask('recording:stop', {})
  await stopped(ada, 'stopped')
  expect(await rooms.database.prisma.recording.count({ where: { meetingId: meeting.id } })).toBe(1)
  await server.stop()
})

/** What no real table does at a word: recordings in memory. */
describe('the table fails', () => {
  const suite = realtimeSuite()

  test('[REC-6] with the database away what is known stands', async () => {
    const { recordings } = suite.server
    const ada = await joined(suite.host, undefined, suite)
    await ada.ask('recording:start', SERVER)
    recordings.chunk()
    await status(ada, 'running')
    recordings.away = true
    expect(await ada.code('recording:stop', {})).toBe('unavailable')
    expect((await ada.ask('meeting:sync', {})).snapshot.recording?.status).toBe('running')
    // But for the chunks, none of which can be written down.
    expect((await status(ada, 'interrupted')).recording?.interruption).toBe('unwritable')
    expect(await ada.code('recording:stop', {})).toBe('unavailable')
    recordings.away = false
    await ada.ask('recording:stop', {})
    await stopped(ada, 'stopped')
  })

  test('[REC-6] a start whose answer was lost is found again', async () => {
    const { recordings } = suite.server
    const ada = await joined(suite.host, undefined, suite)
    recordings.loseNextAnswer = true
    expect(await ada.code('recording:start', SERVER)).toBe('unavailable')
    const { recording } = await status(ada, 'starting')
    expect(recording?.id).toBe(recordings.last.written.id)
  })
})
