import { randomBytes } from 'node:crypto'
import { parseRoomName } from '#server/sfu/names.ts'
import { SfuNode } from '#server/sfu/SfuNode.ts'
import { type Balancer, startBalancer } from '../../../deploy/cluster/balancer.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { freePort } from '../../support/freePort.ts'
import { LiveKitNode, TEST_KEYS } from '../../support/livekitNode.ts'
import { type Parley, startParley } from './startParley.ts'

export type Cluster = {
  /** Where people go: the balancer. */
  readonly url: string
  readonly servers: readonly Parley[]
  readonly nodes: readonly LiveKitNode[]
  readonly database: TestDatabase
  /** The process that answers for the only meeting there is. */
  holder(): Promise<Parley>
  /** The node with the only meeting's room in it; null while there is none. Not for nodes over one Redis. */
  busyNode(): Promise<LiveKitNode | null>
  /** How many people hold a place on the other node, for when that one dies. */
  standbyPeople(): Promise<number>
  stop(): Promise<void>
}

export type ClusterOptions = {
  readonly nodes?: number
  readonly redisUrl?: string
  readonly env?: Readonly<Record<string, string>>
}

/** Two production servers over one database, media nodes, and the balancer of deploy/cluster in front. */
export async function startCluster({
  nodes: count = 2,
  redisUrl,
  env = {},
}: ClusterOptions = {}): Promise<Cluster> {
  const database = await createTestDatabase()
  const nodes: LiveKitNode[] = []
  for (let made = 0; made < count; made += 1)
    nodes.push(await LiveKitNode.start(redisUrl === undefined ? {} : { redisUrl }))
  const port = await freePort()
  const url = `http://localhost:${port}`
  const media: Record<string, string> =
    count === 0
      ? {}
      : {
          SFU: 'auto',
          LIVEKIT_URL: nodes.map((node) => node.url).join(' '),
          LIVEKIT_API_KEY: TEST_KEYS.key,
          LIVEKIT_API_SECRET: TEST_KEYS.secret,
        }
  const settings = { AUTH_SECRET: randomBytes(32).toString('hex'), ...media, ...env }
  const servers: Parley[] = []
  for (let made = 0; made < 2; made += 1)
    servers.push(await startParley({ database, publicUrl: url, env: settings }))
  const balancer: Balancer = await startBalancer(
    port,
    servers.map((server) => ({ host: '127.0.0.1', port: server.port })),
  )
  return {
    url,
    servers,
    nodes,
    database,
    async holder() {
      const lease = await database.prisma.meetingLease.findFirstOrThrow({
        orderBy: { takenAt: 'desc' },
        select: { holder: { select: { url: true } } },
      })
      const found = servers.find((server) => lease.holder.url.endsWith(`:${server.port}`))
      if (found === undefined) throw new Error(`nobody listens at ${lease.holder.url}`)
      return found
    },
    async busyNode() {
      const { id, transportEpoch } = await presentConference(database)
      for (const node of nodes) if ((await peopleIn(node, `${id}.${transportEpoch}`)) > 0) return node
      return null
    },
    async standbyPeople() {
      const { id, transportEpoch } = await presentConference(database)
      const counts = await Promise.all(nodes.map((node) => peopleAhead(node, id, transportEpoch)))
      return Math.max(...counts)
    },
    async stop() {
      await balancer.close()
      await Promise.all(servers.map((server) => server.stop()))
      await Promise.all(nodes.map((node) => node.stop()))
      await database.drop()
    },
  }
}

const presentConference = (database: TestDatabase) =>
  database.prisma.conference.findFirstOrThrow({
    orderBy: { startedAt: 'desc' },
    select: { id: true, transportEpoch: true },
  })

async function peopleIn({ url }: LiveKitNode, room: string): Promise<number> {
  const found = await new SfuNode(url, TEST_KEYS).api.listRooms([room]).catch(() => [])
  return found.find(({ name }) => name === room)?.numParticipants ?? 0
}

async function peopleAhead({ url }: LiveKitNode, conferenceId: string, epoch: number): Promise<number> {
  const found = await new SfuNode(url, TEST_KEYS).api.listRooms().catch(() => [])
  const ahead = found.filter(({ name }) => {
    const room = parseRoomName(name)
    return room?.conferenceId === conferenceId && room.epoch > epoch
  })
  return Math.max(0, ...ahead.map(({ numParticipants }) => numParticipants))
}
