import { avatarTint } from '#lib/domain/personMark.ts'
import type { Lane } from '#lib/domain/recordingTimeline.ts'

/** Written out, because Tailwind finds class names by reading them. The hues of the avatars, deep enough for a line. */
const TINTS = [
  'lane-tint-0',
  'lane-tint-1',
  'lane-tint-2',
  'lane-tint-3',
  'lane-tint-4',
  'lane-tint-5',
  'lane-tint-6',
  'lane-tint-7',
] as const

/** A person's lane has the colour that they have everywhere. */
export function laneColour({ kind, participantId, title }: Lane): string {
  if (kind === 'person') return TINTS[avatarTint(participantId ?? title, TINTS.length)] ?? 'bg-ink-soft'
  return kind === 'interrupted' ? 'bg-danger' : 'bg-ink-faint'
}
