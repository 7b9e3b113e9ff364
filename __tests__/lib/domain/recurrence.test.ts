import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { instantOf, nextOccurrence, wallClock } from '#lib/domain/recurrence.ts'
import type { Repeats, Schedule } from '#lib/domain/schedule.ts'

const ZONES = ['Europe/Berlin', 'America/New_York', 'Pacific/Apia', 'Asia/Kolkata'] as const

const at = (text: string): Date => new Date(Temporal.ZonedDateTime.from(text).epochMilliseconds)
const plan = (starts: string, repeats: Repeats, durationMinutes = 60): Schedule => ({
  startsAt: at(starts),
  timeZone: Temporal.ZonedDateTime.from(starts).timeZoneId,
  durationMinutes,
  repeats,
})

/** From the first beginning, at the moment each ends, `count` wall-clock times. */
function occurrences(schedule: Schedule, from: Date, count: number): string[] {
  const found: string[] = []
  let now = from
  while (found.length < count) {
    const next = nextOccurrence(schedule, now)
    if (!next) break
    const zoned = Temporal.Instant.fromEpochMilliseconds(next.getTime()).toZonedDateTimeISO(schedule.timeZone)
    found.push(zoned.toString({ smallestUnit: 'minute', timeZoneName: 'never' }))
    now = new Date(next.getTime() + schedule.durationMinutes * 60_000)
  }
  return found
}

describe('nextOccurrence', () => {
  it('[MEET-2] a meeting that does not repeat is next until it ends, then never again', () => {
    const once = plan('2026-03-02T10:00[Europe/Berlin]', 'none')
    expect(nextOccurrence(once, at('2026-01-01T00:00[UTC]'))).toEqual(once.startsAt)
    expect(nextOccurrence(once, at('2026-03-02T10:59[Europe/Berlin]'))).toEqual(once.startsAt)
    expect(nextOccurrence(once, at('2026-03-02T11:00[Europe/Berlin]'))).toBeNull()
  })

  it('[MEET-2] one that is running counts as next until it ends, also across midnight', () => {
    const night = plan('2026-03-02T22:00[Europe/Berlin]', 'daily', 240)
    expect(nextOccurrence(night, at('2026-03-05T01:59[Europe/Berlin]'))).toEqual(
      at('2026-03-04T22:00[Europe/Berlin]'),
    )
    expect(nextOccurrence(night, at('2026-03-05T02:00[Europe/Berlin]'))).toEqual(
      at('2026-03-05T22:00[Europe/Berlin]'),
    )
  })

  it.each([
    // Summer time begins in Berlin on 29 March 2026 and ends on 25 October 2026.
    ['2026-03-27T10:00[Europe/Berlin]', 'daily', ['27T10:00+01:00', '28T10:00+01:00', '29T10:00+02:00']],
    ['2026-03-28T02:30[Europe/Berlin]', 'daily', ['28T02:30+01:00', '30T02:30+02:00', '31T02:30+02:00']],
    ['2026-10-24T02:30[Europe/Berlin]', 'daily', ['24T02:30+02:00', '25T02:30+02:00', '26T02:30+01:00']],
    // In New York on 8 March and on 1 November 2026.
    ['2026-03-01T09:00[America/New_York]', 'weekly', ['01T09:00-05:00', '08T09:00-04:00', '15T09:00-04:00']],
    ['2026-10-31T01:30[America/New_York]', 'daily', ['31T01:30-04:00', '01T01:30-04:00', '02T01:30-05:00']],
    // Apia had no 30 December 2011, a Friday.
    ['2011-12-28T10:00[Pacific/Apia]', 'daily', ['28T10:00-10:00', '29T10:00-10:00', '31T10:00+14:00']],
    ['2011-12-28T10:00[Pacific/Apia]', 'weekdays', ['28T10:00-10:00', '29T10:00-10:00', '02T10:00+14:00']],
    ['2026-03-28T09:30[Asia/Kolkata]', 'daily', ['28T09:30+05:30', '29T09:30+05:30', '30T09:30+05:30']],
    // A Friday, then Monday; a Saturday moves to Monday.
    ['2026-03-06T09:00[Asia/Kolkata]', 'weekdays', ['06T09:00+05:30', '09T09:00+05:30', '10T09:00+05:30']],
    ['2026-03-07T09:00[Asia/Kolkata]', 'weekdays', ['09T09:00+05:30', '10T09:00+05:30', '11T09:00+05:30']],
  ] as const)('[MEET-3] %s %s keeps its wall-clock time', (starts, repeats, expected) => {
    const schedule = plan(starts, repeats)
    const found = occurrences(schedule, schedule.startsAt, 3)
    expect(found.map((text) => text.slice(8))).toEqual(expected)
  })

  it.each([
    [
      '2026-01-31T10:00[Europe/Berlin]',
      ['2026-01-31', '2026-02-28', '2026-03-31', '2026-04-30', '2026-05-31'],
    ],
    [
      '2026-01-30T10:00[Europe/Berlin]',
      ['2026-01-30', '2026-02-28', '2026-03-30', '2026-04-30', '2026-05-30'],
    ],
    [
      '2028-01-29T10:00[Europe/Berlin]',
      ['2028-01-29', '2028-02-29', '2028-03-29', '2028-04-29', '2028-05-29'],
    ],
  ] as const)('[MEET-4] monthly from %s falls on the last day of shorter months', (starts, expected) => {
    const schedule = plan(starts, 'monthly')
    expect(occurrences(schedule, schedule.startsAt, 5).map((text) => text.slice(0, 10))).toEqual(expected)
  })

  it('[MEET-5] agrees with walking day by day from the first, at any time in any zone', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES),
        fc.constantFrom('daily', 'weekdays', 'weekly', 'monthly'),
        fc.integer({ min: 0, max: 700 }),
        fc.integer({ min: 0, max: 23 * 60 + 59 }),
        fc.integer({ min: 0, max: 400 * 24 * 60 }),
        fc.integer({ min: 5, max: 1_440 }),
        (timeZone, repeats, dayOffset, minuteOfDay, laterMinutes, durationMinutes) => {
          const day = Temporal.PlainDate.from('2025-01-01').add({ days: dayOffset })
          const time = Temporal.PlainTime.from('00:00').add({ minutes: minuteOfDay })
          const dtstart = day.toZonedDateTime({ timeZone, plainTime: time })
          fc.pre(dtstart.toPlainTime().equals(time))
          const startsAt = new Date(dtstart.epochMilliseconds)
          const now = new Date(dtstart.epochMilliseconds + laterMinutes * 60_000)
          const found = nextOccurrence({ startsAt, timeZone, repeats, durationMinutes }, now)
          expect(found?.getTime()).toBe(walk(dtstart, repeats, now.getTime() - durationMinutes * 60_000))
        },
      ),
      { numRuns: 100 },
    )
  })
})

/** Another way to the same answer: every day from the first, each asked whether the rule falls on it. */
function walk(first: Temporal.ZonedDateTime, repeats: Repeats, afterMs: number): number {
  for (let days = 0; ; days += 1) {
    const date = first.toPlainDate().add({ days })
    const falls = {
      none: days === 0,
      daily: true,
      weekdays: date.dayOfWeek < 6,
      weekly: days % 7 === 0,
      monthly: date.day === Math.min(first.day, date.daysInMonth),
    }[repeats]
    const start = date.toZonedDateTime({ timeZone: first.timeZoneId, plainTime: first.toPlainTime() })
    // A time that the clocks skip on that day.
    const exists = start.toPlainTime().equals(first.toPlainTime())
    if (falls && exists && start.epochMilliseconds > afterMs) return start.epochMilliseconds
  }
}

describe('instantOf and wallClock', () => {
  it.each(ZONES)('[MEET-6] give back in %s what was typed', (zone) => {
    const instant = instantOf('2026-07-01', '09:15', zone)
    expect(instant.ok && wallClock(instant.value, zone)).toEqual({ date: '2026-07-01', time: '09:15' })
  })

  it.each([
    ['2026-03-29', '02:30', 'Europe/Berlin'],
    ['2026-03-08', '02:15', 'America/New_York'],
    ['2011-12-30', '10:00', 'Pacific/Apia'],
    ['2026-02-30', '10:00', 'Asia/Kolkata'],
    ['2026-02-20', '24:01', 'Asia/Kolkata'],
  ])('[MEET-6] refuse %s %s in %s, which no clock shows', (date, time, zone) => {
    expect(instantOf(date, time, zone)).toEqual({ ok: false, error: 'no-such-time' })
  })

  it('[MEET-6] mean the first of two', () => {
    const instant = instantOf('2026-10-25', '02:30', 'Europe/Berlin')
    expect(instant.ok && instant.value.toISOString()).toBe('2026-10-25T00:30:00.000Z')
  })
})
