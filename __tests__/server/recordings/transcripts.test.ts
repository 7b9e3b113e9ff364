import { MAX_CUES } from '#lib/protocol/viewing.ts'
import { captionLines } from '#server/recordings/transcripts/captionLines.ts'
import { readCaptions } from '#server/recordings/transcripts/readCaptions.ts'
import { toWebVtt } from '#server/recordings/transcripts/toWebVtt.ts'

const vtt = (...lines: string[]): string => ['WEBVTT', '', ...lines].join('\n')
const cue = (text: string, times = '00:01.000 --> 00:02.000'): string => vtt(times, text)
const said = async (text: string) => (await readCaptions(text)).map(({ speaker, text }) => [speaker, text])
const why = async (text: string): Promise<string> =>
  readCaptions(text).then(
    (captions) => `taken: ${JSON.stringify(captions)}`,
    (error: Error & { code: string }) => `${error.code} ${error.message}`,
  )

// Seconds of work on a machine with nothing else to do.
jest.setTimeout(60_000)

describe('reading captions', () => {
  it('[REC-124] a WebVTT file with all that one may hold', async () => {
    const text = [
      '\uFEFFWEBVTT - made elsewhere',
      'Kind: captions',
      '',
      'NOTE nobody',
      'reads this',
      '',
      'STYLE',
      '::cue { color: lime }',
      '',
      'NOTES-1',
      '00:00:01.500 --> 00:00:03.000 line:0 position:20% align:start',
      '<v Ada Lovelace>Good <i>morning</i>,',
      '  everybody.</v>',
      '',
      '01:00:00.000 --> 01:00:01.250',
      'Noon &amp; night',
      '',
    ].join('\r\n')
    expect(await readCaptions(text)).toEqual([
      { fromMs: 1_500, toMs: 3_000, speaker: 'Ada Lovelace', text: 'Good morning,\neverybody.' },
      { fromMs: 3_600_000, toMs: 3_601_250, speaker: null, text: 'Noon & night' },
    ])
  })

  it('[REC-124] a SubRip file, with its numbers, commas, tags and places', async () => {
    const text = [
      '1',
      '00:00:01,000 --> 00:00:02,500 X1:40 X2:600 Y1:20 Y2:50',
      '<font color="#ff0000"><b>Red</b></font> 5 < 6',
      '',
      '2',
      '00:00:03,000 --> 00:00:04,000',
      'a --> b',
      'line: two',
    ].join('\r\n')
    expect(await readCaptions(text)).toEqual([
      { fromMs: 1_000, toMs: 2_500, speaker: null, text: 'Red 5 < 6' },
      { fromMs: 3_000, toMs: 4_000, speaker: null, text: 'a --> b\nline: two' },
    ])
  })

  it('[REC-124] out of order and overlapping, they come in the order of their beginnings', async () => {
    const captions = await readCaptions(
      vtt(
        '00:09.000 --> 00:10.000',
        'c',
        '',
        '00:01.000 --> 00:08.000',
        'a',
        '',
        '00:02.000 --> 00:03.000',
        'b',
      ),
    )
    expect(captions.map(({ text, toMs }) => [text, toMs])).toEqual([
      ['a', 8_000],
      ['b', 3_000],
      ['c', 10_000],
    ])
  })

  it.each([
    ['<script>alert(1)</script>', '<script>alert(1)</script>'],
    ['<img src=x onerror=alert(1)>', '<img src=x onerror=alert(1)>'],
    ['a < b and c > d', 'a < b and c > d'],
    ['&lt;b&gt; is text', '<b> is text'],
    ['<c.red.bg_blue>plain</c> <00:01.500><u>too</u>', 'plain too'],
    ['wait -->', 'wait -->'],
    ['size: 42, position: first', 'size: 42, position: first'],
    ['turned \u202Earound\u0007 here', 'turned around here'],
    ['<i><b>never closed', 'never closed'],
  ])('[REC-124] %j is the words %j', async (text, words) => {
    expect(await said(cue(text))).toEqual([[null, words]])
  })

  it('[REC-124] of two people in one caption each has their own; a name is one line of 80 characters', async () => {
    expect(await said(cue('<v Ada>Hi!</v>\n<v.loud Grace\u202E>Hello'))).toEqual([
      ['Ada', 'Hi!'],
      ['Grace', 'Hello'],
    ])
    expect(await said(cue('<v Ada>Hi!\n<v Grace>Hello'))).toEqual([
      ['Ada', 'Hi!'],
      ['Grace', 'Hello'],
    ])
    expect(await said(cue(`<v ${'x'.repeat(200)}>Hi\n<v >nobody`))).toEqual([
      ['x'.repeat(80), 'Hi'],
      [null, 'nobody'],
    ])
  })

  it.each([
    ['', 'There are no captions'],
    ['WEBVTT', 'There are no captions'],
    [cue('<b></b>'), 'There are no captions'],
    ['%PDF-1.7', 'Line 1: this has no time.'],
    ['<!doctype html>\n<p>x</p>', 'Line 1: this has no time.'],
    [cue('x', '00:03.000 --> 00:02.000'), 'Line 3: this caption does not end after it begins.'],
    [cue('x', '00:02.000 --> 00:02.000'), 'Line 3: this caption does not end after it begins.'],
    ['1\n00:00:02,000 --> 00:00:01,000\nx', 'Line 2: this caption does not end after it begins.'],
    [cue('x', '00:61.000 --> 00:62.000'), 'Line 3: this is no time like'],
    [cue('x', '00:01,000 --> 00:02,000'), 'Line 3: this is no time like'],
    [cue('x', '--> 00:02.000'), 'Line 3: this is no time like'],
    [cue('x', '00:01.000 -> 00:02.000'), 'Line 3: this has no time.'],
    [`${cue('x')}\n\nand then`, 'Line 6: this has no time.'],
    ['WEBVTT\n00:01.000 --> 00:02.000\nx', 'Line 2: an empty line is missing after the header.'],
  ])('[REC-124] of %j it is said what is wrong, and where', async (text, message) => {
    expect(await why(text)).toMatch(`invalid-request ${message}`)
  })

  it('[REC-124] what is too long is refused: a caption, and a file that is nearly nothing but line ends', async () => {
    expect(await why(cue('x'.repeat(6_000)))).toMatch('Line 3: a caption has at most 5000 characters.')
    expect(await why('\n'.repeat(200_001))).toMatch('at most 200000 lines, and this has 200002.')
  })

  it('[REC-124] twenty thousand are read while others have their turn; of more it is said how many', async () => {
    const many = (count: number) => vtt(...Array(count).fill('00:01.000 --> 00:02.000\nx\n'))
    let turns = 0
    const turn = setInterval(() => {
      turns += 1
    }, 1)
    expect(await readCaptions(many(MAX_CUES))).toHaveLength(MAX_CUES)
    clearInterval(turn)
    expect(turns).toBeGreaterThan(5)
    expect(await why(many(100_000))).toBe(
      'invalid-request A transcript has at most 20000 captions, and this has 100000.',
    )
  })

  it.each([
    ['spaces', vtt(...Array(400).fill(`00:01.000${' '.repeat(4_900)}-->x\ny\n`)), 'this is no time like'],
    ['tags', vtt(...Array(400).fill(`00:01.000 --> 00:02.000\n${'<i>a'.repeat(1_200)}\n`)), 'taken'],
    ['open tags', vtt(...Array(400).fill(`00:01.000 --> 00:02.000\n${'<c '.repeat(1_600)}\n`)), 'taken'],
    ['lines', vtt('00:01.000 --> 00:02.000', 'a\n'.repeat(2_000)), 'taken'],
    ['empty lines', cue('x\n'.padEnd(190_000, '\n')), 'taken'],
  ])('[REC-124] 2 MiB of %s come to an end', async (_, text, outcome) => {
    expect(await why(text)).toContain(outcome)
  })

  // Over a long run of them one of the parser's patterns takes the square of its length: half a minute for 2 MiB.
  it('[REC-124] of white space the parser is given one at a time', () => {
    const text = vtt(`00:01.000${' '.repeat(4_900)}-->\t \u00A0x`, `y${' \t'.repeat(2_000)}z`)
    expect(captionLines(text).lines.filter((line) => /[^\S\n]{2}/.test(line))).toEqual([])
  })
})

describe('what is kept', () => {
  it('[REC-125] is WebVTT without any markup but who speaks, and reads as the same again', async () => {
    const captions = [
      { fromMs: 0, toMs: 1_005, speaker: 'A<b> & co.', text: '<script> --> &amp;\nsize:1' },
      { fromMs: 90_061_007, toMs: 90_062_000, speaker: null, text: 'late' },
    ]
    expect(toWebVtt(captions)).toBe(
      [
        'WEBVTT',
        '',
        '00:00:00.000 --> 00:00:01.005',
        '<v A&lt;b&gt; &amp; co.>&lt;script&gt; --&gt; &amp;amp;',
        'size:1',
        '',
        '25:01:01.007 --> 25:01:02.000',
        'late',
        '',
      ].join('\n'),
    )
    expect(await readCaptions(toWebVtt(captions))).toEqual(captions)
  })
})
