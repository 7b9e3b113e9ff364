import { Volume2 } from 'lucide-react'
import { useState } from 'react'
import { playTone } from '#components/call/tones.ts'
import { useStore } from '#components/call/useStore.ts'
import { Button } from '#components/ui/Button.tsx'
import { Select } from '#components/ui/Select.tsx'
import type { CallHandle, DeviceChoices } from '#lib/call/CallHandle.ts'
import type { DeviceKind } from '#lib/call/ports.ts'
import { type ReadableStore, Store } from '#lib/store.ts'
import { LevelMeter } from './LevelMeter.tsx'

const LABELS: Readonly<Record<DeviceKind, string>> = {
  microphone: 'Microphone',
  speaker: 'Speaker',
  camera: 'Camera',
}
const NONE: Readonly<Record<DeviceKind, string>> = {
  microphone: 'No microphone found',
  speaker: 'The system’s speaker',
  camera: 'No camera found',
}
const NO_DEVICES: ReadableStore<DeviceChoices> = new Store<DeviceChoices>({
  available: [],
  chosen: { microphone: null, speaker: null, camera: null },
})

/** The three selects, in their place from the first paint; filled when the browser has told what there is. */
export function DeviceSelects({ call, microphoneOn }: { call: CallHandle | null; microphoneOn: boolean }) {
  const devices = useStore(call?.devices ?? NO_DEVICES)
  return (
    <div className="grid gap-x-4 gap-y-3 sm:grid-cols-3">
      <div className="min-w-0 space-y-2">
        <DeviceSelect call={call} kind="microphone" devices={devices} />
        <LevelMeter call={call} on={microphoneOn} />
      </div>
      <div className="min-w-0 space-y-1">
        <DeviceSelect call={call} kind="speaker" devices={devices} />
        <TestSpeaker speaker={devices.chosen.speaker} />
      </div>
      <DeviceSelect call={call} kind="camera" devices={devices} />
    </div>
  )
}

type DeviceSelectProps = { call: CallHandle | null; kind: DeviceKind; devices: DeviceChoices }

function DeviceSelect({ call, kind, devices }: DeviceSelectProps) {
  const choices = devices.available.filter((device) => device.kind === kind)
  return (
    <Select
      label={LABELS[kind]}
      value={devices.chosen[kind] ?? choices[0]?.id ?? ''}
      disabled={choices.length === 0}
      onChange={(event) => void call?.chooseDevice(kind, event.target.value)}
    >
      {choices.length === 0 && <option value="">{call ? NONE[kind] : 'Looking…'}</option>}
      {choices.map((device, index) => (
        <option key={device.id} value={device.id}>
          {device.label || `${LABELS[kind]} ${index + 1}`}
        </option>
      ))}
    </Select>
  )
}

function TestSpeaker({ speaker }: { speaker: string | null }) {
  const [playing, setPlaying] = useState(false)
  const test = async (): Promise<void> => {
    setPlaying(true)
    await playTone('test', speaker)
    setPlaying(false)
  }
  return (
    <Button variant="ghost" size="sm" className="-ml-3" disabled={playing} onClick={() => void test()}>
      <Volume2 aria-hidden className="size-4" />
      <span aria-live="polite">{playing ? 'Playing a sound…' : 'Test speaker'}</span>
    </Button>
  )
}
