import { BlobSource, Input, MATROSKA, StreamTarget, type StreamTargetChunk, WEBM } from 'mediabunny'
import { groupParts, joinParts, type PlacedPart } from './joinParts.ts'

export type BlobPart = {
  readonly id: string
  /** ms since the epoch of its first sample. */
  readonly startedAt: number
  /** What its recorder gave, in order. */
  readonly chunks: readonly Blob[]
}

/** A file that is written anywhere in it, and is there when it is closed: `FileSystemWritableFileStream`. */
export type WrittenFile = {
  write(chunk: StreamTargetChunk): Promise<void>
  close(): Promise<void>
  abort(reason?: unknown): Promise<void>
}

/**
 * Makes one WebM that can be searched of a recording's parts, in a browser. Nothing of it is held in memory but what is
 * being copied, and the file's index. It is closed when all of it is written, and given up when that fails.
 *
 * @returns which parts are in it, or have nothing to be put in a file: what is left is made of something else, and a file
 *   of its own. Null when there is nothing in any of them
 */
export async function joinBlobs(
  parts: readonly BlobPart[],
  file: WrittenFile,
): Promise<ReadonlySet<string> | null> {
  try {
    const joined = await join(parts, file)
    await (joined === null ? file.abort() : file.close())
    return joined
  } catch (error) {
    await file.abort(error).catch(() => undefined)
    throw error
  }
}

async function join(parts: readonly BlobPart[], file: WrittenFile): Promise<ReadonlySet<string> | null> {
  const [group, ...others] = await groupParts(DEPS, placed(parts))
  if (group === undefined) return null
  // Closing is ours: a file that was given up must not look like a whole one.
  const target = new StreamTarget(new WritableStream({ write: (chunk) => file.write(chunk) }), {
    chunked: true,
  })
  const joined = await joinParts(DEPS, group, { container: 'webm', audioOnly: false }, target)
  if (joined === null) return null
  const left = new Set(others.flatMap((other) => other.parts.map(({ id }) => id)))
  return new Set(parts.map(({ id }) => id).filter((id) => !left.has(id)))
}

function placed(parts: readonly BlobPart[]): PlacedPart[] {
  const zero = Math.min(...parts.map(({ startedAt }) => startedAt))
  return parts.map(({ id, startedAt, chunks }) => ({
    id,
    offset: (startedAt - zero) / 1000,
    chunks: chunks.length,
    bytes: chunks.reduce((sum, { size }) => sum + size, 0),
    open: () => new Input({ source: new BlobSource(new Blob([...chunks])), formats: [WEBM, MATROSKA] }),
  }))
}

const DEPS = {
  check: () => undefined,
  // Not a timer, which a page that nobody looks at hardly gets.
  nextTurn: () =>
    new Promise<void>((resolve) => {
      const { port1, port2 } = new MessageChannel()
      port1.onmessage = () => {
        port1.close()
        resolve()
      }
      port2.postMessage(null)
    }),
  // It is the only copy: what cannot be read now may be readable another day.
  isLoss: () => false,
  onLoss: () => undefined,
}
