import { momentFragment, parseMoment } from '#lib/domain/momentLink.ts'

describe('[REC-152] a link to a moment', () => {
  it.each([
    ['#t=750', 750_000],
    ['#t=90.5s', 90_500],
    ['#t=12m30s', 750_000],
    ['#t=12m', 720_000],
    ['#t=1h2m3s', 3_723_000],
    ['#t=12:30', 750_000],
    ['#t=1:02:03', 3_723_000],
    ['#x=1&t=0', 0],
  ])('%s leads there', (fragment, ms) => {
    expect(parseMoment(fragment)).toBe(ms)
  })

  it.each(['', '#', '#t=', '#t=-3', '#t=soon', '#t=1:2:3:4', '#t=1e9', '#t=99999999999', '#content'])(
    '%p leads nowhere',
    (fragment) => {
      expect(parseMoment(fragment)).toBeNull()
    },
  )

  it.each([
    [0, '#t=0s'],
    [750_900, '#t=12m30s'],
    [3_600_000, '#t=1h'],
  ])('%d ms is written as %s, and read again', (ms, fragment) => {
    expect(momentFragment(ms)).toBe(fragment)
    expect(parseMoment(fragment)).toBe(Math.floor(ms / 1000) * 1000)
  })
})
