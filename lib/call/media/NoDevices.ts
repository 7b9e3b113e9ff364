import { fail } from '#lib/result.ts'
import { Store } from '#lib/store.ts'
import type { Device, MediaDevicesPort } from '../ports.ts'

/** Of a recorder, which has no microphone and no camera and asks for none. */
export class NoDevices implements MediaDevicesPort {
  readonly devices = new Store<readonly Device[]>([])
  openMicrophone = async () => NONE
  openCamera = async () => NONE
  openScreen = async () => NONE
  close(): void {}
}

const NONE = fail({ reason: 'no-device' as const, cause: null })
