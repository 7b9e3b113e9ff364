import type { Room } from '#lib/call/callState.ts'

/** What a host can do about the recording now; null where nothing can be recorded. */
export function recordingItem({ recording, settings }: Room): 'start' | 'stop' | null {
  if (recording !== null) return 'stop'
  return settings.recording.length > 0 ? 'start' : null
}
