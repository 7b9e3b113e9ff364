import { StreamPlaces } from '#server/recordings/viewing/StreamPlaces.ts'

const viewer = (name: string) => [
  { of: name, most: 2 },
  { of: 'link', most: 3 },
]

test('[REC-142] each viewer has places of their own, all of one link together have no more than the link', () => {
  const places = new StreamPlaces()
  expect([places.take(viewer('a')), places.take(viewer('a')), places.take(viewer('a'))]).toEqual([
    true,
    true,
    false,
  ])
  expect([places.take(viewer('b')), places.take(viewer('b'))]).toEqual([true, false])
  places.giveBack(viewer('a'))
  expect([places.take(viewer('c')), places.take(viewer('b'))]).toEqual([true, false])
})

test('[REC-142] what was refused has taken nothing', () => {
  const places = new StreamPlaces()
  for (let times = 0; times < 3; times += 1) places.take(viewer(`viewer ${times}`))
  expect(places.take(viewer('late'))).toBe(false)
  for (let times = 0; times < 3; times += 1) places.giveBack(viewer(`viewer ${times}`))
  expect([places.take(viewer('late')), places.take(viewer('late'))]).toEqual([true, true])
})
