import { AppError } from '#lib/errors.ts'
import type { Sfu } from './Sfu.ts'

/** No SFU: every meeting stays a mesh. */
export function absentSfu(reason: string, advice: readonly string[] = []): Sfu {
  const refuse = async (): Promise<never> => {
    throw AppError.unavailable(new Error(reason))
  }
  const nothing = async (): Promise<void> => undefined
  return {
    status: { state: 'absent', reason, advice },
    onStatus: () => () => undefined,
    onRoomLost: () => () => undefined,
    openRoom: refuse,
    doubt: nothing,
    access: refuse,
    disown: () => undefined,
    closeRoom: nothing,
    permit: nothing,
    muteMicrophone: nothing,
    remove: nothing,
    close: nothing,
  }
}
