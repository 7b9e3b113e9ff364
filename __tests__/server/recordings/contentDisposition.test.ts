import { contentDisposition, fileStem } from '#server/recordings/viewing/contentDisposition.ts'
import { fileName } from '#server/recordings/viewing/fileName.ts'

/** What RFC 9110 lets a field value be made of, here without obs-text: one line of visible ASCII. */
const FIELD_VALUE = /^[\x20-\x7e]+$/
const PARAMETERS = /^attachment; filename="[A-Za-z0-9 ._()-]*"; filename\*=UTF-8''[A-Za-z0-9!#$&+.^_`|~%-]*$/

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
    const name = fileName({ title, kind: 'webm', mimeType: 'video/webm', personName: null })
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
    [{ kind: 'mp4', mimeType: 'video/mp4', personName: null }, 'Plan.mp4'],
    [{ kind: 'audio', mimeType: 'audio/webm;codecs=opus', personName: 'Ada' }, 'Plan - audio - Ada.webm'],
    [{ kind: 'audio', mimeType: 'audio/ogg', personName: null }, 'Plan - audio.ogg'],
    [{ kind: 'track', mimeType: 'video/webm', personName: 'A/../B' }, 'Plan - A .. B.webm'],
    [{ kind: 'clip', mimeType: 'video/webm', personName: null }, 'Plan - clip.webm'],
  ])('%j is %s', (file, expected) => {
    expect(fileName({ title: 'Plan', ...file })).toBe(expected)
  })

  it('a title of nothing visible is "Recording"', () => {
    expect(fileStem('\u200B\u202E .. ')).toBe('Recording')
  })
})
