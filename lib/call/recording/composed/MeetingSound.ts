import { Scope } from '#lib/scope.ts'
import type { CallHandle } from '../../CallHandle.ts'
import { SoundMix } from '../SoundMix.ts'
import { composedSounds } from './composedTiles.ts'

/** A meeting as one sound: of those who may be recorded, ourselves too, and of their screens. */
export class MeetingSound {
  readonly #call: Pick<CallHandle, 'state' | 'local'>
  readonly #scope = new Scope()
  readonly #mix = new SoundMix()

  /** @throws when this browser cannot mix sound */
  constructor(call: Pick<CallHandle, 'state' | 'local'>) {
    this.#call = call
    const follow = (): void => this.#follow()
    this.#scope.add(() => this.#mix.close())
    this.#scope.add(call.state.subscribe(follow))
    this.#scope.add(call.local.subscribe(follow))
    follow()
  }

  get track(): MediaStreamTrack {
    return this.#mix.track
  }

  /** See SoundMix. */
  get flows(): Promise<boolean> {
    return this.#mix.flows
  }

  /** Its track ends. */
  close(): void {
    this.#scope.end()
  }

  #follow(): void {
    const state = this.#call.state.get()
    if (state.status === 'inCall')
      this.#mix.set(composedSounds(state.room, state.media, this.#call.local.get()))
  }
}
