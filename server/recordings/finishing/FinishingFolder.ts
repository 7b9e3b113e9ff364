import { randomUUID } from 'node:crypto'
import { readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'

/** A clip is cut within a request: what is older was left behind. */
const CLIP_LEFT_MS = 3_600_000

/**
 * `.finishing`: in it a folder for each time that a process took a recording on. No name is used twice, so that whatever
 * is removed by its name is never what somebody has begun since.
 */
export class FinishingFolder {
  readonly #root: string

  constructor(root: string) {
    this.#root = root
  }

  /** For who has the recording's lease: what is left of it is of processes that died, or that have lost it. */
  async claim(recordingId: string): Promise<string> {
    for (const name of await this.#names()) if (recordingOf(name) === recordingId) await this.#remove(name)
    return path.join(this.#root, `${recordingId}.${randomUUID()}`)
  }

  /** Removes what killed processes left. @param held which of these recordings somebody works on, here or elsewhere */
  async sweep(held: (recordings: readonly string[]) => Promise<readonly string[]>): Promise<void> {
    const names = await this.#names()
    const recordings = [...new Set(names.flatMap((name) => recordingOf(name) ?? []))]
    const living = new Set(recordings.length === 0 ? [] : await held(recordings))
    for (const name of names) {
      const recording = recordingOf(name)
      if (recording === null ? await this.#isOldClip(name) : !living.has(recording)) await this.#remove(name)
    }
  }

  async #names(): Promise<readonly string[]> {
    try {
      return await readdir(this.#root)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
      throw error
    }
  }

  async #isOldClip(name: string): Promise<boolean> {
    if (!name.startsWith('clip-')) return false
    const known = await stat(path.join(this.#root, name)).catch(() => null)
    return known !== null && known.mtimeMs < Date.now() - CLIP_LEFT_MS
  }

  async #remove(name: string): Promise<void> {
    await rm(path.join(this.#root, name), { recursive: true, force: true })
  }
}

const recordingOf = (name: string): string | null => /^([0-9a-f-]{36})\./.exec(name)?.[1] ?? null
