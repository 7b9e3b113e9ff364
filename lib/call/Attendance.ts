import type { WireError } from '#lib/protocol/errors.ts'
import type { ClientAnswer, JoinOffer, MediaState, Snapshot } from '#lib/protocol/events.ts'
import type { InstanceId, ParticipantId } from '#lib/protocol/ids.ts'
import type { Result } from '#lib/result.ts'
import type { ReadableStore } from '#lib/store.ts'
import { type CallEvent, type CallState, isGap } from './callState.ts'
import type { Clock, Signalling } from './ports.ts'
import type { SeatStore } from './SeatStore.ts'
import type { ServerClock } from './ServerClock.ts'

export type AttendanceDeps = {
  readonly signalling: Signalling
  readonly clock: Clock
  readonly serverClock: ServerClock
  readonly seats: SeatStore
  readonly instanceId: InstanceId
  readonly state: ReadableStore<CallState>
  readonly dispatch: (event: CallEvent) => void
  readonly media: () => MediaState
  /** What goes with a first request, and who was given it; null for nobody. */
  readonly offer: {
    make(): Promise<JoinOffer | null>
    givenTo(participant: ParticipantId | null): void
  } | null
  /** Makes the cookies good again; false when only signing in helps. */
  readonly renewAccess: () => Promise<boolean>
  /** We are in the room, newly or again, and the server was told that we send `media`. */
  readonly onEntered: (media: MediaState) => void
}

const RETRY_JOIN_MS = 1000
/** A second refusal within this time is not answered by renewing again. */
const RENEW_AGAIN_AFTER_MS = 30_000
/** Failures that pass by themselves; a seat is worth waiting for. */
const PASSING = new Set<string>(['timeout', 'unavailable', 'rate-limited', 'internal'])

/** Keeps us in the meeting: joins, comes back to the seat after each loss, asks again for what was missed. */
export class Attendance {
  readonly #deps: AttendanceDeps
  #wanted: { readonly name: string | null } | null = null
  #renewedAt = Number.NEGATIVE_INFINITY
  /** Counts attempts; an answer to an older one is late news. */
  #attempt = 0
  #cancelRetry: (() => void) | null = null
  #syncing: Promise<void> | null = null
  #missedVersion = 0

  constructor(deps: AttendanceDeps) {
    this.#deps = deps
  }

  /** Joins as soon as there is a connection. */
  want(name: string | null): void {
    this.#wanted = { name }
    this.#deps.dispatch({ type: 'joinRequested' })
    if (this.#deps.signalling.state.get().status === 'connected') void this.#enter()
    else this.#deps.signalling.retryNow()
  }

  stop(): void {
    this.#wanted = null
    this.#attempt += 1
    this.#cancelRetry?.()
  }

  connectionChanged(): void {
    const { signalling, dispatch } = this.#deps
    const connection = signalling.state.get()
    if (connection.status === 'connected' && this.#wanted !== null) void this.#enter()
    if (connection.status === 'reconnecting') {
      this.#cancelRetry?.()
      dispatch({ type: 'connectionLost' })
    }
    if (connection.status === 'failed') void this.#refused(connection.error)
  }

  /** The server let us in, at once or from the door. */
  entered(snapshot: Snapshot, media: MediaState): void {
    this.#deps.dispatch({ type: 'snapshotReceived', snapshot })
    this.#deps.onEntered(media)
    void this.#fillChat(snapshot)
  }

  /** Compares our clock with the server's once more: a recording is about to be stamped with it. */
  compareClocks(): Promise<void> {
    return this.#sync()
  }

  /** News of `version` is about to be applied: asks for everything when something before it is missing. */
  noticeVersion(version: number): void {
    if (!isGap(this.#deps.state.get(), version)) return
    this.#missedVersion = Math.max(this.#missedVersion, version)
    void this.#sync()
  }

  async #enter(): Promise<void> {
    const { signalling, seats, instanceId, dispatch, serverClock } = this.#deps
    const name = this.#wanted?.name ?? null
    this.#attempt += 1
    const attempt = this.#attempt
    this.#cancelRetry?.()
    const offer = await this.#makeOffer()
    if (attempt !== this.#attempt) return
    const seat = seats.read()
    const media = this.#deps.media()
    const askedAt = serverClock.local()
    const answer = await signalling.request('meeting:join', {
      instanceId,
      media,
      ...(name === null || name === '' ? {} : { name }),
      ...(seat === null
        ? {}
        : {
            resume: {
              conferenceId: seat.conferenceId,
              participantId: seat.participantId,
              // What this page has seen: after a reload nothing, whatever the tab saw before.
              chatSeq: lastSeq(this.#deps.state.get()),
            },
          }),
      ...(offer === null ? {} : { offer }),
    })
    if (offer !== null) this.#offerGiven(answer)
    if (attempt !== this.#attempt) return
    if (!answer.ok) await this.#refused(answer.error)
    else if (answer.value.status === 'waiting') dispatch({ type: 'keptWaiting' })
    else {
      const { snapshot } = answer.value
      serverClock.learn({ askedAt, answeredAt: serverClock.local(), serverTime: snapshot.serverTime })
      this.entered(snapshot, media)
    }
  }

  /** Only on the way in: whoever comes back has their links. */
  async #makeOffer(): Promise<JoinOffer | null> {
    const { offer, state } = this.#deps
    if (offer === null || state.get().status !== 'joining') return null
    return offer.make()
  }

  /** Before the snapshot that makes the links. */
  #offerGiven(answer: Result<ClientAnswer<'meeting:join'>, WireError>): void {
    const joined = answer.ok && answer.value.status === 'joined' ? answer.value : null
    this.#deps.offer?.givenTo(joined?.offeredTo ?? null)
  }

  async #refused(error: WireError): Promise<void> {
    const { signalling, state, dispatch, seats, clock } = this.#deps
    const { status } = state.get()
    if (error.code === 'unauthenticated') return await this.#renew(error)
    // The connection itself is away: its return joins again.
    if (PASSING.has(error.code) && signalling.state.get().status === 'reconnecting') return
    if (error.code === 'conflict' && status === 'inCall') return await this.#sync()
    const hasSeat = status === 'inCall' || seats.read() !== null
    if (PASSING.has(error.code) && hasSeat) {
      const waitMs = error.retryAfterMs ?? RETRY_JOIN_MS
      this.#cancelRetry = clock.after(waitMs, () => this.connectionChanged())
      return
    }
    this.#wanted = null
    seats.clear()
    if (status === 'inCall') dispatch({ type: 'ended', reason: 'seat-lost' })
    else if (signalling.state.get().status === 'failed') dispatch({ type: 'failed', error })
    else dispatch({ type: 'joinRefused', error })
  }

  /** The session may only have grown old: renewing makes a new cookie, which a new connection presents. */
  async #renew(error: WireError): Promise<void> {
    const { signalling, state, dispatch, clock, renewAccess, seats } = this.#deps
    const attempt = this.#attempt
    const mayRenew = clock.now() - this.#renewedAt > RENEW_AGAIN_AFTER_MS
    this.#renewedAt = clock.now()
    const renewed = mayRenew && (await renewAccess().catch(() => false))
    if (attempt !== this.#attempt) return
    if (renewed) {
      dispatch({ type: 'connectionLost' })
      signalling.close()
      signalling.connect()
      return
    }
    this.#wanted = null
    seats.clear()
    if (state.get().status === 'lobby') dispatch({ type: 'joinRefused', error })
    else dispatch({ type: 'ended', reason: 'session-expired' })
  }

  /** Whoever asks while the answer is on its way waits for it, too. */
  #sync(): Promise<void> {
    this.#syncing ??= this.#askForAll()
    return this.#syncing
  }

  async #askForAll(): Promise<void> {
    this.#missedVersion = 0
    const { serverClock } = this.#deps
    const askedAt = serverClock.local()
    const answer = await this.#deps.signalling.request('meeting:sync', {})
    this.#syncing = null
    if (!answer.ok) return
    const { snapshot } = answer.value
    serverClock.learn({ askedAt, answeredAt: serverClock.local(), serverTime: snapshot.serverTime })
    this.#deps.dispatch({ type: 'snapshotReceived', snapshot })
    // What came during the answer's way was not applied; anything newer than the answer is still missing.
    if (this.#missedVersion > snapshot.version && this.#deps.state.get().status === 'inCall')
      void this.#sync()
  }

  /** After an absence longer than what a snapshot holds: the messages between. */
  async #fillChat(snapshot: Snapshot): Promise<void> {
    const { signalling, state, dispatch } = this.#deps
    const current = state.get()
    if (current.status !== 'inCall') return
    const firstNew = snapshot.chat[0]?.seq
    const known = current.room.chat.filter((message) => firstNew !== undefined && message.seq < firstNew)
    const lastKnown = known.at(-1)?.seq
    if (firstNew === undefined || lastKnown === undefined || lastKnown + 1 === firstNew) return
    const answer = await signalling.request('chat:history', { afterSeq: lastKnown })
    if (answer.ok) dispatch({ type: 'chatReceived', messages: answer.value.messages })
  }
}

const lastSeq = (state: CallState): number =>
  state.status === 'inCall' ? (state.room.chat.at(-1)?.seq ?? 0) : 0
