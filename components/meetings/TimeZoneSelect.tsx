'use client'
import { useMemo } from 'react'
import { Select } from '#components/ui/Select.tsx'
import { zoneCity } from '#lib/domain/describeSchedule.ts'

type TimeZoneSelectProps = { value: string; onChange(value: string): void; error?: string | null }

/** All zones by region; a letter jumps to a city, as in any select. The chosen one is there even if unlisted. */
export function TimeZoneSelect({ value, onChange, error }: TimeZoneSelectProps) {
  const regions = useMemo(() => zonesByRegion(value), [value])
  return (
    <Select
      label="Time zone"
      name="timeZone"
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      error={error}
    >
      {regions.map(([region, zones]) => (
        <optgroup key={region} label={region}>
          {zones.map((zone) => (
            <option key={zone} value={zone}>
              {zoneCity(zone)}
            </option>
          ))}
        </optgroup>
      ))}
    </Select>
  )
}

function zonesByRegion(chosen: string): ReadonlyArray<readonly [string, readonly string[]]> {
  const zones = new Set([...Intl.supportedValuesOf('timeZone'), 'UTC', chosen])
  const regions = new Map<string, string[]>()
  for (const zone of [...zones].sort()) {
    const region = zone.includes('/') ? (zone.split('/')[0] ?? 'Other') : 'Universal'
    regions.set(region, [...(regions.get(region) ?? []), zone])
  }
  return [...regions]
}
