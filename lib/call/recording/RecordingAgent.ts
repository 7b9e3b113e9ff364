import type { ParticipantId, RecordingId } from '#lib/protocol/ids.ts'
import type { RoomRecording } from '#lib/protocol/recordings.ts'
import { Scope } from '#lib/scope.ts'
import type { Store } from '#lib/store.ts'
import type { CallHandle } from '../CallHandle.ts'
import type { TileSize } from '../ports.ts'
import { KeptPart } from './kept/KeptPart.ts'
import type { KeptRecordings } from './kept/KeptRecordings.ts'
import { LocalRecording } from './LocalRecording.ts'
import { NOTHING_WAITS, type OwnFilm, type OwnRecording } from './OwnRecording.ts'
import type { PartDeps } from './PartRecording.ts'
import { ownFilmOf } from './recordedPeople.ts'
import { type LeftoverDeps, uploadLeftovers } from './studio/leftovers.ts'
import { StudioTracks } from './studio/StudioTracks.ts'

export type AgentDeps = PartDeps &
  Pick<LeftoverDeps, 'alone'> & {
    readonly call: Pick<CallHandle, 'state' | 'local' | 'levels' | 'ownLevel' | 'serverNow' | 'compareClocks'>
    readonly own: Store<OwnRecording>
    readonly demand: (sizes: ReadonlyMap<ParticipantId, TileSize>) => void
    readonly isSupported: (type: string) => boolean
    /** Null where this browser keeps no files. */
    readonly kept: Pick<KeptRecordings, 'storeOf' | 'list'> | null
  }

/**
 * What this browser records: the whole meeting, when its host has started that here, and the person's own tracks, when
 * they have agreed. It looks at the call's state and never changes it (REC-80, REC-81).
 */
export class RecordingAgent {
  readonly #deps: AgentDeps
  readonly #scope = new Scope()
  #meeting: {
    readonly id: RecordingId
    readonly recording: LocalRecording
    readonly film: OwnFilm
  } | null = null
  /** The one that this browser should make and cannot: not tried again with each change of the call. */
  #cannot: RecordingId | null = null
  /** `studio` is null while the clocks are compared. */
  #tracks: { readonly id: RecordingId; studio: StudioTracks | null } | null = null

  constructor(deps: AgentDeps) {
    this.#deps = deps
    this.#scope.add(deps.call.state.subscribe(() => this.look()))
    this.look()
  }

  /** What a former page of this browser has left: what is to be sent is, what is to be saved here is named. */
  async uploadLeftovers(): Promise<void> {
    await this.#lookForKept()
    await uploadLeftovers({
      ...this.#deps,
      onBacklog: (leftover) => this.#deps.own.update((own) => ({ ...own, leftover })),
    })
  }

  /** The call is over: recording ends, uploading goes on while the page lives. */
  close(): void {
    this.#scope.end()
    if (this.#cannot !== null) this.#forgetFailure()
    this.#endMeeting()
    this.#endTracks()
  }

  /** By itself with each change of the call. */
  look(): void {
    if (this.#scope.ended) return
    const state = this.#deps.call.state.get()
    if (state.status === 'ended' || state.status === 'failed') this.close()
    // At the door again, as whoever has lost their seat, nobody is recorded. A lost connection is not that: it stays in call.
    const room = state.status === 'inCall' ? state.room : null
    const recording = room?.recording ?? null
    const goesOn = room !== null && recording !== null && recording.status !== 'stopping'
    const film = goesOn ? ownFilmOf(recording, room.self) : null
    const meeting = goesOn && film !== null
    if (this.#meeting !== null && !(meeting && recording.id === this.#meeting.id)) this.#endMeeting()
    if (this.#cannot !== null && !(meeting && recording.id === this.#cannot)) this.#forgetFailure()
    if (meeting && this.#meeting === null && this.#cannot === null) this.#beginMeeting(recording.id, film)
    const tracks = goesOn && hasAgreed(recording, room.self)
    if (this.#tracks !== null && !(tracks && recording.id === this.#tracks.id)) this.#endTracks()
    if (tracks && this.#tracks === null) this.#beginTracks(recording.id)
  }

  #beginMeeting(id: RecordingId, film: OwnFilm): void {
    const { own } = this.#deps
    try {
      const recording = new LocalRecording(film === 'sent' ? this.#deps : keeping(this.#deps, id, film), id)
      this.#meeting = { id, recording, film }
      const tell = (): void => {
        // Of a former one that is still being uploaded: the present one is what matters.
        if (this.#meeting !== null && this.#meeting.recording !== recording) return
        const { ended, backlog, backlogBytes } = recording.state.get()
        const goesOn = this.#meeting?.recording === recording ? 'recording' : 'finishing'
        const status = ended === null || ended === 'stopped' ? goesOn : ended === 'full' ? ended : 'failed'
        own.update((now) => ({
          ...now,
          meeting: { status, waiting: { seconds: backlog, bytes: backlogBytes }, film },
        }))
      }
      recording.state.subscribe(tell)
      tell()
      void this.#deps.call
        .compareClocks()
        .then(() => recording.start())
        .catch(() => {
          if (this.#meeting?.recording === recording) this.#failed(film)
        })
    } catch {
      this.#cannot = id
      this.#failed(film)
    }
  }

  #failed(film: OwnFilm): void {
    const meeting = { status: 'failed', waiting: NOTHING_WAITS, film } as const
    this.#deps.own.update((now) => ({ ...now, meeting }))
  }

  /** It is over, or not ours to make any more. */
  #forgetFailure(): void {
    this.#cannot = null
    this.#deps.own.update((now) => ({ ...now, meeting: null }))
  }

  #endMeeting(): void {
    const meeting = this.#meeting
    if (meeting === null) return
    this.#meeting = null
    const { own } = this.#deps
    own.update((now) => ({
      ...now,
      meeting: now.meeting === null ? null : { ...now.meeting, status: 'finishing' },
    }))
    void meeting.recording.stop().finally(() => {
      if (this.#meeting === null && this.#cannot === null) own.update((now) => ({ ...now, meeting: null }))
      if (meeting.film !== 'sent') void this.#lookForKept()
    })
  }

  /** Not to be listed now, they are there on the next visit. */
  async #lookForKept(): Promise<void> {
    const found = await this.#deps.kept?.list().catch(() => null)
    if (found) this.#deps.own.update((own) => ({ ...own, kept: found.map(({ id }) => id) }))
  }

  #beginTracks(id: RecordingId): void {
    const tracks = { id, studio: null }
    this.#tracks = tracks
    // The computer may have slept since: what is recorded would stand too early by as much.
    void this.#deps.call
      .compareClocks()
      .catch(() => undefined)
      .then(() => {
        if (this.#tracks === tracks) this.#recordTracks(id)
      })
  }

  #recordTracks(id: RecordingId): void {
    const studio = new StudioTracks(this.#deps, id)
    this.#tracks = { id, studio }
    const tell = (): void => {
      const status = this.#tracks?.studio === studio ? studio.status.get() : 'finishing'
      this.#deps.own.update((now) => ({ ...now, tracks: { status, waiting: studio.waiting.get() } }))
    }
    studio.waiting.subscribe(tell)
    studio.status.subscribe(tell)
    tell()
  }

  #endTracks(): void {
    const tracks = this.#tracks
    if (tracks === null) return
    this.#tracks = null
    const { studio } = tracks
    if (studio === null) return
    const { own } = this.#deps
    own.update((now) => ({ ...now, tracks: { status: 'finishing', waiting: studio.waiting.get() } }))
    void studio.stop().finally(() => {
      if (this.#tracks === null) own.update((now) => ({ ...now, tracks: null }))
    })
  }
}

/**
 * With chunks that stay in this browser, in a place of their own. The whole recording is in this page's hands, not each
 * part: after a reload one recording has several.
 *
 * @throws where this browser keeps no files: what is only in memory would go with the page
 */
function keeping(deps: AgentDeps, id: RecordingId, film: Exclude<OwnFilm, 'sent'>): AgentDeps {
  if (deps.kept === null) throw new Error('this browser keeps no files')
  return {
    ...deps,
    store: deps.kept.storeOf(film),
    claim: () => deps.claim?.(id) ?? (() => undefined),
    createSink: (recordingId, part) =>
      new KeptPart(film === 'kept' ? deps : { ...deps, api: null }, recordingId, part),
  }
}

/** Own tracks are more than the meeting's recording: only a yes of one's own is one. */
const hasAgreed = (recording: RoomRecording, self: ParticipantId): boolean =>
  recording.studio && recording.agreed.includes(self)
