import type { RecordingEventType, TimelineEvent } from '#lib/protocol/recordings.ts'

/** Something on a lane, from–to; a moment has no length. */
export type Span = {
  readonly id: string
  readonly fromMs: number
  readonly toMs: number
  readonly words: string
}

export type Lane = {
  readonly key: string
  readonly kind: 'person' | 'shared' | 'hands' | 'presence' | 'interrupted'
  readonly title: string
  /** Whose it is: decides its colour. */
  readonly participantId: string | null
  /** In the order of time. */
  readonly spans: readonly Span[]
  readonly totalMs: number
}

export type Chapter = { readonly id: string; readonly atMs: number; readonly title: string }

export const chaptersOf = (events: readonly TimelineEvent[]): Chapter[] =>
  events
    .filter(({ type }) => type === 'chapter')
    .map(({ id, atMs, text }) => ({ id, atMs, title: text ?? 'Chapter' }))
    .sort((a, b) => a.atMs - b.atMs)

/** The chapter that a moment is in, or null before the first. */
export const chapterAt = (chapters: readonly Chapter[], ms: number): Chapter | null =>
  chapters.findLast(({ atMs }) => atMs <= ms) ?? null

const SHARED_LANES = [
  { key: 'shared', types: ['shared'], title: 'Shared screens', words: 'shared their screen' },
  { key: 'hands', types: ['hand-raised'], title: 'Raised hands', words: 'raised their hand' },
  { key: 'presence', types: ['joined', 'left'], title: 'Joined and left', words: '' },
  { key: 'interrupted', types: ['interrupted'], title: 'Interrupted', words: '' },
] as const satisfies readonly {
  key: Exclude<Lane['kind'], 'person'>
  types: readonly RecordingEventType[]
  title: string
  words: string
}[]

/** Who spoke when, the most talkative first, then what happened. Lanes without anything on them are left out. */
export function lanesOf(events: readonly TimelineEvent[], lengthMs: number): Lane[] {
  const within = events.filter(({ atMs }) => atMs <= lengthMs)
  const happened = SHARED_LANES.flatMap(({ key, types, title, words }): Lane[] => {
    const found = within.filter(({ type }) => types.some((one) => one === type))
    return found.length === 0
      ? []
      : [lane({ key, kind: key, title, participantId: null }, found, lengthMs, words)]
  })
  return [...people(within, lengthMs), ...happened]
}

function people(events: readonly TimelineEvent[], lengthMs: number): Lane[] {
  const spoken = new Map<string, TimelineEvent[]>()
  for (const event of events) {
    if (event.type !== 'spoke') continue
    const key = event.participantId ?? event.name ?? ''
    spoken.set(key, [...(spoken.get(key) ?? []), event])
  }
  return [...spoken]
    .map(([key, spans]) => {
      const title = spans.at(-1)?.name ?? 'Somebody'
      const who = { key: `person ${key}`, kind: 'person', title, participantId: key } as const
      return lane(who, spans, lengthMs, 'spoke')
    })
    .sort((a, b) => b.totalMs - a.totalMs)
}

function lane(
  head: Omit<Lane, 'spans' | 'totalMs'>,
  events: readonly TimelineEvent[],
  lengthMs: number,
  words: string,
): Lane {
  const spans = events
    .map((event) => ({
      id: event.id,
      fromMs: event.atMs,
      toMs: Math.min(lengthMs, event.atMs + (event.durationMs ?? 0)),
      words: describe(event, words),
    }))
    .sort((a, b) => a.fromMs - b.fromMs)
  return { ...head, spans, totalMs: spans.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0) }
}

function describe({ type, name }: TimelineEvent, words: string): string {
  if (type === 'interrupted') return 'The recording was interrupted'
  return `${name ?? 'Somebody'} ${type === 'joined' || type === 'left' ? type : words}`
}

/** Where a lane's next thing begins, after a moment; behind the last, its first again. */
export const nextOnLane = ({ spans }: Lane, afterMs: number): number | null =>
  // A little ahead: pressing twice at a beginning goes on to the next one.
  (spans.find(({ fromMs }) => fromMs > afterMs + 250) ?? spans[0])?.fromMs ?? null
