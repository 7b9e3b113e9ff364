import fc from 'fast-check'
import { parseDate, parseTime } from '#lib/domain/parseWhen.ts'
import { safeReturnPath } from '#lib/domain/safeReturnPath.ts'

const MONDAY = '2026-11-30'

describe('what people write', () => {
  it.each([
    ['2026-12-01', '2026-12-01'],
    ['2026-2-3', '2026-02-03'],
    [' 1.12.2026 ', '2026-12-01'],
    ['today', MONDAY],
    ['Tomorrow', '2026-12-01'],
    ['friday', '2026-12-04'],
    ['mon', '2026-12-07'],
    ['2026-02-30', null],
    ['11/12/2026', null],
    ['m', null],
    ['', null],
  ])('[MEET-10] the day %p is %p', (text, day) => expect(parseDate(text, MONDAY)).toBe(day))

  it.each([
    ['14:30', '14:30'],
    ['9', '09:00'],
    ['930', '09:30'],
    ['9.30', '09:30'],
    ['2:30 pm', '14:30'],
    ['12am', '00:00'],
    ['12 p.m.', '12:00'],
    ['24:00', null],
    ['13pm', null],
    ['9:60', null],
    ['', null],
  ])('[MEET-10] the time %p is %p', (text, time) => expect(parseTime(text)).toBe(time))
})

describe('safeReturnPath', () => {
  it.each(['/meetings', '/m/calm-otter-1?x=1#y', '/account/sessions'])('[DESK-2] keeps %p', (path) =>
    expect(safeReturnPath(path)).toBe(path),
  )
  it.each([
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    '',
    null,
  ])('[DESK-2] does not follow %p', (path) => expect(safeReturnPath(path)).toBe('/meetings'))
  it('[DESK-2] never leads to another host, whatever is asked', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('/', '\\', '.', ':', '@', '\t', '\n', 'a', '?', '#') }),
        (text) => {
          expect(new URL(safeReturnPath(text), 'https://parley.example').host).toBe('parley.example')
          expect(safeReturnPath(text).startsWith('//')).toBe(false)
        },
      ),
    )
  })
})
