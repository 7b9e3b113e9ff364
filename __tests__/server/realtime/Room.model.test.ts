import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { EVERYTHING } from '#lib/domain/authority.ts'
import { applyChanges, isPerson } from '#lib/domain/roster.ts'
import { TRANSPORT_RULES } from '#lib/domain/transportPolicy.ts'
import type { EndReason, Participant, ServerPayload, Snapshot } from '#lib/protocol/events.ts'
import { type InstanceId, instanceId, type ParticipantId } from '#lib/protocol/ids.ts'
import type { RoomRecording } from '#lib/protocol/recordings.ts'
import type { Identity } from '#server/auth/identity.ts'
import { createLog } from '#server/log.ts'
import {
  type Audience,
  type Broadcast,
  type Connection,
  OUTSIDE,
  type Place,
} from '#server/realtime/Connection.ts'
import { RecordingEnds } from '#server/realtime/RecordingEnds.ts'
import { RecordingOffers } from '#server/realtime/RecordingOffers.ts'
import { Room } from '#server/realtime/Room.ts'
import { SeatLedger } from '#server/realtime/SeatLedger.ts'
import { absentSfu } from '#server/sfu/absentSfu.ts'
import { MemoryConferenceRecords } from '../../support/MemoryConferenceRecords.ts'
import { MemoryRecordingJobs } from '../../support/MemoryRecordingJobs.ts'

const CAPACITY = 3
const GRACE_SECONDS = 10
const PEOPLE = 6
const SILENT = { microphone: false, camera: false, screen: false }
const log = createLog('silent', false)

/** A page of one person, and what it believes. */
class Page implements Connection {
  readonly identity: Identity
  readonly meetingId = 'meeting'
  open = true
  place: Place = OUTSIDE
  instance: InstanceId = instanceId.parse(randomUUID())
  audiences = new Set<Audience>()
  people: ReadonlyMap<ParticipantId, Participant> | null = null
  version = -1
  recording: RoomRecording | null = null
  /** How many it believes to be at the door. */
  waiting: number | null = null
  ended: EndReason | null = null
  heardWhileOutside = 0

  /** @param recordingId of a recorder's page */
  constructor(sessionId: string, recordingId: string | null = null) {
    const who = { sessionId, meetingId: 'meeting' }
    this.identity =
      recordingId === null ? { kind: 'guest', ...who } : { kind: 'recorder', ...who, recordingId }
  }
  send(event: string, payload: unknown): void {
    if (event === 'meeting:admitted') this.adopt((payload as ServerPayload<'meeting:admitted'>).snapshot)
    if (event === 'lobby:changed') this.waiting = (payload as ServerPayload<'lobby:changed'>).waiting.length
  }
  adopt(snapshot: Snapshot): void {
    this.people = new Map(snapshot.participants.map((one) => [one.id, one]))
    this.version = snapshot.version
    this.recording = snapshot.recording
    this.waiting = snapshot.waiting.length
  }
  enter(audience: Audience): void {
    this.audiences.add(audience)
  }
  leave(audience: Audience): void {
    this.audiences.delete(audience)
  }
  exit(): void {
    this.audiences.clear()
  }
  end(reason: EndReason): void {
    this.ended = reason
    this.drop()
  }
  drop(): void {
    this.open = false
    this.exit()
  }
}

const VERSIONED = new Set(['roster:changed', 'settings:changed', 'transport:changed', 'recording:changed'])

class World {
  readonly records = new MemoryConferenceRecords(MEETING)
  readonly ledger = new SeatLedger(this.records, log)
  readonly pages: Page[] = []
  readonly barred = new Set<string>()
  readonly revoked = new Set<string>()
  now = 0
  gaps = 0
  readonly broadcast: Broadcast = (_meeting, audience, event, payload) => {
    for (const page of this.pages) {
      if (!page.audiences.has(audience)) continue
      if (event === 'lobby:changed') page.waiting = (payload as ServerPayload<'lobby:changed'>).waiting.length
      if (!VERSIONED.has(event)) continue
      const { version } = payload as ServerPayload<'settings:changed'>
      // A page between `enter` and its snapshot hears nothing: both happen in one step.
      if (version !== page.version + 1) this.gaps += 1
      page.version = version
      if (event === 'roster:changed' && page.people) {
        page.people = applyChanges(page.people, (payload as ServerPayload<'roster:changed'>).changes)
      }
      if (event === 'recording:changed') {
        page.recording = (payload as ServerPayload<'recording:changed'>).recording
      }
    }
  }
  readonly jobs = new MemoryRecordingJobs({ now: () => this.now })
  readonly offers = new RecordingOffers(
    this.jobs,
    log,
    () => this.now,
    () => {},
  )
  readonly ends = new RecordingEnds(this.jobs, log)
  readonly room = new Room(MEETING, null, {
    records: this.records,
    ledger: this.ledger,
    broadcast: this.broadcast,
    env: {
      MEETING_CAPACITY: CAPACITY,
      MESH_CAPACITY: CAPACITY,
      SEAT_GRACE_SECONDS: GRACE_SECONDS,
      ICE_SERVERS: [],
      TURN_URLS: [],
      TURN_SECRET: undefined,
    },
    waitingCapacity: 4,
    sfu: absentSfu('none'),
    recording: {
      jobs: this.jobs,
      offers: this.offers,
      ends: this.ends,
      policy: 'ask',
      audit: async () => {},
    },
    transportRules: TRANSPORT_RULES,
    joinRoundMs: 0,
    log,
    now: () => this.now,
  })

  pageOf(person: number): Page | undefined {
    return this.pages.findLast((page) => page.open && page.identity.sessionId === `s${person}`)
  }
  placed(at: 'seat' | 'door'): { page: Page; id: ParticipantId }[] {
    return this.pages.flatMap((page) => (page.place.at === at ? [{ page, id: page.place.id }] : []))
  }
}

const MEETING = {
  id: 'meeting',
  code: 'code',
  title: 'Weekly',
  hostId: 'host',
  lobby: false,
  mediaPolicy: 'automatic' as const,
  permissions: EVERYTHING,
  recording: { policy: 'ask' as const, consent: false, keepDays: null },
  repeats: false,
  endedAt: null,
}

type Step = { readonly do: string; readonly who: number; readonly flag: boolean }
const step = fc.record({
  do: fc.constantFrom(
    'join',
    'join',
    'join',
    'lose',
    'back',
    'leave',
    'admit',
    'decline',
    'remove',
    'revoke',
    'lobby',
    'time',
    'media',
    'fail',
    'signOut',
    'record',
    'record',
    'chunk',
    'recorder',
    'recorder',
    'stopRecording',
    'consent',
    'othersStop',
    'jobsAway',
    'coHost',
    'coHost',
    'permission',
  ),
  who: fc.nat(PEOPLE - 1),
  flag: fc.boolean(),
})

/** Starts a step, as an event from outside would; whatever it answers comes when it comes. */
function start(world: World, { do: what, who, flag }: Step): unknown {
  const { room } = world
  const page = world.pageOf(who)
  const target = world.placed('seat')[who % Math.max(1, world.placed('seat').length)]
  const waiting = world.placed('door')[who % Math.max(1, world.placed('door').length)]
  switch (what) {
    case 'join':
    case 'back': {
      if (world.revoked.has(`s${who}`) || (page && page.place.at !== 'outside')) return
      const next = new Page(`s${who}`)
      if (flag && page) next.instance = page.instance
      world.pages.push(next)
      const role = who === 0 ? 'host' : 'guest'
      return room
        .join(next, { instanceId: next.instance, media: { ...SILENT, camera: flag } }, 'G', role)
        .then((answer) => answer.status === 'joined' && next.adopt(answer.snapshot))
        .catch(() => {})
    }
    case 'lose':
      if (!page) return
      page.drop()
      return room.lose(page)
    case 'leave':
      return page && room.leave(page)
    case 'admit':
      return waiting && room.admit([waiting.id]).catch(() => {})
    case 'decline':
      try {
        return waiting && room.decline(waiting.id)
      } catch {
        return // being admitted at this moment
      }
    case 'remove':
      if (!target || target.page.identity.sessionId === 's0') return
      if (target.page.identity.kind === 'recorder') return
      world.barred.add(room.remove(target.id).sessionId)
      return
    case 'revoke':
    case 'signOut':
      world.revoked.add(`s${who}`)
      room.endSession(`s${who}`, what === 'revoke' ? 'session-revoked' : 'signed-out')
      for (const open of world.pages) if (open.identity.sessionId === `s${who}`) open.end('session-revoked')
      return
    case 'lobby':
      return room.setLobby(flag)
    case 'time':
      world.now += flag ? 4_000 : 11_000
      return room.tick()
    case 'media':
      // Of a recorder the router takes no such event.
      if (!target || target.page.identity.kind === 'recorder') return
      try {
        return room.setMedia(target.id, { ...SILENT, camera: flag })
      } catch {
        return // the host does not allow it
      }
    case 'record': {
      const host = world.placed('seat').find(({ page: one }) => one.identity.sessionId === 's0')
      const kind = flag ? ('server' as const) : ('local' as const)
      const by = host && { id: host.id, name: 'G', userId: null, address: '' }
      return (
        by && room.startRecording(by, { kind, studio: false, copy: false, consent: 'asked' }).catch(() => {})
      )
    }
    case 'recorder': {
      const job = [...world.jobs.jobs.keys()].at(flag ? -1 : 0)
      if (job === undefined) return
      const next = new Page(`r${who}`, job)
      world.pages.push(next)
      return room
        .join(
          next,
          { instanceId: next.instance, media: { ...SILENT, camera: true } },
          'Recording',
          'recorder',
        )
        .then((answer) => answer.status === 'joined' && next.adopt(answer.snapshot))
        .catch(() => {})
    }
    case 'chunk':
      return world.jobs.jobs.size > 0 && world.jobs.chunk()
    case 'stopRecording':
      return target && room.stopRecording({ ...target, name: 'G', userId: null, address: '' }).catch(() => {})
    case 'consent':
      return (
        target &&
        room.answerRecording({ ...target, name: 'G', userId: null, address: '' }, flag).catch(() => {})
      )
    case 'othersStop':
      if (world.jobs.jobs.size > 0) world.jobs.last.written.stopReason ??= 'disk-full'
      return
    case 'coHost':
      // As the handlers: of the host's own seat and of a recorder's nobody takes such a request.
      if (!target || target.page.identity.sessionId === 's0') return
      if (target.page.identity.kind === 'recorder') return
      return room.setCoHost(target.id, flag)
    case 'permission':
      return room.setPermission(who % 2 === 0 ? 'camera' : 'screen', flag)
    case 'jobsAway':
      world.jobs.away = flag
      return
    default:
      world.records.failNext = true
  }
}

function check(world: World): void {
  const seats = world.placed('seat')
  const doors = world.placed('door')
  expect(world.room.participants).toBeLessThanOrEqual(CAPACITY)
  expect(new Set(seats.map(({ id }) => id)).size).toBe(seats.length)
  checkRecording(world)
  expect(world.room.waiting).toBe(doors.length)
  for (const { page, id } of seats) {
    const { participants, version, recording } = world.room.snapshot(id, null)
    expect(page.recording).toEqual(recording)
    expect(new Map(page.people)).toEqual(new Map(participants.map((one) => [one.id, one])))
    expect(page.version).toBe(version)
    expect(participants.filter(isPerson)).toHaveLength(world.room.participants)
    expect(new Set(participants.map(({ seat }) => seat)).size).toBe(participants.length)
    expect(new Set(participants.map(({ instanceSeq }) => instanceSeq)).size).toBe(participants.length)
    expect(new Set(participants.map((one) => one.instanceId)).size).toBe(participants.length)
    for (const door of doors) expect(participants.some((one) => one.id === door.id)).toBe(false)
    expect(participants.filter(({ connected }) => connected)).toHaveLength(seats.length)
    expect(world.revoked.has(page.identity.sessionId)).toBe(false)
    checkAuthority(world, page, id)
  }
  for (const page of world.pages) {
    expect(page.audiences.has('members')).toBe(page.open && page.place.at === 'seat')
    if (!page.open) expect(page.place.at).toBe('outside')
  }
  expect(world.gaps).toBe(0)
}

/** [HOST-3][HOST-4][HOST-11] Who runs the meeting hears of the door, and nobody else; nobody sends what they may not. */
function checkAuthority(world: World, page: Page, id: ParticipantId): void {
  const { participants, waiting, settings } = world.room.snapshot(id, null)
  const self = participants.find((one) => one.id === id)
  const runs = self?.role === 'host' || self?.coHost === true
  expect(page.audiences.has('hosts')).toBe(runs)
  expect(waiting).toHaveLength(runs ? world.room.waiting : 0)
  if (page.waiting !== null) expect(page.waiting).toBe(waiting.length)
  for (const one of participants) {
    if (one.role === 'host' || one.coHost) continue
    expect(one.media.camera && !settings.permissions.camera).toBe(false)
    expect(one.media.screen && !settings.permissions.screen).toBe(false)
  }
}

/** [REC-10][REC-11] One recorder, of the recording that goes on; alone it stays nowhere, and it sends nothing. */
function checkRecording(world: World): void {
  const recorders = world.placed('seat').filter(({ page }) => page.identity.kind === 'recorder')
  expect(recorders.length).toBeLessThanOrEqual(1)
  for (const { page, id } of recorders) {
    const { recording, participants } = world.room.snapshot(id, null)
    expect(page.identity).toMatchObject({ recordingId: recording?.id })
    expect(recording?.kind).toBe('server')
    expect(participants.find((one) => one.id === id)?.media).toEqual(SILENT)
  }
}

/** All that was started has ended: each round of the queue takes one turn of the loop. */
const settle = async () => {
  for (let turn = 0; turn < 24; turn += 1) await new Promise((done) => setImmediate(done))
}

test('[F40][RT-1][RM-10][K52] whatever happens in whatever order, the room holds its invariants', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { maxLength: 30 }),
      async (rounds) => {
        const world = new World()
        for (const round of rounds) {
          for (const one of round) void start(world, one)
          await settle()
          check(world)
        }
        world.room.close()
        await world.ledger.close()
      },
    ),
    { numRuns: Number(process.env.PARLEY_MODEL_RUNS ?? 400) },
  )
}, 600_000)

test('[RM-4] a removed person is not seated again while the conference lasts', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const world = new World()
      start(world, { do: 'join', who: 0, flag: false })
      start(world, { do: 'join', who: 1, flag: false })
      await settle()
      const target = world.placed('seat').find(({ page }) => page.identity.sessionId === 's1')
      if (target) world.room.remove(target.id)
      for (const one of steps) {
        // The conference lasts as long as its host stays.
        if (one.who === 0 || one.do === 'time') continue
        start(world, one)
        await settle()
        expect(world.placed('seat').some(({ page }) => page.identity.sessionId === 's1')).toBe(false)
      }
      world.room.close()
      await world.ledger.close()
    }),
    { numRuns: 100 },
  )
}, 60_000)
