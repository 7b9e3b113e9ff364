import type { Server as HttpServer, IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { Server } from 'socket.io'
import { TRANSPORT_RULES, type TransportRules } from '#lib/domain/transportPolicy.ts'
import { AppError } from '#lib/errors.ts'
import type { ClientToServer, ServerToClient } from '#lib/protocol/events.ts'
import type { Cluster, MeetingLeases } from '#server/cluster/Cluster.ts'
import type { Env } from '#server/env.ts'
import type { Log } from '#server/log.ts'
import type { RecordingJobs } from '#server/recordings/RecordingJobs.ts'
import type { Sfu, SfuGuard } from '#server/sfu/Sfu.ts'
import { type AdmissionDeps, admitSocket, requireRoomForSocket } from './admitSocket.ts'
import type { Broadcast } from './Connection.ts'
import { createEngine, type EngineParts } from './createEngine.ts'
import { Hub } from './Hub.ts'
import { createHandlers } from './handlers.ts'
import { KeyedBuckets } from './KeyedBuckets.ts'
import { DEFAULT_LIMITS, type RealtimeLimits } from './limits.ts'
import { MeetingLookup } from './MeetingLookup.ts'
import { RecordingEnds } from './RecordingEnds.ts'
import { RecordingOffers } from './RecordingOffers.ts'
import type { RecordingParts } from './RoomRecording.ts'
import { registerRealtime, unregisterRealtime } from './realtime.ts'
import type { ConferenceRecords, MeetingRecord } from './records.ts'
import { Router, type RouterCounts, wireErrorOf } from './router.ts'
import { SeatLedger } from './SeatLedger.ts'
import type { SessionsPort } from './SessionsPort.ts'
import { SessionWatch } from './SessionWatch.ts'
import { channelOf, type ParleySocket, SocketConnection, type SocketData } from './SocketConnection.ts'
import { textParser } from './textParser.ts'

export type RealtimeDeps = {
  readonly sessions: SessionsPort
  readonly records: ConferenceRecords
  readonly recordings: RecordingJobs
  readonly audit: RecordingParts['audit']
  readonly sfu: Sfu
  readonly cluster: Cluster
  readonly env: Pick<
    Env,
    | 'MEETING_CAPACITY'
    | 'RECORDING'
    | 'MESH_CAPACITY'
    | 'MESH_PEOPLE'
    | 'SFU_STANDBY_PEOPLE'
    | 'SFU_CALM_SECONDS'
    | 'SEAT_GRACE_SECONDS'
    | 'ICE_SERVERS'
    | 'TURN_URLS'
    | 'TURN_SECRET'
    | 'TRUSTED_PROXY_HOPS'
  > & { readonly PUBLIC_URL: string }
  readonly log: Log
  /** Others than the default: for load tests, whose one machine plays hundreds of people. */
  readonly limits?: Partial<RealtimeLimits>
}

export type RealtimeStats = {
  readonly sockets: number
  readonly rooms: number
  readonly participants: number
  readonly waiting: number
  readonly dropped: RouterCounts
}

export interface Realtime {
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  /** Over for everyone who is connected to this meeting. @throws AppError unavailable */
  endMeeting(meetingId: string, reason: 'meeting-deleted' | 'ended-by-host'): Promise<void>
  /** The stored setting has changed: members are told, and with the lobby off those at the door come in. */
  setLobby(meetingId: string, enabled: boolean): Promise<void>
  /** What the host wishes of recordings has changed: for what begins from now on. */
  setRecordingRules(meetingId: string, rules: MeetingRecord['recording']): Promise<void>
  stats(): RealtimeStats
  readonly sfuGuard: SfuGuard
  /** Ends connections, not meetings: clients come back, to this server or the next. */
  close(): Promise<void>
}

const TICK_MS = 500
const KEEP_ALIVE_MS = 30_000
/** A connection that has not said which meeting it means by then is closed. */
const CONNECT_TIMEOUT_MS = 5_000

type ParleyServer = Server<ClientToServer, ServerToClient, Record<never, never>, SocketData>

/** The signalling server. Attached to no server by itself: `handleUpgrade` is called by the upgrade dispatcher. */
export function createRealtime(httpServer: HttpServer, deps: RealtimeDeps): Realtime {
  const { sessions, records, sfu, cluster, env, log } = deps
  const limits: RealtimeLimits = { ...DEFAULT_LIMITS, ...deps.limits }
  const parts = createEngine(env, limits, cluster.addressOf)
  const io: ParleyServer = new Server({
    serveClient: false,
    connectTimeout: CONNECT_TIMEOUT_MS,
    parser: textParser,
    transports: ['websocket'],
  })
  io.bind(parts.engine)
  const broadcast: Broadcast = (meetingId, audience, event, payload) => {
    // As in SocketConnection.send: the signature has checked the pair, Socket.IO's overloads cannot follow it.
    io.local
      .to(channelOf(meetingId, audience))
      .emit(event, ...([payload] as Parameters<ServerToClient[typeof event]>))
  }
  const ledger = new SeatLedger(records, log)
  const ends = new RecordingEnds(deps.recordings, log)
  const offers = new RecordingOffers(deps.recordings, log, Date.now, () => hub.offersChanged())
  const hub: Hub = new Hub({
    sessions,
    records,
    ledger,
    broadcast,
    env,
    waitingCapacity: limits.waitingPerMeeting,
    sfu,
    recording: { jobs: deps.recordings, offers, ends, policy: env.RECORDING, audit: deps.audit },
    leases: cluster.leases,
    transportRules: rulesOf(env),
    log,
    now: Date.now,
  })
  const router = new Router(createHandlers(hub), limits, new KeyedBuckets(limits.perPerson), log)
  const watch = new SessionWatch(hub, sessions, log)
  const unsubscribe = [
    sfu.onRoomLost((room, loss) => hub.sfuLost(room, loss)),
    sfu.onStatus(() => hub.sfuChanged()),
    cluster.leases.onLost((meetingId) => hub.abandon(meetingId)),
    cluster.onChanged((meetingId) => {
      hub
        .lookAgain(meetingId)
        .catch((error: unknown) => log.warn({ err: error }, 'a change could not be read'))
    }),
  ]
  const timers = [
    setInterval(() => hub.tick(), TICK_MS).unref(),
    setInterval(() => {
      Promise.all([hub.keepAlive(), hub.giveUpIdle()]).catch((error: unknown) =>
        log.warn({ err: error }, 'that meetings go on could not be written'),
      )
    }, KEEP_ALIVE_MS).unref(),
  ]
  acceptSockets(io, parts, router, {
    sessions,
    meetings: new MeetingLookup(records),
    recordings: deps.recordings,
    hub,
    leases: cluster.leases,
    limits,
    refused: new KeyedBuckets(limits.refusedHandshakes),
    log,
  })

  let closed: Promise<void> | undefined
  const realtime: Realtime = {
    handleUpgrade: cluster.route(parts.handleUpgrade),
    async endMeeting(meetingId, reason) {
      await hub.endMeeting(meetingId, reason)
      await tellOthers(meetingId)
    },
    async setLobby(meetingId, enabled) {
      await hub.applyLobby(meetingId, enabled)
      await tellOthers(meetingId)
    },
    async setRecordingRules(meetingId, rules) {
      hub.rooms.get(meetingId)?.setRecordingRules(rules)
      await tellOthers(meetingId)
    },
    sfuGuard: { permits: (room, identity) => hub.mayUseSfu(room, identity) },
    stats: () => statsOf(io, hub, router),
    close() {
      closed ??= close()
      return closed
    },
  }
  /** Whoever answers for this meeting elsewhere looks it up; a change that is stored is not undone by nobody hearing. */
  async function tellOthers(meetingId: string): Promise<void> {
    if (cluster.leases.holds(meetingId)) return
    await cluster.tellChanged(meetingId).catch((cause: unknown) => {
      throw AppError.unavailable(cause)
    })
  }
  async function close(): Promise<void> {
    for (const timer of timers) clearInterval(timer)
    for (const stop of unsubscribe) stop()
    unregisterRealtime(realtime)
    watch.close()
    hub.close()
    // What others need to go on is written, then they may, and only then are the clients sent to them.
    await Promise.all([ledger.flush(), ends.close()])
    await cluster.leave()
    await io.close()
    await ledger.close()
  }
  httpServer.once('close', () => void realtime.close())
  registerRealtime(realtime)
  return realtime
}

function acceptSockets(
  io: ParleyServer,
  parts: EngineParts,
  router: Router,
  deps: AdmissionDeps & { readonly leases: MeetingLeases; readonly log: Log },
): void {
  /** Prevents: a second CONNECT on a connection whose first one is still being looked at. */
  const greeted = new WeakSet<object>()

  async function greet(socket: ParleySocket): Promise<void> {
    const origins = parts.originsOf(socket.conn)
    if (!origins || greeted.has(socket.conn)) throw new AppError('conflict', 'This connection is in use.')
    greeted.add(socket.conn)
    const admission = await admitSocket(deps, socket.handshake.auth, origins)
    await deps.leases.take(admission.meeting)
    requireRoomForSocket(deps, admission)
    const connection = new SocketConnection(socket, admission, deps.limits)
    socket.data.connection = connection
    deps.hub.add(connection)
    // From here on it counts; a connection that went away meanwhile never gets its 'disconnect'.
    if (socket.conn.readyState !== 'open') deps.hub.drop(connection)
  }

  io.use((socket, next) => {
    greet(socket).then(
      () => next(),
      (error: unknown) => {
        const known =
          error instanceof AppError
            ? error
            : new AppError('internal', 'Something went wrong.', { cause: error })
        if (known.cause !== undefined) deps.log.warn({ err: known.cause }, 'a handshake failed')
        next(Object.assign(new Error(known.message), { data: wireErrorOf(known) }))
        // Told once; a refused client has nothing more to say here.
        setImmediate(() => socket.conn.close())
      },
    )
  })
  io.on('connection', (socket) => {
    const { connection } = socket.data
    if (!connection) return void socket.disconnect(true)
    router.attach(socket, connection)
    socket.on('disconnect', () => deps.hub.drop(connection))
  })
}

const rulesOf = ({
  MESH_PEOPLE,
  SFU_CALM_SECONDS,
  SFU_STANDBY_PEOPLE,
}: RealtimeDeps['env']): TransportRules => ({
  ...TRANSPORT_RULES,
  meshPeople: MESH_PEOPLE,
  calmPeople: Math.max(2, MESH_PEOPLE - 1),
  calmMs: SFU_CALM_SECONDS * 1000,
  standbyPeople: SFU_STANDBY_PEOPLE,
})

function statsOf(io: ParleyServer, hub: Hub, router: Router): RealtimeStats {
  const rooms = [...hub.rooms.values()]
  return {
    sockets: io.of('/').sockets.size,
    rooms: rooms.length,
    participants: rooms.reduce((sum, room) => sum + room.participants, 0),
    waiting: rooms.reduce((sum, room) => sum + room.waiting, 0),
    dropped: { ...router.counts },
  }
}
