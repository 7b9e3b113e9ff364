import type { Device, MediaDevicesPort, MediaFailure } from '#lib/call/ports.ts'
import { fail, ok, type Result } from '#lib/result.ts'
import { Store } from '#lib/store.ts'

/** A track that can be ended from outside, as by unplugging. */
export class FakeTrack extends EventTarget {
  readonly kind: 'audio' | 'video'
  readonly id: string
  enabled = true
  readyState: 'live' | 'ended' = 'live'

  constructor(kind: 'audio' | 'video', id: string) {
    super()
    this.kind = kind
    this.id = id
  }

  stop(): void {
    this.readyState = 'ended'
  }

  unplug(): void {
    this.readyState = 'ended'
    this.dispatchEvent(new Event('ended'))
  }

  clone(): FakeTrack {
    return new FakeTrack(this.kind, `${this.id} copy`)
  }

  getSettings() {
    return { width: 1280, height: 720 }
  }
}

export class FakeDevices implements MediaDevicesPort {
  readonly devices = new Store<readonly Device[]>([])
  readonly opened: { kind: string; id: string | undefined; track: FakeTrack }[] = []
  failure: MediaFailure | null = null
  /** When set, openings wait for it. */
  gate: Promise<void> | null = null
  closed = false

  openMicrophone = (id?: string) => this.#open('audio', id)
  openCamera = (id?: string) => this.#open('video', id)

  async openScreen(): Promise<
    Result<{ video: MediaStreamTrack; audio: MediaStreamTrack | null }, MediaFailure>
  > {
    const video = await this.#open('video', 'screen')
    return video.ok ? ok({ video: video.value, audio: null }) : video
  }

  close(): void {
    this.closed = true
  }

  last(kind: 'audio' | 'video'): FakeTrack {
    const found = this.opened.filter(({ track }) => track.kind === kind).at(-1)
    if (found === undefined) throw new Error(`no ${kind} was opened`)
    return found.track
  }

  async #open(
    kind: 'audio' | 'video',
    id: string | undefined,
  ): Promise<Result<MediaStreamTrack, MediaFailure>> {
    await this.gate
    if (this.failure !== null) return fail(this.failure)
    const track = new FakeTrack(kind, `${kind} ${this.opened.length}`)
    this.opened.push({ kind, id, track })
    return ok(track as unknown as MediaStreamTrack)
  }
}

/** Storage in memory. */
export class FakeStorage implements Storage {
  readonly #items = new Map<string, string>()

  get length(): number {
    return this.#items.size
  }

  clear = (): void => this.#items.clear()
  getItem = (key: string): string | null => this.#items.get(key) ?? null
  key = (index: number): string | null => [...this.#items.keys()][index] ?? null
  removeItem = (key: string): void => void this.#items.delete(key)
  setItem = (key: string, value: string): void => void this.#items.set(key, value)
}
