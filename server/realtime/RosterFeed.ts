import { coalesced } from '#lib/domain/roster.ts'
import type { RosterChange, ServerPayload } from '#lib/protocol/events.ts'

/**
 * Tells a room's members what changed in its roster. The first change goes out at once; those that follow within the
 * window go out together when it ends, so that a hundred changes are a handful of messages, not a hundred.
 * Owns the room's version: one number for each message, without gaps.
 */
export class RosterFeed {
  #version = 0
  #pending: RosterChange[] = []
  #window: NodeJS.Timeout | null = null
  readonly #tell: (payload: ServerPayload<'roster:changed'>) => void
  readonly #windowMs: number

  constructor(tell: (payload: ServerPayload<'roster:changed'>) => void, windowMs = 8) {
    this.#tell = tell
    this.#windowMs = windowMs
  }

  get version(): number {
    return this.#version
  }

  push(change: RosterChange | null): void {
    if (change === null) return
    this.#pending.push(change)
    if (this.#window === null) this.flush()
  }

  /** These, and whatever waits, at once: before a snapshot is taken, so that it is exactly one version. */
  flush(changes: readonly RosterChange[] = []): void {
    this.#pending.push(...changes)
    if (this.#pending.length === 0) return
    const told = coalesced(this.#pending)
    this.#pending = []
    if (told.length > 0) {
      this.#version += 1
      this.#tell({ version: this.#version, changes: told })
    }
    this.#window ??= setTimeout(() => {
      this.#window = null
      this.flush()
    }, this.#windowMs).unref()
  }

  /** The version of a change that is not the roster's, after all that came before it. */
  nextVersion(): number {
    this.flush()
    this.#version += 1
    return this.#version
  }

  close(): void {
    if (this.#window) clearTimeout(this.#window)
    this.#window = null
    this.#pending = []
  }
}
