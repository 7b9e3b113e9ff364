/**
 * Runs tasks one after another. Names the race it prevents: two tasks of one queue never interleave,
 * however often each awaits. A task that fails does not stop the next one.
 */
export class SerialQueue {
  #tail: Promise<unknown> = Promise.resolve()
  #size = 0

  /** Tasks waiting or running. */
  get size(): number {
    return this.#size
  }

  run<Value>(task: () => Promise<Value> | Value): Promise<Value> {
    this.#size += 1
    const result = this.#tail.then(task).finally(() => {
      this.#size -= 1
    })
    this.#tail = result.catch(() => undefined)
    return result
  }
}
