import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { describeWithLiveKit } from '../../support/describeWithLiveKit.ts'
import { LiveKitNode } from '../../support/livekitNode.ts'
import type { RealtimeClient } from '../../support/RealtimeClient.ts'
import { type Person, RealtimeServer, type TestMeeting } from '../../support/realtimeServer.ts'
import { SignalClient } from '../../support/SignalClient.ts'
import { RealtimeProcess } from '../../support/startRealtimeProcess.ts'

jest.setTimeout(90_000)

const ORIGIN = 'http://meet.example.org'
const ALWAYS_SFU = { MESH_PEOPLE: '1' }

describeWithLiveKit('media nodes and several processes', () => {
  let database: TestDatabase
  let nodes: LiveKitNode[]
  const ends: (() => Promise<void>)[] = []

  beforeAll(async () => {
    nodes = [await LiveKitNode.start(), await LiveKitNode.start()]
  })
  afterAll(() => Promise.all(nodes.map((node) => node.stop())))
  beforeEach(async () => {
    database = await createTestDatabase()
  })
  afterEach(async () => {
    await Promise.all(ends.splice(0).map((end) => end()))
    await database.drop()
  })

  async function server(): Promise<RealtimeServer> {
    const started = await RealtimeServer.start(database, {
      oneOfSeveral: true,
      publicUrl: ORIGIN,
      nodes,
      env: ALWAYS_SFU,
    })
    ends.push(() => started.stop())
    while (started.sfu?.port.status.state !== 'available') await new Promise((done) => setTimeout(done, 20))
    return started
  }

  /** Into LiveKit as livekit-client goes, through the gate of whichever process. */
  const gate = (port: number, token: string): SignalClient => {
    const headers = { host: new URL(ORIGIN).host }
    const client = new SignalClient(`ws://localhost:${port}/sfu`, token, { origin: ORIGIN, headers })
    ends.push(async () => client.close())
    return client
  }

  async function passOf(client: RealtimeClient): Promise<string> {
    const joined = client.snapshot?.transport
    // Whoever tips the meeting comes into one that is there already; the others are told.
    const { transport } =
      joined?.kind === 'sfu'
        ? { transport: joined }
        : await client.next('transport:changed', (told) => told.transport.kind === 'sfu')
    return (await client.ask('sfu:enter', { epoch: transport.epoch })).token
  }

  /** Host and guest in one meeting, on the SFU. */
  async function meet(
    one: { connect: RealtimeServer['connect'] | RealtimeProcess['connect'] },
    other: RealtimeServer,
    host: Person,
    meeting: TestMeeting,
  ) {
    const hannah = await one.connect(host, meeting)
    await hannah.join()
    const guest = await other.guest(meeting)
    const gus = await other.connect(guest, meeting)
    await gus.join({ name: 'Gus' })
    return { hannah, guest, gus }
  }

  test('[CL-2][ME-7] a media connection goes through whichever process it comes to', async () => {
    const one = await server()
    const two = await server()
    const host = await one.user('Hannah')
    const { hannah } = await meet(one, two, host, await one.meeting(host))
    const token = await passOf(hannah)
    const { participant } = await gate(two.port, token).next('join')
    expect(participant?.identity).toBe(`${hannah.id}.${hannah.instanceId}`)
  })

  test('[SFU-20] meetings of both processes land on both nodes, by load', async () => {
    const servers = [await server(), await server()]
    const hosts: string[] = []
    for (const one of [...servers, ...servers]) {
      const host = await one.user('Hannah')
      const { hannah } = await meet(one, one, host, await one.meeting(host))
      const token = await passOf(hannah)
      const { serverInfo } = await gate(one.port, token).next('join')
      hosts.push(serverInfo?.nodeId ?? '')
      // What a node has to do is looked at once a second.
      await new Promise((done) => setTimeout(done, 1_200))
    }
    expect(new Set(hosts).size).toBe(2)
  })

  test('[CL-10] its process killed, media is back through the other one before signalling is, for who sits there only', async () => {
    const two = await server()
    const doomed = await RealtimeProcess.start(database, ORIGIN, ALWAYS_SFU, nodes)
    ends.push(() => doomed.stop())
    const host = await two.user('Hannah')
    const meeting = await two.meeting(host)
    const { hannah, gus } = await meet(doomed, two, host, meeting)
    const [token, removed] = [await passOf(hannah), await passOf(gus)]
    await gate(two.port, token).next('join')
    await hannah.ask('participant:remove', { id: gus.id })
    await gus.disconnected()
    while ((await database.prisma.visit.count({ where: { leftReason: 'removed' } })) === 0)
      await new Promise((done) => setTimeout(done, 20))
    await doomed.kill()
    await hannah.disconnected()
    expect(two.realtime.stats()).toMatchObject({ rooms: 0, sockets: 0 })

    let back: SignalClient
    do {
      // Until PostgreSQL has noticed that the process is gone.
      back = gate(two.port, token)
      await Promise.race([back.next('join').catch(() => null), back.untilClosed()])
    } while (back.refused === 503)
    expect((await back.next('join')).participant?.identity).toBe(`${hannah.id}.${hannah.instanceId}`)
    expect(two.realtime.stats()).toMatchObject({ rooms: 1, sockets: 0 })
    expect(await gate(two.port, removed).untilClosed()).toBe(401)

    const again = await two.connect(host, meeting)
    again.instanceId = hannah.instanceId
    const snapshot = await again.join({ resume: hannah.resume })
    expect(snapshot.transport).toEqual({ kind: 'sfu', epoch: 1 })
  })
})
