import { contentDisposition } from '#server/recordings/viewing/contentDisposition.ts'
import { fileName } from '#server/recordings/viewing/fileName.ts'

/** What RFC 9110 lets a field value be made of, here without obs-text: one line of visible ASCII. */
const FIELD_VALUE = /^[\x20-\x7e]+$/
const PARAMETERS = /^attachment; filename="[A-Za-z0-9 ._()-]*"; filename\*=UTF-8''[A-Za-z0-9!#$&+.^_`|~%-]*$/

/** One that nothing tells from others. */
const FILE = { personName: null, fromMs: null, durationMs: 1000, film: 0 }

const HOSTILE = [
  'plan"; filename="evil.exe',
  'a\r\nSet-Cookie: parley.session=stolen',
  'a\nb\u0000c',
  '..\\..\\windows\\system32\\evil',
  '../../../etc/passwd',
  '.htaccess',
  'CON: <script>|?*',
  'rtl\u202Egnp.exe',
  '\u2066hidden\u2069 zero\u200Bwidth',
  '\uD800 half a pair',
  'Übersicht – 計画 🎥',
  '100%25 done',
  "it's (final)*",
  '   ...   ',
  '',
  'x'.repeat(5000),
]

describe('[REC-94] [K48] a file’s name in a header', () => {
  it.each(HOSTILE)('%j ends no header, no parameter and no folder', (title) => {
    const name = fileName({ ...FILE, title, kind: 'webm', mimeType: 'video/webm' })
    const header = contentDisposition('attachment', name)
    expect(header).toMatch(FIELD_VALUE)
    expect(header).toMatch(PARAMETERS)
    expect(name).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}/\\:*?"<>|]/u)
    expect(name).not.toMatch(/^\./)
    expect(name.endsWith('.webm')).toBe(true)
    expect([...name].length).toBeLessThanOrEqual(105)
  })

  it('keeps what people wrote, in any script', () => {
    const header = contentDisposition('attachment', 'Übersicht – 計画.webm')
    const encoded = /filename\*=UTF-8''(.+)$/.exec(header)?.[1] ?? ''
    expect(decodeURIComponent(encoded)).toBe('Übersicht – 計画.webm')
  })

  it.each([
    [{ kind: 'mp4', mimeType: 'video/mp4' }, 'Plan.mp4'],
    [{ kind: 'audio', mimeType: 'audio/webm;codecs=opus', personName: 'Ada' }, 'Plan - audio - Ada.webm'],
    [{ kind: 'audio', mimeType: 'audio/ogg' }, 'Plan - audio.ogg'],
    [{ kind: 'track', mimeType: 'video/webm', personName: 'A/../B' }, 'Plan - A .. B - camera.webm'],
    [{ kind: 'track', mimeType: 'audio/webm', personName: 'Ada' }, 'Plan - Ada - microphone.webm'],
    [{ kind: 'mp4', mimeType: 'video/mp4', film: 1 }, 'Plan - part 2.mp4'],
    [{ kind: 'clip', mimeType: 'video/webm' }, 'Plan - clip.webm'],
    [
      { kind: 'clip', mimeType: 'video/webm', fromMs: 65_000, durationMs: 85_000 },
      'Plan - clip 1.05-2.30.webm',
    ],
    [
      { kind: 'clip', mimeType: 'video/mp4', fromMs: 3_600_000, durationMs: 5_000 },
      'Plan - clip 1.00.00-1.00.05.mp4',
    ],
  ])('[REC-146] %j is %s', (file, expected) => {
    expect(fileName({ ...FILE, title: 'Plan', ...file })).toBe(expected)
  })

  it('a title of nothing visible is "Recording"', () => {
    const name = fileName({ ...FILE, title: '\u200B\u202E .. ', kind: 'webm', mimeType: 'video/webm' })
    expect(name).toBe('Recording.webm')
  })

  it('[REC-146] where there is no room for both the title is cut, and what tells files apart is not', () => {
    const track = { ...FILE, kind: 'track', mimeType: 'audio/webm' }
    const long = fileName({ ...track, title: 'x'.repeat(120), personName: 'Ada' })
    expect(long).toBe(`${'x'.repeat(81)} - Ada - microphone.webm`)
    const both = fileName({ ...track, title: 'x'.repeat(120), personName: 'y'.repeat(80) })
    expect(both).toBe(`${'x'.repeat(20)} - ${'y'.repeat(80)} - microphone.webm`)
  })
})
