import { EllipsisVertical, Maximize2, Pin, PinOff, Volume2, VolumeX } from 'lucide-react'
import { type PersonActions, PersonItems } from '#components/people/PersonItems.tsx'
import { IconButton } from '#components/ui/IconButton.tsx'
import { Menu, MenuItem, MenuSeparator } from '#components/ui/Menu.tsx'
import { runsMeeting, type Standing } from '#lib/domain/authority.ts'
import type { ParticipantId } from '#lib/protocol/ids.ts'
import type { StageTile } from './stageTiles.ts'

/** What can be done with a tile; the same functions over all renders, so that tiles need not render for them. */
export type TileActions = PersonActions & {
  /** Our own standing: it decides what we can do with others. */
  readonly self: Standing
  togglePin(key: string): void
  toggleSilence(id: ParticipantId): void
  toggleFullScreen(key: string): void
}

type TileMenuProps = { tile: StageTile; pinned: boolean; silenced: boolean; actions: TileActions }

/** Shown while the pointer or the focus is on the tile; always there for a screen reader, and on touch. */
export function TileMenu({ tile, pinned, silenced, actions }: TileMenuProps) {
  const { participant, own, kind, key } = tile
  const name = kind === 'share' ? `${participant.name}’s screen` : participant.name
  const other = !own && kind === 'person'
  return (
    <div className="absolute top-1.5 right-1.5 opacity-0 touch:top-0 touch:right-0 transition-opacity group-focus-within/tile:opacity-100 group-hover/tile:opacity-100 has-[[data-state=open]]:opacity-100 touch:opacity-100">
      <Menu
        trigger={
          <IconButton
            label={`Options for ${name}`}
            variant="ghost"
            size="sm"
            className="bg-stage-scrim text-stage-ink hover:bg-stage-control-hover hover:text-stage-ink touch:bg-transparent touch:drop-shadow-md"
          >
            <EllipsisVertical aria-hidden className="size-4" />
          </IconButton>
        }
      >
        <MenuItem icon={pinned ? <PinOff /> : <Pin />} onSelect={() => actions.togglePin(key)}>
          {pinned ? 'Unpin' : 'Pin to the stage'}
        </MenuItem>
        <MenuItem icon={<Maximize2 />} onSelect={() => actions.toggleFullScreen(key)}>
          Full screen
        </MenuItem>
        {other && (
          <MenuItem
            icon={silenced ? <Volume2 /> : <VolumeX />}
            onSelect={() => actions.toggleSilence(participant.id)}
          >
            {silenced ? 'Hear again' : 'Mute for me'}
          </MenuItem>
        )}
        {other && runsMeeting(actions.self) && (
          <>
            <MenuSeparator />
            <PersonItems person={participant} self={actions.self} actions={actions} />
          </>
        )}
      </Menu>
    </div>
  )
}
