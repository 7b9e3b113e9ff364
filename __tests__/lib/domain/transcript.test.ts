import { findIn, lineAt, paragraphsOf, type SpokenLine, withSpeakers } from '#lib/domain/transcript.ts'
import type { TimelineEvent } from '#lib/protocol/recordings.ts'

const line = (fromMs: number, toMs: number, speaker: string | null = null, text = 'x'): SpokenLine => ({
  fromMs,
  toMs,
  speaker,
  text,
})
const spoke = (name: string, atMs: number, durationMs: number, type = 'spoke'): TimelineEvent => ({
  id: `${name} ${atMs}`,
  atMs,
  durationMs,
  type: type as TimelineEvent['type'],
  participantId: null,
  name,
  text: null,
})

describe('[REC-128] a transcript', () => {
  it('has a line for each moment: the one that has begun last', () => {
    const lines = [line(1_000, 2_000), line(1_500, 9_000), line(4_000, 5_000)]
    expect([0, 998, 999, 1_000, 1_500, 3_999, 60_000].map((ms) => lineAt(lines, ms))).toEqual([
      -1, -1, 0, 0, 1, 2, 2,
    ])
  })

  it('has a paragraph for what one person says in a row', () => {
    const lines = [line(0, 1, 'Ada'), line(1, 2, 'Ada'), line(2, 3, 'Grace'), line(3, 4), line(4, 5, 'Ada')]
    expect(
      paragraphsOf(lines).map(({ first, speaker, lines: said }) => [first, speaker, said.length]),
    ).toEqual([
      [0, 'Ada', 2],
      [2, 'Grace', 1],
      [3, null, 1],
      [4, 'Ada', 1],
    ])
    expect(paragraphsOf([])).toEqual([])
  })

  it('without names has those of who was heard longest meanwhile', () => {
    const events = [
      spoke('Grace', 4_000, 3_000),
      spoke('Ada', 0, 5_000),
      spoke('Ben', 0, 90_000, 'shared'),
      spoke('Ada', 20_000, 30_000),
      spoke('Grace', 21_000, 2_000),
    ]
    const lines = [line(0, 3_000), line(4_500, 6_500), line(8_000, 9_000), line(40_000, 41_000)]
    expect(withSpeakers(lines, events).map(({ speaker }) => speaker)).toEqual(['Ada', 'Grace', null, 'Ada'])
    expect(withSpeakers(lines, [])).toEqual(lines)
  })

  it('that names anybody stays as it is', () => {
    const lines = [line(0, 1_000), line(2_000, 3_000, 'Noor')]
    expect(withSpeakers(lines, [spoke('Ada', 0, 5_000)])).toBe(lines)
  })

  it.each([
    [
      'Ada said: ada.',
      'ADA',
      [
        ['Ada', true],
        [' said: ', false],
        ['ada', true],
        ['.', false],
      ],
    ],
    ['Über', 'über', [['Über', true]]],
    [
      'a.c abc',
      'a.c',
      [
        ['a.c', true],
        [' abc', false],
      ],
    ],
    [
      '(a) [b] c\\d e-f',
      '[b] c\\d e-',
      [
        ['(a) ', false],
        ['[b] c\\d e-', true],
        ['f', false],
      ],
    ],
    ['nothing', '', [['nothing', false]]],
    ['nothing', 'x', [['nothing', false]]],
  ])('in %j %j is found whatever its case', (text, words, parts) => {
    expect(findIn(text, words).map((part) => [part.text, part.found])).toEqual(parts)
  })
})
