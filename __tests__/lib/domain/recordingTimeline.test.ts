import { clockTime, fileSize, spokenTime } from '#lib/domain/clockTime.ts'
import { chapterAt, chaptersOf, lanesOf, nextOnLane } from '#lib/domain/recordingTimeline.ts'
import type { RecordingEventType, TimelineEvent } from '#lib/protocol/recordings.ts'

let made = 0
const event = (type: RecordingEventType, atMs: number, rest: Partial<TimelineEvent> = {}): TimelineEvent => {
  made += 1
  return {
    id: String(made),
    type,
    atMs,
    durationMs: null,
    participantId: null,
    name: null,
    text: null,
    ...rest,
  }
}
const spoke = (who: string, atMs: number, durationMs: number): TimelineEvent =>
  event('spoke', atMs, { participantId: who, name: who.toUpperCase(), durationMs })

describe('[REC-99] the time line', () => {
  it('gives each person a lane, the most talkative first, then what happened', () => {
    const lanes = lanesOf(
      [
        spoke('b', 0, 1000),
        spoke('a', 2000, 4000),
        spoke('b', 5000, 500),
        event('hand-raised', 10, { name: 'B' }),
      ],
      10_000,
    )
    expect(lanes.map(({ kind, title, totalMs }) => [kind, title, totalMs])).toEqual([
      ['person', 'A', 4000],
      ['person', 'B', 1500],
      ['hands', 'Raised hands', 0],
    ])
    expect(lanes[1]?.spans.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([
      [0, 1000],
      [5000, 5500],
    ])
    expect(lanes[2]?.spans[0]?.words).toBe('B raised their hand')
  })

  it('ends with the film: what lasts longer is cut, what comes later is left out', () => {
    const [lane] = lanesOf([spoke('a', 800, 900), spoke('a', 1200, 10)], 1000)
    expect(lane?.spans.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([[800, 1000]])
  })

  it('has no lane for what did not happen', () => {
    expect(lanesOf([event('chapter', 0, { text: 'x' })], 1000)).toEqual([])
  })

  it('leads to the next on a lane, and behind the last to the first', () => {
    const [lane] = lanesOf([spoke('a', 1000, 10), spoke('a', 3000, 10)], 9000)
    if (!lane) throw new Error('no lane')
    expect([0, 1000, 2000, 3000].map((at) => nextOnLane(lane, at))).toEqual([1000, 3000, 3000, 1000])
  })

  it('knows which chapter a moment is in', () => {
    const chapters = chaptersOf([event('chapter', 500, { text: 'B' }), event('chapter', 100, { text: 'A' })])
    expect([0, 100, 499, 900].map((at) => chapterAt(chapters, at)?.title ?? null)).toEqual([
      null,
      'A',
      'A',
      'B',
    ])
  })
})

it.each([
  [0, '0:00', '0 seconds'],
  [7_400, '0:07', '7 seconds'],
  [61_000, '1:01', '1 minute 1 second'],
  [3_723_000, '1:02:03', '1 hour 2 minutes 3 seconds'],
  [-5, '0:00', '0 seconds'],
])('%d ms is %s, said "%s"', (ms, written, said) => {
  expect([clockTime(ms), spokenTime(ms)]).toEqual([written, said])
})

it.each([
  [0, '0 kB'],
  [340_000, '340 kB'],
  [1_400_000, '1.4 MB'],
  [70_466_127, '71 MB'],
  [2_500_000_000, '2.5 GB'],
])('%d bytes are %s', (bytes, words) => {
  expect(fileSize(bytes)).toBe(words)
})
