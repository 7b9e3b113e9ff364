/** A folder of the browser's own file system, in memory: what OpfsChunkStore uses of it, by the specification's rules. */
export class FakeDirectory {
  readonly kind = 'directory'
  readonly #entries = new Map<string, FakeDirectory | FakeFile>()
  readonly #disk: { full: boolean }

  /** @param disk shared with all that is in it */
  constructor(disk = { full: false }) {
    this.#disk = disk
  }

  /** Something in it is being written. */
  get locked(): boolean {
    return [...this.#entries.values()].some(({ locked }) => locked)
  }

  async getDirectoryHandle(name: string, { create = false } = {}): Promise<FakeDirectory> {
    return this.#get(name, create, FakeDirectory)
  }

  async getFileHandle(name: string, { create = false } = {}): Promise<FakeFile> {
    return this.#get(name, create, FakeFile)
  }

  async removeEntry(name: string): Promise<void> {
    if (this.#entries.get(name)?.locked)
      throw new DOMException('it is being written', 'NoModificationAllowedError')
    if (!this.#entries.delete(name)) throw notFound()
  }

  async *entries(): AsyncGenerator<[string, FakeDirectory | FakeFile]> {
    yield* [...this.#entries]
  }

  #get<Kind extends FakeDirectory | FakeFile>(
    name: string,
    create: boolean,
    Kind: new (disk: { full: boolean }) => Kind,
  ): Kind {
    const known = this.#entries.get(name)
    if (known instanceof Kind) return known
    if (known !== undefined) throw new DOMException('it is of the other kind', 'TypeMismatchError')
    if (!create) throw notFound()
    const made = new Kind(this.#disk)
    this.#entries.set(name, made)
    return made
  }
}

class FakeFile {
  readonly kind = 'file'
  readonly #disk: { full: boolean }
  #bytes = new Blob([])
  #writers = 0

  constructor(disk: { full: boolean }) {
    this.#disk = disk
  }

  get locked(): boolean {
    return this.#writers > 0
  }

  getFile = async (): Promise<Blob> => this.#bytes

  async createWritable() {
    const written: Blob[] = []
    this.#writers += 1
    return {
      write: async (bytes: Blob): Promise<void> => {
        if (this.#disk.full) throw new DOMException('no room', 'QuotaExceededError')
        written.push(bytes)
      },
      // Swapped in as a whole, and only now.
      close: async (): Promise<void> => {
        this.#bytes = new Blob(written)
        this.#writers -= 1
      },
      abort: async (): Promise<void> => {
        this.#writers -= 1
      },
    }
  }
}

const notFound = (): DOMException => new DOMException('there is none', 'NotFoundError')
