import type { RecordingPolicy } from '#lib/protocol/recordings.ts'

const ORDER = ['never', 'ask', 'automatic'] as const satisfies readonly RecordingPolicy[]

/** What a meeting may do: the less of what its host wishes and what the server allows. */
export const effectivePolicy = (server: RecordingPolicy, meeting: RecordingPolicy): RecordingPolicy =>
  ORDER[Math.min(ORDER.indexOf(server), ORDER.indexOf(meeting))] ?? 'never'

/** What a host can choose from on this server. */
export const policiesWithin = (server: RecordingPolicy): readonly RecordingPolicy[] =>
  ORDER.slice(0, ORDER.indexOf(server) + 1)

/** What is said before joining, and no more: whether this meeting is recorded, and whether people are asked. */
export type RecordingNotice = {
  /** `automatic`: with the first who comes in. */
  readonly state: 'none' | 'recorded' | 'automatic'
  readonly asks: boolean
}

export function recordingNotice(
  server: RecordingPolicy,
  meeting: {
    readonly recordingPolicy: RecordingPolicy
    readonly recordingConsent: boolean
    readonly recorded: { readonly asks: boolean } | null
  },
): RecordingNotice {
  if (meeting.recorded) return { state: 'recorded', asks: meeting.recorded.asks }
  if (effectivePolicy(server, meeting.recordingPolicy) !== 'automatic') return { state: 'none', asks: false }
  return { state: 'automatic', asks: meeting.recordingConsent }
}
