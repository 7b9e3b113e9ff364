import { useEffect, useMemo, useRef, useState } from 'react'
import type { CallHandle } from '#lib/call/CallHandle.ts'
import { gridSize } from '#lib/call/layout/gridLayout.ts'
import { type Layout, layoutTiles } from '#lib/call/layout/layoutTiles.ts'
import { orderTiles } from '#lib/call/layout/orderTiles.ts'
import type { TileSize } from '#lib/call/ports.ts'
import type { SpeakerTracker } from '#lib/call/SpeakerTracker.ts'
import type { ParticipantId } from '#lib/protocol/ids.ts'
import { type StageTile, tileFacts } from './stageTiles.ts'
import type { Size } from './useElementSize.ts'

const REORDER_EVERY_MS = 2_000

type StageLayout = {
  readonly layout: Layout
  readonly order: readonly string[]
}

/**
 * Where each tile stands. Who spoke last matters only when not everybody fits on the first page; then the order is
 * looked at every two seconds, and otherwise never for it.
 */
export function useStageLayout(input: {
  tiles: readonly StageTile[]
  size: Size
  stage: string | null
  page: number
  tracker: { readonly current: SpeakerTracker }
}): StageLayout {
  const { tiles, size, stage, page, tracker } = input
  const previous = useRef<readonly string[]>([])
  const [tick, setTick] = useState(0)
  const grid = gridSize(size.width, size.height, tiles.length)
  const perPage = grid.columns * grid.rows
  const paged = tiles.length > perPage && stage === null

  useEffect(() => {
    if (!paged) return
    const timer = setInterval(() => setTick((last) => last + 1), REORDER_EVERY_MS)
    return () => clearInterval(timer)
  }, [paged])

  // biome-ignore lint/correctness/useExhaustiveDependencies: a tick stands for what the tracker heard meanwhile
  const order = useMemo(() => {
    const facts = tiles.map((tile) =>
      tileFacts(tile, paged ? tracker.current.heardAt(tile.participant.id) : 0),
    )
    return orderTiles(facts, previous.current, perPage)
  }, [tiles, perPage, paged, tick, tracker])
  useEffect(() => {
    previous.current = order
  }, [order])

  const layout = useMemo(
    () => layoutTiles({ width: size.width, height: size.height, tiles: order, stage, page, gap: 8 }),
    [size, order, stage, page],
  )
  return { layout, order }
}

/** Tells the engine what is on the screen and how large, once per frame at most; nothing while the page is hidden. */
export function useVisibleSizes(call: CallHandle, tiles: readonly StageTile[], layout: Layout): void {
  useEffect(() => {
    const sizes = new Map<ParticipantId, TileSize>()
    for (const tile of tiles) {
      const place = layout.places.get(tile.key)
      if (!place || tile.own) continue
      const known = sizes.get(tile.participant.id)
      if (known && known.width >= place.width) continue
      sizes.set(tile.participant.id, { width: place.width, height: place.height })
    }
    const tell = (): void => call.setVisible(document.visibilityState === 'hidden' ? new Map() : sizes)
    const frame = requestAnimationFrame(tell)
    document.addEventListener('visibilitychange', tell)
    return () => {
      cancelAnimationFrame(frame)
      document.removeEventListener('visibilitychange', tell)
    }
  }, [call, tiles, layout])
}
