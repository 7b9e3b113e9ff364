import { browserClock } from '#lib/call/browserClock.ts'
import type { CallHandle } from '#lib/call/CallHandle.ts'
import { createCall } from '#lib/call/createCall.ts'
import { newId } from '#lib/call/newId.ts'
import { fetchRecordingApi } from '#lib/call/recording/fetchRecordingApi.ts'
import { LateChunkStore } from '#lib/call/recording/LateChunkStore.ts'
import { OpfsChunkStore } from '#lib/call/recording/OpfsChunkStore.ts'
import { CHUNK_FOLDER } from '#lib/call/recording/OwnRecording.ts'
import { UnattendedRecording } from '#lib/call/recording/UnattendedRecording.ts'
import { loadLiveKit } from '#lib/call/sfu/liveKit.ts'
import type { RecordingId } from '#lib/protocol/ids.ts'
import type { RecorderPage } from '#lib/protocol/recorderPage.ts'

declare global {
  interface Window {
    parleyRecorder?: RecorderPage
  }
}

const JOIN_AGAIN_MS = 500
/**
 * To be captured of this tab takes sound longer than the way to a loudspeaker that the browser reports, and a picture is here
 * before it is due. Together, by flashes and beeps in films: 26 ms on the SFU and 38 in a mesh (docs/RECORDING.md).
 */
const CAPTURED_LATER_MS = 25

/** The call and the recording of a recorder's page; `window.parleyRecorder` is how its process talks to it. */
export function openRecorder(code: string, recordingId: RecordingId): { call: CallHandle; close(): void } {
  const call = createCall({
    code,
    guest: false,
    name: 'Recorder',
    receiveOnly: true,
    heardLaterMs: CAPTURED_LATER_MS,
  })
  const recording = new UnattendedRecording({
    call,
    recordingId,
    api: fetchRecordingApi({ fetch: (...request) => fetch(...request), priority: 'auto' }),
    store: new LateChunkStore(() => OpfsChunkStore.open(navigator.storage, CHUNK_FOLDER), browserClock),
    clock: browserClock,
    random: Math.random,
    newId,
    serverNow: call.serverNow,
    createRecorder: (stream, options) => new MediaRecorder(stream, options),
    isSupported: (type) => MediaRecorder.isTypeSupported(type),
    captureSound,
  })
  window.parleyRecorder = {
    begin: (plan) => recording.begin(plan),
    report: () => recording.report(),
    stop: () => recording.stop(),
  }
  // Refused while the room still keeps the place of a browser that died: nobody is here to press the button again.
  call.state.subscribe(() => {
    const state = call.state.get()
    if (state.status === 'lobby' && state.error !== null)
      browserClock.after(JOIN_AGAIN_MS, () => void call.join())
  })
  void call.join()
  // Before anything is drawn: run in mid-film, for a switch, a script of that size shows in it.
  void loadLiveKit().catch(() => undefined)
  return {
    call,
    close() {
      delete window.parleyRecorder
      void recording.stop().finally(() => call.close())
    },
  }
}

/**
 * What this tab plays, mixed by the browser: in step with the pictures, where Web Audio would keep sound back by up to a
 * tenth of a second once it was late. A tab is captured with its picture or not at all, which ends at once.
 */
async function captureSound(): Promise<MediaStreamTrack> {
  const options: DisplayMediaStreamOptions & { preferCurrentTab: boolean; selfBrowserSurface: string } = {
    video: true,
    // What people said has been through all of that already.
    audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
    preferCurrentTab: true,
    selfBrowserSurface: 'include',
  }
  const stream = await navigator.mediaDevices.getDisplayMedia(options)
  for (const track of stream.getVideoTracks()) track.stop()
  const [sound] = stream.getAudioTracks()
  if (sound === undefined) throw new Error('this browser captures no sound of a tab')
  return sound
}
