import type { Rounds } from './rounds.ts'
import { median } from './statistics.ts'

export type Figure = {
  readonly name: string
  readonly unit: string
  readonly ours: number
  readonly oursRange: readonly [number, number]
  /** Null where nothing simpler does the same. */
  readonly floor: number | null
  readonly ratio: number | null
  readonly samples: number
  readonly discarded: number
  readonly target: string | null
  readonly met: boolean | null
}

export type Target = { readonly text: string; met(ours: number, ratio: number | null): boolean }

/** The medians of one figure over all rounds, beside the floor's. */
export function figure(
  name: string,
  unit: string,
  key: string,
  rounds: Rounds,
  target: Target | null = null,
): Figure {
  const ours = values(rounds.ours, key)
  const floor = values(rounds.floor, key)
  const oursMedian = median(ours)
  const floorMedian = floor.length > 0 ? median(floor) : null
  const ratio = floorMedian === null || floorMedian === 0 ? null : oursMedian / floorMedian
  return {
    name,
    unit,
    ours: oursMedian,
    oursRange: [Math.min(...ours), Math.max(...ours)],
    floor: floorMedian,
    ratio,
    samples: ours.length,
    discarded: rounds.discarded,
    target: target?.text ?? null,
    met: target === null || ours.length === 0 ? null : target.met(oursMedian, ratio),
  }
}

function values(samples: readonly Readonly<Record<string, number>>[], key: string): number[] {
  return samples
    .map((one) => one[key])
    .filter((one): one is number => one !== undefined && !Number.isNaN(one))
}

export function format(one: Figure): string {
  const number = (value: number) =>
    Math.abs(value) >= 1000 ? Math.round(value).toLocaleString('en') : value.toPrecision(3)
  const floor = one.floor === null ? '' : `floor ${number(one.floor)}`
  const ratio = one.ratio === null ? '' : `${one.ratio.toFixed(2)}×`
  const verdict = one.met === null ? '' : one.met ? 'met' : 'NOT MET'
  return [
    one.name.padEnd(46),
    `${number(one.ours)} ${one.unit}`.padEnd(18),
    `(${number(one.oursRange[0])}–${number(one.oursRange[1])}, n=${one.samples})`.padEnd(26),
    floor.padEnd(16),
    ratio.padEnd(7),
    one.target ? `${one.target}: ${verdict}` : '',
  ].join(' ')
}
