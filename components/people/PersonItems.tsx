import { Hand, MicOff, ShieldMinus, ShieldPlus, UserMinus } from 'lucide-react'
import { MenuItem } from '#components/ui/Menu.tsx'
import { mayRemove, runsMeeting, type Standing } from '#lib/domain/authority.ts'
import type { Participant } from '#lib/protocol/events.ts'
import type { ParticipantId } from '#lib/protocol/ids.ts'

export type PersonActions = {
  mute(id: ParticipantId): void
  lowerHand(id: ParticipantId): void
  setCoHost(id: ParticipantId, coHost: boolean): void
  askToRemove(person: Participant): void
}

type PersonItemsProps = { person: Participant; self: Standing; actions: PersonActions }

/** What somebody who runs the meeting can do with somebody else in it. */
export function PersonItems({ person, self, actions }: PersonItemsProps) {
  if (!runsMeeting(self)) return null
  const { id, coHost } = person
  return (
    <>
      <MenuItem icon={<MicOff />} disabled={!person.media.microphone} onSelect={() => actions.mute(id)}>
        Mute for everyone
      </MenuItem>
      {person.handRaisedAt !== null && (
        <MenuItem icon={<Hand />} onSelect={() => actions.lowerHand(id)}>
          Lower hand
        </MenuItem>
      )}
      {self.role === 'host' && person.role !== 'host' && (
        <MenuItem
          icon={coHost ? <ShieldMinus /> : <ShieldPlus />}
          onSelect={() => actions.setCoHost(id, !coHost)}
        >
          {coHost ? 'No longer a co-host' : 'Make co-host'}
        </MenuItem>
      )}
      {mayRemove(self, person) && (
        <MenuItem icon={<UserMinus />} tone="danger" onSelect={() => actions.askToRemove(person)}>
          Remove from the call
        </MenuItem>
      )}
    </>
  )
}
