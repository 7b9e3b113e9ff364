import { isTimeZone, type Repeats } from './schedule.ts'

/** `Europe/Berlin` → `Berlin`, `America/Argentina/Buenos_Aires` → `Buenos Aires`. */
export const zoneCity = (timeZone: string): string =>
  (timeZone.split('/').at(-1) ?? timeZone).replaceAll('_', ' ')

type Plan = { date: string; time: string; timeZone: string; repeats: Repeats }

/** `1st`, `2nd`, `23rd`: English ordinals. */
function ordinal(day: number): string {
  const rule = new Intl.PluralRules('en', { type: 'ordinal' }).select(day)
  return `${day}${{ one: 'st', two: 'nd', few: 'rd', other: 'th', zero: 'th', many: 'th' }[rule]}`
}

/**
 * The day part of the sentence; the date is a calendar day, so it is formatted in UTC and nowhere else.
 * Without the comma that some versions of the locale data put after the weekday.
 */
function describeDays(date: Date, repeats: Repeats): string {
  const format = (options: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat('en-GB', { ...options, timeZone: 'UTC' }).format(date).replace(',', '')
  const day = date.getUTCDate()
  switch (repeats) {
    case 'none':
      return format({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' })
    case 'daily':
      return 'Every day'
    case 'weekdays':
      return 'Every weekday'
    case 'weekly':
      return `Every ${format({ weekday: 'long' })}`
    case 'monthly':
      return `Every month on the ${ordinal(day)}${day > 28 ? ', or the last day of a shorter month,' : ''}`
  }
}

/**
 * A plan in one sentence, such as "Every Monday at 10:00 (Berlin)".
 * @returns null while the plan is not complete
 */
export function describeSchedule(plan: Plan): string | null {
  const date = new Date(`${plan.date}T00:00:00Z`)
  if (Number.isNaN(date.getTime()) || !/^\d\d:\d\d$/.test(plan.time) || !isTimeZone(plan.timeZone))
    return null
  return `${describeDays(date, plan.repeats)} at ${plan.time} (${zoneCity(plan.timeZone)})`
}
