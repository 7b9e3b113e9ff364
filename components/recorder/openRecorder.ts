import { browserClock } from '#lib/call/browserClock.ts'
import type { CallHandle } from '#lib/call/CallHandle.ts'
import { createCall } from '#lib/call/createCall.ts'
import { newId } from '#lib/call/newId.ts'
import { fetchRecordingApi } from '#lib/call/recording/fetchRecordingApi.ts'
import { MemoryChunkStore } from '#lib/call/recording/MemoryChunkStore.ts'
import { TabRecording } from '#lib/call/recording/TabRecording.ts'
import type { RecordingId } from '#lib/protocol/ids.ts'
import type { RecorderPage } from '#lib/protocol/recorderPage.ts'

declare global {
  interface Window {
    parleyRecorder?: RecorderPage
  }
}

/**
 * More than a camera's 25: a screen is drawn 60 times a second, so that pictures come 33 or 50 ms apart. Held to 40 ms Chromium
 * leaves out one after each that came too soon, a quarter of them with two people.
 */
const PICTURES_PER_SECOND = 30
const JOIN_AGAIN_MS = 500

/** The call and the recording of a recorder's page; `window.parleyRecorder` is how its process talks to it. */
export function openRecorder(code: string, recordingId: RecordingId): { call: CallHandle; close(): void } {
  const call = createCall({ code, guest: false, name: 'Recorder', receiveOnly: true })
  const recording = new TabRecording({
    call,
    recordingId,
    api: fetchRecordingApi({ fetch: (...request) => fetch(...request), priority: 'auto' }),
    store: new MemoryChunkStore(),
    clock: browserClock,
    random: Math.random,
    newId,
    serverNow: call.serverNow,
    createRecorder: (stream, options) => new MediaRecorder(stream, options),
    isSupported: (type) => MediaRecorder.isTypeSupported(type),
    capture: captureTab,
  })
  window.parleyRecorder = {
    begin: () => recording.begin(),
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
  return {
    call,
    close() {
      delete window.parleyRecorder
      void recording.stop().finally(() => call.close())
    },
  }
}

function captureTab(): Promise<MediaStream> {
  const options: DisplayMediaStreamOptions & { preferCurrentTab: boolean; selfBrowserSurface: string } = {
    video: {
      frameRate: PICTURES_PER_SECOND,
      width: window.innerWidth,
      height: window.innerHeight,
    },
    // What people said has been through all of that already.
    audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
    preferCurrentTab: true,
    selfBrowserSurface: 'include',
  }
  return navigator.mediaDevices.getDisplayMedia(options)
}
