import { permits, permittedMedia, permittedSources } from '#lib/domain/authority.ts'
import { setCoHost, setMedia } from '#lib/domain/roster.ts'
import { AppError } from '#lib/errors.ts'
import type { MediaState, Participant, Permissions } from '#lib/protocol/events.ts'
import type { ParticipantId } from '#lib/protocol/ids.ts'
import type { Permission } from '#lib/protocol/permissions.ts'
import type { RoomState } from './RoomState.ts'

/**
 * Who runs the meeting besides its host, and what all others may do. Whatever is taken from somebody has ended with the
 * same synchronous step: in the roster, at the door's news, and, a request later, on the SFU.
 */
export class Governance {
  readonly #state: RoomState

  constructor(state: RoomState) {
    this.#state = state
  }

  /** @param person who sits here, and is not the host */
  setCoHost({ id }: Participant, coHost: boolean): void {
    const { door, present } = this.#state
    const before = this.#state.participant(id)
    this.#state.tell(id, setCoHost(this.#state.roster, id, coHost))
    if (before.coHost === coHost) return
    const connection = present.get(id)
    if (coHost) connection?.enter('hosts')
    else connection?.leave('hosts')
    // To whom it is no longer told, nobody waits: no page goes on showing names that are none of its business.
    connection?.send('lobby:changed', { waiting: coHost ? door.people : [] })
    this.#enforce(this.#state.participant(id))
  }

  setPermissions(permissions: Permissions): void {
    const before = this.#state.settings.permissions
    this.#state.applySettings({ permissions })
    if (this.#state.settings.permissions === before) return
    const sourcesBy = (rules: Permissions, one: Participant): string => permittedSources(rules, one).join()
    for (const { participant } of this.#state.roster.members.values()) {
      if (sourcesBy(before, participant) !== sourcesBy(permissions, participant)) this.#enforce(participant)
    }
  }

  /** @throws AppError forbidden */
  require(id: ParticipantId, what: Permission): void {
    if (!permits(this.#state.settings.permissions, this.#state.participant(id), what)) throw NOT_ALLOWED()
  }

  /** @throws AppError forbidden for whoever says that they send what they may not */
  requireMedia(id: ParticipantId, media: MediaState): void {
    const { permissions } = this.#state.settings
    if (permittedMedia(permissions, this.#state.participant(id), media) !== media) throw NOT_ALLOWED()
  }

  /** What they may not send is off from now on, for everybody and on the SFU. */
  #enforce(participant: Participant): void {
    const { settings, roster, transport } = this.#state
    const { id, instanceId, media } = participant
    this.#state.tell(id, setMedia(roster, id, permittedMedia(settings.permissions, participant, media)))
    const sources = permittedSources(settings.permissions, participant)
    transport.permit({ participantId: id, instanceId }, sources)
  }
}

const NOT_ALLOWED = (): AppError => new AppError('forbidden', 'The host does not allow this right now.')
