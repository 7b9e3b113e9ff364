import { AppError } from '#lib/errors.ts'
import type { ClientAnswer, ClientPayload, EndReason, MediaPolicy, Role } from '#lib/protocol/events.ts'
import type { ConferenceId, ParticipantId } from '#lib/protocol/ids.ts'
import type { Permission } from '#lib/protocol/permissions.ts'
import type { SessionEndReason } from '#server/auth/identity.ts'
import type { MeetingLeases } from '#server/cluster/Cluster.ts'
import type { Log } from '#server/log.ts'
import type { RoomLoss, SfuIdentity, SfuPermit, SfuRoom } from '#server/sfu/Sfu.ts'
import { Room } from './Room.ts'
import type { RoomDeps } from './RoomState.ts'
import type { MeetingRecord } from './records.ts'
import type { SessionsPort } from './SessionsPort.ts'
import type { SocketConnection } from './SocketConnection.ts'

/** A conference whose server has not written for this long was cut off: nobody returns to it. */
const CUT_OFF_AFTER_MS = 3 * 60_000

export type HubDeps = RoomDeps & {
  readonly sessions: SessionsPort
  readonly leases: MeetingLeases
  readonly log: Log
}

/**
 * The meetings that are alive in this process, and the connections to them. A meeting is here only while its lease is:
 * it is taken with the first connection and kept until nobody is connected (CL-1).
 */
export class Hub {
  readonly #deps: HubDeps
  readonly #rooms = new Map<string, Room>()
  /** Prevents: two rooms of one meeting, opened by two who come at once. */
  readonly #opening = new Map<string, Promise<Room>>()
  readonly #byMeeting = new Index<SocketConnection>()
  readonly #bySession = new Index<SocketConnection>()
  readonly #byOwner = new Index<SocketConnection>()
  #closed = false

  constructor(deps: HubDeps) {
    this.#deps = deps
  }

  get rooms(): ReadonlyMap<string, Room> {
    return this.#rooms
  }

  get sessionIds(): Iterable<string> {
    return this.#bySession.keys()
  }

  socketsOf(kind: 'meeting' | 'owner', key: string): number {
    return (kind === 'meeting' ? this.#byMeeting : this.#byOwner).get(key).size
  }

  add(connection: SocketConnection): void {
    this.#byMeeting.add(connection.meetingId, connection)
    this.#bySession.add(connection.identity.sessionId, connection)
    this.#byOwner.add(connection.owner, connection)
  }

  /** The socket is gone. */
  drop(connection: SocketConnection): void {
    this.#byMeeting.delete(connection.meetingId, connection)
    this.#bySession.delete(connection.identity.sessionId, connection)
    this.#byOwner.delete(connection.owner, connection)
    if (this.#closed) return
    const { place } = connection
    if (place.at === 'door' || place.at === 'seat') place.room.lose(connection)
    else connection.place = { at: 'outside' }
  }

  /** @throws AppError unauthenticated when the session is over, unavailable when nobody can tell */
  async requireLive({ identity }: SocketConnection): Promise<void> {
    if (!(await this.#deps.sessions.isLive(identity.sessionId))) throw AppError.unauthenticated()
  }

  async join(
    connection: SocketConnection,
    payload: ClientPayload<'meeting:join'>,
    name: string,
    role: Role,
  ): Promise<ClientAnswer<'meeting:join'>> {
    const room = await this.#room(connection.meeting)
    void this.#deps.recording.offers.refresh()
    // An ended meeting begins again with its host, and with nobody else.
    if (room.meeting.endedAt && room.conferenceId === null && role !== 'host')
      throw AppError.notFound('The meeting')
    if (!connection.open) throw AppError.unauthenticated()
    if (connection.place.at !== 'outside') throw new AppError('conflict', 'You are already in this meeting.')
    return room.join(connection, payload, name, role)
  }

  async remove(room: Room, id: ParticipantId, by: SocketConnection): Promise<void> {
    const { sessionId, userId } = room.remove(id)
    this.#deps.log.info(
      { meetingId: room.meeting.id, participantId: id, by: by.owner },
      'participant removed',
    )
    await this.#deps.ledger.flush()
    const byId = by.identity.kind === 'user' ? by.identity.userId : null
    if (userId === null) await this.#deps.sessions.end?.({ id: sessionId }, byId, 'removed')
  }

  async setMediaPolicy(room: Room, policy: MediaPolicy): Promise<void> {
    await this.#deps.records.setMediaPolicy(room.meeting.id, policy)
    room.setMediaPolicy(policy)
  }

  /** Written down before it is acknowledged: a server that is killed right after gives nobody their power back. */
  async setCoHost(room: Room, id: ParticipantId, coHost: boolean, by: SocketConnection): Promise<void> {
    room.setCoHost(id, coHost)
    this.#deps.log.info(
      { meetingId: room.meeting.id, participantId: id, coHost, by: by.owner },
      'co-host changed',
    )
    await this.#deps.ledger.flush()
  }

  async setPermission(room: Room, what: Permission, allowed: boolean): Promise<void> {
    await this.#deps.records.setPermission(room.meeting.id, what, allowed)
    room.setPermission(what, allowed)
  }

  /**
   * Asked by the SFU's gate: a seat, the present room, and a session that lives. Doubt is refusal. A media connection
   * may be back before its meeting's signalling is: then the meeting is taken up for it.
   *
   * @throws AppError unavailable
   */
  async mayUseSfu(sfuRoom: SfuRoom, identity: SfuIdentity): Promise<SfuPermit | null> {
    const room = this.#conference(sfuRoom.conferenceId) ?? (await this.#takenUp(sfuRoom.conferenceId))
    const permit = room?.sfuPermit(sfuRoom, identity)
    return permit && (await this.#deps.sessions.isLive(permit.sessionId)) ? permit : null
  }

  sfuLost(sfuRoom: SfuRoom, loss: RoomLoss): void {
    this.#conference(sfuRoom.conferenceId)?.sfuLost(sfuRoom, loss)
  }

  /** The SFU has come or gone. */
  sfuChanged(): void {
    for (const room of this.#rooms.values()) room.sfuChanged()
  }

  /** In which ways can be recorded has changed. */
  offersChanged(): void {
    for (const room of this.#rooms.values()) room.offersChanged()
  }

  async setLobby(meetingId: string, enabled: boolean): Promise<void> {
    await this.#deps.records.setLobby(meetingId, enabled)
    await this.applyLobby(meetingId, enabled)
  }

  async applyLobby(meetingId: string, enabled: boolean): Promise<void> {
    await this.#rooms.get(meetingId)?.setLobby(enabled)
  }

  /** Ends the meeting for all who are connected to it, in the call, at the door and in the green room. */
  async endMeeting(meetingId: string, reason: 'meeting-deleted' | 'ended-by-host'): Promise<void> {
    const write = async (): Promise<void> => {
      // Seats taken a moment ago are ended with the others.
      await this.#deps.ledger.flush()
      await this.#deps.records.endMeeting(meetingId, new Date(this.#deps.now()))
    }
    const room = this.#rooms.get(meetingId)
    if (room) await room.end(reason, write)
    else await write()
    if (this.#rooms.get(meetingId) === room) this.#rooms.delete(meetingId)
    for (const connection of [...this.#byMeeting.get(meetingId)]) connection.end(reason)
  }

  endSession(sessionId: string, reason: SessionEndReason): void {
    const told = END_REASONS[reason]
    for (const room of this.#rooms.values()) room.endSession(sessionId, told)
    for (const connection of [...this.#bySession.get(sessionId)]) connection.end(told)
  }

  /** Time passes: seats are given up, empty rooms forgotten, slow readers cut. */
  tick(): void {
    if (this.#rooms.size > 0) this.#deps.recording.offers.tick()
    for (const [meetingId, room] of this.#rooms) {
      room.tick()
      if (room.idle) this.#rooms.delete(meetingId)
    }
    for (const connections of this.#byMeeting.values()) {
      for (const connection of connections) connection.cutIfBehind()
    }
  }

  /** Another process has taken this meeting over: what is here of it is void, and its clients go there. */
  abandon(meetingId: string): void {
    const room = this.#rooms.get(meetingId)
    this.#rooms.delete(meetingId)
    room?.abandon()
    const connections = [...this.#byMeeting.get(meetingId)]
    this.#deps.log.warn({ meetingId, connections: connections.length }, 'a meeting went to another process')
    for (const connection of connections) connection.drop()
  }

  /** What another process has changed of a meeting that is alive here, or of any: looked up, as news may be missed. */
  async lookAgain(meetingId: string | null): Promise<void> {
    const here = new Set([...this.#rooms.keys(), ...this.#byMeeting.keys()])
    for (const id of meetingId === null ? here : [meetingId]) {
      const code = this.#codeOf(id)
      if (code === undefined) continue
      const meeting = await this.#deps.records.meetingByCode(code)
      if (!meeting) await this.endMeeting(id, 'meeting-deleted')
      else {
        this.#rooms.get(id)?.setMediaPolicy(meeting.mediaPolicy)
        this.#rooms.get(id)?.setPermissions(meeting.permissions)
        this.#rooms.get(id)?.setRecordingRules(meeting.recording)
        await this.applyLobby(id, meeting.lobby)
      }
    }
  }

  /** Leases of meetings to which nobody is connected any more. */
  async giveUpIdle(): Promise<void> {
    const needed = (id: string) =>
      this.#rooms.has(id) || this.#opening.has(id) || this.#byMeeting.get(id).size > 0
    const idle = [...this.#deps.leases.held].filter((id) => !needed(id))
    if (idle.length > 0) await this.#deps.leases.giveUp(idle)
  }

  async keepAlive(): Promise<void> {
    const ids = [...this.#rooms.values()].flatMap((room) => room.conferenceId ?? [])
    if (ids.length > 0) await this.#deps.records.keepAlive(ids, new Date(this.#deps.now()))
  }

  close(): void {
    this.#closed = true
    for (const room of this.#rooms.values()) room.close()
  }

  #codeOf(meetingId: string): string | undefined {
    const [connection] = this.#byMeeting.get(meetingId)
    return (this.#rooms.get(meetingId) ?? connection)?.meeting.code
  }

  async #takenUp(id: ConferenceId): Promise<Room | undefined> {
    const meeting = await this.#deps.records.meetingOfConference(id)
    if (!meeting) return undefined
    await this.#room(meeting)
    return this.#conference(id)
  }

  #conference(id: ConferenceId): Room | undefined {
    for (const room of this.#rooms.values()) if (room.conferenceId === id) return room
    return undefined
  }

  async #room(meeting: MeetingRecord): Promise<Room> {
    const live = this.#rooms.get(meeting.id)
    if (live) return live
    let opening = this.#opening.get(meeting.id)
    if (!opening) {
      opening = this.#open(meeting.code).finally(() => this.#opening.delete(meeting.id))
      this.#opening.set(meeting.id, opening)
    }
    return opening
  }

  /** Looks at the meeting again: since the handshake it may have been deleted, or have ended. */
  async #open(code: string): Promise<Room> {
    const { records, leases, now, log, recording } = this.#deps
    const meeting = await records.meetingByCode(code)
    if (!meeting) throw AppError.notFound('The meeting')
    await leases.take(meeting)
    let open = await records.openConference(meeting.id)
    if (open && now() - open.lastActiveAt.getTime() > CUT_OFF_AFTER_MS) {
      await records.endConference(open.id, open.lastActiveAt)
      open = null
    }
    const left = open && { conference: open, recording: await recording.jobs.open(open.id) }
    await recording.offers.refresh()
    // Lost while it was being read: another process may have changed it meanwhile.
    if (!leases.holds(meeting.id)) await leases.take(meeting)
    const room = new Room(meeting, left, this.#deps)
    this.#rooms.set(meeting.id, room)
    log.info({ meetingId: meeting.id, returning: open?.visits.length ?? 0 }, 'meeting opened')
    return room
  }
}

const END_REASONS: Readonly<Record<SessionEndReason, EndReason>> = {
  revoked: 'session-revoked',
  disabled: 'session-revoked',
  'signed-out': 'signed-out',
  expired: 'session-expired',
  removed: 'removed',
}

/** Several values for one key; a key without values is gone. */
class Index<Value> {
  readonly #sets = new Map<string, Set<Value>>()
  static readonly #none: ReadonlySet<never> = new Set()

  get(key: string): ReadonlySet<Value> {
    return this.#sets.get(key) ?? Index.#none
  }

  keys(): Iterable<string> {
    return this.#sets.keys()
  }

  values(): Iterable<ReadonlySet<Value>> {
    return this.#sets.values()
  }

  add(key: string, value: Value): void {
    const set = this.#sets.get(key)
    if (set) set.add(value)
    else this.#sets.set(key, new Set([value]))
  }

  delete(key: string, value: Value): void {
    const set = this.#sets.get(key)
    if (set?.delete(value) && set.size === 0) this.#sets.delete(key)
  }
}
