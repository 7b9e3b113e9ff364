import type { Clock } from '#lib/call/ports.ts'

/** Time that moves when told. */
export class FakeClock implements Clock {
  #now = 1_000_000
  #tasks: { at: number; task: () => void }[] = []

  now = (): number => this.#now

  after = (ms: number, task: () => void): (() => void) => {
    const entry = { at: this.#now + ms, task }
    this.#tasks.push(entry)
    return () => {
      this.#tasks = this.#tasks.filter((other) => other !== entry)
    }
  }

  get pending(): number {
    return this.#tasks.length
  }

  /** Runs what is due in order, letting promises settle between the tasks. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms
    for (;;) {
      const [next] = this.#tasks.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)
      if (next === undefined) break
      this.#tasks = this.#tasks.filter((other) => other !== next)
      this.#now = next.at
      next.task()
      await settle()
    }
    this.#now = until
    await settle()
  }
}

/** Lets everything that waits for promises only come to rest. */
export async function settle(): Promise<void> {
  for (let round = 0; round < 4; round += 1) await new Promise((resolve) => setImmediate(resolve))
}
