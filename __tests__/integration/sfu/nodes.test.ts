import { pino } from 'pino'
import { roomNameOf } from '#server/sfu/names.ts'
import { drainNode } from '#server/sfu/node/drainNode.ts'
import type { SfuRoom } from '#server/sfu/Sfu.ts'
import { SfuNode } from '#server/sfu/SfuNode.ts'
import { describeWithLiveKit } from '../../support/describeWithLiveKit.ts'
import { livekitBinary } from '../../support/livekitBinary.ts'
import { LiveKitNode, TEST_KEYS } from '../../support/livekitNode.ts'
import { hasRedis, RedisServer } from '../../support/redisServer.ts'
import { ALL_SOURCES, newPage, newRoom, SfuServer } from '../../support/sfuServer.ts'

jest.setTimeout(120_000)

describeWithLiveKit.each(['', 'redis'])('two nodes that are on their own or over one Redis (%p)', (kind) => {
  const skip = kind === 'redis' && !hasRedis()
  const check = skip ? test.skip : test
  let redis: RedisServer | null = null
  let nodes: LiveKitNode[]
  let server: SfuServer

  beforeEach(async () => {
    if (skip) return
    redis = kind === 'redis' ? await RedisServer.start() : null
    const options = redis ? { redisUrl: redis.url } : {}
    nodes = [await LiveKitNode.start(options), await LiveKitNode.start(options)]
    server = await SfuServer.start(nodes)
    await server.until('both nodes', () => ready(server) === 2)
  })
  afterEach(async () => {
    if (skip) return
    await server.stop()
    await Promise.all(nodes.map((node) => node.stop()))
    await redis?.stop()
  })

  const ready = ({ service }: SfuServer): number =>
    service.report.nodes.filter(({ state, instance }) => state === 'ready' && instance !== null).length

  async function openRooms(count: number): Promise<SfuRoom[]> {
    const rooms = Array.from({ length: count }, () => newRoom())
    for (const room of rooms) await server.port.openRoom(room)
    return rooms
  }

  /** By what the people in it see: LiveKit says to each which process they are on. */
  async function placesOf(rooms: readonly SfuRoom[]) {
    return Promise.all(
      rooms.map(async (room) => {
        const joined = await server.join(room)
        const { serverInfo } = await joined.client.next('join')
        return { ...joined, room, instance: serverInfo?.nodeId ?? '' }
      }),
    )
  }

  check(
    '[SFU-20] rooms land on the node that has less to do, and the gate dials the one that hosts',
    async () => {
      const places = await placesOf(await openRooms(6))
      const instances = new Set(server.service.report.nodes.map(({ instance }) => instance))
      expect(new Set(places.map(({ instance }) => instance))).toEqual(instances)
      for (const each of instances) expect(places.filter(({ instance }) => instance === each)).toHaveLength(3)
    },
  )

  check('[SFU-28] a standby goes to another node than its room, or nowhere', async () => {
    const room = newRoom()
    const next = { ...room, epoch: room.epoch + 1 }
    await server.port.openRoom(room)
    await server.port.openRoom(next, room)
    const [here, there] = await placesOf([room, next])
    expect(here?.instance).not.toBe(there?.instance)
    await nodes.find(({ port }) => server.nameOf(there?.instance)?.endsWith(`:${port}`))?.kill()
    await server.until('the standby to be told as lost', () => server.lost.length > 0)
    expect(server.lost.map(roomNameOf)).toEqual([roomNameOf(next)])
    await expect(server.port.openRoom(next, room)).rejects.toMatchObject({ code: 'unavailable' })
  })

  check('[SFU-29] where people say that no media comes through is shown, and used last', async () => {
    const room = newRoom()
    await server.port.openRoom(room)
    await server.port.doubt(room)
    const silent = server.service.report.nodes.filter((node) => node.silent)
    expect(silent).toHaveLength(1)
    const places = await placesOf(await openRooms(4))
    expect(places.map(({ instance }) => instance)).not.toContain(silent[0]?.instance)
    // It still takes rooms where there is no other: one meeting's word closes nothing to anybody else.
    await nodes.find(({ port }) => !silent[0]?.name.endsWith(`:${port}`))?.kill()
    await server.until(
      'the other to be gone',
      () => server.port.status.state === 'available' && server.port.status.nodes === 1,
    )
    await server.port.openRoom(newRoom())
  })

  check('[SFU-21] a node that dies takes its own rooms with it, all at once, and no other', async () => {
    const places = await placesOf(await openRooms(6))
    const [dying] = nodes
    const victim = server.service.report.nodes.find(({ name }) => name.endsWith(`:${dying?.port}`))?.instance
    const [gone, alive] = [true, false].map((there) =>
      places.filter(({ instance }) => (instance === victim) === there),
    )
    await dying?.kill()
    await server.until('its rooms to be told as lost', () => server.lost.length > 0)
    const names = (rooms: readonly SfuRoom[]) => rooms.map(roomNameOf).sort()
    expect(names(server.lost)).toEqual(names((gone ?? []).map(({ room }) => room)))
    for (const { client } of gone ?? []) await client.untilClosed()
    for (const { client } of alive ?? []) expect(client.closed).toBe(false)
    expect(server.port.status).toEqual({ state: 'available', nodes: 1 })

    // The next epoch opens on the living node, and there is no way into the former one.
    for (const { room, identity, token } of gone ?? []) {
      expect(await server.connect(token).untilClosed()).toBe(503)
      await expect(server.port.access(room, identity, ALL_SOURCES)).rejects.toMatchObject({
        code: 'unavailable',
      })
      const next = { ...room, epoch: room.epoch + 1 }
      await server.port.openRoom(next)
      const { client } = await server.join(next)
      expect((await client.next('join')).serverInfo?.nodeId).toBe(alive?.[0]?.instance)
    }
  })

  check(
    '[SFU-37] a node that is asked to end leads its people to another one while it serves, then it is empty',
    async () => {
      const places = await placesOf(await openRooms(4))
      const [leaving] = nodes
      if (!leaving) throw new Error('no node')
      const instance = server.service.report.nodes.find(({ name }) =>
        name.endsWith(`:${leaving.port}`),
      )?.instance
      const [led, others] = [true, false].map((there) =>
        places.filter((place) => (place.instance === instance) === there),
      )
      let drained = false
      const draining = drainNode(leaving.url, TEST_KEYS, pino({ level: 'silent' })).then(() => {
        drained = true
      })
      await server.until('its rooms to be told as lost', () => server.lost.length === led?.length)
      expect(server.lost.map(roomNameOf).sort()).toEqual(
        (led ?? []).map(({ room }) => roomNameOf(room)).sort(),
      )
      for (const { client } of places) expect(client.closed).toBe(false)
      for (const { room, client } of led ?? []) {
        const next = { ...room, epoch: room.epoch + 1 }
        await server.port.openRoom(next)
        const joined = await server.join(next)
        expect((await joined.client.next('join')).serverInfo?.nodeId).toBe(others?.[0]?.instance)
        expect(drained).toBe(false)
        client.close()
      }
      await draining
      for (const { client } of others ?? []) expect(client.closed).toBe(false)
      await server.until('it to take rooms again', () => ready(server) === 2)
    },
  )

  check(
    '[SFU-22] a node that comes back is another one: it has none of its former rooms, and takes new ones',
    async () => {
      const [room] = await openRooms(1)
      const [place] = await placesOf(room ? [room] : [])
      const hosting = nodes.find(({ port }) =>
        server.service.report.nodes.some(
          ({ name, instance }) => instance === place?.instance && name.endsWith(`:${port}`),
        ),
      )
      await hosting?.kill()
      await hosting?.launch()
      await server.until('the room to be told as lost', () => server.lost.length === 1)
      await server.until('both nodes', () => ready(server) === 2)
      const places = await placesOf(await openRooms(4))
      expect(new Set(places.map(({ instance }) => instance)).size).toBe(2)
      expect(places.map(({ instance }) => instance)).not.toContain(place?.instance)
    },
  )

  check(
    '[SFU-23] another Parley process finds the room without having been told, and puts nobody out of it',
    async () => {
      const other = await SfuServer.start(nodes)
      try {
        await other.until('both nodes', () => ready(other) === 2)
        const [room] = await openRooms(1)
        if (!room) return
        const here = await server.join(room)
        const there = await other.join(room)
        const nodeOf = async ({ client }: typeof here) => (await client.next('join')).serverInfo?.nodeId
        expect(await nodeOf(there)).toBe(await nodeOf(here))
        // Taken over by the other process: open already, in its place.
        await other.port.openRoom(room)
        expect((await there.client.next('join')).otherParticipants.length).toBe(1)
        server.guard.allow(room, there.identity)
        other.guard.allow(room, here.identity)
        other.guard.forbid(room, there.identity)
        await other.port.remove(room, there.identity)
        await there.client.untilClosed()
        expect(here.client.closed).toBe(false)
      } finally {
        await other.stop()
      }
    },
  )

  check(
    '[SFU-24] a node that hangs is given up after some seconds, and used again when it answers',
    async () => {
      const places = await placesOf(await openRooms(2))
      const [hanging] = nodes
      hanging?.signal('SIGSTOP')
      await server.until('its room to be told as lost', () => server.lost.length === 1)
      expect(server.port.status).toEqual({ state: 'available', nodes: 1 })
      const next = newRoom()
      await server.port.openRoom(next)
      await server.join(next)
      hanging?.signal('SIGCONT')
      await server.until('both nodes', () => ready(server) === 2)
      expect(places.length).toBe(2)
    },
  )

  check('[SFU-25] no node, no room: nothing is opened, nobody is let in', async () => {
    const [room] = await openRooms(1)
    if (!room) return
    const { token } = await server.join(room)
    for (const node of nodes) await node.kill()
    await server.until('the loss', () => server.port.status.state === 'unavailable')
    await expect(server.port.openRoom(newRoom())).rejects.toMatchObject({ code: 'unavailable' })
    expect(await server.connect(token).untilClosed()).toBe(503)
    // What is told to LiveKit then is not heard, and nobody waits for it.
    await server.port.remove(room, newPage())
    await server.port.closeRoom(room)
  })

  if (kind !== 'redis') return
  check(
    '[SFU-26] [F9] with Redis away nothing opens that was closed; when it is back all works again',
    async () => {
      const [room] = await openRooms(1)
      if (!room) return
      const stays = await server.join(room)
      const removed = await server.join(room)
      const refreshed = await removed.client.next('refreshToken')
      server.guard.forbid(room, removed.identity)
      await server.port.remove(room, removed.identity)

      await redis?.kill()
      await server.until('the nodes to say so', () => server.port.status.state === 'busy')
      expect(await server.connect(refreshed).untilClosed()).toBe(401)
      await expect(server.port.openRoom(newRoom())).rejects.toMatchObject({ code: 'unavailable' })
      expect(server.lost).toEqual([])
      expect(stays.client.closed).toBe(false)

      await redis?.launch()
      await server.until('both nodes', () => ready(server) === 2)
      expect(await server.connect(refreshed).untilClosed()).toBe(401)
      const next = newRoom()
      await server.port.openRoom(next)
      await server.join(next)
    },
  )

  check(
    '[SFU-38] [F9] a Redis that comes back empty splits no meeting: a room that LiveKit writes down again is told as lost',
    async () => {
      const [room] = await openRooms(1)
      if (!room) return
      const [stays, leaves] = [await server.join(room), await server.join(room)]
      await redis?.kill()
      await redis?.launch()
      leaves.client.close()
      await server.until('the room to be told as lost', () => server.lost.length > 0)
      expect(server.losses).toEqual(['leaving'])
      expect(stays.client.closed).toBe(false)
    },
  )

  check(
    '[SFU-39] [F9] after Redis was away LiveKit is told anew where the rooms are, before anybody joins them',
    async () => {
      const [room] = await openRooms(1)
      if (!room || !redis) return
      const [place] = await placesOf([room])
      const { token } = await server.join(room)
      redis.command('HDEL', 'room_node_map', roomNameOf(room))
      redis.command('SAVE')
      await redis.kill()
      await server.until('the nodes to say so', () => server.port.status.state === 'busy')
      expect(await server.connect(token).untilClosed()).toBe(503)
      await redis.launch()
      await server.until('both nodes', () => ready(server) === 2)
      const places = await placesOf([room, room, room, room])
      expect(new Set(places.map(({ instance }) => instance))).toEqual(new Set([place?.instance]))
      expect(redis.command('HGET', 'room_node_map', roomNameOf(room))).toBe(place?.instance)
      expect(server.lost).toEqual([])
    },
  )

  check('[SFU-43] a room that is on two nodes is told as lost, its media goes on', async () => {
    const [room] = await openRooms(1)
    if (!room || !redis) return
    const [here] = await placesOf([room])
    const other = server.service.report.nodes.find(({ instance }) => instance !== here?.instance)?.instance
    redis.command('HSET', 'room_node_map', roomNameOf(room), other ?? '')
    const [there] = await placesOf([room])
    expect(there?.instance).toBe(other)
    await server.until('the room to be told as lost', () => server.lost.length > 0, 40_000)
    expect(server.losses).toEqual(['leaving'])
    expect([here, there].map((place) => place?.client.closed)).toEqual([false, false])
  })
})

test('[SFU-27] what cannot be reached is told as that, not as missing', async () => {
  const node = new SfuNode('http://127.0.0.1:9', TEST_KEYS)
  await node.check()
  expect([node.state, node.instance, livekitBinary() === '']).toEqual(['down', null, false])
})
