'use client'
import { CalendarClock } from 'lucide-react'
import Link from 'next/link'
import { type FormEvent, useRef, useState } from 'react'
import { type RequestFailure, requestJson } from '#components/desk/requestJson.ts'
import { Banner } from '#components/ui/Banner.tsx'
import { Button } from '#components/ui/Button.tsx'
import { buttonClasses } from '#components/ui/buttonClasses.ts'
import { Select } from '#components/ui/Select.tsx'
import { Switch } from '#components/ui/Switch.tsx'
import { TextField } from '#components/ui/TextField.tsx'
import { describeSchedule } from '#lib/domain/describeSchedule.ts'
import { parseDate, parseTime } from '#lib/domain/parseWhen.ts'
import { MAX_TITLE_LENGTH, REPEATS } from '#lib/domain/schedule.ts'
import type { RecordingPolicy } from '#lib/protocol/recordings.ts'
import { DateField } from './DateField.tsx'
import { DURATIONS, dayIn, durationWords, type MeetingFields, REPEAT_CHOICES } from './meetingFields.ts'
import { RecordingFields } from './RecordingFields.tsx'
import { TimeZoneSelect } from './TimeZoneSelect.tsx'

type MeetingFormProps = {
  /** Null for a new one. */
  meetingId: string | null
  initial: MeetingFields
  /** What this server allows; with `never` alone nothing is asked. */
  policies: readonly RecordingPolicy[]
  onSaved(): void
}

type Errors = Partial<Record<keyof MeetingFields | 'form', string>>

export function MeetingForm({ meetingId, initial, policies, onSaved }: MeetingFormProps) {
  const [fields, setFields] = useState(initial)
  const [errors, setErrors] = useState<Errors>({})
  const [busy, setBusy] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  const today = dayIn(new Date(), fields.timeZone)
  const dateless = meetingId !== null && initial.date === ''

  const set = <Name extends keyof MeetingFields>(name: Name, value: MeetingFields[Name]): void => {
    setFields((before) => ({ ...before, [name]: value }))
    setErrors(({ [name]: _, form: __, ...others }) => others)
  }
  const refuse = (next: Errors): void => {
    setBusy(false)
    setErrors(next)
    const wrong = form.current?.elements.namedItem(Object.keys(next)[0] ?? '')
    if (wrong instanceof HTMLElement) wrong.focus()
  }

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    if (busy) return
    const plan = planOf(fields, today, dateless)
    if ('errors' in plan) return refuse(plan.errors)
    setBusy(true)
    setErrors({})
    const saved = meetingId
      ? await requestJson(`/api/meetings/${meetingId}`, { method: 'PATCH', body: plan.body })
      : await requestJson('/api/meetings', { method: 'POST', body: { kind: 'scheduled', ...plan.body } })
    if (!saved.ok) return refuse(errorsOf(saved.error))
    onSaved()
  }

  return (
    <form
      ref={form}
      noValidate
      onSubmit={(event) => void submit(event)}
      method="post"
      className="flex flex-col gap-6"
    >
      {errors.form && <Banner tone="danger">{errors.form}</Banner>}
      <TextField
        label="Title"
        name="title"
        autoComplete="off"
        maxLength={MAX_TITLE_LENGTH}
        placeholder="What is it about?"
        required
        value={fields.title}
        onChange={(event) => set('title', event.currentTarget.value)}
        error={errors.title ?? null}
      />
      {!dateless && <WhenFields fields={fields} set={set} errors={errors} today={today} />}
      <div className="border-t border-line pt-4">
        <Switch
          label="Waiting room"
          hint="Guests ask to join, and you let them in."
          checked={fields.lobby}
          onChange={(event) => set('lobby', event.currentTarget.checked)}
        />
      </div>
      {policies.length > 1 && <RecordingFields fields={fields} set={set} policies={policies} />}
      <div className="flex flex-col-reverse gap-3 sm:flex-row sm:justify-end">
        <Link href="/meetings" className={buttonClasses({ variant: 'ghost', size: 'lg' })}>
          Cancel
        </Link>
        <Button type="submit" variant="primary" size="lg" loading={busy}>
          {meetingId ? 'Save' : 'Schedule'}
        </Button>
      </div>
    </form>
  )
}

type WhenFieldsProps = {
  fields: MeetingFields
  set<Name extends keyof MeetingFields>(name: Name, value: MeetingFields[Name]): void
  errors: Errors
  today: string
}

function WhenFields({ fields, set, errors, today }: WhenFieldsProps) {
  const time = parseTime(fields.time)
  const sentence = describeSchedule({
    ...fields,
    date: parseDate(fields.date, today) ?? '',
    time: time ?? '',
  })
  const durations = [...new Set([...DURATIONS, fields.durationMinutes])].sort((a, b) => a - b)
  return (
    <>
      <div className="grid gap-x-4 gap-y-6 sm:grid-cols-3">
        <DateField
          value={fields.date}
          onChange={(date) => set('date', date)}
          today={today}
          error={errors.date ?? null}
        />
        <TextField
          label="Start time"
          name="time"
          autoComplete="off"
          placeholder="14:30"
          maxLength={12}
          required
          value={fields.time}
          onChange={(event) => set('time', event.currentTarget.value)}
          onBlur={() => time && set('time', time)}
          className="tabular-nums"
          error={errors.time ?? null}
        />
        <Select
          label="Duration"
          name="durationMinutes"
          value={fields.durationMinutes}
          onChange={(event) => set('durationMinutes', Number(event.currentTarget.value))}
          error={errors.durationMinutes ?? null}
        >
          {durations.map((minutes) => (
            <option key={minutes} value={minutes}>
              {durationWords(minutes)}
            </option>
          ))}
        </Select>
      </div>
      <div className="grid gap-x-4 gap-y-6 sm:grid-cols-2">
        <Select
          label="Repeats"
          name="repeats"
          value={fields.repeats}
          onChange={({ currentTarget }) =>
            set('repeats', REPEATS.find((choice) => choice === currentTarget.value) ?? 'none')
          }
          error={errors.repeats ?? null}
        >
          {REPEAT_CHOICES.map(({ value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </Select>
        <TimeZoneSelect
          value={fields.timeZone}
          onChange={(zone) => set('timeZone', zone)}
          error={errors.timeZone ?? null}
        />
      </div>
      <p
        role="status"
        className="flex min-h-12 items-center gap-3 rounded-md bg-accent-soft px-4 py-3 text-sm font-medium text-accent-ink"
      >
        <CalendarClock aria-hidden className="size-4 shrink-0" />
        {sentence ?? 'Give it a date and a time.'}
      </p>
    </>
  )
}

/** What is sent, or what has to be corrected first; errors in the order of the form. */
function planOf(
  fields: MeetingFields,
  today: string,
  dateless: boolean,
): { body: object } | { errors: Errors } {
  const { title, lobby, recordingPolicy, recordingConsent, recordingKeepDays } = fields
  if (title.trim() === '') return { errors: { title: 'Give the meeting a title.' } }
  if (dateless) return { body: { title, lobby, recordingPolicy, recordingConsent, recordingKeepDays } }
  const date = parseDate(fields.date, today)
  if (!date) return { errors: { date: 'Write it like 2026-12-01.' } }
  const time = parseTime(fields.time)
  if (!time) return { errors: { time: 'Write it like 14:30.' } }
  return { body: { ...fields, date, time } }
}

const FORM_FIELDS = [
  'title',
  'date',
  'time',
  'durationMinutes',
  'repeats',
  'timeZone',
  'lobby',
  'recordingPolicy',
  'recordingKeepDays',
] as const

function errorsOf({ field, message }: RequestFailure): Errors {
  const named = FORM_FIELDS.find((name) => name === field)
  return { [named ?? 'form']: message }
}
