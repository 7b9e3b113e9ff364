'use client'
import { Calendar } from 'lucide-react'
import { useId, useRef } from 'react'
import { CONTROL_CLASSES, describedBy, Field } from '#components/ui/Field.tsx'
import { IconButton } from '#components/ui/IconButton.tsx'
import { joinClasses } from '#components/ui/joinClasses.ts'
import { parseDate } from '#lib/domain/parseWhen.ts'

type DateFieldProps = {
  value: string
  onChange(value: string): void
  /** `YYYY-MM-DD` in the meeting's zone. */
  today: string
  error?: string | null
}

/**
 * A day, typed as one likes ("tomorrow", "fri", "2026-12-01") or picked in the browser's own calendar.
 * What was understood is written back on leaving the field.
 */
export function DateField({ value, onChange, today, error }: DateFieldProps) {
  const id = useId()
  const picker = useRef<HTMLInputElement>(null)
  const understood = parseDate(value, today)
  const openPicker = (): void => {
    try {
      picker.current?.showPicker()
    } catch {
      // A browser without showPicker, or one that wants a click of its own: the field can still be typed into.
      picker.current?.focus()
    }
  }
  return (
    <Field id={id} label="Date" error={error}>
      <span className="relative block">
        <input
          id={id}
          name="date"
          type="text"
          inputMode="text"
          autoComplete="off"
          placeholder="2026-12-01 or tomorrow"
          maxLength={40}
          required
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
          onBlur={() => understood && onChange(understood)}
          aria-invalid={error ? true : undefined}
          aria-describedby={describedBy(id, null, error)}
          className={joinClasses(CONTROL_CLASSES, 'pr-12 tabular-nums')}
        />
        <input
          ref={picker}
          type="date"
          tabIndex={-1}
          aria-hidden="true"
          value={understood ?? ''}
          onChange={(event) => event.currentTarget.value && onChange(event.currentTarget.value)}
          className="pointer-events-none absolute inset-y-0 right-0 w-11 opacity-0"
        />
        <IconButton label="Open calendar" onClick={openPicker} className="absolute top-0 right-0 size-11">
          <Calendar aria-hidden className="size-4" />
        </IconButton>
      </span>
    </Field>
  )
}
