import { median } from './statistics.ts'

/** One run's figures by name. */
export type Sample = Readonly<Record<string, number>>

export type Rounds = {
  readonly ours: readonly Sample[]
  readonly floor: readonly Sample[]
  /** Rounds thrown away because the machine was busy with something else: the floor was over 1.5 times its own median. */
  readonly discarded: number
  readonly failures: readonly string[]
}

/**
 * Runs ours and the floor in turns, so that a noisy minute meets both.
 * @param judge the floor's figure by which a round is thrown away
 * @param budgetMs no new round begins after this
 */
export async function interleave(
  rounds: number,
  budgetMs: number,
  judge: string,
  sides: { ours(round: number): Promise<Sample>; floor(round: number): Promise<Sample> },
): Promise<Rounds> {
  const pairs: { ours: Sample; floor: Sample }[] = []
  const failures: string[] = []
  const deadline = Date.now() + budgetMs
  for (let round = 0; round < rounds && (round < 1 || Date.now() < deadline); round += 1) {
    try {
      const floor = await sides.floor(round)
      pairs.push({ ours: await sides.ours(round), floor })
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error))
      if (failures.length >= 3) break
    }
  }
  const usual = median(pairs.map(({ floor }) => floor[judge] ?? Number.NaN))
  const kept = pairs.filter(({ floor }) => !((floor[judge] ?? 0) > 1.5 * usual))
  return {
    ours: kept.map((pair) => pair.ours),
    floor: kept.map((pair) => pair.floor),
    discarded: pairs.length - kept.length,
    failures,
  }
}
