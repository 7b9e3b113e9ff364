import type { Browser, Page } from 'puppeteer-core'
import type { Arrivals, EngineState, Path, Quality, Source, TileSize } from '#lib/call/ports.ts'
import type { SfuMediaOptions } from '#lib/call/sfu/roomOptions.ts'
import type { MediaState, Participant } from '#lib/protocol/events.ts'
import { idOf, instanceOf, participantOf } from '../../support/meshRoom.ts'

type SentStream = {
  readonly kind: 'audio' | 'video'
  readonly rid?: string
  readonly framesEncoded: number
  readonly packetsSent: number
  readonly frameWidth?: number
  readonly frameHeight?: number
  readonly scalabilityMode?: string
}
type ReceivedStream = {
  readonly kind: 'audio' | 'video'
  readonly totalAudioEnergy?: number
  readonly packetsReceived: number
  readonly framesDecoded?: number
  readonly frameWidth?: number
}
type ShownState = Pick<EngineState, 'link' | 'limited'> & {
  readonly participants: Readonly<
    Record<string, { readonly path: Path; readonly quality: Quality; readonly tracks: readonly Source[] }>
  >
}
type SentSource = 'microphone' | 'camera' | 'screen'

/** What `sfuPage.html` offers. */
type SfuCallPage = {
  preload(): Promise<void>
  loaded(): boolean
  roster(self: string, participants: readonly Participant[]): void
  make(room: string, identity: string, options?: SfuMediaOptions): void
  start(): Promise<number>
  abort(): void
  send(source: SentSource, deviceIndex?: number, width?: number): Promise<void>
  unsend(source: Source): Promise<void>
  enable(source: Source, enabled: boolean): void
  own(): Partial<Record<Source, { readonly readyState: string; readonly enabled: boolean }>>
  setVisible(sizes: readonly (readonly [string, TileSize])[]): void
  arrivals(id: string): Promise<Arrivals>
  level(id: string): number | null
  state(): ShownState
  sent(): Promise<SentStream[]>
  received(): Promise<ReceivedStream[]>
  connections(): number
  /** ms, that received pictures are asked to wait for. */
  waits(): (number | null)[]
  times(): { readonly runningAfter?: number; readonly videoAt?: number; readonly audioAt?: number }
  close(): Promise<void>
}

declare global {
  interface Window {
    sfuCall: SfuCallPage
  }
}

const OFF: MediaState = { microphone: false, camera: false, screen: false }

/** A page with an SfuEngine, and the seat of `number` in the roster. */
export class SfuCaller {
  readonly id: string
  readonly number: number
  readonly page: Page
  readonly faults: string[] = []
  media: MediaState = OFF

  private constructor(page: Page, number: number) {
    this.page = page
    this.number = number
    this.id = idOf(number)
    page.on('pageerror', (error) => this.faults.push(String(error)))
    page.on('console', (message) => {
      if (['error', 'warn'].includes(message.type())) this.faults.push(message.text())
    })
  }

  static async at(browser: Browser, url: string, number: number): Promise<SfuCaller> {
    const page = await browser.newPage()
    const caller = new SfuCaller(page, number)
    await page.goto(url)
    await page.waitForFunction('window.sfuCall !== undefined')
    return caller
  }

  get participant(): Participant {
    return participantOf(this.number, { media: this.media })
  }

  get identity(): string {
    return `${this.id}.${instanceOf(this.number)}`
  }

  do<Name extends keyof SfuCallPage>(
    name: Name,
    ...args: Parameters<SfuCallPage[Name]>
  ): Promise<Awaited<ReturnType<SfuCallPage[Name]>>> {
    return this.page.evaluate(
      (method, values) => (window.sfuCall[method] as (...given: unknown[]) => unknown)(...values),
      name as keyof SfuCallPage,
      args as unknown[],
    ) as Promise<Awaited<ReturnType<SfuCallPage[Name]>>>
  }

  /** What is shown of somebody. */
  async seen(other: SfuCaller) {
    return (await this.do('state')).participants[other.id]
  }

  async count(other: SfuCaller, source: Source): Promise<number> {
    return (await this.do('arrivals', other.id))[source]?.count ?? 0
  }
}

/** Tells everybody who is there and what they send. */
export async function announce(...callers: readonly SfuCaller[]): Promise<void> {
  const participants = callers.map(({ participant }) => participant)
  await Promise.all(callers.map((caller) => caller.do('roster', caller.id, participants)))
}
