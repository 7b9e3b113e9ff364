const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const

const isoDate = (date: Date): string => date.toISOString().slice(0, 10)
const addDays = (day: string, count: number): string =>
  isoDate(new Date(Date.parse(`${day}T00:00:00Z`) + count * 86_400_000))

/** A calendar day that exists: 30 February does not. */
function realDay(year: string, month: string, day: string): string | null {
  const iso = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  const parsed = new Date(`${iso}T00:00:00Z`)
  return !Number.isNaN(parsed.getTime()) && isoDate(parsed) === iso ? iso : null
}

/**
 * A day as people write it: `2026-11-30`, `30.11.2026`, `today`, `tomorrow`, `friday`, `fri`.
 * Not `11/12/2026`: half the world reads that one way, half the other.
 * @param today `YYYY-MM-DD` in the writer's zone; a weekday means the next one after it
 * @returns `YYYY-MM-DD`, or null
 */
export function parseDate(text: string, today: string): string | null {
  const typed = text.trim().toLowerCase()
  if (typed === 'today') return today
  if (typed === 'tomorrow') return addDays(today, 1)
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(typed)
  if (iso?.[1] && iso[2] && iso[3]) return realDay(iso[1], iso[2], iso[3])
  const dotted = /^(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})$/.exec(typed)
  if (dotted?.[1] && dotted[2] && dotted[3]) return realDay(dotted[3], dotted[2], dotted[1])
  const weekday = typed.length < 3 ? -1 : WEEKDAYS.findIndex((name) => name.startsWith(typed))
  if (weekday < 0) return null
  const ahead = (weekday - new Date(`${today}T00:00:00Z`).getUTCDay() + 7) % 7
  return addDays(today, ahead === 0 ? 7 : ahead)
}

/**
 * A time of day as people write it: `14:30`, `9`, `930`, `9.30`, `2:30 pm`, `2pm`.
 * @returns `HH:mm`, or null
 */
export function parseTime(text: string): string | null {
  const match = /^(\d{1,2})(?:[:.h]?([0-5]\d))?\s*([ap])?\.?(?:m\.?)?$/i.exec(text.trim())
  if (!match?.[1]) return null
  const half = match[3]?.toLowerCase()
  const hour = Number(match[1])
  if (half ? hour < 1 || hour > 12 : hour > 23) return null
  const of24 = half ? (hour % 12) + (half === 'p' ? 12 : 0) : hour
  return `${String(of24).padStart(2, '0')}:${match[2] ?? '00'}`
}
