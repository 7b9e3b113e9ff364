import { EllipsisVertical, Hand, Mic, MicOff, MonitorUp, Video, VideoOff } from 'lucide-react'
import { memo } from 'react'
import { Avatar } from '#components/ui/Avatar.tsx'
import { IconButton } from '#components/ui/IconButton.tsx'
import { Menu } from '#components/ui/Menu.tsx'
import { runsMeeting, type Standing } from '#lib/domain/authority.ts'
import type { Participant } from '#lib/protocol/events.ts'
import { type PersonActions, PersonItems } from './PersonItems.tsx'

type PersonRowProps = { person: Participant; own: boolean; self: Standing; actions: PersonActions }

const ROLE_WORDS = { host: 'Host', member: null, guest: 'Guest', recorder: null } as const

export const PersonRow = memo(function PersonRow({ person, own, self, actions }: PersonRowProps) {
  const details = [
    own ? 'You' : null,
    person.coHost ? 'Co-host' : null,
    ROLE_WORDS[person.role],
    person.connected ? null : 'Reconnecting…',
  ].filter((word) => word !== null)
  const { microphone, camera, screen } = person.media
  return (
    <li className="flex min-h-14 items-center gap-3">
      <Avatar id={person.id} name={person.name} />
      <div className="min-w-0 flex-1">
        <p className="truncate text-sm font-medium">{person.name}</p>
        {details.length > 0 && <p className="truncate text-xs text-stage-ink-soft">{details.join(' · ')}</p>}
      </div>
      <div className="flex shrink-0 items-center gap-2.5 text-stage-ink-soft [&_svg]:size-4">
        {person.handRaisedAt !== null && (
          <State icon={<Hand className="text-stage-warning" />} words="Hand raised" />
        )}
        {screen && <State icon={<MonitorUp />} words="Shares a screen" />}
        <State icon={camera ? <Video /> : <VideoOff />} words={camera ? 'Camera on' : 'Camera off'} />
        <State
          icon={microphone ? <Mic /> : <MicOff className="text-stage-danger-ink" />}
          words={microphone ? 'Microphone on' : 'Microphone off'}
        />
      </div>
      {runsMeeting(self) && !own && <PersonMenu person={person} self={self} actions={actions} />}
    </li>
  )
})

function State({ icon, words }: { icon: React.ReactNode; words: string }) {
  return (
    <span title={words}>
      <span aria-hidden>{icon}</span>
      <span className="sr-only">{words}</span>
    </span>
  )
}

function PersonMenu(props: Pick<PersonRowProps, 'person' | 'self' | 'actions'>) {
  return (
    <Menu
      trigger={
        <IconButton
          label={`Manage ${props.person.name}`}
          size="sm"
          className="-mr-2 text-stage-ink-soft hover:bg-stage-control hover:text-stage-ink"
        >
          <EllipsisVertical aria-hidden className="size-4" />
        </IconButton>
      }
    >
      <PersonItems {...props} />
    </Menu>
  )
}
