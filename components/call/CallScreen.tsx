'use client'

import { useEffect, useMemo, useReducer, useRef, useState } from 'react'
import { ChatPanel } from '#components/chat/ChatPanel.tsx'
import { useUnread } from '#components/chat/useUnread.ts'
import { HostControls } from '#components/people/HostControls.tsx'
import { PeoplePanel } from '#components/people/PeoplePanel.tsx'
import { RemoveDialog } from '#components/people/RemoveDialog.tsx'
import type { CallState } from '#lib/call/callState.ts'
import { peopleOf } from '#lib/call/peopleOf.ts'
import { recordedWhere } from '#lib/call/recordedWhere.ts'
import { ourPermissions } from '#lib/call/standing.ts'
import { runsMeeting, type Standing } from '#lib/domain/authority.ts'
import type { Participant } from '#lib/protocol/events.ts'
import type { RoomRecording } from '#lib/protocol/recordings.ts'
import { AnnouncementContext, AnnouncementStore, Announcer, useAnnouncements } from './Announcer.tsx'
import { useCall } from './CallContext.tsx'
import { ControlBar } from './ControlBar.tsx'
import { changeView, FIRST_VIEW, stagedKey } from './callView.ts'
import { recordedWords } from './noticeText.ts'
import { OwnKeptRecordings } from './OwnKeptRecordings.tsx'
import { OwnRecordingLine } from './OwnRecordingLine.tsx'
import { PreferencesContext, usePreferences } from './PreferencesContext.tsx'
import { createPreferences, localStorageOrNull } from './preferences.ts'
import { Reactions } from './ReactionBubble.tsx'
import { RecordingDialogs } from './RecordingDialogs.tsx'
import { RecordingStatus } from './RecordingStatus.tsx'
import { RemoteAudio } from './RemoteAudio.tsx'
import { followReactions } from './reactions.ts'
import { consentItem, recordingItem } from './recordingItems.ts'
import { ShortcutsDialog } from './ShortcutsDialog.tsx'
import { SidePanel } from './SidePanel.tsx'
import { Stage } from './Stage.tsx'
import { StatusLines } from './StatusLines.tsx'
import { stageTiles } from './stageTiles.ts'
import { useAutoHide } from './useAutoHide.ts'
import { useCallCommands } from './useCallCommands.ts'
import { useNotices } from './useNotices.ts'
import { useSpeakerInFocus } from './useSpeakerInFocus.ts'
import { useSpeakers } from './useSpeakers.ts'
import { useSelected, useStore } from './useStore.ts'

export type InCall = Extract<CallState, { status: 'inCall' }>
type CallScreenProps = { state: InCall; link: string }

/** The call: what is shared by its parts is made here, once per call. */
export function CallScreen({ state, link }: CallScreenProps) {
  const call = useCall()
  const [preferences] = useState(() => createPreferences(localStorageOrNull()))
  const [announcements] = useState(() => new AnnouncementStore())
  const reactions = useMemo(() => followReactions(call), [call])
  useEffect(() => reactions.start(), [reactions])
  return (
    <PreferencesContext value={preferences}>
      <AnnouncementContext value={announcements}>
        <Reactions value={reactions.shown}>
          <CallStage state={state} link={link} />
          <Announcer />
        </Reactions>
      </AnnouncementContext>
    </PreferencesContext>
  )
}

function CallStage({ state, link }: CallScreenProps) {
  const call = useCall()
  const { room, media, connection, pending } = state
  const root = useRef<HTMLElement>(null)
  const draft = useRef('')
  const [view, change] = useReducer(changeView, FIRST_VIEW)
  const [removing, setRemoving] = useState<Participant | null>(null)
  const [preferences] = usePreferences()
  const local = useStore(call.local)
  const speakerDevice = useSelected(call.devices, (devices) => devices.chosen.speaker)
  const tracker = useSpeakers(call, root, room.self)
  const mac = useMemo(() => /Mac|iPhone|iPad/.test(navigator.userAgent), [])

  const self = room.participants.get(room.self)
  const standing: Standing = self ?? NOBODY
  const runs = runsMeeting(standing)
  const allowed = useMemo(() => ourPermissions(room), [room])
  const people = peopleOf(room).length
  const unread = useUnread(room.chat, room.self, view.panel === 'chat')
  const tiles = useMemo(() => stageTiles(room, media, local), [room, media, local])
  const speaker = useSpeakerInFocus(view.layout === 'stage', tracker, room.self)
  const staged = stagedKey(view, tiles, speaker)

  useNotices(call, {
    people,
    sounds: preferences.sounds,
    chatOpen: view.panel === 'chat',
    speaker: speakerDevice,
  })
  useAutoHide(root, view.panel !== null || people <= 1)
  useAnnouncedConnection(connection)
  useAnnouncedRecording(room.recording)
  const { tileActions, barActions } = useCallCommands({
    root,
    room,
    tracker,
    change,
    setRemoving,
    shortcuts: preferences.shortcuts,
    mac,
    self: standing,
  })

  return (
    <main
      ref={root}
      aria-label="Call"
      data-stage
      data-call-state={connection === 'connected' ? 'inCall' : 'reconnecting'}
      data-transport={room.transport.kind}
      className="group/call fixed inset-0 flex flex-col bg-stage text-stage-ink"
    >
      <h1 className="sr-only">{room.title}</h1>
      <div className="relative flex min-h-0 flex-1 gap-2 p-2 pb-0 pt-[max(0.5rem,env(safe-area-inset-top))] pr-[max(0.5rem,env(safe-area-inset-right))] pl-[max(0.5rem,env(safe-area-inset-left))]">
        <div className="relative flex min-w-0 flex-1">
          <Stage
            tiles={tiles}
            staged={staged}
            pinned={view.pinned}
            page={view.page}
            onPage={(page) => change({ type: 'page', page })}
            mirror={preferences.mirror}
            silenced={view.silenced}
            tracker={tracker}
            actions={tileActions}
          />
          <StatusLines
            reconnecting={connection === 'reconnecting'}
            waiting={runs ? room.waiting : []}
            peopleOpen={view.panel === 'people'}
            alone={people <= 1}
            link={link}
            unrecorded={room.settings.unrecorded}
            onRecord={recordingItem(room) === 'start' ? () => barActions.openRecording('start') : null}
            onShowPeople={() => change({ type: 'togglePanel', panel: 'people' })}
            first={<RecordingStatus recording={room.recording} />}
            last={
              <>
                <OwnRecordingLine className="rounded-md bg-stage-scrim px-2.5 py-1 text-center text-stage-ink sm:text-left" />
                <OwnKeptRecordings className="w-full sm:self-start" />
              </>
            }
          />
        </div>
        {view.panel === 'chat' && (
          <SidePanel key="chat" title="Chat" onClose={() => change({ type: 'closePanel' })}>
            <ChatPanel
              chat={room.chat}
              pending={pending}
              self={room.self}
              draft={draft}
              mayWrite={allowed.has('chat')}
            />
          </SidePanel>
        )}
        {view.panel === 'people' && (
          <SidePanel key="people" title="People" onClose={() => change({ type: 'closePanel' })}>
            <PeoplePanel
              room={room}
              self={standing}
              link={link}
              actions={tileActions}
              onHostControls={barActions.openHostControls}
            />
          </SidePanel>
        )}
      </div>
      <footer
        data-controls
        className="flex shrink-0 items-center px-2 pt-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] transition-opacity duration-200 group-data-[controls-hidden]/call:opacity-0 focus-within:group-data-[controls-hidden]/call:opacity-100"
      >
        <p className="hidden w-52 truncate pl-3 text-sm text-stage-ink-soft lg:block">{room.title}</p>
        <ControlBar
          state={{
            panel: view.panel,
            handRaised: self?.handRaisedAt != null,
            isHost: standing.role === 'host',
            runs,
            allowed,
            unread,
            waiting: runs ? room.waiting.length : 0,
            people,
            canShare: typeof navigator.mediaDevices?.getDisplayMedia === 'function',
            mac,
            layout: view.layout,
            recording: runs ? recordingItem(room) : null,
            consent: consentItem(room),
          }}
          actions={barActions}
        />
        <p className="hidden w-52 pr-3 text-right text-sm text-stage-ink-soft tabular-nums lg:block">
          {people === 1 ? '1 person' : `${people} people`}
        </p>
      </footer>
      <RemoteAudio participants={media.participants} speaker={speakerDevice} silenced={view.silenced} />
      <ShortcutsDialog open={view.help} onOpenChange={(open) => change({ type: 'help', open })} mac={mac} />
      <HostControls
        open={view.hostControls && runs}
        permissions={room.settings.permissions}
        onClose={() => change({ type: 'hostControls', open: false })}
      />
      <RecordingDialogs
        room={room}
        open={view.recording}
        onClose={() => change({ type: 'recording', open: null })}
      />
      <RemoveDialog person={removing} onClose={() => setRemoving(null)} />
    </main>
  )
}

/** While our own seat is not in the roster. */
const NOBODY: Standing = { role: 'guest', coHost: false }

/** Screen readers hear of a lost connection at once; the line on the screen stays as long as it is lost. */
function useAnnouncedConnection(connection: InCall['connection']): void {
  const announcements = useAnnouncements()
  useEffect(() => {
    if (connection !== 'reconnecting') return
    announcements.say('Connection lost. Reconnecting.', 'urgent')
    // What no longer holds is not left for a reader that walks the page; a toast tells of the return.
    return () => announcements.say('', 'urgent')
  }, [connection, announcements])
}

/** Who comes into a meeting that is recorded already hears of it with the first they hear. */
function useAnnouncedRecording(recording: RoomRecording | null): void {
  const announcements = useAnnouncements()
  const atFirst = useRef(recording)
  useEffect(() => {
    const { current } = atFirst
    if (current) announcements.say(recordedWords(recordedWhere(current)), 'urgent')
  }, [announcements])
}
