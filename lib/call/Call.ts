import { SENT } from '#lib/domain/authority.ts'
import type { WireError } from '#lib/protocol/errors.ts'
import type {
  ClientEventName,
  ClientPayload,
  MediaPolicy,
  MediaState,
  Transport,
} from '#lib/protocol/events.ts'
import type { InstanceId, ParticipantId } from '#lib/protocol/ids.ts'
import type { Permission } from '#lib/protocol/permissions.ts'
import type { REACTIONS } from '#lib/protocol/reactions.ts'
import type { Result } from '#lib/result.ts'
import { Scope } from '#lib/scope.ts'
import { type ReadableStore, Store } from '#lib/store.ts'
import { Attendance } from './Attendance.ts'
import type { CallHandle, RecordingChoice } from './CallHandle.ts'
import { ChatOutbox } from './ChatOutbox.ts'
import { type CallEvent, type CallNotice, type CallState, type LocalSource, reduce } from './callState.ts'
import type { EngineContext, Roster } from './EngineContext.ts'
import { IceServerSource } from './IceServerSource.ts'
import { listenToServer } from './listenToServer.ts'
import { MediaAnnouncer } from './MediaAnnouncer.ts'
import { LocalMediaController, type LocalMediaDeps } from './media/LocalMediaController.ts'
import type { EarlyOffer } from './mesh/EarlyOffer.ts'
import { permittedLevels, permittedMedia } from './permittedMedia.ts'
import type { Clock, DeviceKind, MediaEngine, Signalling, TileSize } from './ports.ts'
import { largest } from './recording/largest.ts'
import type { RecordingDoor } from './recording/RecordingDoor.ts'
import { recordingNotices } from './recordingNotices.ts'
import { SeatStore } from './SeatStore.ts'
import { ServerClock } from './ServerClock.ts'
import { ourPermissions, standingNotices } from './standing.ts'

export type CallDeps = {
  readonly code: string
  /** Prefilled name, as of a signed-in person; null to be asked for. */
  readonly name: string | null
  readonly signalling: Signalling
  /** Goes with the request to join; null where none can be made before the answer. */
  readonly earlyOffer: Pick<EarlyOffer, 'setTrack' | 'make' | 'givenTo'> | null
  readonly createEngine: (context: EngineContext) => MediaEngine
  readonly media: Omit<LocalMediaDeps, 'clock' | 'onTrack' | 'onNotice'>
  readonly clock: Clock
  /** ms that never jump: `performance.now`. */
  readonly monotonic: () => number
  /** Of this tab: the seat survives a reload in it. */
  readonly tabStorage: Storage | undefined
  /** UUIDs. */
  readonly newId: () => string
  /** Guests: a first cookie, before the connection. */
  readonly openAccess: (() => Promise<Result<null, WireError>>) | null
  readonly renewAccess: () => Promise<boolean>
  /** What is recorded in this browser. */
  readonly recording: Pick<RecordingDoor, 'own' | 'attach'>
}

/** How long leaving waits for the server to hear of it. */
const LEAVE_TIMEOUT_MS = 1000

/** Composes signalling, engine and local media into the call that a screen shows. Contains no rules. */
export class Call implements CallHandle {
  readonly #deps: CallDeps
  readonly #scope = new Scope()
  readonly #state = new Store<CallState>({ status: 'lobby', error: null })
  readonly #roster = new Store<Roster | null>(null)
  readonly #transport = new Store<Transport | null>(null)
  readonly #notices = new Set<(notice: CallNotice) => void>()
  readonly #engine: MediaEngine
  readonly #media: LocalMediaController
  readonly #seats: SeatStore
  readonly #serverClock: ServerClock
  readonly #iceServers: IceServerSource
  readonly #attendance: Attendance
  readonly #announcer: MediaAnnouncer
  readonly #chat: ChatOutbox
  readonly #restored = new Set<() => void>()
  /** The engine's, without the sound that nobody here is to hear. */
  readonly #levels: ReadableStore<ReadonlyMap<ParticipantId, number>> = {
    get: () => {
      const state = this.#state.get()
      const levels = this.#engine.levels.get()
      return state.status === 'inCall' ? permittedLevels(levels, state.room) : levels
    },
    subscribe: (listener) => this.#engine.levels.subscribe(listener),
  }
  #prepared = false
  #shown: ReadonlyMap<ParticipantId, TileSize> = new Map()
  /** What this browser records must come in, also while the screen shows nothing. */
  #recorded: ReadonlyMap<ParticipantId, TileSize> = new Map()

  constructor(deps: CallDeps) {
    this.#deps = deps
    const { signalling, clock } = deps
    const dispatch = (event: CallEvent) => this.#dispatch(event)
    this.#seats = new SeatStore(deps.tabStorage, deps.code)
    this.#serverClock = new ServerClock(deps.monotonic)
    this.#iceServers = new IceServerSource(signalling, clock)
    this.#engine = deps.createEngine(this.#engineContext())
    this.#media = new LocalMediaController({
      ...deps.media,
      clock,
      onTrack: (source, track) => {
        deps.earlyOffer?.setTrack(source, track)
        void this.#engine.setTrack(source, track)
      },
      onNotice: (notice) => this.#notify(notice),
    })
    this.#announcer = new MediaAnnouncer(signalling, clock, () => this.#media.sending())
    this.#chat = new ChatOutbox({ signalling, state: this.#state, dispatch, newId: deps.newId })
    this.#attendance = new Attendance({
      signalling,
      clock,
      serverClock: this.#serverClock,
      seats: this.#seats,
      // Branded here, at the boundary: newId gives UUIDs.
      instanceId: deps.newId() as InstanceId,
      state: this.#state,
      dispatch,
      media: () => this.#media.sending(),
      offer: deps.earlyOffer,
      renewAccess: deps.renewAccess,
      onEntered: (media) => this.#entered(media),
    })
    this.#scope.add(this.#engine.state.subscribe(() => this.#mediaChanged()))
    this.#scope.add(signalling.state.subscribe(() => this.#connectionChanged()))
    this.#scope.add(this.#media.local.subscribe(() => this.#localChanged()))
    this.#scope.add(
      listenToServer({
        signalling,
        attendance: this.#attendance,
        media: this.#media,
        state: this.#state,
        dispatch,
        notify: (notice) => this.#notify(notice),
      }),
    )
    this.#scope.add(deps.recording.attach(this, (sizes) => this.#recordPictures(sizes)))
  }

  get state() {
    return this.#state
  }

  get local() {
    return this.#media.local
  }

  get devices() {
    return this.#media.choices
  }

  get levels() {
    return this.#levels
  }

  get ownRecording() {
    return this.#deps.recording.own
  }

  get ownLevel() {
    return this.#media.ownLevel
  }

  onNotice(listener: (notice: CallNotice) => void): () => void {
    this.#notices.add(listener)
    return () => this.#notices.delete(listener)
  }

  async prepare(): Promise<void> {
    if (this.#prepared) return
    this.#prepared = true
    const seat = this.#seats.read()
    if (seat !== null) this.#attendance.want(this.#media.name ?? this.#deps.name)
    await Promise.all([this.#media.prepare(seat?.media), this.#connect(seat !== null)])
  }

  async join(name?: string): Promise<void> {
    if (name !== undefined) this.#media.rememberName(name)
    void this.prepare()
    this.#attendance.want(name ?? this.#deps.name)
  }

  async leave(): Promise<void> {
    const { signalling, clock } = this.#deps
    const present = ['inCall', 'waiting', 'joining'].includes(this.#state.get().status)
    this.#attendance.stop()
    const told = present ? signalling.request('meeting:leave', {}) : undefined
    this.#dispatch({ type: 'ended', reason: 'left' })
    await Promise.race([told, new Promise<void>((resolve) => void clock.after(LEAVE_TIMEOUT_MS, resolve))])
    signalling.close()
  }

  setMicrophone = (on: boolean): Promise<void> => this.#turn('microphone', on)
  setCamera = (on: boolean): Promise<void> => this.#turn('camera', on)
  setScreen = (on: boolean): Promise<void> => this.#turn('screen', on)
  chooseDevice = (kind: DeviceKind, id: string): Promise<void> => this.#media.choose(kind, id)
  setHand = (raised: boolean): Promise<void> => this.#ask('hand:set', { raised })
  react = (emoji: (typeof REACTIONS)[number]): Promise<void> => this.#ask('reaction:send', { emoji })
  sendMessage = (text: string): Promise<void> => this.#chat.send(text)
  retryMessage = (id: string): Promise<void> => this.#chat.retry(id)
  setVisible = (sizes: ReadonlyMap<ParticipantId, TileSize>): void => {
    this.#shown = sizes
    this.#engine.setVisible(largest(this.#shown, this.#recorded))
  }
  retryNow = (): void => this.#deps.signalling.retryNow()
  serverNow = (): number => this.#serverClock.now()
  compareClocks = (): Promise<void> => this.#attendance.compareClocks()

  endForEveryone = (): Promise<void> => this.#ask('meeting:end', {})
  admit = (id: ParticipantId): Promise<void> => this.#ask('lobby:admit', { id })
  decline = (id: ParticipantId): Promise<void> => this.#ask('lobby:decline', { id })
  setLobby = (enabled: boolean): Promise<void> => this.#ask('lobby:set', { enabled })
  setMediaPolicy = (policy: MediaPolicy): Promise<void> => this.#ask('mediaPolicy:set', { policy })
  setCoHost = (id: ParticipantId, coHost: boolean): Promise<void> => this.#ask('coHost:set', { id, coHost })
  setPermission = (what: Permission, allowed: boolean): Promise<void> =>
    this.#ask('permission:set', { what, allowed })
  mute = (id: ParticipantId): Promise<void> => this.#ask('participant:mute', { id })
  remove = (id: ParticipantId): Promise<void> => this.#ask('participant:remove', { id })
  stopRecording = (): Promise<void> => this.#ask('recording:stop', {})
  answerRecording = (agree: boolean): Promise<void> => this.#ask('recording:consent', { agree })
  startRecording = (how: RecordingChoice): Promise<void> => this.#ask('recording:start', how)
  lowerHand = (id: ParticipantId): Promise<void> => this.#ask('hand:lower', { id })

  close(): void {
    if (this.#scope.ended) return
    this.#scope.end()
    this.#attendance.stop()
    this.#release()
    this.#deps.signalling.close()
  }

  #recordPictures(sizes: ReadonlyMap<ParticipantId, TileSize>): void {
    if (this.#scope.ended || (sizes.size === 0 && this.#recorded.size === 0)) return
    this.#recorded = sizes
    this.#engine.setVisible(largest(this.#shown, this.#recorded))
  }

  async #connect(hasSeat: boolean): Promise<void> {
    const { openAccess, signalling } = this.#deps
    // A guest who returns to a seat still has the cookie that the seat belongs to; a new one would lose the seat.
    const opened = openAccess === null || hasSeat ? null : await openAccess()
    if (this.#scope.ended) return
    if (opened !== null && !opened.ok) this.#dispatch({ type: 'failed', error: opened.error })
    else signalling.connect()
  }

  #engineContext(): EngineContext {
    const { signalling } = this.#deps
    return {
      roster: this.#roster,
      transport: this.#transport,
      iceServers: this.#iceServers,
      sfuDoor: (epoch) => ({ enter: () => signalling.request('sfu:enter', { epoch }) }),
      report: (report) => signalling.notify('transport:report', report),
      signals: {
        available: () => signalling.state.get().status === 'connected',
        send: (to, toInstance, epoch, signal) =>
          signalling.notify('signal:send', { to, toInstance, epoch, signal }),
        onReceived: (listener) => signalling.on('signal:received', listener),
        onRestored: (listener) => {
          this.#restored.add(listener)
          return () => this.#restored.delete(listener)
        },
      },
    }
  }

  #entered(media: MediaState): void {
    void this.#engine.start()
    this.#announcer.setKnown(media)
    this.#media.setInCall(true)
    this.#chat.resume()
    this.#saveSeat()
  }

  #dispatch(event: CallEvent): void {
    const before = this.#state.get()
    const next = reduce(before, event)
    // Servers for the connections first: the roster below makes the engine create them at once.
    if (event.type === 'snapshotReceived') this.#iceServers.set(event.snapshot)
    this.#state.set(next)
    if (event.type === 'snapshotReceived') this.#noticeRecording(before, next)
    if (isBack(before, next)) {
      // Links of before the loss, which may have missed signals; those of newcomers are made below.
      for (const listener of [...this.#restored]) listener()
      this.#notify({ type: 'reconnected' })
    }
    this.#publishRoom()
    this.#obey(before, next)
    if (next !== before && (next.status === 'ended' || next.status === 'failed')) this.#release()
  }

  /** To the engine: the order, and who is there, so that a chat message does not make it look. */
  #publishRoom(): void {
    const state = this.#state.get()
    const room = state.status === 'inCall' ? state.room : null
    // The order first: nobody is connected to the former way because of news that belong to the new one.
    this.#transport.set(room?.transport ?? null)
    const known = this.#roster.get()
    if (known?.self === room?.self && known?.participants === room?.participants) return
    this.#roster.set(room === null ? null : { self: room.self, participants: room.participants })
  }

  /** What of the recording has changed while nobody could tell us. */
  #noticeRecording(before: CallState, next: CallState): void {
    if (before.status !== 'inCall' || next.status !== 'inCall') return
    for (const notice of recordingNotices(before.room.recording, next.room.recording, null))
      this.#notify(notice)
  }

  #connectionChanged(): void {
    if (this.#deps.signalling.state.get().status !== 'connected') this.#announcer.setKnown(null)
    this.#attendance.connectionChanged()
  }

  #mediaChanged(): void {
    const state = this.#state.get()
    const media = this.#engine.state.get()
    this.#dispatch({
      type: 'mediaChanged',
      media: state.status === 'inCall' ? permittedMedia(media, state.room) : media,
    })
  }

  /** The server has said who may do what: ours is off where it may not be on, and what others may not send is dropped. */
  #obey(before: CallState, next: CallState): void {
    if (next.status !== 'inCall' || before === next) return
    const former = before.status === 'inCall' ? before.room : null
    const { participants, settings } = next.room
    if (former?.participants === participants && former.settings === settings) return
    for (const notice of standingNotices(before, next)) this.#notify(notice)
    const ours = ourPermissions(next.room)
    const local = this.#media.local.get()
    for (const source of SENT) {
      if (ours.has(source) || !isOn(local[source])) continue
      void this.#turn(source, false)
      if (former === null) this.#notify({ type: 'forbidden', what: source })
    }
    if (permittedMedia(this.#engine.state.get(), next.room) !== next.media) this.#mediaChanged()
  }

  /** On only where the host allows it; off always. */
  #turn(source: (typeof SENT)[number], on: boolean): Promise<void> {
    const state = this.#state.get()
    if (on && state.status === 'inCall' && !ourPermissions(state.room).has(source)) {
      this.#notify({ type: 'forbidden', what: source })
      return Promise.resolve()
    }
    if (source === 'screen') return this.#media.setScreen(on)
    return source === 'camera' ? this.#media.setCamera(on) : this.#media.setMicrophone(on)
  }

  #localChanged(): void {
    this.#announcer.update()
    this.#saveSeat()
  }

  #saveSeat(): void {
    const state = this.#state.get()
    if (state.status !== 'inCall') return
    const { conferenceId, self } = state.room
    const { microphone, camera } = this.#media.sending()
    this.#seats.write({
      conferenceId,
      participantId: self,
      media: { microphone, camera },
    })
  }

  /** The call is over: devices go dark, links close, and a reload starts at the green room. */
  #release(): void {
    if (this.#state.get().status === 'ended') this.#seats.clear()
    this.#announcer.close()
    this.#media.close()
    void this.#engine.close()
  }

  #notify(notice: CallNotice): void {
    for (const listener of [...this.#notices]) listener(notice)
  }

  async #ask<Name extends ClientEventName>(name: Name, payload: ClientPayload<Name>): Promise<void> {
    const answer = await this.#deps.signalling.request(name, payload)
    if (!answer.ok) this.#notify({ type: 'requestFailed', error: answer.error })
  }
}

const isOn = ({ status }: LocalSource): boolean => status === 'on' || status === 'starting'

const isBack = (before: CallState, next: CallState): boolean =>
  before.status === 'inCall' &&
  next.status === 'inCall' &&
  before.connection === 'reconnecting' &&
  next.connection === 'connected'
