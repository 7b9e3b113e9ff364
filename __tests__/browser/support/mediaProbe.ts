import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'puppeteer-core'

/** What a page receives from one participant, read from its own statistics (RFC 8825 family, webrtc-stats). */
export type ParticipantProbe = {
  readonly id: string
  readonly name: string
  /** Position among the tiles, 0 first. */
  readonly order: number
  readonly path: string | null
  /** A picture is on the screen in this tile. */
  readonly video: boolean
  readonly remote: boolean
  readonly frames: number
  readonly width: number
  readonly energy: number
  /** Samples played out that came from the network, not from concealment. */
  readonly samples: number
  readonly concealed: number
  readonly packets: number
}

export type SentTrack = {
  readonly kind: string
  readonly deviceId?: string
  readonly label: string
  readonly enabled: boolean
  readonly state: string
}

export type TileWatch = {
  /** Of each other person's tile, the longest time without a new picture on the screen (ms). */
  readonly longest: readonly number[]
  /** How many different orders the tiles stood in. */
  readonly orders: number
  /** How many sounds played at once, looked at every 10 ms. */
  readonly leastHeard: number
  readonly mostHeard: number
}

export type Traffic = {
  /** Everything that arrives, one entry for each sound and each picture. */
  readonly streams: readonly {
    readonly id: string
    readonly kind: 'audio' | 'video'
    readonly packets: number
    readonly frames: number
    readonly width: number
  }[]
  readonly bytesSent: number
}

export interface MediaProbe {
  joinClickedAt: number | null
  firstRemoteFrameAt: number | null
  firstFrameAt: number | null
  /** When signalling was back (ms since the epoch); null while it is away, and before it ever was. */
  reconnectedAt: number | null
  layoutShift: number
  /** What it was that moved. */
  readonly shifted: readonly string[]
  forgetShifts(): void
  violations: string[]
  connectionsMade: number
  /** What became of each connection, a line each: ms since the page began, number of the connection, what happened. */
  connectionHistory(): string[]
  connectionStates(): RTCPeerConnectionState[]
  /** Of each open connection, the ICE user names of both sides that a negotiation has settled. */
  iceUsers(): string[]
  /** Of every open connection, as if the page had asked for it. */
  restartIce(): void
  heldBackMs(): number | null
  traffic(): Promise<Traffic>
  participant(name: string): Promise<ParticipantProbe | null>
  picturesOf(name: string): Promise<number>
  /** What a person reads on the page. */
  text(): string
  participants(): { id: string; name: string; path: string | null }[]
  call(): { state: string | null; transport: string | null } | null
  roundTripMs(): Promise<number[]>
  /**
   * Looks at no picture any more: asked for each one, the page makes frames of its own, up to sixty a second. When the first
   * came, and all that is read from statistics, stays as it is.
   */
  rest(): void
  startTileWatch(): void
  endTileWatch(): TileWatch
  startGaps(): Promise<void>
  longestGaps(): number[]
  concealedMs(): Promise<number>
  localVideo(): Promise<{
    width: number
    height: number
    frameRate: number
    deviceId: string
    shownWidth: number
    shownHeight: number
  } | null>
  sending(): SentTrack[][]
}

declare global {
  interface Window {
    parleyProbe: MediaProbe
  }
}

const source = readFileSync(join(process.cwd(), '__tests__/browser/support/mediaProbe.page.js'), 'utf8')

/** From the next document on, `window.parleyProbe` watches this page's connections and pictures. */
export async function installMediaProbe(page: Page): Promise<void> {
  await page.evaluateOnNewDocument(source)
}
