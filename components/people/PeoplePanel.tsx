import { ShieldCheck } from 'lucide-react'
import { useCall } from '#components/call/CallContext.tsx'
import { CopyLink } from '#components/call/CopyLink.tsx'
import { Button } from '#components/ui/Button.tsx'
import { Switch } from '#components/ui/Switch.tsx'
import type { Room } from '#lib/call/callState.ts'
import { peopleOf } from '#lib/call/peopleOf.ts'
import { runsMeeting, type Standing } from '#lib/domain/authority.ts'
import type { Participant } from '#lib/protocol/events.ts'
import { MediaPath } from './MediaPath.tsx'
import type { PersonActions } from './PersonItems.tsx'
import { PersonRow } from './PersonRow.tsx'
import { WaitingList } from './WaitingList.tsx'

type PeoplePanelProps = {
  room: Room
  self: Standing
  link: string
  actions: PersonActions
  onHostControls(): void
}

/** Hands first, in the order in which they were raised; then as people came. */
function byHandThenSeat(a: Participant, b: Participant): number {
  return (a.handRaisedAt ?? Infinity) - (b.handRaisedAt ?? Infinity) || a.seat - b.seat
}

export function PeoplePanel({ room, self, link, actions, onHostControls }: PeoplePanelProps) {
  const call = useCall()
  const runs = runsMeeting(self)
  const people = peopleOf(room).sort(byHandThenSeat)
  return (
    <>
      <section
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        tabIndex={0}
        aria-label="People list"
        className="min-h-0 flex-1 overflow-y-auto overscroll-contain px-5 outline-offset-[-2px]"
      >
        {runs && <WaitingList waiting={room.waiting} />}
        <h3 className="pt-3 pb-1 text-sm font-medium text-stage-ink-soft">In the call ({people.length})</h3>
        {/* biome-ignore lint/a11y/noRedundantRoles: Safari drops the list's role when its markers are styled away */}
        <ul role="list">
          {people.map((person) => (
            <PersonRow
              key={person.id}
              person={person}
              own={person.id === room.self}
              self={self}
              actions={actions}
            />
          ))}
        </ul>
      </section>
      <div className="shrink-0 space-y-3 border-t border-stage-line px-5 py-3">
        {runs && (
          <Switch
            label="People ask to join"
            checked={room.settings.lobby}
            onChange={(event) => void call.setLobby(event.target.checked)}
          />
        )}
        {self.role === 'host' && <MediaPath room={room} />}
        {runs && (
          <Button variant="stage" className="w-full" onClick={onHostControls}>
            <ShieldCheck aria-hidden className="size-4" />
            Host controls
          </Button>
        )}
        <CopyLink link={link} wide />
      </div>
    </>
  )
}
