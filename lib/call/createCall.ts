import type { WireError } from '#lib/protocol/errors.ts'
import type { IceServer } from '#lib/protocol/events.ts'
import { fail, ok, type Result } from '#lib/result.ts'
import { Store } from '#lib/store.ts'
import { browserClock } from './browserClock.ts'
import { Call, type CallDeps } from './Call.ts'
import type { CallHandle } from './CallHandle.ts'
import type { CallState } from './callState.ts'
import { audioMeterOfBrowser } from './media/audioMeter.ts'
import { BrowserMediaDevices } from './media/BrowserMediaDevices.ts'
import { NoDevices } from './media/NoDevices.ts'
import { ConnectionReserve } from './mesh/ConnectionReserve.ts'
import { EarlyOffer } from './mesh/EarlyOffer.ts'
import { MeshEngine } from './mesh/MeshEngine.ts'
import { newId } from './newId.ts'
import { onNetworkChange } from './onNetworkChange.ts'
import { peopleOf } from './peopleOf.ts'
import type { Source } from './ports.ts'
import { keepsAnything } from './recording/keepsAnything.ts'
import { CHUNK_FOLDER, COPY_FOLDER, KEPT_FOLDER, NOTHING_OF_OUR_OWN } from './recording/OwnRecording.ts'
import { RecordingDoor } from './recording/RecordingDoor.ts'
import { createSfuEngine, preloadSfu } from './sfu/createSfuEngine.ts'
import { SocketSignalling } from './signalling/SocketSignalling.ts'
import { SwitchingEngine } from './switching/SwitchingEngine.ts'

export type CreateCallOptions = {
  readonly code: string
  /** True for somebody who is not signed in. */
  readonly guest: boolean
  /** Name of a signed-in person; null for guests, who are asked. */
  readonly name: string | null
  /** ICE servers that anybody may use; null where a way needs credentials, which are for who has a seat. */
  readonly openIceServers?: readonly IceServer[] | null
  /** Choices are remembered here; localStorage when left out. */
  readonly storage?: Storage
  /** A recorder: sees and hears, and never opens a device. */
  readonly receiveOnly?: boolean
  /** How much later than the browser's reports say sound is heard here, and pictures are to be seen, ms. */
  readonly heardLaterMs?: number
}

/** How long a connection made ahead is kept once we are in, or are not coming. */
const UNUSED_MS = 1000

/** The browser's call: our server by Socket.IO, media by a mesh of peer connections, this machine's devices. */
export function createCall({
  code,
  guest,
  name,
  openIceServers = null,
  storage,
  receiveOnly = false,
  heardLaterMs,
}: CreateCallOptions): CallHandle {
  const signalling = new SocketSignalling({
    url: location.origin,
    meeting: code,
    clock: browserClock,
    random: Math.random,
    probe: serverAnswers,
  })
  // Both directions of one person's voice and picture share a stream, so that the receiver keeps lips in step.
  const person = new MediaStream()
  const screen = new MediaStream()
  const streamOf = (source: Source) => (source === 'microphone' || source === 'camera' ? person : screen)
  const reserve = new ConnectionReserve((configuration) => new RTCPeerConnection(configuration))
  const earlyOffer =
    openIceServers === null || receiveOnly
      ? null
      : new EarlyOffer({
          clock: browserClock,
          createConnection: () => reserve.take(openIceServers),
          streamOf,
        })
  const tabStorage = stored(() => sessionStorage)
  const call = new Call({
    code,
    name,
    signalling,
    earlyOffer,
    createEngine: (context) =>
      new SwitchingEngine({
        ...context,
        clock: browserClock,
        createMesh: (mesh) =>
          new MeshEngine({
            ...mesh,
            clock: browserClock,
            createConnection: (servers) => reserve.take(servers),
            streamOf,
            earlyOffer,
            onNetworkChange,
            heardLaterMs,
          }),
        createSfu: (sfu) => createSfuEngine({ ...sfu, heardLaterMs }),
        preloadSfu: () => void preloadSfu(),
      }),
    media: {
      devices: receiveOnly ? new NoDevices() : new BrowserMediaDevices(navigator.mediaDevices),
      meter: audioMeterOfBrowser,
      storage: receiveOnly ? undefined : (storage ?? stored(() => localStorage)),
      startsOff: receiveOnly,
    },
    clock: browserClock,
    monotonic: () => performance.now(),
    tabStorage,
    newId,
    recording: receiveOnly ? NO_RECORDING : recordingDoor(),
    openAccess: guest ? () => enterAsGuest(code) : null,
    // A guest's session that the server no longer takes is over: a new one would undo a revocation behind its back.
    renewAccess: guest ? async () => false : receiveOnly ? renewCookie : renewSession,
  })
  let before = call.state.get().status
  call.state.subscribe(() => {
    const { status } = call.state.get()
    if (status === before) return
    before = status
    if (status === 'joining') reserve.prepare()
    // The engine takes it within moments of the answer, unless nobody else is there.
    else
      browserClock.after(UNUSED_MS, () => {
        earlyOffer?.drop()
        if (isAlone(call.state.get())) reserve.hold()
        else reserve.drop()
      })
  })
  return call
}

/** Whoever is away is met anew when they are back. */
const isAlone = (state: CallState): boolean =>
  state.status === 'inCall' && peopleOf(state.room).filter(({ connected }) => connected).length === 1

async function enterAsGuest(code: string): Promise<Result<null, WireError>> {
  try {
    const response = await fetch(`/api/m/${encodeURIComponent(code)}/guest`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    })
    if (response.ok) return ok(null)
    const answer: { error?: WireError } = await response.json()
    return fail(answer.error ?? UNREACHABLE)
  } catch {
    return fail(UNREACHABLE)
  }
}

const UNREACHABLE: WireError = {
  code: 'unavailable',
  message: 'The server cannot be reached. Check your connection and try again.',
}

/** Asking who we are renews the cookie. */
async function renewSession(): Promise<boolean> {
  const response = await fetch('/api/session', { cache: 'no-store' })
  if (!response.ok) return false
  const answer: { user?: unknown } = await response.json()
  return answer.user !== null && answer.user !== undefined
}

/** Any request renews a cookie whose session goes on; whether it does, joining tells. */
async function renewCookie(): Promise<boolean> {
  return (await fetch('/api/session', { cache: 'no-store' })).ok
}

const recordingDoor = (): RecordingDoor =>
  new RecordingDoor({
    clock: browserClock,
    hasLeftovers: async () => keepsAnything(navigator.storage, [CHUNK_FOLDER, KEPT_FOLDER, COPY_FOLDER]),
    load: async (given) => (await import('./recording/createRecordingAgent.ts')).createRecordingAgent(given),
  })

/** A recorder's page records by itself (UnattendedRecording). */
const NO_RECORDING: CallDeps['recording'] = {
  own: new Store(NOTHING_OF_OUR_OWN),
  attach: () => () => undefined,
}

/** Any answer will do, also that its database is away. */
async function serverAnswers(): Promise<boolean> {
  await fetch('/api/health', { method: 'HEAD', cache: 'no-store', signal: AbortSignal.timeout(2000) })
  return true
}

/** A browser that forbids storage throws already on looking at it. */
function stored(find: () => Storage): Storage | undefined {
  try {
    return find()
  } catch {
    return undefined
  }
}
