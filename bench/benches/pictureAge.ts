import type { Person } from '../../__tests__/browser/support/Person.ts'
import { pause } from '../../__tests__/browser/support/until.ts'
import type { Benchmark } from '../Benchmark.ts'
import { type Figure, figure } from '../figure.ts'
import { readPictureAges, stepOf } from '../pictureAge.ts'
import type { Rounds, Sample } from '../rounds.ts'
import { median } from '../statistics.ts'
import { FRAME_MS, go, inCallOfTwo, switchInTurns, WINDOW_MS } from '../switchedCall.ts'

/** Part of #3: a camera that draws the clock is drawn by the page, whose stalls would be taken for gaps; so by itself. */
export const pictureAge: Benchmark = {
  id: 'switch-age',
  title: '#3 glass to glass: how old a picture on the screen is, and how much that changes at a switch',
  run: (options) =>
    inCallOfTwo(readPictureAges, (people) =>
      switchInTurns(options, {
        watch: (during) => agesIn(people, during),
        act: (way) => go(people, way),
        figures: agesOf,
      }),
    ),
}

const agesOf = (name: string, rounds: Rounds): Figure[] => [
  figure(`${name}: age of a picture on the screen`, 'ms', 'ageMs', rounds),
  figure(`${name}: step of that age`, 'ms', 'stepMs', rounds, {
    text: `≤ ${FRAME_MS} ms`,
    met: (ms) => ms <= FRAME_MS,
  }),
]

/** Of every picture that is shown in a window, and during what happens in it. */
async function agesIn(people: readonly Person[], during: () => Promise<unknown>): Promise<Sample> {
  const read = () => Promise.all(people.map(({ page }) => page.evaluate(() => window.parleyPictureAges())))
  await read()
  await Promise.all([during(), pause(WINDOW_MS)])
  const ages = await read()
  return {
    stepMs: median(ages.map(stepOf)),
    ageMs: median(ages.flatMap((pictures) => pictures.map(({ age }) => age))),
  }
}
