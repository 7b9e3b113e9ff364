import type { ParticipantId } from '#lib/protocol/ids.ts'
import type { TileSize } from '../ports.ts'

/** Of what is shown and what is recorded, of each person the larger one. */
export function largest(
  shown: ReadonlyMap<ParticipantId, TileSize>,
  recorded: ReadonlyMap<ParticipantId, TileSize>,
): ReadonlyMap<ParticipantId, TileSize> {
  if (recorded.size === 0) return shown
  const sizes = new Map(recorded)
  for (const [id, size] of shown) {
    const other = sizes.get(id)
    if (other === undefined || other.width < size.width) sizes.set(id, size)
  }
  return sizes
}
