import { AppError } from '#lib/errors.ts'
import { BoundedCache } from '#server/auth/BoundedCache.ts'
import type { Log } from '#server/log.ts'
import type { NodePool, NodeProcess } from './NodePool.ts'
import { roomNameOf } from './names.ts'
import type { RoomLoss, SfuRoom } from './Sfu.ts'
import type { SfuNode } from './SfuNode.ts'

type Placed = NodeProcess & { readonly room: SfuRoom }

/** Rooms of other Parley processes whose place is remembered. */
const MAX_OTHERS = 2_000

/** A room that nobody comes into, or that all have left, ends by itself: its Parley may have died. */
const EMPTY_SECONDS = 300

/**
 * Which room is on which node. LiveKit is asked to put a room where we want it, and the room's metadata say where that
 * was, so that another Parley process finds it without having been told.
 */
export class PlacedRooms {
  readonly #pool: NodePool
  readonly #log: Log
  /** Opened by this process, which answers for them. */
  readonly #ours = new Map<string, Placed>()
  /** Looked up for the gate. */
  readonly #others = new BoundedCache<string, Placed>(MAX_OTHERS)
  /** Prevents: two openings of one room, each on another node. */
  readonly #opening = new Map<string, Promise<void>>()
  /** Nodes whose rooms are being placed again. */
  readonly #placing = new Map<SfuNode, Promise<void>>()
  readonly #lost = new Set<(room: SfuRoom, loss: RoomLoss) => void>()

  constructor(pool: NodePool, log: Log) {
    this.#pool = pool
    this.#log = log
    pool.onProcessLost((gone) => this.#forgetProcess(gone))
    pool.onDraining((leaving) => this.#leave(leaving))
    pool.onChange(() => void this.placeAgain())
  }

  get ours(): readonly { readonly room: SfuRoom; readonly node: SfuNode }[] {
    return [...this.#ours.values()]
  }

  /**
   * @param apartFrom a room on whose node this one is of no use
   * @throws AppError unavailable when no node takes it
   */
  async open(room: SfuRoom, apartFrom?: SfuRoom): Promise<void> {
    const name = roomNameOf(room)
    const opening =
      this.#opening.get(name) ?? this.#open(room, name, apartFrom).finally(() => this.#opening.delete(name))
    this.#opening.set(name, opening)
    await opening
  }

  async #open(room: SfuRoom, name: string, apartFrom: SfuRoom | undefined): Promise<void> {
    const found = this.#ours.get(name) ?? (await this.#find(room, name))
    if (found) {
      this.#ours.set(name, found)
      return
    }
    const avoided = apartFrom && (await this.find(apartFrom))
    for (const node of this.#byPreference()) {
      if (node !== avoided && (await this.#create(room, name, node))) return
    }
    throw unavailable()
  }

  /** Those from which nobody got any media lately come last. */
  #byPreference(): SfuNode[] {
    const rank = ({ silent }: SfuNode) => (silent ? 1 : 0)
    return [...this.#pool.ready].sort((one, other) => rank(one) - rank(other) || one.weight - other.weight)
  }

  async #create(room: SfuRoom, name: string, node: SfuNode): Promise<boolean> {
    const { instance } = node
    try {
      node.notePlacement()
      await askFor(name, node)
      this.#ours.set(name, { room, node, instance })
      return true
    } catch (error) {
      this.#log.warn({ err: error, node: node.name }, 'a media server did not open a room')
      await this.#pool.check(node)
      return false
    }
  }

  /** The node that holds this room, asked of LiveKit when it is not known here; null when none does. */
  async find(room: SfuRoom): Promise<SfuNode | null> {
    const name = roomNameOf(room)
    const known = this.#ours.get(name) ?? this.#others.get(name) ?? (await this.#find(room, name))
    if (known && !this.#ours.has(name)) this.#others.set(name, known)
    if (known) await this.#placing.get(known.node)
    return known?.node ?? null
  }

  /**
   * Says to LiveKit anew where our rooms are. After its Redis has lost its memory it does not know that any more and
   * puts whoever joins on any node, apart from those who are in the room; until it has been told nobody is led there.
   * A room that LiveKit knows the place of stays as it is.
   */
  async placeAgain(): Promise<void> {
    await Promise.all(
      this.#pool.ready.map((node) => {
        const placing =
          this.#placing.get(node) ?? this.#placeOn(node).finally(() => this.#placing.delete(node))
        this.#placing.set(node, placing)
        return placing
      }),
    )
  }

  async #placeOn(node: SfuNode): Promise<void> {
    const here = [...this.#ours].filter(([, placed]) => placed.node === node)
    await Promise.all(
      here.map(([name]) =>
        askFor(name, node).catch((error: unknown) =>
          // Whether the room is still what it was, the next comparison sees.
          this.#log.info({ err: error, room: name, node: node.name }, 'a room could not be placed again'),
        ),
      ),
    )
  }

  async #find(room: SfuRoom, name: string): Promise<Placed | null> {
    const nodes = this.#pool.answering
    const answers = await Promise.all(
      nodes.map(async (asked) => {
        const rooms = await asked.api.listRooms([name]).catch(() => [])
        const found = rooms.find((each) => each.name === name)
        if (!found) return null
        // Over a common Redis every node knows every room, those of dead nodes too; the metadata say whose it is.
        if (found.metadata === '') return asked
        const named = nodes.find(({ instance }) => instance === found.metadata)
        // One whose id is not known yet (its metrics are late) may be the one.
        return named ?? (asked.instance === null ? asked : null)
      }),
    )
    const node = answers.find((each) => each !== null)
    return node ? { room, node, instance: node.instance } : null
  }

  /** Closed by us: nobody is told that it is lost. */
  forget(room: SfuRoom): void {
    this.#ours.delete(roomNameOf(room))
    this.#others.delete(roomNameOf(room))
  }

  /** Found missing on a node that answers, or not to be the one that its people are in. */
  reportLost(room: SfuRoom, loss: RoomLoss): void {
    if (this.#ours.has(roomNameOf(room))) this.#tellLost([room], loss)
  }

  onLost(listener: (room: SfuRoom, loss: RoomLoss) => void): () => void {
    this.#lost.add(listener)
    return () => this.#lost.delete(listener)
  }

  /** It still serves: with another node to go to, its rooms are told as lost while nobody has missed anything. */
  #leave({ node }: NodeProcess): void {
    if (this.#pool.ready.length === 0) return
    const left = [...this.#ours.values()].filter((placed) => placed.node === node)
    this.#tellLost(
      left.map(({ room }) => room),
      'leaving',
    )
  }

  #forgetProcess({ node, instance }: NodeProcess): void {
    // A room placed before the process's id was known belongs to whatever ran there.
    const wasIn = (placed: Placed): boolean =>
      placed.node === node && (placed.instance === null || instance === null || placed.instance === instance)
    for (const [name, placed] of [...this.#others.entries()]) if (wasIn(placed)) this.#others.delete(name)
    const gone = [...this.#ours.values()].filter(wasIn)
    this.#tellLost(
      gone.map(({ room }) => room),
      'ended',
    )
  }

  #tellLost(rooms: readonly SfuRoom[], loss: RoomLoss): void {
    for (const room of rooms) this.forget(room)
    for (const room of rooms) for (const listener of [...this.#lost]) listener(room, loss)
  }
}

/** Asks for a room on this very node; one that is open already stays as it is. @throws TwirpError */
async function askFor(name: string, { api, instance }: SfuNode): Promise<void> {
  await api.createRoom({
    name,
    // Without an id LiveKit chooses; with one node that is the same.
    ...(instance === null ? {} : { nodeId: instance, metadata: instance }),
    emptyTimeout: EMPTY_SECONDS,
    departureTimeout: EMPTY_SECONDS,
  })
}

export const unavailable = (): AppError =>
  new AppError('unavailable', 'The media server does not answer right now. Please try again in a moment.')
