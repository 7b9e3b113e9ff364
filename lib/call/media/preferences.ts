import type { DeviceKind } from '../ports.ts'

/** What a person chose, kept in this browser. */
export type Preferences = {
  readonly microphone: boolean
  readonly camera: boolean
  readonly devices: Readonly<Record<DeviceKind, string | null>>
  readonly name: string | null
}

const KEY = 'parley.preferences'

const DEFAULT_PREFERENCES: Preferences = {
  microphone: true,
  camera: true,
  devices: { microphone: null, camera: null, speaker: null },
  name: null,
}

/** What was remembered; what is missing or unreadable is the default. */
export function readPreferences(storage: Storage | undefined): Preferences {
  try {
    const stored: unknown = JSON.parse(storage?.getItem(KEY) ?? 'null')
    return isRecord(stored) ? fromStored(stored) : DEFAULT_PREFERENCES
  } catch {
    return DEFAULT_PREFERENCES
  }
}

/** Storage that is full or forbidden costs the memory, not the call. */
export function writePreferences(storage: Storage | undefined, preferences: Preferences): void {
  try {
    storage?.setItem(KEY, JSON.stringify(preferences))
  } catch {
    // Nothing to do: the next visit starts from the defaults.
  }
}

function fromStored(stored: Record<string, unknown>): Preferences {
  const devices = isRecord(stored.devices) ? stored.devices : {}
  return {
    microphone: stored.microphone !== false,
    camera: stored.camera !== false,
    devices: {
      microphone: text(devices.microphone),
      camera: text(devices.camera),
      speaker: text(devices.speaker),
    },
    name: text(stored.name),
  }
}

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null
