import { describeSchedule } from '#lib/domain/describeSchedule.ts'
import { meetingPathFrom } from '#lib/domain/meetingLink.ts'
import { avatarTint, initials } from '#lib/domain/personMark.ts'

describe('describeSchedule', () => {
  it.each([
    ['none', '2026-03-02', 'Monday 2 March 2026 at 10:00 (Berlin)'],
    ['daily', '2026-03-02', 'Every day at 10:00 (Berlin)'],
    ['weekdays', '2026-03-02', 'Every weekday at 10:00 (Berlin)'],
    ['weekly', '2026-03-02', 'Every Monday at 10:00 (Berlin)'],
    ['monthly', '2026-03-02', 'Every month on the 2nd at 10:00 (Berlin)'],
    [
      'monthly',
      '2026-03-31',
      'Every month on the 31st, or the last day of a shorter month, at 10:00 (Berlin)',
    ],
  ] as const)('[MEET-7] says a plan in words: %s from %s', (repeats, date, sentence) => {
    expect(describeSchedule({ date, time: '10:00', timeZone: 'Europe/Berlin', repeats })).toBe(sentence)
  })

  it.each([
    { date: '', time: '10:00', timeZone: 'UTC' },
    { date: '2026-03-02', time: '', timeZone: 'UTC' },
    { date: '2026-03-02', time: '10:00', timeZone: 'Nowhere/Land' },
    { date: '2026-03-02', time: '10:00', timeZone: '+02:00' },
  ])('[MEET-7] says nothing of an incomplete plan: %p', (plan) => {
    expect(describeSchedule({ ...plan, repeats: 'daily' })).toBeNull()
  })
})

describe('meetingPathFrom', () => {
  const code = 'calm-otter-0123456789abcdefghjkmnpqrs'
  it.each([
    code,
    ` ${code} `,
    `https://meet.example/m/${code}`,
    `meet.example/m/${code}?x=1`,
    code.toUpperCase(),
  ])('[MEET-8] finds the meeting in %p', (pasted) => expect(meetingPathFrom(pasted)).toBe(`/m/${code}`))
  it.each([
    '',
    'https://example.com',
    '//evil.example/x',
    'javascript:alert(1)',
    `https://evil.example/${code}x`,
  ])('[MEET-8] finds none in %p', (pasted) => expect(meetingPathFrom(pasted)).toBeNull())
})

describe('a person without a picture', () => {
  it.each([
    ['Ada Lovelace', 'AL'],
    ['Ada', 'A'],
    ['  Grace  Brewster Hopper ', 'GH'],
    ['Жанна д’Арк', 'ЖД'],
    ['王小明', '王'],
    ['(Ada) 🙂', 'A'],
    ['🙂', '?'],
    ['', '?'],
  ])('[DESK-1] %p is %p', (name, expected) => expect(initials(name)).toBe(expected))

  it('[DESK-1] keeps the same colour, and many people use all of them', () => {
    expect(avatarTint('a', 8)).toBe(avatarTint('a', 8))
    const seen = new Set(Array.from({ length: 200 }, (_, index) => avatarTint(`person-${index}`, 8)))
    expect(seen.size).toBe(8)
  })
})
