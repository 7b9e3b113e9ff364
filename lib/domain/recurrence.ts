import { Temporal } from 'temporal-polyfill'
import { fail, ok, type Result } from '#lib/result.ts'
import type { Repeats, Schedule } from './schedule.ts'

/*
 * For the server only: Temporal is too heavy for the browser, which gets instants.
 *
 * Each occurrence keeps the wall-clock time of the first in the meeting's zone (RFC 5545 §3.3.10):
 * - a time skipped by the clocks (02:30 on the day summer time begins) moves on by the length of the gap;
 * - a time that comes twice is meant the first time;
 * - a day that the zone skips altogether (Pacific/Apia, 30 December 2011) has no occurrence;
 * - monthly on the 29th, 30th or 31st falls on the last day of a shorter month.
 */

const SATURDAY = 6
/** More than any gap between two occurrences, counted in steps of each rule. */
const MAX_STEPS = 8

/**
 * The next time the meeting takes place; one that is running counts until it ends.
 * @returns its beginning, or null when the meeting does not take place again
 */
export function nextOccurrence(schedule: Schedule, now: Date): Date | null {
  const durationMs = schedule.durationMinutes * 60_000
  const isOver = (start: number): boolean => start + durationMs <= now.getTime()
  if (schedule.repeats === 'none') return isOver(schedule.startsAt.getTime()) ? null : schedule.startsAt

  const first = zonedFrom(schedule.startsAt.getTime(), schedule.timeZone)
  // Whatever began before this day is over: no meeting lasts longer than a day.
  const earliest = zonedFrom(now.getTime() - durationMs, schedule.timeZone)
    .toPlainDate()
    .subtract({ days: 2 })
  for (const date of datesFrom(schedule.repeats, first.toPlainDate(), earliest)) {
    const occurrence = date.toZonedDateTime({ timeZone: schedule.timeZone, plainTime: first.toPlainTime() })
    if (!occurrence.toPlainDate().equals(date)) continue
    if (occurrence.epochMilliseconds < first.epochMilliseconds) continue
    if (!isOver(occurrence.epochMilliseconds)) return new Date(occurrence.epochMilliseconds)
  }
  return null
}

const zonedFrom = (epochMs: number, timeZone: string): Temporal.ZonedDateTime =>
  Temporal.Instant.fromEpochMilliseconds(epochMs).toZonedDateTimeISO(timeZone)

/** The dates on which the rule falls, from the later of `first` and shortly before `earliest`. */
function* datesFrom(
  repeats: Exclude<Repeats, 'none'>,
  first: Temporal.PlainDate,
  earliest: Temporal.PlainDate,
): Generator<Temporal.PlainDate> {
  const elapsed = first.until(earliest, { largestUnit: repeats === 'monthly' ? 'months' : 'days' })
  // Jumps to where the search begins, so that a meeting of many years ago costs no more than a new one.
  if (repeats === 'monthly') {
    for (let step = 0, from = Math.max(0, elapsed.months); step < MAX_STEPS; step += 1) {
      yield first.add({ months: from + step }, { overflow: 'constrain' })
    }
    return
  }
  const stepDays = repeats === 'weekly' ? 7 : 1
  const skipped = Math.max(0, Math.floor(elapsed.days / stepDays)) * stepDays
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const date = first.add({ days: skipped + step * stepDays })
    if (repeats !== 'weekdays' || date.dayOfWeek < SATURDAY) yield date
  }
}

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
