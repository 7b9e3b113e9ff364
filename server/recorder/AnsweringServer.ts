/** For how long our server has answered without a break, as far as it was asked. */
export class AnsweringServer {
  readonly #answers: () => Promise<boolean>
  #since: number | null = null

  constructor(answers: () => Promise<boolean>) {
    this.#answers = answers
  }

  async hasAnsweredFor(ms: number): Promise<boolean> {
    if (!(await this.#answers())) {
      this.#since = null
      return false
    }
    this.#since ??= performance.now()
    return performance.now() - this.#since >= ms
  }

  /** Nothing is held against it any more. */
  forget(): void {
    this.#since = null
  }
}
