import type { ServerEventName, ServerPayload } from '#lib/protocol/events.ts'
import { Scope } from '#lib/scope.ts'
import type { ReadableStore } from '#lib/store.ts'
import type { Attendance } from './Attendance.ts'
import type { CallEvent, CallNotice, CallState } from './callState.ts'
import type { LocalMediaController } from './media/LocalMediaController.ts'
import type { Signalling } from './ports.ts'
import { isRecordedDirectly, recordingNotices } from './recordingNotices.ts'
import { rosterNotices } from './rosterNotices.ts'

export type ServerListenerDeps = {
  readonly signalling: Pick<Signalling, 'on' | 'close'>
  readonly attendance: Pick<Attendance, 'entered' | 'noticeVersion'>
  readonly media: Pick<LocalMediaController, 'sending' | 'setMicrophone'>
  readonly state: ReadableStore<CallState>
  readonly dispatch: (event: CallEvent) => void
  readonly notify: (notice: CallNotice) => void
}

/**
 * Everything that the server tells a call by itself, but for signals, which are the engine's: what of it changes the
 * state, and what the person is told.
 *
 * @returns stops listening
 */
export function listenToServer(deps: ServerListenerDeps): () => void {
  const { signalling, attendance, media, state, dispatch, notify } = deps
  const scope = new Scope()
  const on = <Name extends ServerEventName>(name: Name, listener: (payload: ServerPayload<Name>) => void) =>
    scope.add(signalling.on(name, listener))
  const room = () => {
    const current = state.get()
    return current.status === 'inCall' ? current.room : null
  }

  on('meeting:admitted', ({ snapshot }) => {
    // The server knows what was on when we knocked; a camera may have come on since, and the others must hear of it.
    const known = snapshot.participants.find(({ id }) => id === snapshot.self)?.media
    attendance.entered(snapshot, known ?? media.sending())
  })
  on('meeting:ended', ({ reason }) => {
    dispatch({ type: 'ended', reason })
    signalling.close()
  })
  on('roster:changed', ({ version, changes }) => {
    const before = state.get()
    attendance.noticeVersion(version)
    dispatch({ type: 'rosterChanged', version, changes })
    if (before.status !== 'inCall' || before === state.get()) return
    for (const notice of rosterNotices(before.room, changes)) notify(notice)
  })
  on('settings:changed', ({ version, settings }) => {
    attendance.noticeVersion(version)
    dispatch({ type: 'settingsChanged', version, settings })
  })
  on('transport:changed', ({ version, transport }) => {
    attendance.noticeVersion(version)
    dispatch({ type: 'transportChanged', version, transport })
  })
  on('recording:changed', ({ version, recording, stopped }) => {
    const before = room()?.recording ?? null
    attendance.noticeVersion(version)
    dispatch({ type: 'recordingChanged', version, recording })
    for (const notice of recordingNotices(before, recording, stopped)) notify(notice)
  })
  let directly = false
  scope.add(
    state.subscribe(() => {
      const current = room()
      const before = directly
      directly = current !== null && isRecordedDirectly(current)
      if (directly && !before) notify({ type: 'recordedDirectly' })
    }),
  )
  on('lobby:changed', ({ waiting }) => {
    const known = new Set(room()?.waiting.map(({ id }) => id))
    dispatch({ type: 'lobbyChanged', waiting })
    for (const { id, name } of waiting) if (!known.has(id)) notify({ type: 'waiting', name })
  })
  on('chat:received', ({ message }) => {
    dispatch({ type: 'chatReceived', messages: [message] })
    const current = room()
    if (current === null || message.from === current.self) return
    notify({ type: 'message', name: message.authorName, text: message.text })
  })
  on('reaction:received', ({ from, emoji }) => {
    const name = room()?.participants.get(from)?.name
    if (name !== undefined) notify({ type: 'reaction', from, name, emoji })
  })
  on('microphone:muteRequested', ({ by }) => {
    void media.setMicrophone(false)
    notify({ type: 'mutedBySomebody', name: room()?.participants.get(by)?.name ?? null })
  })
  return () => scope.end()
}
