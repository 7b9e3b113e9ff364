import { AppError } from '#lib/errors.ts'
import type { Log } from '#server/log.ts'
import { BoundedCache } from './BoundedCache.ts'
import type { SessionEndReason } from './identity.ts'
import type { SessionChange } from './SessionChanges.ts'
import type { EndedSession, SessionRows, SessionState } from './SessionRows.ts'

const CACHE_LIMIT = 50_000
/** How old a remembered row may be: long while every change is heard of, short while it is not. */
const MAX_AGE_HEARING_MS = 30_000
const MAX_AGE_DEAF_MS = 2_000
/** `lastSeenAt` is written at most this often per session, and for many sessions at once. */
const SEEN_EVERY_MS = 60_000
const FLUSH_EVERY_MS = 5_000
const RECENTLY_ENDED_LIMIT = 10_000
/** PostgreSQL takes 65,535 parameters at most. */
const LOOKUP_BATCH = 5_000

type Entry = {
  readonly state: SessionState
  readonly loadedAtMs: number
  seenMs: number
  seenWrittenMs: number
}

export type RegistryOptions = {
  readonly rows: SessionRows
  readonly idleMs: { readonly user: number; readonly guest: number; readonly recorder: number }
  readonly log: Log
  readonly now: () => number
}

/**
 * What this process remembers of session rows, so that a check costs no round trip. It is told of every end and change
 * (SessionChanges), forgets everything it may have missed, and asks the database once a memory is too old. When it
 * cannot ask, it throws `unavailable`: it never guesses (LG-2).
 */
export class SessionRegistry {
  readonly #options: RegistryOptions
  readonly #byHash = new BoundedCache<string, Entry>(CACHE_LIMIT)
  readonly #hashById = new BoundedCache<string, string>(CACHE_LIMIT)
  readonly #loading = new Map<string, Promise<SessionState | null>>()
  readonly #recentlyEnded = new BoundedCache<string, true>(RECENTLY_ENDED_LIMIT)
  readonly #listeners = new Set<(ended: EndedSession) => void>()
  readonly #seen = new Set<string>()
  readonly #flushTimer: NodeJS.Timeout
  #maxAgeMs = MAX_AGE_DEAF_MS
  /** Counts changes heard of. A row read while it moved may be older than the change and is not remembered. */
  #changes = 0

  constructor(options: RegistryOptions) {
    this.#options = options
    this.#flushTimer = setInterval(() => void this.flush(), FLUSH_EVERY_MS).unref()
  }

  /** The remembered row, when memory is fresh enough to decide by; undefined means: ask with load(). */
  peek(sidHash: string): SessionState | undefined {
    const entry = this.#byHash.get(sidHash)
    if (!entry) return undefined
    return this.#options.now() - entry.loadedAtMs <= this.#maxAgeMs ? entry.state : undefined
  }

  /** @throws AppError unavailable */
  load(sidHash: string): Promise<SessionState | null> {
    return this.#once(sidHash, { sidHash })
  }

  /** By the row's id, from memory or the database. @throws AppError unavailable */
  async byId(id: string): Promise<SessionState | null> {
    const hash = this.#hashById.get(id)
    return (hash === undefined ? undefined : this.peek(hash)) ?? (await this.#once(id, { id }))
  }

  /** Why a session is over by now, or null. Also counts as being seen, while it is not over. */
  judge(state: SessionState): SessionEndReason | null {
    if (state.ended) return state.ended
    const now = this.#options.now()
    const entry = this.#byHash.get(state.sidHash)
    const seenMs = Math.max(state.lastSeenMs, entry?.seenMs ?? 0)
    const idleMs = this.#options.idleMs[state.identity.kind]
    if (now >= state.expiresAtMs || now - seenMs > idleMs) return 'expired'
    if (entry) {
      entry.seenMs = now
      if (now - entry.seenWrittenMs > SEEN_EVERY_MS) {
        entry.seenWrittenMs = now
        this.#seen.add(state.id)
      }
    }
    return null
  }

  onEnded(listener: (ended: EndedSession) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Takes in a change, from this process or another. Telling it twice tells the listeners once. */
  change(change: SessionChange): void {
    this.#changes += 1
    this.#loading.clear()
    if ('userId' in change) this.#forgetUser(change.userId)
    else this.#end(change)
  }

  /** News arrives again, and some may have been missed: forgets all, and looks up what ended meanwhile. */
  async hearing(): Promise<void> {
    this.#maxAgeMs = MAX_AGE_HEARING_MS
    const ids = [...this.#hashById.entries()].map(([id]) => id)
    this.forgetAll()
    if (ids.length === 0) return
    try {
      for (let start = 0; start < ids.length; start += LOOKUP_BATCH) {
        const batch = ids.slice(start, start + LOOKUP_BATCH)
        for (const ended of await this.#options.rows.endedAmong(batch)) this.#end(ended)
      }
    } catch (error) {
      this.#options.log.warn({ error: String(error) }, 'sessions that ended meanwhile could not be looked up')
    }
  }

  deaf(): void {
    this.#maxAgeMs = MAX_AGE_DEAF_MS
  }

  forgetAll(): void {
    this.#changes += 1
    this.#loading.clear()
    this.#byHash.clear()
  }

  /** Writes who was seen. What cannot be written now is tried again with the next round. */
  async flush(): Promise<void> {
    if (this.#seen.size === 0) return
    const ids = [...this.#seen]
    this.#seen.clear()
    try {
      await this.#options.rows.markSeen(ids, new Date(this.#options.now()))
    } catch {
      for (const id of ids) this.#seen.add(id)
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#flushTimer)
    await this.flush()
    this.#listeners.clear()
  }

  /** Many requests of one session at once ask the database once. */
  #once(key: string, by: { sidHash: string } | { id: string }): Promise<SessionState | null> {
    const running = this.#loading.get(key)
    if (running) return running
    const loading = this.#read(by).finally(() => {
      if (this.#loading.get(key) === loading) this.#loading.delete(key)
    })
    this.#loading.set(key, loading)
    return loading
  }

  async #read(by: { sidHash: string } | { id: string }): Promise<SessionState | null> {
    const before = this.#changes
    const startedAtMs = this.#options.now()
    let state: SessionState | null
    try {
      state = await this.#options.rows.find(by)
    } catch (cause) {
      throw AppError.unavailable(cause)
    }
    // Race: a revocation heard of while this row was on its way would be undone by remembering the row now.
    if (state && before === this.#changes) this.#remember(state, startedAtMs)
    return state
  }

  #remember(state: SessionState, loadedAtMs: number): void {
    const known = this.#byHash.get(state.sidHash)
    this.#byHash.set(state.sidHash, {
      state,
      loadedAtMs,
      seenMs: Math.max(state.lastSeenMs, known?.seenMs ?? 0),
      seenWrittenMs: Math.max(state.lastSeenMs, known?.seenWrittenMs ?? 0),
    })
    this.#hashById.set(state.id, state.sidHash)
  }

  #end(ended: EndedSession): void {
    const hash = this.#hashById.get(ended.sessionId)
    if (hash !== undefined) this.#byHash.delete(hash)
    this.#hashById.delete(ended.sessionId)
    this.#seen.delete(ended.sessionId)
    if (this.#recentlyEnded.get(ended.sessionId)) return
    this.#recentlyEnded.set(ended.sessionId, true)
    for (const listener of [...this.#listeners]) {
      try {
        listener(ended)
      } catch (error) {
        this.#options.log.error({ err: error }, 'a listener to ended sessions failed')
      }
    }
  }

  #forgetUser(userId: string): void {
    for (const [hash, { state }] of [...this.#byHash.entries()]) {
      if (state.userId === userId) this.#byHash.delete(hash)
    }
  }
}
