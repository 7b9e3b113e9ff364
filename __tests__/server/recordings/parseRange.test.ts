import { parseRange, rangeHolds } from '#server/recordings/viewing/parseRange.ts'

const part = (start: number, end: number) => ({ kind: 'part', start, end })

describe('[REC-92] one range of bytes (RFC 9110 §14)', () => {
  it.each([
    ['bytes=0-499', part(0, 499)],
    ['bytes=500-', part(500, 999)],
    ['bytes=0-', part(0, 999)],
    ['bytes=-200', part(800, 999)],
    ['bytes=-5000', part(0, 999)],
    ['bytes=999-999', part(999, 999)],
    ['bytes=990-5000', part(990, 999)],
    ['bytes=990-99999999999999999999999', part(990, 999)],
    ['BYTES=0-0', part(0, 0)],
    ['bytes= 0 - 9', part(0, 9)],
    ['bytes=1000-', { kind: 'unsatisfiable' }],
    ['bytes=1000-2000', { kind: 'unsatisfiable' }],
    ['bytes=99999999999999999999999-', { kind: 'unsatisfiable' }],
    ['bytes=-0', { kind: 'unsatisfiable' }],
  ])('%s of 1000', (header, expected) => {
    expect(parseRange(header, 1000)).toEqual(expected)
  })

  it.each([
    undefined,
    '',
    'bytes=',
    'bytes=-',
    'bytes=5-1',
    'bytes=a-b',
    'bytes=1.5-3',
    'bytes=-1-5',
    'items=0-5',
    'bytes=0-1,5-6',
    'bytes=0-0,-1',
    'bytes 0-5',
  ])('%j is ignored: the whole comes', (header) => {
    expect(parseRange(header, 1000)).toEqual({ kind: 'whole' })
  })

  it.each(['bytes=0-', 'bytes=0-0', 'bytes=-1'])('%s of nothing cannot be met', (header) => {
    expect(parseRange(header, 0)).toEqual({ kind: 'unsatisfiable' })
  })

  it.each([
    [undefined, true],
    ['"file-1"', true],
    ['"file-2"', false],
    ['W/"file-1"', false],
    ['Wed, 21 Oct 2026 07:28:00 GMT', false],
  ])('If-Range %s holds: %s', (ifRange, holds) => {
    expect(rangeHolds(ifRange, '"file-1"')).toBe(holds)
  })
})
