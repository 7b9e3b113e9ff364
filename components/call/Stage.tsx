import { ChevronLeft, ChevronRight } from 'lucide-react'
import { type RefObject, useRef } from 'react'
import { IconButton } from '#components/ui/IconButton.tsx'
import { joinClasses } from '#components/ui/joinClasses.ts'
import type { SpeakerTracker } from '#lib/call/SpeakerTracker.ts'
import type { ParticipantId } from '#lib/protocol/ids.ts'
import { useCall } from './CallContext.tsx'
import type { StageTile } from './stageTiles.ts'
import { Tile } from './Tile.tsx'
import type { TileActions } from './TileMenu.tsx'
import { useElementSize } from './useElementSize.ts'
import { useStageLayout, useVisibleSizes } from './useStageLayout.ts'

type StageProps = {
  tiles: readonly StageTile[]
  /** The tile that takes the stage, or null for a grid. */
  staged: string | null
  pinned: string | null
  page: number
  onPage(page: number): void
  mirror: boolean
  silenced: ReadonlySet<ParticipantId>
  tracker: RefObject<SpeakerTracker>
  actions: TileActions
}

/** All tiles of a page, each put to its place; a tile that moves is moved, not made anew. */
export function Stage({
  tiles,
  staged,
  pinned,
  page,
  onPage,
  mirror,
  silenced,
  tracker,
  actions,
}: StageProps) {
  const call = useCall()
  const box = useRef<HTMLDivElement>(null)
  const size = useElementSize(box)
  const { layout, order } = useStageLayout({ tiles, size, stage: staged, page, tracker })
  useVisibleSizes(call, tiles, layout)

  const byKey = new Map(tiles.map((tile) => [tile.key, tile]))
  return (
    <div ref={box} className="relative min-h-0 min-w-0 flex-1">
      {/* biome-ignore lint/a11y/noRedundantRoles: Safari drops the list's role when its markers are styled away */}
      <ul role="list" aria-label="People in the call" className="absolute inset-0">
        {order.map((key) => {
          const tile = byKey.get(key)
          const place = layout.places.get(key)
          if (!tile || !place) return null
          return (
            <Tile
              key={key}
              tile={tile}
              place={place}
              pinned={pinned === key}
              staged={layout.mode === 'stage' && staged === key}
              mirror={mirror}
              silenced={silenced.has(tile.participant.id)}
              actions={actions}
            />
          )
        })}
      </ul>
      {layout.pages > 1 && <Pages page={layout.page} pages={layout.pages} onPage={onPage} />}
    </div>
  )
}

function Pages({ page, pages, onPage }: { page: number; pages: number; onPage(page: number): void }) {
  const classes = 'absolute top-1/2 z-10 -translate-y-1/2 bg-stage-scrim hover:bg-stage-control-hover'
  return (
    <nav aria-label="Pages of people">
      {page > 0 && (
        <IconButton
          label="Previous people"
          variant="stage"
          size="lg"
          className={joinClasses(classes, 'left-2')}
          onClick={() => onPage(page - 1)}
        >
          <ChevronLeft aria-hidden className="size-5" />
        </IconButton>
      )}
      {page < pages - 1 && (
        <IconButton
          label="More people"
          variant="stage"
          size="lg"
          className={joinClasses(classes, 'right-2')}
          onClick={() => onPage(page + 1)}
        >
          <ChevronRight aria-hidden className="size-5" />
        </IconButton>
      )}
      <p className="pointer-events-none absolute top-2 left-1/2 -translate-x-1/2 rounded-full bg-stage-scrim px-2.5 py-1 text-xs tabular-nums">
        <span className="sr-only">Page </span>
        {page + 1} / {pages}
      </p>
    </nav>
  )
}
