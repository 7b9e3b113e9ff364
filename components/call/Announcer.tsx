import { createContext, useContext } from 'react'
import { Store } from '#lib/store.ts'
import { useStore } from './useStore.ts'

type Announcement = { readonly text: string; readonly number: number }
export type Announcements = { readonly polite: Announcement; readonly urgent: Announcement }

const SILENCE: Announcement = { text: '', number: 0 }

/** What screen readers are told. Toasts speak for themselves; this is for all that changes without one. */
export class AnnouncementStore extends Store<Announcements> {
  constructor() {
    super({ polite: SILENCE, urgent: SILENCE })
  }

  say(text: string, urgency: 'polite' | 'urgent' = 'polite'): void {
    this.update((now) => ({ ...now, [urgency]: { text, number: now[urgency].number + 1 } }))
  }
}

export const AnnouncementContext = createContext(new AnnouncementStore())
export const useAnnouncements = (): AnnouncementStore => useContext(AnnouncementContext)

/** The two live regions. The same words twice are a new node, so that they are read twice. */
export function Announcer() {
  const { polite, urgent } = useStore(useAnnouncements())
  return (
    <>
      <div className="sr-only" aria-live="polite" data-announcer="polite">
        <span key={polite.number}>{polite.text}</span>
      </div>
      <div className="sr-only" aria-live="assertive" data-announcer="urgent">
        <span key={urgent.number}>{urgent.text}</span>
      </div>
    </>
  )
}
