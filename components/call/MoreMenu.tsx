import {
  CircleCheck,
  CircleDot,
  CircleSlash,
  CircleStop,
  Ellipsis,
  Hand,
  Keyboard,
  LayoutGrid,
  Maximize,
  MessageSquare,
  MonitorUp,
  PictureInPicture2,
  ShieldCheck,
  SmilePlus,
  Users,
} from 'lucide-react'
import { IconButton } from '#components/ui/IconButton.tsx'
import { Menu, MenuItem, MenuSeparator } from '#components/ui/Menu.tsx'
import { REACTIONS } from '#lib/protocol/reactions.ts'
import { CountBadge } from './BarButton.tsx'
import type { BarItem } from './barItems.ts'
import { useCall } from './CallContext.tsx'
import type { BarActions, BarState } from './ControlBar.tsx'
import { DeviceChoices } from './DeviceMenu.tsx'
import { PreferenceItems } from './PreferenceItems.tsx'
import { keysOf } from './shortcuts.ts'
import { useSelected } from './useStore.ts'

const REACTION_NAMES: Readonly<Record<(typeof REACTIONS)[number], string>> = {
  '👍': 'Thumbs up',
  '👏': 'Applause',
  '❤️': 'Heart',
  '😂': 'Laughing',
  '😮': 'Surprised',
  '🎉': 'Party',
}

export function ReactionsMenu() {
  return (
    <Menu
      side="top"
      align="center"
      trigger={
        <IconButton label="Reactions" variant="stage" size="lg" className="max-sm:size-11">
          <SmilePlus aria-hidden className="size-5" />
        </IconButton>
      }
    >
      <ReactionItems />
    </Menu>
  )
}

function ReactionItems() {
  const call = useCall()
  return REACTIONS.map((emoji) => (
    <MenuItem key={emoji} icon={<span aria-hidden>{emoji}</span>} onSelect={() => void call.react(emoji)}>
      {REACTION_NAMES[emoji]}
    </MenuItem>
  ))
}

type MoreMenuProps = {
  items: readonly BarItem[]
  /** The carets have no room: devices are chosen here. */
  devices: boolean
  state: BarState
  actions: BarActions
}

/** What did not fit the bar, then what is needed seldom. */
export function MoreMenu({ items, devices, state, actions }: MoreMenuProps) {
  const hidden = (items.includes('chat') ? state.unread : 0) + (items.includes('people') ? state.waiting : 0)
  return (
    <Menu
      side="top"
      align="end"
      trigger={
        <IconButton label="More" variant="stage" size="lg" className="relative max-sm:size-11">
          <Ellipsis aria-hidden className="size-5" />
          {hidden > 0 && <CountBadge count={hidden} />}
        </IconButton>
      }
    >
      {items.map((item) => (
        <MovedItem key={item} item={item} state={state} actions={actions} />
      ))}
      {items.length > 0 && <MenuSeparator />}
      {devices && (
        <>
          <DeviceChoices kind="microphone" />
          <DeviceChoices kind="camera" />
          <MenuSeparator />
        </>
      )}
      <RecordingItems state={state} actions={actions} />
      {state.runs && (
        <MenuItem icon={<ShieldCheck />} onSelect={actions.openHostControls}>
          Host controls
        </MenuItem>
      )}
      <MenuItem icon={<LayoutGrid />} trailing="W" onSelect={actions.toggleLayout}>
        {state.layout === 'auto' ? 'Show who speaks large' : 'Show everyone equally'}
      </MenuItem>
      <MenuItem icon={<Maximize />} trailing="S" onSelect={actions.toggleFullScreen}>
        Full screen
      </MenuItem>
      {'pictureInPictureEnabled' in document && document.pictureInPictureEnabled && (
        <MenuItem
          icon={<PictureInPicture2 />}
          trailing={keysOf('pictureInPicture', state.mac)[0]}
          onSelect={actions.pictureInPicture}
        >
          Picture in picture
        </MenuItem>
      )}
      <MenuSeparator />
      <PreferenceItems />
      <MenuItem icon={<Keyboard />} trailing="?" onSelect={actions.openHelp}>
        Keyboard shortcuts
      </MenuItem>
    </Menu>
  )
}

const ANSWERS = {
  recording: { yes: 'Agree to be recorded', no: 'Do not record me any more' },
  track: { yes: 'Record my own track', no: 'Stop recording my own track' },
} as const

function RecordingItems({
  state: { recording, consent },
  actions,
}: {
  state: BarState
  actions: BarActions
}) {
  const call = useCall()
  if (recording === null && consent === null) return null
  return (
    <>
      {recording !== null && (
        <MenuItem
          icon={recording === 'start' ? <CircleDot /> : <CircleStop />}
          onSelect={() => actions.openRecording(recording)}
        >
          {recording === 'start' ? 'Start recording' : 'Stop recording'}
        </MenuItem>
      )}
      {consent !== null && (
        <MenuItem
          icon={consent.agree ? <CircleCheck /> : <CircleSlash />}
          onSelect={() => void call.answerRecording(consent.agree)}
        >
          {ANSWERS[consent.about][consent.agree ? 'yes' : 'no']}
        </MenuItem>
      )}
      <MenuSeparator />
    </>
  )
}

function MovedItem({ item, state, actions }: { item: BarItem; state: BarState; actions: BarActions }) {
  const call = useCall()
  const sharing = useSelected(call.local, (local) => local.screen.status === 'on')
  switch (item) {
    case 'share':
      return (
        <MenuItem
          icon={<MonitorUp />}
          trailing={state.allowed.has('screen') ? undefined : 'Not allowed'}
          onSelect={() => void call.setScreen(!sharing)}
        >
          {sharing ? 'Stop sharing' : 'Share screen'}
        </MenuItem>
      )
    case 'hand':
      return (
        <MenuItem icon={<Hand />} onSelect={() => void call.setHand(!state.handRaised)}>
          {state.handRaised ? 'Lower hand' : 'Raise hand'}
        </MenuItem>
      )
    case 'chat':
      return (
        <MenuItem
          icon={<MessageSquare />}
          trailing={state.unread > 0 ? `${state.unread} unread` : undefined}
          onSelect={() => actions.togglePanel('chat')}
        >
          Chat
        </MenuItem>
      )
    case 'people':
      return (
        <MenuItem
          icon={<Users />}
          trailing={state.waiting > 0 ? `${state.waiting} waiting` : undefined}
          onSelect={() => actions.togglePanel('people')}
        >
          People
        </MenuItem>
      )
    case 'reactions':
      return (
        <>
          <MenuSeparator />
          <ReactionItems />
        </>
      )
    default:
      return null
  }
}
