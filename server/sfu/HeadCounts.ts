/** LiveKit counts the people of a room anew within five seconds of a change (v1.13.5, `roomUpdateInterval`). */
const COUNTED_MS = 7_000

type Listed = { readonly since: number; readonly names: ReadonlySet<string> }

/**
 * Compares LiveKit's list of a room's people, which all its nodes write into one Redis, with the head count of the node
 * that wrote last, which counts its own alone. Fewer heads than people means that the room is on two nodes, whose people
 * do not have each other: LiveKit puts who joins on another node when it has lost the room's place, or when that node's
 * last word is five seconds old.
 */
export class HeadCounts {
  readonly #listed = new Map<string, Listed>()

  /**
   * @param heads how many the node counts
   * @param names who is listed
   * @returns true when those who have been listed for longer than a count takes are more than were counted
   */
  isSplit(room: string, heads: number, names: readonly string[]): boolean {
    if (heads >= names.length) {
      this.#listed.delete(room)
      return false
    }
    const now = performance.now()
    const before = this.#listed.get(room)
    if (before !== undefined && now - before.since < COUNTED_MS) return false
    this.#listed.set(room, { since: now, names: new Set(names) })
    return before !== undefined && heads < names.filter((name) => before.names.has(name)).length
  }

  /** Only of these rooms something need be remembered. */
  keep(rooms: ReadonlySet<string>): void {
    for (const room of this.#listed.keys()) if (!rooms.has(room)) this.#listed.delete(room)
  }
}
