import type { CallHandle, DeviceChoices, RecordingChoice } from '#lib/call/CallHandle.ts'
import type { CallNotice, CallState, LocalMedia, PendingMessage, Room } from '#lib/call/callState.ts'
import type { DeviceKind, EngineState, MediaFailure, RemoteMedia, Source, TileSize } from '#lib/call/ports.ts'
import { NOTHING_OF_OUR_OWN, type OwnRecording } from '#lib/call/recording/OwnRecording.ts'
import { EVERYTHING } from '#lib/domain/authority.ts'
import type { ChatMessage, MediaPolicy, Participant, WaitingPerson } from '#lib/protocol/events.ts'
import { conferenceId, instanceId, messageId, type ParticipantId, participantId } from '#lib/protocol/ids.ts'
import type { Permission } from '#lib/protocol/permissions.ts'
import { Store } from '#lib/store.ts'

const uuid = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
export const idOf = (seat: number): ParticipantId => participantId.parse(uuid(seat + 1))

/** A person at a seat; the first (seat 0) is us. Everything else as given, or ordinary. */
export function person(seat: number, name: string, more: Partial<Participant> = {}): Participant {
  return {
    id: idOf(seat),
    instanceId: instanceId.parse(uuid(5_000 + seat)),
    instanceSeq: seat,
    name,
    role: seat === 0 ? 'host' : 'member',
    seat,
    media: { microphone: true, camera: true, screen: false },
    coHost: false,
    handRaisedAt: null,
    connected: true,
    ...more,
  }
}

export const waiting = (number: number, name: string): WaitingPerson => ({ id: idOf(9_000 + number), name })

export function message(
  seq: number,
  from: Participant,
  text: string,
  sentAt = 1_790_000_000_000,
): ChatMessage {
  return {
    id: messageId.parse(uuid(20_000 + seq)),
    seq,
    from: from.id,
    authorName: from.name,
    text,
    sentAt: sentAt + seq * 30_000,
  }
}

export function roomOf(people: readonly Participant[], more: Partial<Room> = {}): Room {
  return {
    version: 1,
    conferenceId: conferenceId.parse(uuid(70_000)),
    title: 'Weekly review',
    self: idOf(0),
    participants: new Map(people.map((one) => [one.id, one])),
    waiting: [],
    settings: {
      lobby: false,
      mediaPolicy: 'automatic',
      permissions: EVERYTHING,
      recording: [],
      unrecorded: false,
    },
    transport: { kind: 'mesh', epoch: 0 },
    recording: null,
    chat: [],
    ...more,
  }
}

const OFF: LocalMedia = {
  microphone: { status: 'off' },
  camera: { status: 'off' },
  screen: { status: 'off' },
}

type Tracks = (id: ParticipantId | 'self', source: Source) => MediaStreamTrack
type Command = readonly [name: string, ...values: unknown[]]

/** What the server's clock shows in it, ms. */
export const SERVER_TIME = 1_790_000_000_000

/** A whole call in memory. Its stores are open to the test; what the screen commands is written down and done. */
export class FakeCall implements CallHandle {
  readonly state = new Store<CallState>({ status: 'lobby', error: null })
  readonly local = new Store<LocalMedia>(OFF)
  readonly levels = new Store<ReadonlyMap<ParticipantId, number>>(new Map())
  readonly ownLevel = new Store(0)
  readonly devices = new Store<DeviceChoices>({
    available: [
      { id: 'mic-1', kind: 'microphone', label: 'Built-in microphone' },
      { id: 'mic-2', kind: 'microphone', label: 'Headset' },
      { id: 'speaker-1', kind: 'speaker', label: 'Built-in speaker' },
      { id: 'camera-1', kind: 'camera', label: 'Front camera' },
      { id: 'camera-2', kind: 'camera', label: 'Desk camera' },
    ],
    chosen: { microphone: 'mic-1', speaker: 'speaker-1', camera: 'camera-1' },
  })
  readonly commands: Command[] = []
  visible: ReadonlyMap<ParticipantId, TileSize> = new Map()
  readonly #notices = new Set<(notice: CallNotice) => void>()
  readonly #tracks: Tracks

  constructor(tracks: Tracks) {
    this.#tracks = tracks
  }

  /** The names of the commands given so far. */
  get names(): string[] {
    return this.commands.map(([name]) => name)
  }

  notify(notice: CallNotice): void {
    for (const listener of this.#notices) listener(notice)
  }

  /** Puts the screen into a call with `room`: everybody's pictures are there if they say so. */
  enter(
    room: Room,
    more: { pending?: PendingMessage[]; connection?: 'connected' | 'reconnecting' } = {},
  ): void {
    this.state.set({
      status: 'inCall',
      room,
      media: this.mediaFor(room),
      pending: more.pending ?? [],
      connection: more.connection ?? 'connected',
    })
    const own = room.participants.get(room.self)
    if (own) this.sendOwn(own.media)
  }

  sendOwn(media: Participant['media']): void {
    const source = (on: boolean, name: 'microphone' | 'camera' | 'screen') =>
      on ? ({ status: 'on', track: this.#tracks('self', name) } as const) : ({ status: 'off' } as const)
    this.local.set({
      microphone: source(media.microphone, 'microphone'),
      camera: source(media.camera, 'camera'),
      screen: source(media.screen, 'screen'),
    })
  }

  mediaFor(room: Room): EngineState {
    const participants = new Map<ParticipantId, RemoteMedia>()
    for (const one of room.participants.values()) {
      if (one.id === room.self) continue
      const { microphone, camera, screen } = one.media
      participants.set(one.id, {
        path: 'direct',
        quality: 'good',
        tracks: {
          ...(microphone ? { microphone: this.#tracks(one.id, 'microphone') } : {}),
          ...(camera ? { camera: this.#tracks(one.id, 'camera') } : {}),
          ...(screen ? { screen: this.#tracks(one.id, 'screen') } : {}),
        },
      })
    }
    return { link: 'running', limited: false, participants }
  }

  /** Changes the room of a running call. */
  change(change: (room: Room) => Room): void {
    const state = this.state.get()
    if (state.status !== 'inCall') throw new Error('not in a call')
    const room = change(state.room)
    this.state.set({ ...state, room, media: this.mediaFor(room) })
  }

  /** Changes how one participant's media arrives. */
  changeMedia(id: ParticipantId, change: Partial<RemoteMedia>): void {
    const state = this.state.get()
    if (state.status !== 'inCall') throw new Error('not in a call')
    const now = state.media.participants.get(id)
    if (!now) throw new Error('no such participant')
    const participants = new Map(state.media.participants).set(id, { ...now, ...change })
    this.state.set({ ...state, media: { ...state.media, participants } })
  }

  fail(source: keyof LocalMedia, reason: MediaFailure['reason']): void {
    this.local.update((now) => ({ ...now, [source]: { status: 'failed', failure: { reason, cause: null } } }))
  }

  onNotice(listener: (notice: CallNotice) => void): () => void {
    this.#notices.add(listener)
    return () => this.#notices.delete(listener)
  }

  #did(name: string, ...values: unknown[]): Promise<void> {
    this.commands.push([name, ...values])
    return Promise.resolve()
  }

  #toggle(source: 'microphone' | 'camera' | 'screen', on: boolean): void {
    this.local.update((now) => ({
      ...now,
      [source]: on ? { status: 'on', track: this.#tracks('self', source) } : { status: 'off' },
    }))
    const state = this.state.get()
    if (state.status !== 'inCall') return
    this.#changeSelf((own) => ({ ...own, media: { ...own.media, [source]: on } }))
  }

  #changeSelf(change: (own: Participant) => Participant): void {
    this.change((room) => {
      const own = room.participants.get(room.self)
      return own ? { ...room, participants: new Map(room.participants).set(room.self, change(own)) } : room
    })
  }

  prepare = (): Promise<void> => this.#did('prepare')
  join = (name?: string): Promise<void> => this.#did('join', name)
  leave(): Promise<void> {
    this.state.set({ status: 'ended', reason: 'left' })
    return this.#did('leave')
  }
  setMicrophone(on: boolean): Promise<void> {
    this.#toggle('microphone', on)
    return this.#did('setMicrophone', on)
  }
  setCamera(on: boolean): Promise<void> {
    this.#toggle('camera', on)
    return this.#did('setCamera', on)
  }
  setScreen(on: boolean): Promise<void> {
    this.#toggle('screen', on)
    return this.#did('setScreen', on)
  }
  chooseDevice(kind: DeviceKind, id: string): Promise<void> {
    this.devices.update((now) => ({ ...now, chosen: { ...now.chosen, [kind]: id } }))
    return this.#did('chooseDevice', kind, id)
  }
  setHand(raised: boolean): Promise<void> {
    this.#changeSelf((own) => ({ ...own, handRaisedAt: raised ? 1 : null }))
    return this.#did('setHand', raised)
  }
  react = (emoji: string): Promise<void> => this.#did('react', emoji)
  sendMessage = (text: string): Promise<void> => this.#did('sendMessage', text)
  retryMessage = (id: string): Promise<void> => this.#did('retryMessage', id)
  setVisible(sizes: ReadonlyMap<ParticipantId, TileSize>): void {
    this.visible = sizes
  }
  retryNow(): void {
    void this.#did('retryNow')
  }
  readonly ownRecording = new Store<OwnRecording>(NOTHING_OF_OUR_OWN)
  serverNow = (): number => SERVER_TIME
  compareClocks = (): Promise<void> => this.#did('compareClocks')
  endForEveryone = (): Promise<void> => this.#did('endForEveryone')
  admit = (id: ParticipantId): Promise<void> => this.#did('admit', id)
  decline = (id: ParticipantId): Promise<void> => this.#did('decline', id)
  setLobby = (enabled: boolean): Promise<void> => this.#did('setLobby', enabled)
  setMediaPolicy = (policy: MediaPolicy): Promise<void> => this.#did('setMediaPolicy', policy)
  setCoHost = (id: ParticipantId, coHost: boolean): Promise<void> => this.#did('setCoHost', id, coHost)
  setPermission = (what: Permission, allowed: boolean): Promise<void> =>
    this.#did('setPermission', what, allowed)
  mute = (id: ParticipantId): Promise<void> => this.#did('mute', id)
  remove = (id: ParticipantId): Promise<void> => this.#did('remove', id)
  lowerHand = (id: ParticipantId): Promise<void> => this.#did('lowerHand', id)
  startRecording = (how: RecordingChoice): Promise<void> => this.#did('startRecording', how)
  stopRecording = (): Promise<void> => this.#did('stopRecording')
  answerRecording = (agree: boolean): Promise<void> => this.#did('answerRecording', agree)
  close(): void {
    void this.#did('close')
  }
}
