'use client'

import { lazy, Suspense, useEffect, useState } from 'react'
import { CallProvider } from '#components/call/CallContext.tsx'
import { OwnKeptRecordings } from '#components/call/OwnKeptRecordings.tsx'
import { OwnRecordingLine } from '#components/call/OwnRecordingLine.tsx'
import { localStorageOrNull } from '#components/call/preferences.ts'
import { useStore } from '#components/call/useStore.ts'
import type { CallState } from '#lib/call/callState.ts'
import type { RecordingNotice } from '#lib/domain/recordingPolicy.ts'
import type { IceServer } from '#lib/protocol/events.ts'
import { type ReadableStore, Store } from '#lib/store.ts'
import { CalmScreen } from './CalmScreen.tsx'
import { EndScreen } from './EndScreen.tsx'
import { GreenRoom } from './GreenRoom.tsx'
import { type OpenCall, openRealCall } from './openCall.ts'
import { type Person, rememberedName, rememberName } from './person.ts'
import { useEntered } from './useEntered.ts'
import { useMeetingCall } from './useMeetingCall.ts'
import { usePreload } from './usePreload.ts'
import { useRecordingNotice } from './useRecordingNotice.ts'
import { WaitingScreen } from './WaitingScreen.tsx'

/**
 * The call's own screen comes on demand: nobody pays for it in order to look into the mirror. It is fetched at the first
 * sign that somebody is about to join (pointer or focus on the form), and at the latest while the server answers.
 */
const loadCallScreen = () => import('#components/call/CallScreen.tsx')
const CallScreen = lazy(async () => ({ default: (await loadCallScreen()).CallScreen }))

type MeetingScreenProps = {
  code: string
  title: string
  /** Null for somebody who is not signed in: a guest. */
  user: { readonly id: string; readonly name: string } | null
  /** People ask to join, and this person is not the host. */
  asks: boolean
  /** ICE servers that need no credentials; null where there are others. */
  openIceServers: readonly IceServer[] | null
  /** As the page came with it. */
  recording: RecordingNotice
  /** Makes the call; another one only in tests. */
  openCall?: OpenCall
}

const NOTHING_YET: ReadableStore<CallState> = new Store<CallState>({ status: 'lobby', error: null })

/** One meeting's page from the green room to the last screen. Renders what the call says, and nothing else. */
export function MeetingScreen({
  code,
  title,
  user,
  asks,
  openIceServers,
  recording,
  openCall = openRealCall,
}: MeetingScreenProps) {
  const [attempt, setAttempt] = useState(0)
  const [name, setName] = useState('')
  const person = usePerson(user)
  const guest = user === null
  const { call, failed } = useMeetingCall({
    openCall,
    code,
    guest,
    // Whoever waits at the door is met by an offer when they come in.
    openIceServers: asks ? null : openIceServers,
    attempt,
  })
  const state = useStore(call?.state ?? NOTHING_YET)
  const entered = useEntered(state)
  const preload = usePreload(loadCallScreen)
  const outside = state.status === 'lobby' || state.status === 'joining' || state.status === 'waiting'
  const notice = useRecordingNotice(code, recording, outside)
  // Pressed before the engine had arrived: joins as soon as it has.
  const [eager, setEager] = useState<string | null>(null)
  const again = (): void => {
    setEager(null)
    setAttempt((last) => last + 1)
  }
  useEffect(() => {
    if (call && eager !== null) void call.join(guest ? eager : undefined)
  }, [call, eager, guest])

  if (failed) {
    return (
      <EndScreen
        state={{ status: 'failed', error: { code: failed, message: '' } }}
        code={code}
        guest={guest}
        onRejoin={again}
      />
    )
  }
  const join = (given: string): void => {
    preload.onJoin()
    setName(given)
    if (guest) rememberName(localStorageOrNull(), given)
    if (call) void call.join(guest ? given : undefined)
    else setEager(given)
  }
  if (
    !call ||
    !person ||
    state.status === 'lobby' ||
    state.status === 'joining' ||
    (state.status === 'inCall' && !entered)
  ) {
    return (
      <GreenRoom
        key={attempt}
        call={call}
        title={title}
        person={person ?? { kind: 'guest', name: '' }}
        asks={asks}
        recording={notice}
        joining={state.status === 'joining' || state.status === 'inCall' || (!call && eager !== null)}
        error={state.status === 'lobby' ? state.error : null}
        onIntent={preload.onIntent}
        onJoin={join}
      />
    )
  }
  switch (state.status) {
    case 'waiting':
      return (
        <WaitingScreen
          call={call}
          title={title}
          recording={notice}
          name={name || person.name}
          colourId={person.kind === 'user' ? person.id : name}
        />
      )
    case 'inCall':
      return (
        <Suspense fallback={<CalmScreen state="joining" title="Joining…" text={title} />}>
          <CallProvider call={call}>
            <CallScreen state={state} link={window.location.href.split(/[?#]/)[0] ?? ''} />
          </CallProvider>
        </Suspense>
      )
    case 'ended':
    case 'failed':
      return (
        <CallProvider call={call}>
          <EndScreen state={state} code={code} guest={guest} onRejoin={again} />
          {/* What this browser has recorded goes on being uploaded while the page lives. */}
          <OwnRecordingLine className="fixed inset-x-4 bottom-6 mx-auto max-w-md text-center text-ink-soft" />
          <OwnKeptRecordings className="fixed inset-x-4 top-16 mx-auto sm:top-auto sm:bottom-6" />
        </CallProvider>
      )
  }
}

/** A guest's remembered name is known to the browser only: null until it was looked up. */
function usePerson(user: MeetingScreenProps['user']): Person | null {
  const [remembered, setRemembered] = useState<string | null>(null)
  useEffect(() => setRemembered(rememberedName(localStorageOrNull())), [])
  if (user) return { kind: 'user', ...user }
  return remembered === null ? null : { kind: 'guest', name: remembered }
}
