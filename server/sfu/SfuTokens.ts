import { jwtVerify } from 'jose'
import { AccessToken } from 'livekit-server-sdk'
import { z } from 'zod'
import { identityNameOf, parseIdentityName, parseRoomName, roomNameOf } from './names.ts'
import type { SfuIdentity, SfuRoom, SfuSource } from './Sfu.ts'
import { trackSourcesOf } from './trackSources.ts'

/** LiveKit's API key and its secret. The secret signs and verifies; it is in no token and no answer. */
export type SfuKeys = { readonly key: string; readonly secret: string }

export type SfuPass = {
  readonly room: SfuRoom
  readonly identity: SfuIdentity
  /** What LiveKit would let whoever holds it send. */
  readonly sources: readonly SfuSource[]
}

/** How long a fresh pass opens the gate (ME-7). */
const LIFETIME_SECONDS = 60
/** Clocks of Parley's and LiveKit's machines may differ by this much. */
const CLOCK_TOLERANCE_SECONDS = 5
/** Ours have about 450 characters, LiveKit's refreshed ones 550. What is longer is not parsed. */
const MAX_TOKEN_LENGTH = 2_048
/** LiveKit's names, and what they are ours for. */
const SOURCES = {
  camera: 'camera',
  microphone: 'microphone',
  screen_share: 'screen',
  screen_share_audio: 'screen',
} as const satisfies Record<string, SfuSource>

/**
 * The grants of a token that we or LiveKit made for a participant: these and no other. LiveKit signs refreshed tokens
 * with the grants that the participant came with, so whatever is beyond them was made by somebody else with the
 * secret, and is refused here however genuine it is.
 */
const grants = z
  .strictObject({
    roomJoin: z.literal(true),
    room: z.string(),
    canPublish: z.boolean().optional(),
    canPublishSources: z
      .array(z.enum(['camera', 'microphone', 'screen_share', 'screen_share_audio']))
      .optional(),
    canSubscribe: z.boolean().optional(),
    canPublishData: z.literal(false),
    canUpdateOwnMetadata: z.literal(false),
    /** Said by what LiveKit refreshes after a change of permission. */
    canSubscribeMetrics: z.literal(false).optional(),
    canManageAgentSession: z.literal(false).optional(),
  })
  // Without a list of sources LiveKit lets publish whatever there is: only who may not publish has none.
  .refine(
    ({ canPublish, canPublishSources = [] }) => (canPublish === false) === (canPublishSources.length === 0),
  )

const claims = z.strictObject({
  iss: z.string(),
  sub: z.string(),
  exp: z.number(),
  nbf: z.number(),
  iat: z.number().optional(),
  video: grants,
  /** LiveKit repeats these in what it refreshes. They grant nothing. */
  identity: z.string().optional(),
  kind: z.literal('standard').optional(),
  name: z.string().optional(),
})

/** Makes and reads the tokens with which a browser enters a room of LiveKit's. */
export class SfuTokens {
  readonly #keys: SfuKeys
  readonly #secret: Uint8Array

  constructor(keys: SfuKeys) {
    this.#keys = keys
    this.#secret = new TextEncoder().encode(keys.secret)
  }

  /**
   * A token that says who and where, allows to receive, and to send these sources, lives for a minute, and holds nothing
   * else (K26).
   */
  async sign(room: SfuRoom, identity: SfuIdentity, sources: readonly SfuSource[]): Promise<string> {
    const sends = sources.length > 0
    const token = new AccessToken(this.#keys.key, this.#keys.secret, {
      identity: identityNameOf(identity),
      ttl: LIFETIME_SECONDS,
    })
    token.addGrant({
      roomJoin: true,
      room: roomNameOf(room),
      canPublish: sends,
      ...(sends ? { canPublishSources: trackSourcesOf(sources) } : {}),
      canSubscribe: true,
      canPublishData: false,
      canUpdateOwnMetadata: false,
    })
    return token.toJwt()
  }

  /** @returns whom it names; null for whatever is not a living participant's token made with our key */
  async verify(token: string): Promise<SfuPass | null> {
    if (token.length > MAX_TOKEN_LENGTH) return null
    try {
      const { payload } = await jwtVerify(token, this.#secret, {
        algorithms: ['HS256'],
        issuer: this.#keys.key,
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
      })
      return passOf(payload)
    } catch {
      return null
    }
  }
}

function passOf(payload: unknown): SfuPass | null {
  const said = claims.safeParse(payload)
  if (!said.success) return null
  const { sub, identity: repeated, video } = said.data
  const room = parseRoomName(video.room)
  const identity = parseIdentityName(sub)
  if (!room || !identity || (repeated !== undefined && repeated !== sub)) return null
  const sources = new Set((video.canPublishSources ?? []).map((name) => SOURCES[name]))
  return { room, identity, sources: [...sources] }
}
