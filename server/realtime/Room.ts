import { permittedSources } from '#lib/domain/authority.ts'
import { isPerson, peopleIn, setHand, setMedia } from '#lib/domain/roster.ts'
import { AppError } from '#lib/errors.ts'
import type {
  ClientAnswer,
  ClientPayload,
  EndReason,
  MediaPolicy,
  MediaState,
  Participant,
  Permissions,
  Role,
  ServerPayload,
  Snapshot,
} from '#lib/protocol/events.ts'
import type { ConferenceId, ParticipantId } from '#lib/protocol/ids.ts'
import type { Permission } from '#lib/protocol/permissions.ts'
import type { RoomLoss, SfuIdentity, SfuPermit, SfuRoom } from '#server/sfu/Sfu.ts'
import type { Connection } from './Connection.ts'
import { Doorkeeper } from './Doorkeeper.ts'
import { Entrance } from './Entrance.ts'
import { Exit } from './Exit.ts'
import { Governance } from './Governance.ts'
import type { RoomChat } from './RoomChat.ts'
import type { RecordingActor } from './RoomRecording.ts'
import { type LeftBehind, type RoomDeps, RoomState } from './RoomState.ts'
import type { MeetingRecord } from './records.ts'

/**
 * One meeting's live truth. Rebuilt from what was written down (Conference and Visit rows), changed by the pure
 * transitions of lib/domain, told to its members in versions. Whatever waits for the database runs in the room's queue;
 * what does not (a hand, a lost connection, a removal) is one synchronous step and can happen in between, so a queued
 * step looks at the roster again after it has waited.
 */
export class Room {
  readonly meeting: MeetingRecord
  readonly #state: RoomState
  readonly #entrance: Entrance
  readonly #doorkeeper: Doorkeeper
  readonly #exit: Exit
  readonly #governance: Governance

  /** @param left what a former process has left behind, or null for a meeting that begins */
  constructor(meeting: MeetingRecord, left: LeftBehind | null, deps: RoomDeps) {
    this.meeting = meeting
    this.#state = new RoomState(meeting, left, deps, () => this.#exit.sendRecordersAway('session-revoked'))
    this.#exit = new Exit(this.#state)
    this.#entrance = new Entrance(this, this.#state, {
      roundOver: () => this.#endIfEmpty(),
      recorder: () => this.#exit.sendRecordersAway('replaced'),
    })
    this.#doorkeeper = new Doorkeeper(this.#state, this.#entrance)
    this.#governance = new Governance(this.#state)
  }

  get conferenceId(): ConferenceId | null {
    return this.#state.conference?.id ?? null
  }

  /** People, without the recorder. */
  get participants(): number {
    return peopleIn(this.#state.roster)
  }

  get waiting(): number {
    return this.#state.door.size
  }

  /** Nobody sits, waits or comes, and nothing is being written: the room can be forgotten. */
  get idle(): boolean {
    const nobody = this.#state.roster.members.size + this.waiting + this.#entrance.size === 0
    return nobody && this.#state.conference === null && this.#state.queue.size === 0
  }

  /** Takes a seat, waits at the door or returns to a seat. @throws AppError */
  join(
    connection: Connection,
    payload: ClientPayload<'meeting:join'>,
    name: string,
    role: Role,
  ): Promise<ClientAnswer<'meeting:join'>> {
    return this.#entrance.join(connection, payload, name, role)
  }

  /** Lets in those who still wait. @throws AppError full, unavailable: they go on waiting */
  admit(ids: readonly ParticipantId[]): Promise<void> {
    return this.#doorkeeper.admit(ids)
  }

  /** @throws AppError not-found when that person does not wait */
  decline(id: ParticipantId): void {
    this.#doorkeeper.decline(id)
  }

  /** Turned off, everybody at the door comes in. */
  setLobby(enabled: boolean): Promise<void> {
    return this.#doorkeeper.setLobby(enabled)
  }

  /** @throws AppError not-found for somebody without a seat here */
  participant(id: ParticipantId): Participant {
    return this.#state.participant(id)
  }

  /** As `participant`; a recorder is nobody that anything can be done to. @throws AppError not-found */
  person(id: ParticipantId): Participant {
    const person = this.#state.participant(id)
    if (!isPerson(person)) throw AppError.notFound('That person')
    return person
  }

  /** @throws AppError conflict while one goes on, forbidden, full, unavailable */
  async startRecording(
    by: RecordingActor,
    choice: ClientPayload<'recording:start'>,
  ): Promise<ClientAnswer<'recording:start'>> {
    return { id: await this.#state.recording.start(by, choice) }
  }

  /** @throws AppError not-found, unavailable: it goes on */
  stopRecording(by: RecordingActor): Promise<void> {
    return this.#state.recording.stop(by)
  }

  /** @throws AppError not-found when nobody was asked, unavailable */
  answerRecording(by: RecordingActor, agree: boolean): Promise<void> {
    return this.#state.recording.answer(by, agree)
  }

  /** The meeting's own rules have changed. */
  setRecordingRules(rules: MeetingRecord['recording']): void {
    this.#state.recording.setRules(rules)
    this.#state.applySettings({})
  }

  /** In which ways can be recorded has changed. */
  offersChanged(): void {
    this.#state.applySettings({})
  }

  /** @throws AppError forbidden for what they may not send: then nothing of it counts */
  setMedia(id: ParticipantId, media: MediaState): void {
    this.#governance.requireMedia(id, media)
    this.#state.tell(id, setMedia(this.#state.roster, id, media))
    this.#state.transport.consider()
  }

  setMediaPolicy(mediaPolicy: MediaPolicy): void {
    this.#state.applySettings({ mediaPolicy })
  }

  /** The host names a co-host, or takes it back (HOST-1). @throws AppError not-found, forbidden for the host's own seat */
  setCoHost(id: ParticipantId, coHost: boolean): void {
    const person = this.person(id)
    if (person.role === 'host') throw AppError.forbidden()
    this.#governance.setCoHost(person, coHost)
  }

  /** What those who do not run the meeting may do from now on. */
  setPermissions(permissions: Permissions): void {
    this.#governance.setPermissions(permissions)
  }

  setPermission(what: Permission, allowed: boolean): void {
    this.setPermissions({ ...this.#state.settings.permissions, [what]: allowed })
  }

  /** @throws AppError forbidden */
  requirePermission(id: ParticipantId, what: Permission): void {
    this.#governance.require(id, what)
  }

  /** How the present transport serves this person. A recorder that is served badly moves nobody (REC-10). */
  reportTransport(id: ParticipantId, report: ClientPayload<'transport:report'>): void {
    if (isPerson(this.participant(id))) this.#state.transport.report(id, report)
  }

  /** A pass into the SFU's room. @throws AppError conflict, unavailable */
  enterSfu(id: ParticipantId, epoch: number): Promise<ClientAnswer<'sfu:enter'>> {
    const self = this.participant(id)
    const identity = { participantId: id, instanceId: self.instanceId }
    const sources = permittedSources(this.#state.settings.permissions, self)
    return this.#state.transport.enter(identity, epoch, sources)
  }

  /** Whoever this is, if they may have a media connection to this room of the SFU, and what they may send; else null. */
  sfuPermit(sfuRoom: SfuRoom, identity: SfuIdentity): (SfuPermit & { readonly sessionId: string }) | null {
    const { participantId, instanceId } = identity
    const member = this.#state.roster.members.get(participantId)
    if (member?.participant.instanceId !== instanceId) return null
    if (!this.#state.transport.serves(sfuRoom)) return null
    const sources = permittedSources(this.#state.settings.permissions, member.participant)
    return { sessionId: member.sessionId, sources }
  }

  sfuLost(sfuRoom: SfuRoom, loss: RoomLoss): void {
    this.#state.transport.lost(sfuRoom, loss)
  }

  /** The SFU has come or gone. */
  sfuChanged(): void {
    this.#state.updateCapacity()
    this.#state.transport.consider()
  }

  setHand(id: ParticipantId, raised: boolean): void {
    this.#state.tell(id, setHand(this.#state.roster, id, raised ? this.#state.deps.now() : null))
  }

  react(from: ParticipantId, emoji: ServerPayload<'reaction:received'>['emoji']): void {
    this.#state.deps.broadcast(this.meeting.id, 'members', 'reaction:received', { from, emoji })
  }

  /** To one instance of one member who is here now; dropped when there is none (WS-6). The sender is ours to name. */
  relay(from: ParticipantId, { to, toInstance, epoch, signal }: ClientPayload<'signal:send'>): void {
    const { members } = this.#state.roster
    const sender = members.get(from)
    const receiver = members.get(to)
    if (!sender || receiver?.participant.instanceId !== toInstance || to === from) return
    const fromInstance = sender.participant.instanceId
    this.#state.present.get(to)?.send('signal:received', { from, fromInstance, epoch, signal })
  }

  requestMute(by: ParticipantId, id: ParticipantId): void {
    const { instanceId } = this.person(id)
    this.#state.present.get(id)?.send('microphone:muteRequested', { by })
    this.#state.transport.mute({ participantId: id, instanceId })
  }

  /** @throws AppError not-found while nobody meets */
  chat(): RoomChat {
    const { conference } = this.#state
    if (!conference) throw AppError.notFound('The meeting')
    return conference.chat
  }

  iceAccess(id: ParticipantId): ClientAnswer<'ice:refresh'> {
    return this.#state.iceAccess(id)
  }

  /** @param seenSeq the last chat message that the receiver has, or null */
  snapshot(id: ParticipantId, seenSeq: number | null): Snapshot {
    return this.#state.snapshot(id, seenSeq)
  }

  /** The connection is gone: the seat is kept for a while, a place at the door is not. */
  lose(connection: Connection): void {
    this.#exit.lose(connection)
  }

  leave(connection: Connection): void {
    this.#exit.leave(connection)
    this.#endIfEmpty()
  }

  /** Out, at once and for the rest of this conference (RM-4). @throws AppError not-found */
  remove(id: ParticipantId): { sessionId: string; userId: string | null } {
    const removed = this.#exit.remove(id)
    this.#endIfEmpty()
    return removed
  }

  /** A session has ended: its seats and its places at the door are gone, so that the others drop its media. */
  endSession(sessionId: string, reason: EndReason): void {
    this.#exit.endSession(sessionId, reason)
    this.#endIfEmpty()
  }

  /** Gives up the seats of those who stayed away too long. */
  tick(): void {
    this.#exit.tick()
    this.#endIfEmpty()
  }

  /**
   * Over for everyone. `write` runs first, in the queue: nobody comes in between the write and the end.
   * @throws what `write` throws; the meeting then goes on
   */
  end(reason: EndReason, write: () => Promise<void>): Promise<void> {
    return this.#state.queue.run(async () => {
      await write()
      this.#exit.sendAllAway(reason)
      this.#entrance.close()
    })
  }

  /** Stops without ending anything: what was written down lets another process go on. */
  close(): void {
    this.#state.over = true
    this.#state.recording.close()
    this.#state.feed.close()
  }

  /** Another process answers for this meeting: as close, and the media connections go there as well. */
  abandon(): void {
    this.close()
    this.#state.transport.abandon()
  }

  #endIfEmpty(): void {
    this.#exit.endIfEmpty(this.#entrance)
  }
}
