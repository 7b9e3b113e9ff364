import { Hand, MessageSquare, Mic, MicOff, Monitor, PhoneOff, Video } from 'lucide-react'
import { Avatar } from '#components/ui/Avatar.tsx'
import { joinClasses } from '#components/ui/joinClasses.ts'

const PEOPLE = [
  { id: 'noor-1', name: 'Noor Haddad', speaking: true, muted: false },
  { id: 'mateo-1', name: 'Mateo Ruiz', speaking: false, muted: true },
  { id: 'ingrid', name: 'Ingrid Solberg', speaking: false, muted: false },
  { id: 'kenji-1', name: 'Kenji Mori', speaking: false, muted: true },
] as const

const CONTROLS = [Mic, Video, Monitor, Hand, MessageSquare] as const

/** A call as it looks, drawn with the call's own colours; decoration, so screen readers pass it by. */
export function CallPicture() {
  return (
    <div aria-hidden className="relative lg:-mr-4">
      <div className="rounded-2xl bg-stage p-2.5 shadow-3 ring-1 ring-stage-line sm:p-4">
        <div className="grid grid-cols-2 gap-2 sm:gap-3">
          {PEOPLE.map((person) => (
            <div
              key={person.id}
              className={joinClasses(
                '@container relative flex aspect-[4/3] items-center justify-center rounded-lg bg-stage-tile',
                person.speaking && 'ring-2 ring-stage-speaking',
              )}
            >
              <Avatar id={person.id} name={person.name} size="tile" />
              <span className="absolute bottom-2 left-2 flex max-w-[calc(100%-1rem)] items-center gap-1.5 rounded-sm bg-stage-scrim px-2 py-1 text-xs font-medium text-stage-ink">
                {person.muted && <MicOff className="size-3 shrink-0 text-stage-danger-ink" />}
                <span className="truncate">{person.name}</span>
              </span>
            </div>
          ))}
        </div>
        <div className="flex justify-center gap-2 pt-3 sm:gap-3 sm:pt-4">
          {CONTROLS.map((Icon, index) => (
            <span
              key={PEOPLE[index]?.id ?? 'last'}
              className="flex size-10 items-center justify-center rounded-full bg-stage-control text-stage-ink sm:size-11"
            >
              <Icon className="size-4.5" />
            </span>
          ))}
          <span className="flex h-10 w-14 items-center justify-center rounded-full bg-stage-danger text-stage-on-danger sm:h-11 sm:w-16">
            <PhoneOff className="size-4.5" />
          </span>
        </div>
      </div>
    </div>
  )
}
