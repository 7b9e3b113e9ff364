import type { WireError } from '#lib/protocol/errors.ts'
import type { IceServer } from '#lib/protocol/events.ts'
import { fail, ok, type Result } from '#lib/result.ts'
import { browserClock } from './browserClock.ts'
import { Call } from './Call.ts'
import type { CallHandle } from './CallHandle.ts'
import { audioMeterOfBrowser } from './media/audioMeter.ts'
import { BrowserMediaDevices } from './media/BrowserMediaDevices.ts'
import { MeshEngine } from './mesh/MeshEngine.ts'
import { OpeningOffer } from './mesh/OpeningOffer.ts'
import { onNetworkChange } from './onNetworkChange.ts'
import type { Source } from './ports.ts'
import { createSfuEngine, preloadSfu } from './sfu/createSfuEngine.ts'
import { SocketSignalling } from './signalling/SocketSignalling.ts'
import { SwitchingEngine } from './switching/SwitchingEngine.ts'

export type CreateCallOptions = {
  readonly code: string
  /** True for somebody who is not signed in. */
  readonly guest: boolean
  /** Name of a signed-in person; null for guests, who are asked. */
  readonly name: string | null
  /** Choices are remembered here; localStorage when left out. */
  readonly storage?: Storage
}

/** The browser's call: our server by Socket.IO, media by a mesh of peer connections, this machine's devices. */
export function createCall({ code, guest, name, storage }: CreateCallOptions): CallHandle {
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
  const opening = new OpeningOffer({
    createConnection: () => new RTCPeerConnection({ bundlePolicy: 'max-bundle' }),
    streamOf,
    clock: browserClock,
  })
  return new Call({
    code,
    name,
    signalling,
    createEngine: (context) =>
      new SwitchingEngine({
        ...context,
        clock: browserClock,
        createMesh: (mesh) =>
          new MeshEngine({
            ...mesh,
            clock: browserClock,
            createConnection,
            takeOpening: (id, instanceId) => opening.take(id, instanceId),
            streamOf,
            onNetworkChange,
          }),
        createSfu: (sfu) => createSfuEngine(sfu),
        preloadSfu: () => void preloadSfu(),
      }),
    opening,
    media: {
      devices: new BrowserMediaDevices(navigator.mediaDevices),
      meter: audioMeterOfBrowser,
      storage: storage ?? stored(() => localStorage),
    },
    clock: browserClock,
    tabStorage: stored(() => sessionStorage),
    newId,
    openAccess: guest ? () => enterAsGuest(code) : null,
    // A guest's session that the server no longer takes is over: a new one would undo a revocation behind its back.
    renewAccess: guest ? async () => false : renewSession,
  })
}

/**
 * One transport for all media (RFC 8843): fewer candidates to gather, fewer checks, one handshake. Its candidates are
 * looked for at once, not when the descriptions are there.
 */
const createConnection = (servers: readonly IceServer[]): RTCPeerConnection =>
  new RTCPeerConnection({
    bundlePolicy: 'max-bundle',
    iceCandidatePoolSize: 1,
    iceServers: servers.map(({ urls, username, credential }) => ({
      urls,
      ...(username === undefined ? {} : { username }),
      ...(credential === undefined ? {} : { credential }),
    })),
  })

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

/** A version 4 UUID; randomUUID alone is missing on pages without HTTPS. */
function newId(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID()
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  const hex = [...bytes].map((byte, index) => {
    const fixed = index === 6 ? (byte & 0x0f) | 0x40 : index === 8 ? (byte & 0x3f) | 0x80 : byte
    return fixed.toString(16).padStart(2, '0')
  })
  return [
    [0, 4],
    [4, 6],
    [6, 8],
    [8, 10],
    [10, 16],
  ]
    .map(([from, to]) => hex.slice(from, to).join(''))
    .join('-')
}
