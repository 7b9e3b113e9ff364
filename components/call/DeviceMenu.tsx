import { ChevronUp } from 'lucide-react'
import { IconButton } from '#components/ui/IconButton.tsx'
import { Menu, MenuChoices, MenuLabel, MenuSeparator } from '#components/ui/Menu.tsx'
import type { DeviceKind } from '#lib/call/ports.ts'
import { useCall } from './CallContext.tsx'
import { useStore } from './useStore.ts'

const HEADINGS: Readonly<Record<DeviceKind, string>> = {
  microphone: 'Microphone',
  speaker: 'Speaker',
  camera: 'Camera',
}

/** The caret beside the microphone or camera: which device is used. */
export function DeviceMenu({ label, kinds }: { label: string; kinds: readonly DeviceKind[] }) {
  return (
    <Menu
      align="start"
      side="top"
      trigger={
        <IconButton
          label={label}
          variant="ghost"
          className="-mr-1 -ml-2 h-12 w-8 rounded-full text-stage-ink-soft hover:bg-transparent hover:text-stage-ink max-sm:h-11 touch:w-8"
        >
          <ChevronUp aria-hidden className="size-4" />
        </IconButton>
      }
    >
      {kinds.map((kind, index) => (
        <div key={kind}>
          {index > 0 && <MenuSeparator />}
          <DeviceChoices kind={kind} />
        </div>
      ))}
    </Menu>
  )
}

/** The devices of one kind as choices of a menu. */
export function DeviceChoices({ kind }: { kind: DeviceKind }) {
  const call = useCall()
  const { available, chosen } = useStore(call.devices)
  const devices = available.filter((device) => device.kind === kind)
  if (devices.length === 0) {
    const none = kind === 'speaker' ? 'The system’s speaker is used' : `No ${kind} found`
    return <MenuLabel>{none}</MenuLabel>
  }
  return (
    <MenuChoices
      label={HEADINGS[kind]}
      value={chosen[kind] ?? devices[0]?.id ?? ''}
      onChange={(id) => void call.chooseDevice(kind, id)}
      choices={devices.map((device) => ({ value: device.id, label: device.label || HEADINGS[kind] }))}
    />
  )
}
