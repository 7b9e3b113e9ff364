import { type Quality, SOURCES, type Source } from '../ports.ts'
import { LiveKitSender } from './LiveKitSender.ts'
import { type LiveKit, loadLiveKit } from './liveKit.ts'
import { CONNECT_OPTIONS, publishOptions, roomOptions, type SfuMediaOptions } from './roomOptions.ts'
import type { PixelSize, SfuClient, SfuMember, SfuRoom, SfuRoomEvents, SfuTrack } from './SfuRoom.ts'

type Room = InstanceType<LiveKit['Room']>
type Publication = InstanceType<LiveKit['RemoteTrackPublication']>
type Participant = InstanceType<LiveKit['RemoteParticipant']>

/** Fetches LiveKit's client the first time. */
export async function loadLiveKitClient(options: SfuMediaOptions): Promise<SfuClient> {
  const livekit = await loadLiveKit()
  // What fails is told by rejections and events. Its log would name rooms and people in everybody's console.
  livekit.setLogLevel('silent')
  return { createRoom: (events) => new LiveKitRoom(livekit, options, events) }
}

/** A stay in a LiveKit room. */
class LiveKitRoom implements SfuRoom {
  readonly #livekit: LiveKit
  readonly #room: Room
  readonly #events: SfuRoomEvents
  readonly #senders: ReadonlyMap<Source, LiveKitSender>
  readonly #tracks = new WeakMap<Publication, SfuTrack>()
  #connected = false
  #closed = false

  constructor(livekit: LiveKit, options: SfuMediaOptions, events: SfuRoomEvents) {
    const { ParticipantEvent, Room, RoomEvent } = livekit
    this.#livekit = livekit
    this.#events = events
    const room = new Room(roomOptions(livekit))
    this.#room = room
    this.#senders = new Map(
      SOURCES.map((source) => [
        source,
        new LiveKitSender({
          source,
          publish: (standIn) =>
            room.localParticipant.publishTrack(standIn, publishOptions(livekit, source, options)),
          unpublish: (standIn) => room.localParticipant.unpublishTrack(standIn),
        }),
      ]),
    )
    room.localParticipant.on(ParticipantEvent.LocalSenderCreated, (sender, { mediaStreamTrack }) => {
      for (const own of this.#senders.values()) own.adopt(sender, mediaStreamTrack.id)
    })
    const changed = () => this.#changed()
    room
      .on(RoomEvent.ParticipantConnected, changed)
      .on(RoomEvent.ParticipantDisconnected, changed)
      .on(RoomEvent.TrackSubscribed, changed)
      .on(RoomEvent.TrackUnsubscribed, changed)
      .on(RoomEvent.ConnectionQualityChanged, changed)
      .on(RoomEvent.Disconnected, () => this.#disconnected())
  }

  async connect(url: string, token: string): Promise<void> {
    await this.#room.connect(url, token, CONNECT_OPTIONS)
    this.#connected = true
    this.#changed()
  }

  members(): ReadonlyMap<string, SfuMember> {
    return new Map(
      [...this.#room.remoteParticipants].map(([identity, member]) => [identity, this.#member(member)]),
    )
  }

  async send(source: Source, track: MediaStreamTrack | null): Promise<void> {
    await this.#senders.get(source)?.set(track)
  }

  async unmute(source: Source): Promise<void> {
    await this.#senders.get(source)?.unmute()
  }

  async sendReports(): Promise<readonly RTCStatsReport[]> {
    const pictures = [this.#senders.get('camera')?.sender, this.#senders.get('screen')?.sender]
    const reports = await Promise.all(pictures.map((sender) => sender?.getStats().catch(() => undefined)))
    return reports.filter((report) => report !== undefined)
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    for (const sender of this.#senders.values()) sender.close()
    this.#room.removeAllListeners()
    // Also while connecting, which it breaks off. What the server is not told it finds out.
    await this.#room.disconnect(false).catch(() => undefined)
  }

  #member(participant: Participant): SfuMember {
    const tracks = new Map<Source, SfuTrack>()
    for (const publication of participant.trackPublications.values()) {
      const source = this.#sourceOf(publication)
      const track = publication.track === undefined ? null : this.#track(publication)
      if (source !== null && track !== null) tracks.set(source, track)
    }
    return { quality: this.#qualityOf(participant), tracks }
  }

  #track(publication: Publication): SfuTrack | null {
    const { track } = publication
    if (track === undefined) return null
    const known = this.#tracks.get(publication)
    if (known?.track === track.mediaStreamTrack && known.receiver === track.receiver) return known
    const made = {
      track: track.mediaStreamTrack,
      receiver: track.receiver,
      want: (size: PixelSize | null) => {
        publication.setEnabled(size !== null)
        if (size !== null) publication.setVideoDimensions(size)
      },
    }
    this.#tracks.set(publication, made)
    return made
  }

  #sourceOf({ source }: Publication): Source | null {
    const { Camera, Microphone, ScreenShare, ScreenShareAudio } = this.#livekit.Track.Source
    if (source === Microphone) return 'microphone'
    if (source === Camera) return 'camera'
    if (source === ScreenShare) return 'screen'
    return source === ScreenShareAudio ? 'screenAudio' : null
  }

  #qualityOf({ connectionQuality }: Participant): Quality {
    const { Lost, Poor } = this.#livekit.ConnectionQuality
    if (connectionQuality === Lost) return 'lost'
    return connectionQuality === Poor ? 'poor' : 'good'
  }

  #changed(): void {
    if (this.#connected && !this.#closed) this.#events.onChange()
  }

  /** While connecting the rejection says it. */
  #disconnected(): void {
    if (!this.#connected || this.#closed) return
    void this.close()
    this.#events.onLost()
  }
}
