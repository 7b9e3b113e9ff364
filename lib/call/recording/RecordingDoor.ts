import type { ParticipantId, RecordingId } from '#lib/protocol/ids.ts'
import { type ReadableStore, Store } from '#lib/store.ts'
import type { CallHandle } from '../CallHandle.ts'
import type { Clock, TileSize } from '../ports.ts'
import { NOTHING_OF_OUR_OWN, type OwnRecording } from './OwnRecording.ts'
import type { RecordingAgent } from './RecordingAgent.ts'

const KEY = 'parley.recording-here'
/** The meeting comes first. */
const LEFTOVERS_AFTER_MS = 5_000

export type AgentCall = Pick<
  CallHandle,
  'state' | 'local' | 'levels' | 'ownLevel' | 'serverNow' | 'compareClocks'
>
export type DoorDeps = {
  readonly clock: Clock
  readonly tabStorage: Storage | undefined
  readonly hasLeftovers: () => Promise<boolean>
  readonly load: (given: {
    readonly call: AgentCall
    readonly own: Store<OwnRecording>
    readonly startedHere: () => string | null
    readonly demand: (sizes: ReadonlyMap<ParticipantId, TileSize>) => void
  }) => Promise<RecordingAgent>
}

/** What a call knows of recording in this browser; the agent that does it is loaded when there is something to do. */
export class RecordingDoor {
  readonly #deps: DoorDeps
  readonly #own = new Store<OwnRecording>(NOTHING_OF_OUR_OWN)
  #agent: Promise<RecordingAgent> | null = null
  #startedHere: string | null
  #open: (() => Promise<RecordingAgent>) | null = null

  constructor(deps: DoorDeps) {
    this.#deps = deps
    // Compared with the id that the room names, and used for nothing else: what was kept need not be parsed.
    this.#startedHere = read(deps.tabStorage)
  }

  get own(): ReadableStore<OwnRecording> {
    return this.#own
  }

  /** The host of this tab has started a recording that this tab makes. A reload goes on with it. */
  started(id: RecordingId): void {
    this.#startedHere = id
    try {
      this.#deps.tabStorage?.setItem(KEY, id)
    } catch {
      // A reload will not go on with it; nothing else is lost.
    }
    void this.#open?.()
  }

  /** Looks on from now. @returns looks no longer; what is being uploaded goes on */
  attach(call: AgentCall, demand: (sizes: ReadonlyMap<ParticipantId, TileSize>) => void): () => void {
    const { load } = this.#deps
    const open = (): Promise<RecordingAgent> => {
      this.#agent ??= load({ call, own: this.#own, startedHere: () => this.#startedHere, demand })
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
    this.#open = async () => {
      const agent = await open()
      agent.look()
      return agent
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
    const recording = state.status === 'inCall' ? state.room.recording : null
    return recording !== null && (recording.studio || recording.id === this.#startedHere)
  }
}

function read(storage: Storage | undefined): string | null {
  try {
    return storage?.getItem(KEY) ?? null
  } catch {
    return null
  }
}
