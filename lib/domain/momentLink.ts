/** `750`, `90.5s`, `12m30s`, `1h2m3s`. */
const NAMED = /^(?:(\d{1,3})h)?(?:(\d{1,5})m)?(?:(\d{1,6}(?:\.\d{1,3})?)s?)?$/
/** `12:30`, `1:02:03`. */
const CLOCK = /^(?:(\d{1,3}):)?(\d{1,5}):(\d{1,2})$/

/** Where in a film an address's fragment leads to, in ms: `#t=12m30s`, `#t=750`, `#t=12:30`. Null when it says nothing of it. */
export function parseMoment(fragment: string): number | null {
  const said = new URLSearchParams(fragment.replace(/^#/, '')).get('t') ?? ''
  const parts = said === '' ? null : (NAMED.exec(said) ?? CLOCK.exec(said))
  if (parts === null) return null
  const [hours, minutes, seconds] = parts.slice(1).map((part) => Number(part ?? 0))
  return Math.round(((hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0)) * 1000)
}

/** The fragment that leads there: `#t=12m30s`. */
export function momentFragment(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const parts = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ] as const
  const said = parts.filter(([count]) => count > 0).map(([count, unit]) => `${count}${unit}`)
  return `#t=${said.join('') || '0s'}`
}
