import { type FileHandle, open } from 'node:fs/promises'
import type { StreamTargetChunk } from 'mediabunny'
import { fileFailure } from '../storage/storageErrors.ts'

/**
 * A file for mediabunny to write, each piece as `encipher` makes it for its place in the file. Its own target takes a
 * write for done that a full disk has cut short, and leaves the file open after a failure, so that what was removed of it
 * would go on filling the disk.
 */
export function fileSink(
  path: string,
  encipher: (data: Uint8Array, position: number) => Uint8Array,
): WritableStream<StreamTargetChunk> {
  let file: FileHandle | null = null
  const close = async () => {
    const open = file
    file = null
    await open?.close()
  }
  return new WritableStream({
    async start() {
      file = await open(path, 'w', 0o600).catch((error: unknown) => {
        throw fileFailure(error)
      })
    },
    async write({ data, position }) {
      try {
        if (file === null) throw new Error('the file is closed')
        await writeAll(file, encipher(data, position), position)
      } catch (error) {
        await close()
        throw fileFailure(error)
      }
    },
    close,
    abort: close,
  })
}

async function writeAll(file: FileHandle, data: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < data.byteLength; ) {
    // A disk that takes some of it says so; the next attempt is told why it took no more.
    done += (await file.write(data, done, data.byteLength - done, position + done)).bytesWritten
  }
}
