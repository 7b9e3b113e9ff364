import { useCall } from '#components/call/CallContext.tsx'
import { Avatar } from '#components/ui/Avatar.tsx'
import { Button } from '#components/ui/Button.tsx'
import type { WaitingPerson } from '#lib/protocol/events.ts'

/** For whoever runs the meeting: who is at the door. */
export function WaitingList({ waiting }: { waiting: readonly WaitingPerson[] }) {
  const call = useCall()
  if (waiting.length === 0) return null
  const admitAll = (): void => {
    for (const person of waiting) void call.admit(person.id)
  }
  return (
    <section aria-label="Waiting" className="border-b border-stage-line pb-3">
      <div className="flex items-center justify-between gap-3 py-1">
        <h3 className="text-sm font-medium text-stage-ink-soft">Waiting ({waiting.length})</h3>
        {waiting.length > 1 && (
          <Button variant="stage" size="sm" onClick={admitAll}>
            Admit all
          </Button>
        )}
      </div>
      {/* biome-ignore lint/a11y/noRedundantRoles: Safari drops the list's role when its markers are styled away */}
      <ul role="list">
        {waiting.map((person) => (
          <li key={person.id} className="flex min-h-13 items-center gap-3">
            <Avatar id={person.id} name={person.name} />
            <span className="min-w-0 flex-1 truncate text-sm font-medium">{person.name}</span>
            <Button
              variant="stage"
              size="sm"
              aria-label={`Decline ${person.name}`}
              onClick={() => void call.decline(person.id)}
            >
              Decline
            </Button>
            <Button
              variant="stageAccent"
              size="sm"
              aria-label={`Admit ${person.name}`}
              onClick={() => void call.admit(person.id)}
            >
              Admit
            </Button>
          </li>
        ))}
      </ul>
    </section>
  )
}
