import { CircleSlash, Hand, MicOff, MonitorUp, Pin, ShieldCheck } from 'lucide-react'
import { memo } from 'react'
import { Avatar } from '#components/ui/Avatar.tsx'
import { joinClasses } from '#components/ui/joinClasses.ts'
import { Spinner } from '#components/ui/Spinner.tsx'
import type { Rectangle } from '#lib/call/layout/layoutTiles.ts'
import { runsMeeting } from '#lib/domain/authority.ts'
import { avatarTint } from '#lib/domain/personMark.ts'
import { sameFields } from '#lib/sameFields.ts'
import { PathBadge } from './PathBadge.tsx'
import { ReactionBubble } from './ReactionBubble.tsx'
import type { StageTile } from './stageTiles.ts'
import { type TileActions, TileMenu } from './TileMenu.tsx'
import { TileVideo } from './TileVideo.tsx'

type TileProps = {
  tile: StageTile
  place: Rectangle
  pinned: boolean
  /** This tile has the stage: show all of the picture. */
  staged: boolean
  mirror: boolean
  silenced: boolean
  actions: TileActions
}

/** A person, or a screen that a person shares. */
function WholeTile({ tile, place, pinned, staged, mirror, silenced, actions }: TileProps) {
  const { participant, own, kind, video } = tile
  const share = kind === 'share'
  const name = share ? `${participant.name}’s screen` : participant.name
  const small = place.width < 180 || place.height < 110
  return (
    <li
      aria-label={name}
      tabIndex={-1}
      data-tile={tile.key}
      {...(share
        ? { 'data-share-of': participant.id }
        : { 'data-participant-id': participant.id, 'data-path': tile.path })}
      onDoubleClick={() => actions.togglePin(tile.key)}
      className="group/tile @container absolute top-0 left-0 overflow-hidden rounded-lg bg-stage-tile data-[share-of]:bg-stage-raised outline-offset-[-3px] transition-[transform,width,height] duration-200 ease-out [container-type:size] [contain:strict] motion-reduce:transition-none"
      style={{
        transform: `translate(${place.left}px, ${place.top}px)`,
        width: place.width,
        height: place.height,
      }}
    >
      {!video && <NoPicture tile={tile} />}
      {video && (
        <TileVideo
          track={video}
          mirrored={own && !share && mirror}
          fit={share || staged ? 'contain' : 'cover'}
        />
      )}
      <TileState tile={tile} />
      {!share && <ReactionBubble id={participant.id} />}
      <TileLabel tile={tile} pinned={pinned} small={small} silenced={silenced} />
      <TileMenu tile={tile} pinned={pinned} silenced={silenced} actions={actions} />
      {!share && (
        <span
          aria-hidden
          className="pointer-events-none absolute inset-0 rounded-lg border-[3px] border-stage-speaking opacity-0 transition-opacity duration-150 group-data-[speaking]/tile:opacity-100"
        />
      )}
    </li>
  )
}

/** Drawn again for what it shows only: with every change in the room its tile and its place come as new objects. */
export const Tile = memo(
  WholeTile,
  ({ tile, place, ...rest }, { tile: nextTile, place: nextPlace, ...nextRest }) =>
    sameFields(tile, nextTile) && sameFields(place, nextPlace) && sameFields(rest, nextRest),
)

/** The wash behind the initials: the person's own colour, faint. The classes are written out in ui/Avatar.tsx. */
const tintOf = (id: string): string => `avatar-tint-${avatarTint(id, 8)}`

function NoPicture({ tile }: { tile: StageTile }) {
  if (tile.kind === 'share') {
    return (
      <div className="absolute inset-0 grid place-items-center text-stage-ink-soft">
        <Spinner label="The shared screen is loading" className="size-6" />
      </div>
    )
  }
  return (
    <div className="absolute inset-0 grid place-items-center">
      <span aria-hidden className={`absolute inset-0 opacity-15 ${tintOf(tile.participant.id)}`} />
      <Avatar id={tile.participant.id} name={tile.participant.name} size="tile" className="relative" />
    </div>
  )
}

/** Said on the tile itself, because it explains why nothing moves. */
function TileState({ tile }: { tile: StageTile }) {
  const words =
    tile.path === 'lost' ? 'Reconnecting…' : tile.path === 'connecting' && !tile.video ? 'Connecting…' : null
  if (!words) return null
  return (
    <div
      className={joinClasses(
        'absolute inset-0 flex justify-center text-xs font-medium text-stage-ink sm:text-sm',
        // Initials stay readable; a picture stands still anyway.
        tile.video ? 'items-center' : 'items-start pt-2',
        tile.path === 'lost' && 'bg-stage-scrim',
      )}
    >
      <span className="rounded-full bg-stage-scrim px-3 py-1">{words}</span>
    </div>
  )
}

type TileLabelProps = { tile: StageTile; pinned: boolean; small: boolean; silenced: boolean }

function TileLabel({ tile, pinned, small, silenced }: TileLabelProps) {
  const { participant, own, kind, path } = tile
  const share = kind === 'share'
  const muted = !share && !participant.media.microphone
  const words = share
    ? own
      ? 'Your screen'
      : `${participant.name}’s screen`
    : own
      ? `${participant.name} (you)`
      : participant.name
  return (
    <>
      <div
        className={joinClasses(
          'pointer-events-none absolute bottom-2 left-2 flex max-w-[calc(100%-1rem)] items-center gap-1.5 rounded-md bg-stage-scrim font-medium text-stage-ink',
          small ? 'px-1.5 py-0.5 text-xs' : 'px-2.5 py-1 text-sm',
        )}
      >
        {share && <MonitorUp aria-hidden className="size-3.5 shrink-0" />}
        {(muted || silenced) && (
          <>
            <MicOff aria-hidden className="size-3.5 shrink-0 text-stage-danger-ink" />
            <span className="sr-only">{silenced ? 'Muted for you' : 'Microphone off'}</span>
          </>
        )}
        <span className="truncate">{words}</span>
        {!share && runsMeeting(participant) && (
          <>
            <ShieldCheck aria-hidden className="size-3.5 shrink-0 text-stage-ink-soft" />
            <span className="sr-only">{participant.coHost ? 'Co-host' : 'Host'}</span>
          </>
        )}
        {tile.unrecorded && (
          <>
            <CircleSlash aria-hidden className="size-3.5 shrink-0 text-stage-warning" />
            {/* On a narrow tile the name matters more: the sign stays. */}
            <span className="sr-only shrink-0 text-xs text-stage-warning @min-[17rem]:not-sr-only">
              Not recorded
            </span>
          </>
        )}
        {pinned && (
          <>
            <Pin aria-hidden className="size-3.5 shrink-0" />
            <span className="sr-only">Pinned</span>
          </>
        )}
        {!share && path !== 'self' && <PathBadge path={path} quality={tile.quality} />}
      </div>
      {!share && participant.handRaisedAt !== null && (
        <div className="pointer-events-none absolute top-2 left-2 flex items-center gap-1.5 rounded-full bg-stage-ink px-2 py-1 text-xs font-semibold text-stage">
          <Hand aria-hidden className="size-4" />
          <span className={small ? 'sr-only' : undefined}>Hand raised</span>
        </div>
      )}
    </>
  )
}
