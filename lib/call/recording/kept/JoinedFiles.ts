import { KEPT_FOLDER } from '../OwnRecording.ts'

/**
 * Where a recording is put together when the browser lets nobody choose a file: in its own file system, from where it is
 * downloaded. Beside the parts, which are folders; one for each recording, written anew each time.
 */
export class JoinedFiles {
  readonly #storage: Pick<StorageManager, 'getDirectory'>

  constructor(storage: Pick<StorageManager, 'getDirectory'>) {
    this.#storage = storage
  }

  async write(id: string): Promise<FileSystemWritableFileStream> {
    const folder = await this.#folder()
    return (await folder.getFileHandle(nameOf(id), { create: true })).createWritable()
  }

  async read(id: string): Promise<File> {
    return (await (await this.#folder()).getFileHandle(nameOf(id))).getFile()
  }

  /** What is not there need not be removed. */
  async remove(id: string): Promise<void> {
    const folder = await this.#folder()
    for await (const [name] of folder.entries()) if (name === nameOf(id)) await folder.removeEntry(name)
  }

  async #folder(): Promise<FileSystemDirectoryHandle> {
    return (await this.#storage.getDirectory()).getDirectoryHandle(KEPT_FOLDER, { create: true })
  }
}

const nameOf = (id: string): string => `${id}.webm`
