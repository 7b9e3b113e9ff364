import type { Room } from '#lib/call/callState.ts'

/** What a host can do about the recording now; null where nothing can be recorded. */
export function recordingItem({ recording, settings }: Room): 'start' | 'stop' | null {
  if (recording !== null) return 'stop'
  return settings.recording.length > 0 ? 'start' : null
}

/** What somebody who was asked can still change: the other answer; null for those who were not. */
export function consentItem({ recording, self }: Room): 'agree' | 'withdraw' | null {
  if (recording === null || (recording.consent !== 'asked' && !recording.studio)) return null
  return recording.agreed.includes(self) ? 'withdraw' : 'agree'
}
