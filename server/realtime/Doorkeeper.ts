import type { Waiting } from '#lib/domain/lobby.ts'
import { AppError } from '#lib/errors.ts'
import type { ParticipantId } from '#lib/protocol/ids.ts'
import { type Connection, OUTSIDE } from './Connection.ts'
import type { Entrance } from './Entrance.ts'
import type { RoomState } from './RoomState.ts'

/** What hosts decide about those who wait at the door. */
export class Doorkeeper {
  readonly #state: RoomState
  readonly #entrance: Entrance

  constructor(state: RoomState, entrance: Entrance) {
    this.#state = state
    this.#entrance = entrance
  }

  /** Lets in those who still wait. @throws AppError full, unavailable: they go on waiting */
  async admit(ids: readonly ParticipantId[]): Promise<void> {
    const { door } = this.#state
    const outcomes = await Promise.allSettled(
      ids.map((id) => {
        const taken = door.take(id)
        if (!taken) throw AppError.notFound('That person')
        return this.#bringIn(taken.connection, taken.person)
      }),
    )
    door.tell()
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
  }

  /** @throws AppError not-found when that person does not wait */
  decline(id: ParticipantId): void {
    const { door } = this.#state
    if (!door.sendAway(id, 'declined')) throw AppError.notFound('That person')
    door.tell()
  }

  /** Turned off, everybody at the door comes in. */
  async setLobby(enabled: boolean): Promise<void> {
    const { deps, door, meeting } = this.#state
    this.#state.applySettings({ lobby: enabled })
    if (enabled) return
    await this.admit(door.ids).catch((error: unknown) =>
      deps.log.info({ err: error, meetingId: meeting.id }, 'not everybody at the door could come in'),
    )
  }

  async #bringIn(connection: Connection, person: Waiting): Promise<void> {
    const { door } = this.#state
    try {
      const answer = await this.#entrance.admit(connection, person)
      if (answer.status === 'joined') connection.send('meeting:admitted', { snapshot: answer.snapshot })
    } catch (error) {
      const gone = !connection.open || connection.place.at !== 'door' || this.#state.over
      if (gone || !door.knock(person, connection)) {
        // The doorway has filled up meanwhile, or the person is gone: their page asks again by itself.
        if (connection.place.at === 'door') {
          connection.place = OUTSIDE
          connection.drop()
        }
        throw AppError.notFound('That person')
      }
      throw error
    }
  }
}
