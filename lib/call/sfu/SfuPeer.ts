import type { MediaState, Participant } from '#lib/protocol/events.ts'
import { type Arrivals, type Path, type Quality, type RemoteMedia, SOURCES, type Source } from '../ports.ts'
import { arrivalsOf } from '../receiving/arrivals.ts'
import { LipSync } from '../receiving/LipSync.ts'
import { type LinkSample, qualityOf, readSample } from '../receiving/linkStats.ts'
import { sameMedia } from '../sameMedia.ts'
import type { PictureDemand } from './PictureDemand.ts'
import type { SfuMember } from './SfuRoom.ts'

const WORST_FIRST: readonly Quality[] = ['lost', 'poor', 'fair', 'good']

/** One other person of the roster: what comes of them over the SFU, and what to show of it. */
export class SfuPeer {
  readonly #demand: PictureDemand
  readonly #lipSync: LipSync
  #participant: Participant
  #member: SfuMember | null = null
  #received: Quality = 'good'
  #sample: LinkSample | null = null
  #samples = 0
  #lastMediaAt = 0
  #shown: RemoteMedia | null = null

  constructor(participant: Participant, demand: PictureDemand, heardLaterMs?: number) {
    this.#participant = participant
    this.#demand = demand
    this.#lipSync = new LipSync(heardLaterMs)
  }

  /** `member`: who goes by their identity in the SFU's room, if anybody does. */
  update(participant: Participant, member: SfuMember | null): void {
    this.#participant = participant
    if (tracksOf(member) !== tracksOf(this.#member)) this.#forgetSamples()
    this.#member = member
    this.demand()
  }

  /** Asks the SFU for pictures as large as they are shown. */
  demand(): void {
    for (const source of ['camera', 'screen'] as const) {
      const size = this.#wanted(source)
      if (size !== undefined) this.#member?.tracks.get(source)?.want(size)
    }
  }

  /** The same object as before while nothing has changed. */
  media(): RemoteMedia {
    const next = { path: this.#path(), quality: this.#quality(), tracks: this.#liveTracks() }
    if (this.#shown === null || !sameMedia(this.#shown, next)) this.#shown = next
    return this.#shown
  }

  /** 0…1. Of what is played: LiveKit takes the senders' own measure out of the packets (RFC 6464). */
  async level(): Promise<number> {
    if (!this.#announced.microphone) return 0
    const receiver = this.#member?.tracks.get('microphone')?.receiver
    const report = await receiver?.getStats().catch(() => undefined)
    let level = 0
    report?.forEach(({ type, audioLevel }: { type: string; audioLevel?: number }) => {
      if (type === 'inbound-rtp') level = audioLevel ?? 0
    })
    return level
  }

  arrivals(): Promise<Arrivals> {
    return arrivalsOf((source) => this.#member?.tracks.get(source)?.receiver)
  }

  /** How well what should come does come. */
  async measure(): Promise<void> {
    const member = this.#member
    const asked = [...(member?.tracks.values() ?? [])].map(({ receiver }) =>
      receiver?.getStats().catch(() => undefined),
    )
    const reports = await Promise.all(asked)
    if (member === null || member.tracks.size === 0 || tracksOf(this.#member) !== tracksOf(member)) return
    const stats = new Map(reports.flatMap((report) => [...(report ?? [])]))
    this.#lipSync.follow((source) => member.tracks.get(source)?.receiver, stats)
    const sample = readSample(stats)
    const before = this.#sample
    this.#sample = sample
    this.#samples += 1
    if (before === null || sample.bytesReceived > before.bytesReceived) this.#lastMediaAt = sample.at
    // The first interval holds the start of the picture, which says nothing of the path.
    if (before === null || this.#samples <= 2) return
    const expected = { anything: this.#expected(), framesPerSecond: null }
    this.#received = qualityOf(before, sample, expected, this.#lastMediaAt)
  }

  get #announced(): MediaState {
    return this.#participant.media
  }

  #wanted(source: 'camera' | 'screen') {
    return this.#demand.of(this.#participant.id, source, this.#announced.screen)
  }

  /** Something should come now: a picture out of sight does not. */
  #expected(): boolean {
    const { microphone, camera, screen } = this.#announced
    return (
      microphone || (camera && this.#wanted('camera') !== null) || (screen && this.#wanted('screen') !== null)
    )
  }

  #forgetSamples(): void {
    this.#sample = null
    this.#samples = 0
    this.#received = 'good'
  }

  #path(): Path {
    if (this.#member === null) return this.#participant.connected ? 'connecting' : 'lost'
    return this.#member.quality === 'lost' ? 'lost' : 'server'
  }

  #quality(): Quality {
    const both = [this.#member?.quality ?? 'good', this.#received]
    return WORST_FIRST.find((quality) => both.includes(quality)) ?? 'good'
  }

  #liveTracks(): RemoteMedia['tracks'] {
    const tracks: Partial<Record<Source, MediaStreamTrack>> = {}
    for (const source of SOURCES) {
      const on = source === 'screenAudio' ? this.#announced.screen : this.#announced[source]
      const arriving = this.#member?.tracks.get(source)
      if (on && arriving !== undefined) tracks[source] = arriving.track
    }
    return tracks
  }
}

const tracksOf = (member: SfuMember | null): string =>
  [...(member?.tracks ?? [])].map(([source, { track }]) => `${source} ${track.id}`).join()
