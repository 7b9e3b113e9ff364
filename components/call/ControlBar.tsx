import { Hand, MessageSquare, MonitorUp, MonitorX, Users } from 'lucide-react'
import { memo, useRef } from 'react'
import type { Permission } from '#lib/protocol/permissions.ts'
import { sameFields } from '#lib/sameFields.ts'
import { BarButton } from './BarButton.tsx'
import { type BarItem, planBar } from './barItems.ts'
import { useCall } from './CallContext.tsx'
import { LeaveControl } from './LeaveControl.tsx'
import { MoreMenu, ReactionsMenu } from './MoreMenu.tsx'
import type { ConsentItem } from './recordingItems.ts'
import { SourceControl } from './SourceControl.tsx'
import { keysOf, type ShortcutAction } from './shortcuts.ts'
import { forbiddenProps } from './sourceButtons.ts'
import { useElementSize } from './useElementSize.ts'
import { useSelected } from './useStore.ts'

export type BarState = {
  readonly panel: 'chat' | 'people' | null
  readonly handRaised: boolean
  readonly isHost: boolean
  /** As the host, or named by them. */
  readonly runs: boolean
  /** What of all that a host can forbid is ours to do. */
  readonly allowed: ReadonlySet<Permission>
  readonly unread: number
  readonly waiting: number
  readonly people: number
  readonly canShare: boolean
  readonly mac: boolean
  readonly layout: 'auto' | 'stage'
  /** What a host can do about the recording now; null for others, and where nothing can be recorded. */
  readonly recording: 'start' | 'stop' | null
  /** How somebody who was asked whether they may be recorded can answer otherwise. */
  readonly consent: ConsentItem | null
}

export type BarActions = {
  togglePanel(panel: 'chat' | 'people'): void
  toggleLayout(): void
  toggleFullScreen(): void
  pictureInPicture(): void
  openHostControls(): void
  openHelp(): void
  openRecording(what: 'start' | 'stop'): void
}

type ControlBarProps = { state: BarState; actions: BarActions }

/** The controls of the call. What does not fit goes into More. */
function WholeBar({ state, actions }: ControlBarProps) {
  const bar = useRef<HTMLDivElement>(null)
  const { width } = useElementSize(bar)
  const plan = planBar(width, state.canShare)
  return (
    <div ref={bar} className="min-w-0 flex-1">
      <div
        role="toolbar"
        aria-label="Call controls"
        className="mx-auto flex w-fit items-center gap-1.5 sm:gap-2.5"
      >
        {plan.bar.map((item) => (
          <BarControl
            key={item}
            item={item}
            state={state}
            actions={actions}
            more={plan.more}
            caret={width >= 370}
          />
        ))}
      </div>
    </div>
  )
}

/** Drawn again for what it shows only; its state comes as a new object with every change in the room. */
export const ControlBar = memo(
  WholeBar,
  (before, next) => before.actions === next.actions && sameState(before.state, next.state),
)

const sameState = ({ allowed, ...rest }: BarState, { allowed: nextAllowed, ...nextRest }: BarState) =>
  sameFields(rest, nextRest) &&
  allowed.size === nextAllowed.size &&
  [...allowed].every((what) => nextAllowed.has(what))

type BarControlProps = ControlBarProps & { item: BarItem; more: readonly BarItem[]; caret: boolean }

function BarControl({ item, state, actions, more, caret }: BarControlProps) {
  const call = useCall()
  const sharing = useSelected(call.local, (local) => local.screen.status === 'on')
  const key = (action: ShortcutAction): string | undefined => keysOf(action, state.mac)[0]
  switch (item) {
    case 'microphone':
    case 'camera':
      return (
        <SourceControl kind={item} shortcut={key(item)} caret={caret} forbidden={!state.allowed.has(item)} />
      )
    case 'share': {
      const Icon = sharing ? MonitorX : MonitorUp
      return (
        <BarButton
          label={sharing ? 'Stop sharing' : 'Share screen'}
          shortcut={key('share')}
          tone={sharing ? 'on' : 'normal'}
          {...forbiddenProps(!state.allowed.has('screen'))}
          onClick={() => void call.setScreen(!sharing)}
        >
          <Icon aria-hidden className="size-5" />
        </BarButton>
      )
    }
    case 'hand':
      return (
        <BarButton
          label={state.handRaised ? 'Lower hand' : 'Raise hand'}
          shortcut={key('hand')}
          tone={state.handRaised ? 'on' : 'normal'}
          onClick={() => void call.setHand(!state.handRaised)}
        >
          <Hand aria-hidden className="size-5" />
        </BarButton>
      )
    case 'reactions':
      return <ReactionsMenu />
    case 'chat':
      return (
        <PanelButton
          label="Chat"
          panel="chat"
          count={state.unread}
          shortcut={key('chat')}
          {...{ state, actions }}
        >
          <MessageSquare aria-hidden className="size-5" />
        </PanelButton>
      )
    case 'people':
      return (
        <PanelButton
          label="People"
          panel="people"
          count={state.waiting}
          shortcut={key('people')}
          {...{ state, actions }}
        >
          <Users aria-hidden className="size-5" />
        </PanelButton>
      )
    case 'more':
      return <MoreMenu items={more} devices={!caret} state={state} actions={actions} />
    case 'leave':
      return <LeaveControl isHost={state.isHost} />
  }
}

type PanelButtonProps = ControlBarProps & {
  label: string
  panel: 'chat' | 'people'
  count: number
  shortcut: string | undefined
  children: React.ReactNode
}

/** The name stays "Chat" or "People"; what is new is the button's description. */
function PanelButton({ label, panel, count, shortcut, state, actions, children }: PanelButtonProps) {
  const open = state.panel === panel
  const news = count > 0 ? `${count} ${panel === 'chat' ? 'unread' : 'waiting'}` : undefined
  return (
    <BarButton
      label={label}
      shortcut={shortcut}
      count={count}
      tone={open ? 'on' : 'normal'}
      aria-expanded={open}
      aria-description={news}
      data-panel-button={panel}
      onClick={() => actions.togglePanel(panel)}
    >
      {children}
    </BarButton>
  )
}
