import { RRuleTemporal } from 'rrule-temporal'
import { Temporal } from 'temporal-polyfill'
import { fail, ok, type Result } from '#lib/result.ts'
import type { Repeats, Schedule } from './schedule.ts'

/*
 * For the server only: Temporal is too heavy for the browser, which gets instants.
 *
 * Each occurrence keeps the wall-clock time of the first in the meeting's zone (RFC 5545 §3.3.10):
 * - a time that the clocks skip (02:30 on the day summer time begins) has no occurrence on that day;
 * - a time that comes twice is meant the first time;
 * - a day that the zone skips altogether (Pacific/Apia, 30 December 2011) has no occurrence;
 * - monthly on the 29th, 30th or 31st falls on the last day of a shorter month.
 */

const WORKING_DAYS = ['MO', 'TU', 'WE', 'TH', 'FR']
/** The last day that every month has. */
const SHORTEST_MONTH = 28

/**
 * The next time the meeting takes place; one that is running counts until it ends.
 * @returns its beginning, or null when the meeting does not take place again
 */
export function nextOccurrence(schedule: Schedule, now: Date): Date | null {
  const { startsAt, durationMinutes, repeats, timeZone } = schedule
  // What began at this instant or before is over.
  const over = now.getTime() - durationMinutes * 60_000
  if (repeats === 'none') return startsAt.getTime() <= over ? null : startsAt
  const first = zonedFrom(startsAt.getTime(), timeZone)
  const next = ruleOf(repeats, first).next(zonedFrom(over, timeZone), false)
  return next === null ? null : new Date(next.epochMilliseconds)
}

/** The RFC 5545 §3.3.10 rule of each choice that the form offers. */
function ruleOf(repeats: Exclude<Repeats, 'none'>, dtstart: Temporal.ZonedDateTime): RRuleTemporal {
  if (repeats === 'daily') return new RRuleTemporal({ freq: 'DAILY', dtstart })
  if (repeats === 'weekly') return new RRuleTemporal({ freq: 'WEEKLY', dtstart })
  if (repeats === 'weekdays') return new RRuleTemporal({ freq: 'WEEKLY', byDay: WORKING_DAYS, dtstart })
  // Of the days from the 28th to the wanted one, the last that the month has.
  const shortest = Math.min(dtstart.day, SHORTEST_MONTH)
  const byMonthDay = Array.from({ length: dtstart.day - shortest + 1 }, (_, index) => shortest + index)
  return new RRuleTemporal({ freq: 'MONTHLY', byMonthDay, bySetPos: [-1], dtstart })
}

const zonedFrom = (epochMs: number, timeZone: string): Temporal.ZonedDateTime =>
  Temporal.Instant.fromEpochMilliseconds(epochMs).toZonedDateTimeISO(timeZone)

/**
 * The instant at which clocks in `timeZone` show that date and time; the first of two.
 * @param date `YYYY-MM-DD`
 * @param time `HH:mm`
 * @returns `no-such-time` when there is no such date, or the clocks skip that time there
 */
export function instantOf(date: string, time: string, timeZone: string): Result<Date, 'no-such-time'> {
  try {
    const wall = Temporal.PlainDateTime.from(`${date}T${time}`, { overflow: 'reject' })
    const zoned = wall.toZonedDateTime(timeZone, { disambiguation: 'earlier' })
    if (!zoned.toPlainDateTime().equals(wall)) return fail('no-such-time')
    return ok(new Date(zoned.epochMilliseconds))
  } catch (error) {
    if (error instanceof RangeError) return fail('no-such-time')
    throw error
  }
}

/** What the clocks in `timeZone` show at an instant: `YYYY-MM-DD` and `HH:mm`, as form fields want them. */
export function wallClock(instant: Date, timeZone: string): { date: string; time: string } {
  const zoned = zonedFrom(instant.getTime(), timeZone)
  return { date: zoned.toPlainDate().toString(), time: zoned.toPlainTime().toString().slice(0, 5) }
}
