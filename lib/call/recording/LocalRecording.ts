import { recordedBits } from '#lib/domain/recordedBits.ts'
import type { ParticipantId, RecordingId } from '#lib/protocol/ids.ts'
import type { ReadableStore } from '#lib/store.ts'
import type { CallHandle } from '../CallHandle.ts'
import type { TileSize } from '../ports.ts'
import { ComposedRecording, type ComposedState } from './ComposedRecording.ts'
import { FILM_SIZE } from './composed/composedLayout.ts'
import { MeetingPicture } from './composed/MeetingPicture.ts'
import { MeetingSound } from './composed/MeetingSound.ts'
import type { PartDeps } from './PartRecording.ts'
import { chooseRecordedType } from './recordedType.ts'

export type LocalDeps = PartDeps & {
  readonly call: Pick<CallHandle, 'state' | 'local' | 'levels' | 'ownLevel'>
  readonly isSupported: (type: string) => boolean
  readonly demand: (sizes: ReadonlyMap<ParticipantId, TileSize>) => void
}

/** In a browser in which its host is in a call, too. */
const DRAWING = { size: FILM_SIZE, picturesPerSecond: 25, pictures: 'frames', steady: false } as const

/** The whole meeting, recorded by the browser of the host who started it (REC-80). */
export class LocalRecording {
  readonly #picture: MeetingPicture
  readonly #sound: MeetingSound
  readonly #recording: ComposedRecording

  /** @throws when this browser cannot record */
  constructor(deps: LocalDeps, recordingId: RecordingId) {
    const mimeType = chooseRecordedType('film', deps.isSupported)
    if (mimeType === null) throw new Error('this browser records no video')
    const { call } = deps
    this.#sound = new MeetingSound(call)
    this.#picture = new MeetingPicture(deps, DRAWING)
    this.#recording = new ComposedRecording(
      // Without rests: what everybody is told of it depends on a chunk a second with the server.
      { ...deps, rest: undefined, state: call.state, levels: call.levels, ownLevel: call.ownLevel },
      {
        recordingId,
        stream: new MediaStream([this.#picture.track, this.#sound.track]),
        mimeType,
        bitsPerSecond: recordedBits(FILM_SIZE.width, FILM_SIZE.height),
      },
    )
  }

  get state(): ReadableStore<ComposedState> {
    return this.#recording.state
  }

  async start(): Promise<void> {
    await this.#sound.flows
    await this.#recording.start()
  }

  /** Resolves when the server has all of it. The picture ends at once. */
  async stop(): Promise<void> {
    // Tells the recorder at once; what it has is brought to the server, which may take minutes.
    const stopped = this.#recording.stop()
    await Promise.resolve()
    this.#picture.close()
    this.#sound.close()
    await stopped
  }
}
