import { randomUUID } from 'node:crypto'
import { Call, type CallDeps } from '#lib/call/Call.ts'
import type { CallNotice } from '#lib/call/callState.ts'
import { NO_MEDIA } from '#lib/call/callState.ts'
import type { EngineContext } from '#lib/call/EngineContext.ts'
import type { EngineState, MediaEngine, RemoteMedia, Source } from '#lib/call/ports.ts'
import { RecordingDoor } from '#lib/call/recording/RecordingDoor.ts'
import { EVERYTHING } from '#lib/domain/authority.ts'
import type { Participant, Settings, Snapshot } from '#lib/protocol/events.ts'
import type { ParticipantId } from '#lib/protocol/ids.ts'
import type { Permission } from '#lib/protocol/permissions.ts'
import type { RoomRecording } from '#lib/protocol/recordings.ts'
import { fail, ok } from '#lib/result.ts'
import { Store } from '#lib/store.ts'
import { messageOf, snapshotOf } from '../../support/callFixtures.ts'
import { FakeClock, settle } from '../../support/FakeClock.ts'
import { FakeDevices, FakeStorage } from '../../support/FakeDevices.ts'
import { recordingOf } from '../../support/FakeRecordingApi.ts'
import { FakeSignalling } from '../../support/FakeSignalling.ts'
import { idOf, participantOf } from '../../support/meshRoom.ts'

class FakeEngine implements MediaEngine {
  readonly kind = 'mesh'
  readonly state = new Store<EngineState>(NO_MEDIA)
  readonly levels = new Store<ReadonlyMap<ParticipantId, number>>(new Map())
  readonly tracks = new Map<Source, MediaStreamTrack | null>()
  starts = 0
  closes = 0
  start = async () => {
    this.starts += 1
  }
  setTrack = async (source: Source, track: MediaStreamTrack | null) => {
    this.tracks.set(source, track)
  }
  setVisible = () => undefined
  arrivals = async () => ({})
  close = async () => {
    this.closes += 1
  }
}

const OFFER = {
  sdp: 'v=0',
  candidates: [{ candidate: 'candidate:1', sdpMid: '0', sdpMLineIndex: 0, usernameFragment: 'u' }],
}
const LOST = { code: 'timeout', message: 'late' } as const
const STALE = { code: 'unauthenticated', message: 'sign in' } as const

function setUp(
  options: {
    tab?: FakeStorage
    guest?: boolean
    renew?: () => Promise<boolean>
    reachable?: boolean
    earlyOffer?: CallDeps['earlyOffer']
  } = {},
) {
  const signalling = new FakeSignalling()
  signalling.reachable = options.reachable ?? true
  const clock = new FakeClock()
  const devices = new FakeDevices()
  const engine = new FakeEngine()
  const contexts: EngineContext[] = []
  const notices: CallNotice[] = []
  const tab = options.tab ?? new FakeStorage()
  const storage = new FakeStorage()
  const openAccess = jest.fn(async () => ok(null))
  const renewAccess = jest.fn(options.renew ?? (async () => true))
  const server = { snapshot: snapshotOf() }
  signalling.handlers['meeting:join'] = () => ok({ status: 'joined', snapshot: server.snapshot })
  const call = new Call({
    code: 'quiet-river-1',
    name: 'Ann',
    signalling,
    earlyOffer: options.earlyOffer ?? null,
    createEngine: (context) => {
      contexts.push(context)
      return engine
    },
    media: { devices, meter: () => () => undefined, storage },
    clock,
    monotonic: clock.now,
    tabStorage: tab,
    newId: randomUUID,
    recording: new RecordingDoor({
      clock,
      hasLeftovers: async () => false,
      load: () => new Promise(() => undefined),
    }),
    openAccess: options.guest ? openAccess : null,
    renewAccess,
  })
  call.onNotice((notice) => notices.push(notice))
  const join = async () => {
    await call.prepare()
    await call.join()
    await settle()
  }
  return {
    call,
    signalling,
    clock,
    devices,
    engine,
    contexts,
    notices,
    tab,
    server,
    openAccess,
    renewAccess,
    earlyOffer: options.earlyOffer,
    join,
  }
}

const statusOf = ({ call }: { call: Call }) => call.state.get().status
const inCall = (call: Call) => {
  const state = call.state.get()
  if (state.status !== 'inCall') throw new Error(`not in a call: ${state.status}`)
  return state
}

describe('Call', () => {
  test('[CALL-50] preparing opens devices and the connection, and tells nobody', async () => {
    const given = setUp()
    await given.call.prepare()
    expect(given.signalling.state.get().status).toBe('connected')
    expect(given.call.local.get()).toMatchObject({ microphone: { status: 'on' }, camera: { status: 'on' } })
    expect(given.signalling.requests).toEqual([])
    expect(statusOf(given)).toBe('lobby')
  })

  test('[CALL-51] joining says what is on, starts the engine and hands it room and tracks', async () => {
    const given = setUp()
    await given.join()
    expect(given.signalling.sent('meeting:join')).toMatchObject([
      { name: 'Ann', media: { microphone: true, camera: true, screen: false } },
    ])
    expect(given.engine.starts).toBe(1)
    expect([...given.engine.tracks.keys()].sort()).toEqual(['camera', 'microphone'])
    expect(given.contexts[0]?.roster.get()?.participants.size).toBe(2)
  })

  test('[CALL-51] joining before the connection is there joins when it is', async () => {
    const given = setUp({ reachable: false })
    await given.call.join('Ann')
    expect(statusOf(given)).toBe('joining')
    given.signalling.regain()
    await settle()
    expect(statusOf(given)).toBe('inCall')
    expect(given.signalling.sent('meeting:join')).toHaveLength(1)
  })

  test('[CALL-26] an offer goes with the first request; who was given it is known before the room is, and who returns makes none', async () => {
    const roomAt: (number | null)[] = []
    const given = setUp({
      earlyOffer: {
        setTrack: jest.fn(),
        make: jest.fn(async () => OFFER),
        givenTo: jest.fn(() => void roomAt.push(given.contexts[0]?.roster.get()?.participants.size ?? null)),
      },
    })
    const offer = given.earlyOffer
    given.signalling.handlers['meeting:join'] = () =>
      ok({ status: 'joined', snapshot: snapshotOf(), offeredTo: idOf(2) })
    await given.join()
    expect(given.signalling.sent('meeting:join')).toMatchObject([{ offer: OFFER }])
    expect(offer?.givenTo).toHaveBeenCalledWith(idOf(2))
    expect(roomAt).toEqual([null])
    expect(offer?.setTrack).toHaveBeenCalledWith('camera', expect.anything())
    given.signalling.lose()
    given.signalling.regain()
    await settle()
    expect(given.signalling.sent('meeting:join')).toHaveLength(2)
    expect(given.signalling.sent('meeting:join')[1]).not.toHaveProperty('offer')
    expect(offer?.make).toHaveBeenCalledTimes(1)
  })

  test.each([
    ['at the door', ok({ status: 'waiting' } as const)],
    ['refused', fail({ code: 'full', message: 'Full.' } as const)],
    ['the first to come', ok({ status: 'joined', snapshot: snapshotOf() } as const)],
  ])('[CALL-26] %s: the offer is nobody’s', async (_, answer) => {
    const earlyOffer = { setTrack: jest.fn(), make: async () => OFFER, givenTo: jest.fn() }
    const given = setUp({ earlyOffer })
    given.signalling.handlers['meeting:join'] = () => answer
    await given.join()
    expect(earlyOffer.givenTo.mock.calls).toEqual([[null]])
  })

  test('[CALL-26] left while the offer is made: nobody is asked for a seat', async () => {
    let made: (offer: typeof OFFER) => void = () => undefined
    const earlyOffer = {
      setTrack: jest.fn(),
      make: () => new Promise<typeof OFFER>((resolve) => (made = resolve)),
      givenTo: jest.fn(),
    }
    const given = setUp({ earlyOffer })
    await given.join()
    await given.call.leave()
    made(OFFER)
    await settle()
    expect(given.signalling.sent('meeting:join')).toEqual([])
  })

  test('[CALL-52] at the door: waits, and enters when admitted', async () => {
    const given = setUp()
    given.signalling.handlers['meeting:join'] = () => ok({ status: 'waiting' })
    await given.join()
    expect(statusOf(given)).toBe('waiting')
    expect(given.contexts[0]?.roster.get()).toBeNull()
    given.signalling.emit('meeting:admitted', { snapshot: snapshotOf() })
    expect(statusOf(given)).toBe('inCall')
    expect(given.engine.starts).toBe(1)
  })

  test('[CALL-52] what was turned on at the door is announced on entering: the room knows only what was on at the knock', async () => {
    const given = setUp()
    given.signalling.handlers['meeting:join'] = () => ok({ status: 'waiting' })
    await given.join()
    const atTheKnock = { ...participantOf(1), media: { microphone: false, camera: false, screen: false } }
    given.signalling.emit('meeting:admitted', {
      snapshot: snapshotOf({ participants: [atTheKnock, participantOf(2)] }),
    })
    expect(given.signalling.sent('media:update')).toMatchObject([{ microphone: true, camera: true }])
  })

  test('[CALL-53] a refusal leads back to the green room with its reason', async () => {
    const given = setUp()
    given.signalling.handlers['meeting:join'] = () => fail({ code: 'full', message: 'Full.' })
    await given.join()
    expect(given.call.state.get()).toMatchObject({ status: 'lobby', error: { code: 'full' } })
  })

  test('[CALL-54] after a loss it returns to the same seat as the same instance, links untouched', async () => {
    const given = setUp()
    await given.join()
    given.signalling.emit('chat:received', { message: messageOf(4) })
    const restored = jest.fn()
    given.contexts[0]?.signals.onRestored(restored)
    given.signalling.lose()
    expect(inCall(given.call).connection).toBe('reconnecting')
    expect(given.contexts[0]?.roster.get()?.participants.size).toBe(2)
    given.server.snapshot = snapshotOf({ version: 1 })
    given.signalling.regain()
    await settle()
    const [first, second] = given.signalling.sent('meeting:join')
    expect(second?.instanceId).toBe(first?.instanceId)
    expect(second?.resume).toEqual({
      conferenceId: snapshotOf().conferenceId,
      participantId: idOf(1),
      chatSeq: 4,
    })
    expect(inCall(given.call).connection).toBe('connected')
    expect(restored).toHaveBeenCalledTimes(1)
    expect(given.engine.closes).toBe(0)
    expect(given.notices).toContainEqual({ type: 'reconnected' })
  })

  test('[CALL-54] a server that is not ready yet is asked again', async () => {
    const given = setUp()
    await given.join()
    given.signalling.handlers['meeting:join'] = () => fail(LOST)
    given.signalling.lose()
    given.signalling.regain()
    await settle()
    expect(inCall(given.call).connection).toBe('reconnecting')
    given.signalling.handlers['meeting:join'] = () => ok({ status: 'joined', snapshot: snapshotOf() })
    await given.clock.advance(1000)
    expect(inCall(given.call).connection).toBe('connected')
  })

  test('[CALL-55] a reload goes straight to the seat, with microphone and camera as they were', async () => {
    const first = setUp()
    await first.join()
    await first.call.setMicrophone(false)
    first.call.close()
    const second = setUp({ tab: first.tab })
    await second.call.prepare()
    await settle()
    expect(statusOf(second)).toBe('inCall')
    expect(second.signalling.sent('meeting:join')).toMatchObject([
      { resume: { participantId: idOf(1) }, media: { microphone: false, camera: true } },
    ])
    expect(second.call.local.get().microphone.status).toBe('off')
    expect(second.signalling.sent('meeting:join')[0]?.instanceId).not.toBe(
      first.signalling.sent('meeting:join')[0]?.instanceId,
    )
  })

  test('[CALL-55] a reloaded page asks for the chat from its beginning', async () => {
    const first = setUp()
    await first.join()
    first.signalling.emit('chat:received', { message: messageOf(7) })
    const second = setUp({ tab: first.tab })
    await second.call.prepare()
    await settle()
    expect(second.signalling.sent('meeting:join')[0]?.resume?.chatSeq).toBe(0)
  })

  test('[CALL-55] leaving gives up the seat: a reload starts at the green room', async () => {
    const first = setUp()
    await first.join()
    await first.call.leave()
    expect(first.signalling.sent('meeting:leave')).toHaveLength(1)
    expect(first.devices.last('video').readyState).toBe('ended')
    const second = setUp({ tab: first.tab })
    await second.call.prepare()
    expect(statusOf(second)).toBe('lobby')
  })

  test('[CALL-56] missing news is asked for, and what came meanwhile is not lost', async () => {
    const given = setUp()
    await given.join()
    const truth = snapshotOf({
      version: 3,
      participants: [participantOf(1), participantOf(2), participantOf(3)],
    })
    given.signalling.handlers['meeting:sync'] = () => ok({ snapshot: truth })
    given.signalling.emit('roster:changed', { version: 3, changes: [] })
    await settle()
    expect(inCall(given.call).room.participants.size).toBe(3)
    expect(given.signalling.sent('meeting:sync')).toHaveLength(1)
    given.signalling.emit('roster:changed', {
      version: 4,
      changes: [{ type: 'left', id: idOf(3), reason: 'left' }],
    })
    expect(inCall(given.call).room.participants.size).toBe(2)
    expect(given.signalling.sent('meeting:sync')).toHaveLength(1)
  })

  test('[REC-209] clocks that two compare at once are compared for both', async () => {
    const { join, call, signalling } = setUp()
    await join()
    const before = call.serverNow()
    signalling.handlers['meeting:sync'] = () => ok({ snapshot: snapshotOf({ serverTime: 9_000_000 }) })
    void call.compareClocks()
    await call.compareClocks()
    expect(call.serverNow()).not.toBe(before)
    expect(signalling.sent('meeting:sync')).toHaveLength(1)
  })

  test('[CALL-57] the end of the meeting is final: devices go dark, the connection closes, no return', async () => {
    const given = setUp()
    await given.join()
    given.signalling.emit('meeting:ended', { reason: 'session-revoked' })
    expect(given.call.state.get()).toEqual({ status: 'ended', reason: 'session-revoked' })
    expect(given.engine.closes).toBe(1)
    expect(given.devices.last('audio').readyState).toBe('ended')
    expect(given.devices.last('video').readyState).toBe('ended')
    expect(given.signalling.state.get().status).toBe('closed')
    expect(given.tab.length).toBe(0)
  })

  test('[CALL-58] a session that has grown old is renewed once', async () => {
    const given = setUp()
    await given.join()
    given.signalling.lose()
    given.signalling.refuse(STALE)
    await settle()
    expect(given.renewAccess).toHaveBeenCalledTimes(1)
    expect(inCall(given.call).connection).toBe('connected')
  })

  test('[CALL-58] one that cannot be renewed ends the call', async () => {
    const given = setUp({ renew: async () => false })
    await given.join()
    given.signalling.lose()
    given.signalling.refuse(STALE)
    await settle()
    expect(given.call.state.get()).toEqual({ status: 'ended', reason: 'session-expired' })
  })

  test('[CALL-59] a guest gets a cookie before the connection, and none when returning to a seat', async () => {
    const first = setUp({ guest: true })
    await first.join()
    expect(first.openAccess).toHaveBeenCalledTimes(1)
    const second = setUp({ guest: true, tab: first.tab })
    await second.call.prepare()
    expect(second.openAccess).not.toHaveBeenCalled()
  })

  test('[CALL-60] a message sent while the connection is away goes out when it is back, once', async () => {
    const given = setUp()
    await given.join()
    given.signalling.lose()
    await given.call.sendMessage('hello')
    expect(inCall(given.call).pending).toMatchObject([{ text: 'hello', status: 'sending' }])
    given.signalling.handlers['chat:send'] = ({ id, text }) => ok({ message: messageOf(9, { id, text }) })
    given.signalling.regain()
    await settle()
    expect(inCall(given.call).pending).toEqual([])
    expect(inCall(given.call).room.chat.map(({ text }) => text)).toEqual(['hello'])
    const ids = new Set(given.signalling.sent('chat:send').map(({ id }) => id))
    expect(ids.size).toBe(1)
  })

  test('[CALL-60] a message that is refused can be tried again', async () => {
    const given = setUp()
    await given.join()
    given.signalling.handlers['chat:send'] = () => fail({ code: 'rate-limited', message: 'slow down' })
    await given.call.sendMessage('hello')
    const [pending] = inCall(given.call).pending
    expect(pending?.status).toBe('failed')
    given.signalling.handlers['chat:send'] = ({ id, text }) => ok({ message: messageOf(9, { id, text }) })
    await given.call.retryMessage(pending?.id ?? '')
    expect(inCall(given.call).pending).toEqual([])
  })

  test('[CALL-61] muting silences at once and keeps the device; the camera off releases it', async () => {
    const given = setUp()
    await given.join()
    const [microphone, camera] = [given.devices.last('audio'), given.devices.last('video')]
    void given.call.setMicrophone(false)
    expect(microphone.enabled).toBe(false)
    expect(microphone.readyState).toBe('live')
    void given.call.setCamera(false)
    expect(camera.readyState).toBe('ended')
    expect(given.engine.tracks.get('camera')).toBeNull()
    await settle()
    expect(given.signalling.sent('media:update').at(-1)).toEqual({
      microphone: false,
      camera: false,
      screen: false,
    })
  })

  test('[CALL-62] an update the server refused is told again until it knows', async () => {
    const given = setUp()
    await given.join()
    given.signalling.handlers['media:update'] = () =>
      fail({ code: 'rate-limited', message: '', retryAfterMs: 500 })
    await given.call.setMicrophone(false)
    await settle()
    given.signalling.handlers['media:update'] = () => ok({})
    await given.clock.advance(500)
    expect(given.signalling.sent('media:update')).toHaveLength(2)
    await given.clock.advance(5000)
    expect(given.signalling.sent('media:update')).toHaveLength(2)
  })

  test('[CALL-63] a host asks for silence: muted, and told so', async () => {
    const given = setUp()
    await given.join()
    given.signalling.emit('microphone:muteRequested', { by: idOf(2) })
    expect(given.devices.last('audio').enabled).toBe(false)
    expect(given.notices).toContainEqual({ type: 'mutedBySomebody', name: 'Person 2' })
  })

  test('[CALL-64] TURN credentials about to end are renewed before a restart, once for all links', async () => {
    const given = setUp()
    const servers = [{ urls: ['turn:relay.example'], username: 'u', credential: 'c' }]
    given.server.snapshot = snapshotOf({
      iceServers: [],
      iceExpiresAt: 60_000,
      serverTime: 0,
    } as Partial<Snapshot>)
    given.signalling.handlers['ice:refresh'] = () => ok({ iceServers: servers, iceExpiresAt: 600_000 })
    await given.join()
    const [context] = given.contexts
    const both = await Promise.all([context?.iceServers.refresh(), context?.iceServers.refresh()])
    expect(both).toEqual([servers, servers])
    await context?.iceServers.refresh()
    expect(given.signalling.sent('ice:refresh')).toHaveLength(1)
  })

  test('[CALL-65] a request that fails becomes a notice', async () => {
    const given = setUp()
    await given.join()
    given.signalling.handlers['hand:set'] = () => fail(LOST)
    await given.call.setHand(true)
    expect(given.notices).toContainEqual({ type: 'requestFailed', error: LOST })
  })

  test('[CALL-66] closing is idempotent, keeps the seat, and leaves nothing running', async () => {
    const given = setUp()
    await given.join()
    given.call.close()
    given.call.close()
    expect(given.engine.closes).toBe(1)
    expect(given.devices.last('audio').readyState).toBe('ended')
    expect(given.tab.length).toBe(1)
    expect(given.clock.pending).toBe(0)
    given.signalling.emit('meeting:ended', { reason: 'removed' })
    expect(statusOf(given)).toBe('inCall')
  })
})

describe('who may do what', () => {
  const locked = (...what: Permission[]): Settings => ({
    lobby: false,
    mediaPolicy: 'automatic',
    permissions: { ...EVERYTHING, ...Object.fromEntries(what.map((one) => [one, false])) },
    recording: [],
    unrecorded: false,
  })
  const host = participantOf(2, { role: 'host' })

  test('[HOST-15] what the host takes is off at once, said, and told; given back it stays off', async () => {
    const given = setUp()
    await given.join()
    given.signalling.emit('settings:changed', { version: 2, settings: locked('camera') })
    await settle()
    expect(given.call.local.get().camera.status).toBe('off')
    expect(given.call.local.get().microphone.status).toBe('on')
    expect(given.notices).toContainEqual({ type: 'forbidden', what: 'camera' })
    expect(given.signalling.sent('media:update').at(-1)).toMatchObject({ camera: false, microphone: true })
    await given.call.setCamera(true)
    expect(given.call.local.get().camera.status).toBe('off')
    given.signalling.emit('settings:changed', { version: 3, settings: locked() })
    await settle()
    expect(given.notices.at(-1)).toEqual({ type: 'allowed', what: 'camera' })
    expect(given.call.local.get().camera.status).toBe('off')
    await given.call.setCamera(true)
    expect(given.call.local.get().camera.status).toBe('on')
  })

  test('[HOST-15] who comes into a meeting where it is forbidden comes in without, and reads why', async () => {
    const given = setUp()
    const silent = { microphone: false, camera: true, screen: false }
    given.server.snapshot = snapshotOf({
      participants: [participantOf(1, { media: silent }), host],
      settings: locked('microphone'),
    })
    await given.join()
    await settle()
    expect(given.call.local.get().microphone.status).toBe('off')
    expect(given.notices).toContainEqual({ type: 'forbidden', what: 'microphone' })
    expect(given.signalling.sent('media:update').at(-1)).toMatchObject({ microphone: false })
  })

  describe('[REC-180] who runs the meeting reads that the recorder takes part in the mesh', () => {
    const recording: RoomRecording = {
      id: recordingOf(1),
      kind: 'server',
      status: 'running',
      interruption: null,
      startedAt: 1_000,
      by: null,
      byId: null,
      studio: false,
      copy: false,
      consent: 'told',
      agreed: [],
      declined: [],
    }
    const told = ({ notices }: ReturnType<typeof setUp>) =>
      notices.filter(({ type }) => type === 'recordedDirectly').length

    test.each<[string, Partial<Participant>, number]>([
      ['the host', { role: 'host' }, 1],
      ['a co-host', { role: 'member', coHost: true }, 1],
      ['nobody else', { role: 'member' }, 0],
    ])('%s, once', async (_, change, times) => {
      const given = setUp()
      given.server.snapshot = snapshotOf({ participants: [participantOf(1, change), participantOf(2)] })
      await given.join()
      given.signalling.emit('recording:changed', {
        version: 2,
        recording: { ...recording, status: 'starting', startedAt: null },
        stopped: null,
      })
      expect(told(given)).toBe(0)
      given.signalling.emit('recording:changed', { version: 3, recording, stopped: null })
      given.signalling.emit('settings:changed', { version: 4, settings: locked() })
      expect(told(given)).toBe(times)
    })

    test('when the SFU is lost meanwhile, and who comes in then', async () => {
      const given = setUp()
      const sfu = { kind: 'sfu' as const, epoch: 1 }
      const change = { participants: [participantOf(1, { role: 'host' }), participantOf(2)], recording }
      given.server.snapshot = snapshotOf({ ...change, transport: sfu })
      await given.join()
      expect(told(given)).toBe(0)
      given.signalling.emit('transport:changed', { version: 2, transport: { kind: 'mesh', epoch: 2 } })
      expect(told(given)).toBe(1)
      const other = setUp()
      other.server.snapshot = snapshotOf(change)
      await other.join()
      expect(told(other)).toBe(1)
    })
  })

  test('[HOST-15] a co-host is forbidden nothing, until it is taken back', async () => {
    const given = setUp()
    given.server.snapshot = snapshotOf({
      participants: [participantOf(1, { coHost: true }), host],
      settings: locked('camera', 'chat'),
    })
    await given.join()
    await settle()
    expect(given.call.local.get().camera.status).toBe('on')
    const participant = participantOf(1, { coHost: false })
    given.signalling.emit('roster:changed', { version: 2, changes: [{ type: 'updated', participant }] })
    await settle()
    expect(given.call.local.get().camera.status).toBe('off')
    expect(given.notices).toEqual([
      { type: 'noLongerCoHost' },
      { type: 'forbidden', what: 'camera' },
      { type: 'forbidden', what: 'chat' },
    ])
  })

  test('[HOST-5] named while the connection was away: told on the return', async () => {
    const given = setUp()
    await given.join()
    given.signalling.lose()
    given.server.snapshot = snapshotOf({
      version: 1,
      participants: [participantOf(1, { coHost: true }), host],
    })
    given.signalling.regain()
    await settle()
    expect(given.notices).toContainEqual({ type: 'madeCoHost' })
    expect(given.notices.filter(({ type }) => type === 'allowed')).toEqual([])
  })

  test('[HOST-12] in a mesh what somebody may not send is dropped, picture, sound and level, and shown again when they may', async () => {
    const given = setUp()
    await given.join()
    const tracks = { microphone: {}, camera: {}, screen: {}, screenAudio: {} } as RemoteMedia['tracks']
    const remote: RemoteMedia = { path: 'direct', quality: 'good', tracks }
    given.engine.state.set({ link: 'running', limited: false, participants: new Map([[idOf(2), remote]]) })
    given.engine.levels.set(new Map([[idOf(2), 0.5]]))
    const seen = () => Object.keys(inCall(given.call).media.participants.get(idOf(2))?.tracks ?? {})
    expect(seen()).toEqual(['microphone', 'camera', 'screen', 'screenAudio'])
    given.signalling.emit('settings:changed', { version: 2, settings: locked('camera', 'screen') })
    expect(seen()).toEqual(['microphone'])
    expect(given.call.levels.get().get(idOf(2))).toBe(0.5)
    given.signalling.emit('settings:changed', { version: 3, settings: locked('microphone', 'screen') })
    expect(seen()).toEqual(['camera'])
    expect(given.call.levels.get().has(idOf(2))).toBe(false)
    const participant = participantOf(2, { coHost: true })
    given.signalling.emit('roster:changed', { version: 4, changes: [{ type: 'updated', participant }] })
    expect(seen()).toEqual(['microphone', 'camera', 'screen', 'screenAudio'])
    given.signalling.emit('settings:changed', { version: 5, settings: locked() })
    expect(inCall(given.call).media.participants.get(idOf(2))).toBe(remote)
  })
})
