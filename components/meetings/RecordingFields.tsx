import { Select } from '#components/ui/Select.tsx'
import { Switch } from '#components/ui/Switch.tsx'
import type { RecordingPolicy } from '#lib/protocol/recordings.ts'
import type { MeetingFields } from './meetingFields.ts'

const WORDS: Readonly<Record<RecordingPolicy, string>> = {
  never: 'Never',
  ask: 'When the host starts it',
  automatic: 'Always, from the first person on',
}
const KEEP_CHOICES = [
  { days: null, label: 'As long as the server keeps them' },
  { days: 7, label: '7 days' },
  { days: 30, label: '30 days' },
  { days: 90, label: '90 days' },
  { days: 365, label: 'A year' },
] as const

type RecordingFieldsProps = {
  fields: MeetingFields
  set<Name extends keyof MeetingFields>(name: Name, value: MeetingFields[Name]): void
  /** What this server allows. */
  policies: readonly RecordingPolicy[]
}

/** Whether the meeting is recorded, who is asked, and for how long it is kept. */
export function RecordingFields({ fields, set, policies }: RecordingFieldsProps) {
  // More than the server allows by now is what it allows.
  const policy = policies.includes(fields.recordingPolicy) ? fields.recordingPolicy : policies.at(-1)
  const keeps = KEEP_CHOICES.some(({ days }) => days === fields.recordingKeepDays)
    ? KEEP_CHOICES
    : [...KEEP_CHOICES, { days: fields.recordingKeepDays, label: `${fields.recordingKeepDays} days` }]
  return (
    <fieldset className="border-t border-line pt-5">
      <legend className="sr-only">Recording</legend>
      <div className="grid gap-x-4 gap-y-6 sm:grid-cols-2">
        <Select
          label="Recording"
          name="recordingPolicy"
          value={policy}
          onChange={({ currentTarget }) =>
            set('recordingPolicy', policies.find((one) => one === currentTarget.value) ?? 'never')
          }
        >
          {policies.map((one) => (
            <option key={one} value={one}>
              {WORDS[one]}
            </option>
          ))}
        </Select>
        {policy !== 'never' && (
          <Select
            label="Keep recordings"
            name="recordingKeepDays"
            value={fields.recordingKeepDays ?? ''}
            onChange={({ currentTarget: { value } }) =>
              set('recordingKeepDays', value === '' ? null : Number(value))
            }
          >
            {keeps.map(({ days, label }) => (
              <option key={label} value={days ?? ''}>
                {label}
              </option>
            ))}
          </Select>
        )}
      </div>
      {policy !== 'never' && (
        <div className="mt-4">
          <Switch
            label="Ask everyone for consent"
            hint="Nobody is in a recording before they agree. Otherwise everyone is told."
            checked={fields.recordingConsent}
            onChange={(event) => set('recordingConsent', event.currentTarget.checked)}
          />
        </div>
      )}
    </fieldset>
  )
}
