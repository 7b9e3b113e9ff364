/** A folder of the browser's own file system, in memory: what OpfsChunkStore uses of it, by the specification's rules. */
export class FakeDirectory {
  readonly kind = 'directory'
  readonly #entries = new Map<string, FakeDirectory | FakeFile>()

  async getDirectoryHandle(name: string, { create = false } = {}): Promise<FakeDirectory> {
    return this.#get(name, create, FakeDirectory)
  }

  async getFileHandle(name: string, { create = false } = {}): Promise<FakeFile> {
    return this.#get(name, create, FakeFile)
  }

  async removeEntry(name: string): Promise<void> {
    if (!this.#entries.delete(name)) throw notFound()
  }

  async *entries(): AsyncGenerator<[string, FakeDirectory | FakeFile]> {
    yield* [...this.#entries]
  }

  #get<Kind extends FakeDirectory | FakeFile>(name: string, create: boolean, Kind: new () => Kind): Kind {
    const known = this.#entries.get(name)
    if (known instanceof Kind) return known
    if (known !== undefined) throw new DOMException('it is of the other kind', 'TypeMismatchError')
    if (!create) throw notFound()
    const made = new Kind()
    this.#entries.set(name, made)
    return made
  }
}

class FakeFile {
  readonly kind = 'file'
  #bytes = new Blob([])

  getFile = async (): Promise<Blob> => this.#bytes

  async createWritable(): Promise<{ write(bytes: Blob): Promise<void>; close(): Promise<void> }> {
    const written: Blob[] = []
    return {
      write: async (bytes) => void written.push(bytes),
      // Swapped in as a whole, and only now.
      close: async () => {
        this.#bytes = new Blob(written)
      },
    }
  }
}

const notFound = (): DOMException => new DOMException('there is none', 'NotFoundError')
