import { composedLayout } from '#lib/call/recording/composed/composedLayout.ts'
import { composedKey } from '#lib/call/recording/composed/composedTiles.ts'

const SIZE = { width: 1280, height: 720 }
const person = (number: number) => ({
  key: composedKey(`p${number}`),
  share: false,
  participantId: `p${number}`,
  seat: number,
  track: null,
})
const people = (count: number) => Array.from({ length: count }, (_, at) => person(at + 1))
const screenOf = (number: number) => ({ ...person(number), key: `share:p${number}`, share: true })
/** The last ones were heard last. */
const heard = (...ids: string[]) => ({
  loudest: ids.at(-1) ?? null,
  heardAt: (id: string) => ids.indexOf(id) + 1,
})

describe('[REC-133] where everybody stands in a film', () => {
  test('up to nine are side by side, whoever speaks', () => {
    const { layout, staged } = composedLayout(people(9), SIZE, { heard: heard('p9', 'p4') })
    expect(staged).toBeNull()
    expect(layout.places.size).toBe(9)
    expect(new Set([...layout.places.values()].map(({ width }) => width)).size).toBe(1)
  })

  test('of more, whoever speaks is large, and those who spoke last are beside', () => {
    const { layout, staged } = composedLayout(people(12), SIZE, { heard: heard('p11', 'p12', 'p10', 'p7') })
    expect(staged).toBe('person:p7')
    const seen = [...layout.places.keys()]
    expect(seen).toEqual(expect.arrayContaining(['person:p7', 'person:p10', 'person:p11', 'person:p12']))
    expect(seen.length).toBeLessThan(12)
    const large = layout.places.get('person:p7')?.width ?? 0
    for (const [key, { width }] of layout.places) if (key !== staged) expect(width).toBeLessThan(large / 2)
  })

  test('of many in silence somebody is large all the same, and so when the last speaker has left', () => {
    expect(composedLayout(people(10), SIZE).staged).toBe('person:p1')
    expect(composedLayout(people(10), SIZE, { heard: heard('p99') }).staged).toBe('person:p1')
  })

  test('a tile beside keeps its place when another one speaks', () => {
    const first = composedLayout(people(12), SIZE, { heard: heard('p12', 'p3') })
    const second = composedLayout(people(12), SIZE, { heard: heard('p3', 'p12'), previous: first.order })
    expect(second.order).toEqual(first.order)
    expect(second.staged).toBe('person:p12')
  })

  test('the newest screen has the stage, in a crowd too', () => {
    const few = [...people(3), screenOf(1), screenOf(2)]
    expect(composedLayout(few, SIZE).staged).toBe('share:p2')
    const crowd = [...people(20), screenOf(4)]
    expect(composedLayout(crowd, SIZE, { heard: heard('p9') }).staged).toBe('share:p4')
    expect(composedLayout(crowd, SIZE, { heard: heard('p9') }).layout.places.has('person:p9')).toBe(true)
  })
})
