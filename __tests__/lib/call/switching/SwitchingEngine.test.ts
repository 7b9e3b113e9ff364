import type { EngineContext, Roster, SfuContext } from '#lib/call/EngineContext.ts'
import type { Arrivals, EngineState, MediaEngine, RemoteMedia, Source, TileSize } from '#lib/call/ports.ts'
import { SwitchingEngine } from '#lib/call/switching/SwitchingEngine.ts'
import type { ClientPayload, ServerPayload, Signal, Transport } from '#lib/protocol/events.ts'
import type { InstanceId, ParticipantId } from '#lib/protocol/ids.ts'
import { type ReadableStore, Store } from '#lib/store.ts'
import { FakeClock, settle } from '../../../support/FakeClock.ts'
import { fakeTrack } from '../../../support/FakePeerConnection.ts'
import { idOf, instanceOf, participantOf } from '../../../support/meshRoom.ts'

/** An engine whose every arrival the test decides. */
class ScriptedEngine implements MediaEngine {
  readonly state = new Store<EngineState>({ link: 'idle', limited: false, participants: new Map() })
  readonly levels = new Store<ReadonlyMap<ParticipantId, number>>(new Map())
  readonly tracks = new Map<Source, MediaStreamTrack | null>()
  readonly arrived = new Map<ParticipantId, Arrivals>()
  visible: ReadonlyMap<ParticipantId, TileSize> = new Map()
  closed = false
  failing = false
  readonly kind: 'mesh' | 'sfu'
  readonly roster: ReadableStore<Roster | null>
  constructor(kind: 'mesh' | 'sfu', roster: ReadableStore<Roster | null>) {
    this.kind = kind
    this.roster = roster
  }
  get people(): ParticipantId[] {
    const roster = this.roster.get()
    return [...(roster?.participants.keys() ?? [])].filter((id) => id !== roster?.self)
  }
  async start(): Promise<void> {
    if (this.failing) throw new Error('unreachable')
    this.state.update((state) => ({ ...state, link: 'running' }))
  }
  async setTrack(source: Source, track: MediaStreamTrack | null): Promise<void> {
    this.tracks.set(source, track)
  }
  setVisible(sizes: ReadonlyMap<ParticipantId, TileSize>): void {
    this.visible = sizes
  }
  arrivals = async (id: ParticipantId): Promise<Arrivals> => this.arrived.get(id) ?? {}
  async close(): Promise<void> {
    this.closed = true
  }
  /** Media of this person comes this way. */
  bring(id: ParticipantId, path: RemoteMedia['path'] = this.kind === 'sfu' ? 'server' : 'direct'): void {
    this.arrived.set(id, {
      microphone: { count: 9, shortSidePx: null },
      camera: { count: 9, shortSidePx: 720 },
    })
    const tracks = {
      microphone: fakeTrack('audio', `${this.kind} ${id} sound`),
      camera: fakeTrack('video', `${this.kind} ${id}`),
    }
    this.#put(id, { path, quality: 'good', tracks })
  }
  quality(id: ParticipantId, quality: RemoteMedia['quality']): void {
    const media = this.state.get().participants.get(id)
    if (media) this.#put(id, { ...media, quality })
  }
  /** There is a track of this person, and nothing has come of it yet. */
  track(id: ParticipantId): void {
    this.bring(id)
    this.arrived.delete(id)
  }
  lose(): void {
    this.state.set({ link: 'lost', limited: false, participants: new Map() })
  }
  #put(id: ParticipantId, media: RemoteMedia): void {
    this.state.update((state) => ({
      ...state,
      participants: new Map([...state.participants, [id, media]]),
    }))
  }
}

const ON = { microphone: true, camera: true, screen: false }
const [ME, BEN, CLEO] = [idOf(1), idOf(2), idOf(3)]
const rosterOf = (...numbers: number[]): Roster => ({
  self: ME,
  participants: new Map(numbers.map((number) => [idOf(number), participantOf(number, { media: ON })])),
})

function setUp(transport: Transport = { kind: 'mesh', epoch: 0 }) {
  const clock = new FakeClock()
  const engines: ScriptedEngine[] = []
  const sent: { to: ParticipantId; epoch: number; signal: Signal }[] = []
  const reports: ClientPayload<'transport:report'>[] = []
  const listeners = new Set<(received: ServerPayload<'signal:received'>) => void>()
  const restored = new Set<() => void>()
  const make = (kind: 'mesh' | 'sfu') => (context: Pick<SfuContext, 'roster'>) => {
    const engine = new ScriptedEngine(kind, context.roster)
    engine.failing = room.failing && kind === 'sfu'
    engines.push(engine)
    return engine
  }
  const room = {
    failing: false,
    roster: new Store<Roster | null>(rosterOf(1, 2, 3)),
    transport: new Store<Transport | null>(transport),
  }
  const context: EngineContext = {
    roster: room.roster,
    transport: room.transport,
    iceServers: { current: () => [], refresh: async () => [] },
    sfuDoor: () => ({ enter: async () => ({ ok: true, value: { path: '/sfu', token: 'pass' } }) }),
    report: (report) => reports.push(report),
    signals: {
      available: () => true,
      send: (to, _instance, epoch, signal) => sent.push({ to, epoch, signal }),
      onReceived: (listener) => {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
      onRestored: (listener) => {
        restored.add(listener)
        return () => restored.delete(listener)
      },
    },
  }
  const preloads: number[] = []
  const engine = new SwitchingEngine({
    ...context,
    clock,
    createMesh: make('mesh'),
    createSfu: make('sfu'),
    preloadSfu: () => preloads.push(1),
  })
  const hear = (from: ParticipantId, fromInstance: InstanceId, epoch: number) => {
    for (const listener of listeners) listener({ from, fromInstance, epoch, signal: { type: 'moved' } })
  }
  const path = (id: ParticipantId) => engine.state.get().participants.get(id)?.path
  const wait = async (ms: number) => {
    await clock.advance(ms)
    await settle()
  }
  return { engine, engines, room, clock, sent, reports, preloads, hear, path, wait, restored }
}

async function inMesh() {
  const world = setUp()
  await world.engine.start()
  const [mesh] = world.engines as [ScriptedEngine]
  mesh.bring(BEN)
  mesh.bring(CLEO)
  return { ...world, mesh }
}

async function ordered() {
  const world = await inMesh()
  world.room.transport.set({ kind: 'sfu', epoch: 1 })
  await settle()
  const sfu = world.engines[1] as ScriptedEngine
  return { ...world, sfu }
}

describe('switching between transports', () => {
  test('[SW-2] the order makes a second engine with the same tracks and sizes; everybody stays where they are', async () => {
    const world = await inMesh()
    const camera = fakeTrack('video', 'own')
    await world.engine.setTrack('camera', camera)
    const sizes = new Map([[BEN, { width: 320, height: 180 }]])
    world.engine.setVisible(sizes)
    world.room.transport.set({ kind: 'sfu', epoch: 1 })
    await settle()
    const sfu = world.engines[1] as ScriptedEngine
    expect(sfu.kind).toBe('sfu')
    expect(sfu.tracks.get('camera')).toBe(camera)
    expect(sfu.visible).toBe(sizes)
    await world.wait(5000)
    expect([world.path(BEN), world.path(CLEO)]).toEqual(['direct', 'direct'])
    expect(world.mesh.closed).toBe(false)
  })

  test('[SW-3] each person moves alone, as soon as all they send has come', async () => {
    const { sfu, wait, path } = await ordered()
    sfu.bring(BEN)
    await wait(60)
    expect([path(BEN), path(CLEO)]).toEqual(['server', 'direct'])
    sfu.bring(CLEO)
    await wait(60)
    expect(path(CLEO)).toBe('server')
  })

  test('[SW-3] a picture that is still small is waited for while the former one moves, and taken once it has stalled', async () => {
    const { engine, mesh, sfu, wait, path } = await ordered()
    engine.setVisible(new Map([[BEN, { width: 640, height: 360 }]]))
    sfu.bring(BEN)
    sfu.arrived.set(BEN, {
      microphone: { count: 9, shortSidePx: null },
      camera: { count: 9, shortSidePx: 90 },
    })
    for (let frame = 10; frame < 20; frame += 1) {
      mesh.arrived.set(BEN, { camera: { count: frame, shortSidePx: 360 } })
      await wait(60)
    }
    expect(path(BEN)).toBe('direct')
    await wait(420)
    expect(path(BEN)).toBe('server')
  })

  test('[SW-4] the former way to somebody goes when both have moved, and not before', async () => {
    const { sfu, mesh, wait, hear, sent } = await ordered()
    sfu.bring(BEN)
    await wait(60)
    await wait(680)
    expect(sent).toEqual([])
    await wait(10)
    expect(sent).toEqual([{ to: BEN, epoch: 1, signal: { type: 'moved' } }])
    expect(mesh.people).toEqual([BEN, CLEO])
    hear(BEN, instanceOf(2), 1)
    expect(mesh.people).toEqual([CLEO])
    hear(CLEO, instanceOf(3), 1)
    expect(mesh.people).toEqual([CLEO])
    expect(mesh.closed).toBe(false)
    sfu.bring(CLEO)
    await wait(60)
    await wait(700)
    expect(mesh.closed).toBe(true)
  })

  test('[SW-4] a word of another page load or another epoch counts for nothing', async () => {
    const { sfu, mesh, wait, hear } = await ordered()
    sfu.bring(BEN)
    await wait(60)
    await wait(700)
    hear(BEN, instanceOf(9), 1)
    hear(BEN, instanceOf(2), 7)
    expect(mesh.people).toEqual([BEN, CLEO])
  })

  test('[SW-5] whoever comes after the order is reached over the new transport only', async () => {
    const { sfu, mesh, room, path } = await ordered()
    room.roster.set(rosterOf(1, 2, 3, 4, 5))
    expect(mesh.people).toEqual([BEN, CLEO])
    expect(sfu.people).toEqual([BEN, CLEO, idOf(4), idOf(5)])
    sfu.bring(idOf(5))
    expect(path(idOf(5))).toBe('server')
  })

  test('[SW-5] the one who tips the room opens the new transport and nothing else', async () => {
    const { engine, engines } = setUp({ kind: 'sfu', epoch: 4 })
    await engine.start()
    expect(engines.map(({ kind }) => kind)).toEqual(['sfu'])
    expect(engine.kind).toBe('sfu')
  })

  test('[SW-6] a new order while one is under way: the mesh goes on until the last one serves', async () => {
    const { mesh, room, wait, engines, path, hear } = await ordered()
    room.transport.set({ kind: 'sfu', epoch: 2 })
    await settle()
    const next = engines[2] as ScriptedEngine
    next.bring(BEN)
    await wait(60)
    await wait(700)
    hear(BEN, instanceOf(2), 2)
    expect([path(BEN), path(CLEO)]).toEqual(['server', 'direct'])
    expect(mesh.people).toEqual([CLEO])
  })

  test('[SW-7] an SFU that cannot be reached leaves the mesh untouched, is tried again and reported', async () => {
    const world = await inMesh()
    world.room.failing = true
    world.room.transport.set({ kind: 'sfu', epoch: 1 })
    for (let second = 0; second < 20; second += 1) await world.wait(500)
    expect([world.path(BEN), world.path(CLEO)]).toEqual(['direct', 'direct'])
    expect(world.reports).toEqual([{ epoch: 1, link: 'failed', limited: false, relayed: false }])
    expect(world.engines.length).toBeGreaterThan(3)
    world.room.failing = false
    for (let second = 0; second < 10; second += 1) await world.wait(500)
    world.engines.at(-1)?.bring(BEN)
    await world.wait(60)
    expect(world.path(BEN)).toBe('server')
    await world.wait(500)
    expect(world.reports.at(-1)).toMatchObject({ link: 'running' })
  })

  test('[SW-7] an SFU over which nothing comes of anybody any more is reported within moments, and so is its recovery', async () => {
    const { sfu, wait, reports } = await ordered()
    for (const id of [BEN, CLEO]) sfu.bring(id)
    await wait(600)
    let count = 10
    const flow = async (ids: readonly ParticipantId[], ms: number) => {
      for (let passed = 0; passed < ms; passed += 100) {
        count += 1
        for (const id of ids) sfu.arrived.set(id, { camera: { count, shortSidePx: 720 } })
        await wait(100)
      }
    }
    await flow([BEN, CLEO], 3000)
    await flow([CLEO], 3000)
    expect(reports).toEqual([])
    await wait(1400)
    expect(reports).toEqual([])
    await wait(700)
    expect(reports.at(-1)).toMatchObject({ epoch: 1, link: 'failed' })
    await flow([BEN], 1000)
    expect(reports.at(-1)).toMatchObject({ epoch: 1, link: 'running' })
  })

  test('[SW-7] nobody who should be heard or seen: nothing is missed', async () => {
    const { sfu, room, wait, reports } = await ordered()
    for (const id of [BEN, CLEO]) sfu.bring(id)
    const quiet = { microphone: false, camera: true, screen: false }
    room.roster.set({
      self: ME,
      participants: new Map([1, 2, 3].map((n) => [idOf(n), participantOf(n, { media: quiet })])),
    })
    await wait(600)
    await wait(5000)
    expect(reports).toEqual([])
  })

  test('[SW-8] an engine that is lost for good is replaced in the same epoch', async () => {
    const { sfu, engines, wait } = await ordered()
    sfu.lose()
    await wait(400)
    expect(sfu.closed).toBe(true)
    expect(engines[2]?.kind).toBe('sfu')
  })

  test('[SW-9] back again: a new mesh beside the SFU, and the SFU goes when all have moved', async () => {
    const { sfu, room, engines, wait, hear, path } = await ordered()
    for (const id of [BEN, CLEO]) sfu.bring(id)
    await wait(60)
    await wait(700)
    for (const number of [2, 3]) hear(idOf(number), instanceOf(number), 1)
    room.transport.set({ kind: 'mesh', epoch: 2 })
    await settle()
    const mesh = engines[2] as ScriptedEngine
    expect(mesh.people).toEqual([BEN, CLEO])
    expect(path(BEN)).toBe('server')
    for (const id of [BEN, CLEO]) mesh.bring(id)
    await wait(60)
    expect(path(BEN)).toBe('direct')
    expect(sfu.closed).toBe(false)
    await wait(700)
    for (const number of [2, 3]) hear(idOf(number), instanceOf(number), 2)
    expect(sfu.closed).toBe(true)
  })

  test('[SW-10] who leaves, or loads the page again, keeps no former leg alive', async () => {
    const { mesh, sfu, room } = await ordered()
    const again = { ...participantOf(3, { media: ON }), instanceId: instanceOf(33) }
    room.roster.set({
      self: ME,
      participants: new Map([...rosterOf(1).participants, [CLEO, again]]),
    })
    expect(mesh.closed).toBe(true)
    expect(sfu.people).toEqual([CLEO])
  })

  test('[SW-11] the word is given again after signalling was away', async () => {
    const { sfu, wait, sent, restored } = await ordered()
    sfu.bring(BEN)
    await wait(60)
    await wait(700)
    for (const listener of restored) listener()
    expect(sent).toHaveLength(2)
    expect(sent[1]).toEqual(sent[0])
  })

  test('[SW-12] levels come from the leg that is heard', async () => {
    const { engine, mesh, sfu, wait } = await ordered()
    const stop = engine.levels.subscribe(() => undefined)
    mesh.levels.set(new Map([[BEN, 0.5]]))
    expect(engine.levels.get().get(BEN)).toBe(0.5)
    sfu.levels.set(new Map([[BEN, 0.1]]))
    expect(engine.levels.get().get(BEN)).toBe(0.5)
    sfu.bring(BEN)
    await wait(60)
    sfu.levels.set(new Map([[BEN, 0.2]]))
    expect(engine.levels.get().get(BEN)).toBe(0.2)
    stop()
  })

  test('[SW-13] code for the SFU is fetched when one more person may mean a switch, and for fewer when they have been there for a while', async () => {
    const { room, preloads, wait } = await inMesh()
    expect(preloads).toEqual([])
    await wait(5_000)
    expect(preloads).toHaveLength(1)
    room.roster.set(rosterOf(1, 2, 3, 4))
    expect(preloads.length).toBeGreaterThan(1)
  })

  test('[SW-14] what has ended is left at once: nothing is sent there, its last pictures stay until the new ones are there', async () => {
    const { engine, sfu, room, engines, wait, path } = await ordered()
    for (const id of [BEN, CLEO]) sfu.bring(id)
    await engine.setTrack('camera', fakeTrack('video', 'own'))
    await wait(60)
    room.transport.set({ kind: 'mesh', epoch: 2, formerLost: true })
    await settle()
    expect(sfu.tracks.get('camera')).toBeNull()
    const mesh = engines[2] as ScriptedEngine
    expect([path(BEN), path(CLEO)]).toEqual(['server', 'server'])
    mesh.track(BEN)
    await wait(60)
    expect([path(BEN), path(CLEO)]).toEqual(['direct', 'server'])
    await wait(1500)
    expect(sfu.closed).toBe(true)
  })

  test('[SW-15] a standby is entered beside the transport in use, sends for a moment and then rests', async () => {
    const { engine, sfu, room, engines, wait, path } = await ordered()
    const camera = fakeTrack('video', 'own')
    await engine.setTrack('camera', camera)
    engine.setVisible(new Map([[BEN, { width: 640, height: 360 }]]))
    for (const id of [BEN, CLEO]) sfu.bring(id)
    await wait(60)
    room.transport.set({ kind: 'sfu', epoch: 1, standby: 2 })
    await settle()
    const standby = engines[2] as ScriptedEngine
    expect([engines.length, standby.kind]).toEqual([3, 'sfu'])
    expect(standby.people).toEqual([BEN, CLEO])
    expect(standby.tracks.get('camera')).toBe(camera)
    expect(standby.visible.get(BEN)).toEqual({ width: 1, height: 1 })
    await wait(3000)
    expect(standby.tracks.get('camera')).toBeNull()
    expect(sfu.tracks.get('camera')).toBe(camera)
    expect(path(BEN)).toBe('server')
    const microphone = fakeTrack('audio', 'own')
    await engine.setTrack('microphone', microphone)
    expect(standby.tracks.get('microphone')).toBe(microphone)
    await wait(3000)
    expect(standby.tracks.get('microphone')).toBeNull()
  })

  test('[SW-15] the order wakes it: all is sent there at once, and nobody connects anew', async () => {
    const { engine, sfu, room, engines, wait, path } = await ordered()
    const camera = fakeTrack('video', 'own')
    await engine.setTrack('camera', camera)
    const sizes = new Map([[BEN, { width: 640, height: 360 }]])
    engine.setVisible(sizes)
    for (const id of [BEN, CLEO]) sfu.bring(id)
    await wait(60)
    room.transport.set({ kind: 'sfu', epoch: 1, standby: 2 })
    await settle()
    await wait(3000)
    const standby = engines[2] as ScriptedEngine
    standby.bring(BEN)
    room.transport.set({ kind: 'sfu', epoch: 2, formerLost: true })
    await settle()
    expect(engines).toHaveLength(3)
    expect(sfu.tracks.get('camera')).toBeNull()
    expect(standby.tracks.get('camera')).toBe(camera)
    expect(standby.visible).toBe(sizes)
    await wait(60)
    expect(engine.state.get().participants.get(BEN)?.tracks.camera?.id).toContain('sfu')
    expect(path(CLEO)).toBe('server')
  })

  test('[SW-15] from a transport that still serves nobody moves to a standby before something new has come there', async () => {
    const { engine, sfu, room, engines, wait } = await ordered()
    sfu.bring(BEN)
    await wait(60)
    room.transport.set({ kind: 'sfu', epoch: 1, standby: 2 })
    await settle()
    const standby = engines[2] as ScriptedEngine
    standby.bring(BEN)
    const shown = () => engine.state.get().participants.get(BEN)?.tracks.camera
    const before = shown()
    room.transport.set({ kind: 'sfu', epoch: 2 })
    await settle()
    await wait(60)
    expect(shown()).toBe(before)
    standby.arrived.set(BEN, {
      microphone: { count: 12, shortSidePx: null },
      camera: { count: 12, shortSidePx: 720 },
    })
    await wait(60)
    expect(shown()).not.toBe(before)
  })

  test('[SW-15] a standby that is taken back, or is not what was ordered, is left', async () => {
    const { room, engines } = await ordered()
    room.transport.set({ kind: 'sfu', epoch: 1, standby: 2 })
    await settle()
    room.transport.set({ kind: 'sfu', epoch: 1 })
    await settle()
    expect(engines[2]?.closed).toBe(true)
    room.transport.set({ kind: 'sfu', epoch: 1, standby: 3 })
    await settle()
    room.transport.set({ kind: 'mesh', epoch: 4 })
    await settle()
    expect(engines.map(({ kind, closed }) => [kind, closed])).toEqual([
      ['mesh', false],
      ['sfu', false],
      ['sfu', true],
      ['sfu', true],
      ['mesh', false],
    ])
  })
})
