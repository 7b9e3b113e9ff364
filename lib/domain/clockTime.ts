const pad = (value: number): string => String(value).padStart(2, '0')

/** A place on a time line as players write it: `0:07`, `12:30`, `1:02:03`. */
export function clockTime(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60]
  const rest = pad(seconds % 60)
  return hours > 0 ? `${hours}:${pad(minutes)}:${rest}` : `${minutes}:${rest}`
}

/** The same for who listens: "1 hour 2 minutes 3 seconds". */
export function spokenTime(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  const parts = [
    [Math.floor(seconds / 3600), 'hour'],
    [Math.floor(seconds / 60) % 60, 'minute'],
    [seconds % 60, 'second'],
  ] as const
  const said = parts
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}${count === 1 ? '' : 's'}`)
  return said.join(' ') || '0 seconds'
}

/** `340 kB`, `12 MB`, `1.4 GB`. */
export function fileSize(bytes: number): string {
  const units = ['kB', 'MB', 'GB', 'TB'] as const
  let value = Math.max(0, bytes) / 1000
  let unit: string = units[0]
  for (const next of units.slice(1)) {
    if (value < 1000) break
    value /= 1000
    unit = next
  }
  return `${value < 10 && unit !== 'kB' ? value.toFixed(1) : Math.ceil(value)} ${unit}`
}
