import { Lock, Mic, MicOff, TriangleAlert, Video, VideoOff } from 'lucide-react'
import { joinClasses } from '#components/ui/joinClasses.ts'
import { BarButton } from './BarButton.tsx'
import { useCall } from './CallContext.tsx'
import { DeviceMenu } from './DeviceMenu.tsx'
import { forbiddenProps, isOn, type ToggleSource, toggleLabel } from './sourceButtons.ts'
import { useSelected } from './useStore.ts'

const ICONS = { microphone: { on: Mic, off: MicOff }, camera: { on: Video, off: VideoOff } } as const

/** Microphone or camera in the bar: the toggle and, where there is room, the caret with its devices. */
export function SourceControl({
  kind,
  shortcut,
  caret,
  forbidden,
}: {
  kind: ToggleSource
  shortcut: string | undefined
  caret: boolean
  /** The host does not allow it. */
  forbidden: boolean
}) {
  const call = useCall()
  const source = useSelected(call.local, (local) => local[kind])
  const on = isOn(source)
  const Icon = on ? ICONS[kind].on : ICONS[kind].off
  const toggle = (): void => void (kind === 'microphone' ? call.setMicrophone(!on) : call.setCamera(!on))
  return (
    <div className={joinClasses('flex items-center rounded-full', caret && 'bg-stage-raised')}>
      <BarButton
        label={toggleLabel(kind, source)}
        shortcut={shortcut}
        tone={on ? 'normal' : 'off'}
        aria-busy={source.status === 'starting' || undefined}
        {...forbiddenProps(forbidden)}
        onClick={toggle}
      >
        <Icon aria-hidden className="size-5" />
        {forbidden && (
          <span
            aria-hidden
            className="absolute -top-1 -right-1 grid size-5 place-items-center rounded-full bg-stage-ink text-stage"
          >
            <Lock className="size-3" />
          </span>
        )}
        {source.status === 'failed' && (
          <span className="absolute -top-1 -right-1 grid size-5 place-items-center rounded-full bg-stage-warning text-stage">
            <TriangleAlert aria-hidden className="size-3" />
            <span className="sr-only">Not working</span>
          </span>
        )}
      </BarButton>
      {caret && (
        <div className="px-1">
          <DeviceMenu
            label={kind === 'microphone' ? 'Sound devices' : 'Cameras'}
            kinds={kind === 'microphone' ? ['microphone', 'speaker'] : ['camera']}
          />
        </div>
      )}
    </div>
  )
}
