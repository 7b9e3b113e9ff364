import type { RecordingPolicy } from '#lib/protocol/recordings.ts'

const ORDER = ['never', 'ask', 'automatic'] as const satisfies readonly RecordingPolicy[]

/** What a meeting may do: the less of what its host wishes and what the server allows. */
export const effectivePolicy = (server: RecordingPolicy, meeting: RecordingPolicy): RecordingPolicy =>
  ORDER[Math.min(ORDER.indexOf(server), ORDER.indexOf(meeting))] ?? 'never'

/** What a host can choose from on this server. */
export const policiesWithin = (server: RecordingPolicy): readonly RecordingPolicy[] =>
  ORDER.slice(0, ORDER.indexOf(server) + 1)
