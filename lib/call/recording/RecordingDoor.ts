import type { ParticipantId } from '#lib/protocol/ids.ts'
import { type ReadableStore, Store } from '#lib/store.ts'
import type { CallHandle } from '../CallHandle.ts'
import type { Clock, TileSize } from '../ports.ts'
import { NOTHING_OF_OUR_OWN, type OwnRecording } from './OwnRecording.ts'
import type { RecordingAgent } from './RecordingAgent.ts'
import { ownFilmOf } from './recordedPeople.ts'

/** The meeting comes first. */
const LEFTOVERS_AFTER_MS = 5_000

export type AgentCall = Pick<
  CallHandle,
  'state' | 'local' | 'levels' | 'ownLevel' | 'serverNow' | 'compareClocks'
>
export type DoorDeps = {
  readonly clock: Clock
  readonly hasLeftovers: () => Promise<boolean>
  readonly load: (given: {
    readonly call: AgentCall
    readonly own: Store<OwnRecording>
    readonly demand: (sizes: ReadonlyMap<ParticipantId, TileSize>) => void
  }) => Promise<RecordingAgent>
}

/** What a call knows of recording in this browser; the agent that does it is loaded when there is something to do. */
export class RecordingDoor {
  readonly #deps: DoorDeps
  readonly #own = new Store<OwnRecording>(NOTHING_OF_OUR_OWN)
  #agent: Promise<RecordingAgent> | null = null

  constructor(deps: DoorDeps) {
    this.#deps = deps
  }

  get own(): ReadableStore<OwnRecording> {
    return this.#own
  }

  /** Looks on from now. @returns looks no longer; what is being uploaded goes on */
  attach(call: AgentCall, demand: (sizes: ReadonlyMap<ParticipantId, TileSize>) => void): () => void {
    const { load } = this.#deps
    const open = (): Promise<RecordingAgent> => {
      this.#agent ??= load({ call, own: this.#own, demand })
      // Not to be had now (a new version was deployed): tried again with the next change.
      this.#agent.catch(() => {
        this.#agent = null
      })
      return this.#agent
    }
    const look = (): void => {
      if (this.#isWanted(call))
        void open().then(
          (agent) => agent.look(),
          () => undefined,
        )
    }
    const end = call.state.subscribe(look)
    const forget = this.#deps.clock.after(LEFTOVERS_AFTER_MS, () => void this.#leftovers(open))
    look()
    return () => {
      forget()
      end()
      void this.#agent?.then(
        (agent) => agent.close(),
        () => undefined,
      )
    }
  }

  async #leftovers(open: () => Promise<RecordingAgent>): Promise<void> {
    if (await this.#deps.hasLeftovers().catch(() => false)) await (await open()).uploadLeftovers()
  }

  #isWanted(call: AgentCall): boolean {
    if (this.#agent !== null) return false
    const state = call.state.get()
    if (state.status !== 'inCall') return false
    const { recording, self } = state.room
    return recording !== null && (recording.studio || ownFilmOf(recording, self) !== null)
  }
}
