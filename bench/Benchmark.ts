import type { Figure } from './figure.ts'

export type BenchmarkOptions = {
  readonly rounds: number
  /** No new round begins after this. */
  readonly budgetMs: number
  log(line: string): void
}

/** One line of the benchmark set (performance.md §3): ours beside its floor. */
export type Benchmark = {
  readonly id: string
  readonly title: string
  run(options: BenchmarkOptions): Promise<readonly Figure[]>
}
