import { type Dispatch, type RefObject, useMemo } from 'react'
import type { Room } from '#lib/call/callState.ts'
import { peopleOf } from '#lib/call/peopleOf.ts'
import type { SpeakerTracker } from '#lib/call/SpeakerTracker.ts'
import type { Standing } from '#lib/domain/authority.ts'
import type { Participant } from '#lib/protocol/events.ts'
import { useAnnouncements } from './Announcer.tsx'
import { useCall } from './CallContext.tsx'
import type { BarActions } from './ControlBar.tsx'
import type { ViewChange } from './callView.ts'
import { toggleFullScreen, togglePictureInPicture } from './fullScreen.ts'
import { isOn } from './sourceButtons.ts'
import type { TileActions } from './TileMenu.tsx'
import { useShortcuts } from './useShortcuts.ts'

type Commands = { readonly tileActions: TileActions; readonly barActions: BarActions }

/** What buttons, menus and keys do in a call. One meaning each, whichever way it was asked for. */
export function useCallCommands(input: {
  root: RefObject<HTMLElement | null>
  room: Room
  tracker: RefObject<SpeakerTracker>
  change: Dispatch<ViewChange>
  setRemoving(person: Participant): void
  shortcuts: boolean
  mac: boolean
  self: Standing
}): Commands {
  const { root, room, tracker, change, setRemoving, shortcuts, mac } = input
  const { role, coHost } = input.self
  const call = useCall()
  const announcements = useAnnouncements()

  const tileActions = useMemo<TileActions>(
    () => ({
      self: { role, coHost },
      togglePin: (key) => change({ type: 'togglePin', key }),
      toggleSilence: (id) => change({ type: 'toggleSilence', id }),
      toggleFullScreen: (key) =>
        void toggleFullScreen(root.current?.querySelector<HTMLElement>(`[data-tile="${key}"]`) ?? null),
      mute: (id) => void call.mute(id),
      lowerHand: (id) => void call.lowerHand(id),
      setCoHost: (id, on) => void call.setCoHost(id, on),
      askToRemove: setRemoving,
    }),
    [call, change, role, coHost, root, setRemoving],
  )

  const barActions = useMemo<BarActions>(
    () => ({
      togglePanel: (panel) => change({ type: 'togglePanel', panel }),
      toggleLayout: () => change({ type: 'toggleLayout' }),
      toggleFullScreen: () => void toggleFullScreen(root.current),
      pictureInPicture: () =>
        void togglePictureInPicture(
          root.current?.querySelector<HTMLVideoElement>(
            '[data-participant-id]:not([data-path="self"]) video',
          ) ??
            root.current?.querySelector('video') ??
            null,
        ),
      openRecording: (what) => change({ type: 'recording', open: what }),
      openHostControls: () => change({ type: 'hostControls', open: true }),
      openHelp: () => change({ type: 'help', open: true }),
    }),
    [change, root],
  )

  const nameOf = (person: Participant): string => (person.id === room.self ? 'you' : person.name)
  useShortcuts(
    call,
    {
      microphone: () => void call.setMicrophone(!isOn(call.local.get().microphone)),
      camera: () => void call.setCamera(!isOn(call.local.get().camera)),
      hand: () => void call.setHand(room.participants.get(room.self)?.handRaisedAt == null),
      share: () => void call.setScreen(!isOn(call.local.get().screen)),
      chat: () => barActions.togglePanel('chat'),
      people: () => barActions.togglePanel('people'),
      layout: barActions.toggleLayout,
      fullScreen: barActions.toggleFullScreen,
      pictureInPicture: barActions.pictureInPicture,
      help: barActions.openHelp,
      announceSpeaker: () => {
        const speaking = tracker.current.speaking(Date.now())
        const names = peopleOf(room)
          .filter(({ id }) => speaking.has(id))
          .map(nameOf)
        announcements.say(names.length > 0 ? `Speaking: ${names.join(', ')}` : 'Nobody is speaking', 'urgent')
      },
      announceRoom: () => {
        const names = peopleOf(room).map(nameOf)
        announcements.say(`${names.length} in the call: ${names.join(', ')}`, 'urgent')
      },
      focusPerson: (index) => {
        const others = root.current?.querySelectorAll<HTMLElement>(
          '[data-participant-id]:not([data-path="self"])',
        )
        const own = root.current?.querySelector<HTMLElement>('[data-path="self"]')
        const tile = index === 0 ? own : others?.[index - 1]
        tile?.focus()
      },
    },
    { enabled: shortcuts, mac },
  )
  return { tileActions, barActions }
}
