import { randomUUID } from 'node:crypto'
import { Timeline } from '#lib/call/recording/Timeline.ts'
import { recordedEvents } from '#lib/protocol/recordings.ts'
import { idOf, participantOf } from '../../../support/meshRoom.ts'

const told = (timeline: Timeline) =>
  timeline.take().map(({ type, name, at, durationMs }) => [type, name, at, durationMs])
const speak = (timeline: Timeline, level: number, from: number, to: number) => {
  for (let at = from; at <= to; at += 100) timeline.levels(new Map([[idOf(1), level]]), at)
}

describe('[REC-66] what happens in a call, as a time line', () => {
  test('who came, who left; recorders are nobody', () => {
    const timeline = new Timeline(randomUUID)
    timeline.roster([participantOf(1), participantOf(3, { role: 'recorder' })], 1_000)
    timeline.roster([participantOf(1), participantOf(2)], 2_000)
    timeline.roster([participantOf(2)], 3_000)
    expect(told(timeline)).toEqual([
      ['joined', 'Person 1', 1_000, null],
      ['joined', 'Person 2', 2_000, null],
      ['left', 'Person 1', 3_000, null],
    ])
    expect(told(timeline)).toEqual([])
  })

  test('speech from its first sound to its last, over a pause for breath, down to a lower level', () => {
    const timeline = new Timeline(randomUUID)
    timeline.roster([participantOf(1)], 0)
    timeline.take()
    speak(timeline, 0.03, 1_000, 1_900)
    speak(timeline, 0.2, 2_000, 3_000)
    speak(timeline, 0.03, 3_100, 4_000)
    speak(timeline, 0, 4_100, 4_500)
    speak(timeline, 0.1, 4_600, 5_000)
    speak(timeline, 0, 5_100, 7_000)
    expect(told(timeline)).toEqual([['spoke', 'Person 1', 2_000, 3_000]])
  })

  test('a cough is no speech; long speech comes in pieces', () => {
    const timeline = new Timeline(randomUUID)
    timeline.roster([participantOf(1)], 0)
    timeline.take()
    speak(timeline, 0.5, 1_000, 1_200)
    speak(timeline, 0, 1_300, 3_000)
    expect(told(timeline)).toEqual([])
    speak(timeline, 0.5, 10_000, 50_000)
    expect(told(timeline)).toEqual([['spoke', 'Person 1', 10_000, 30_000]])
    timeline.end(50_000)
    expect(told(timeline)).toEqual([['spoke', 'Person 1', 40_000, 10_000]])
  })

  test('shares with their length, hands each time they go up', () => {
    const timeline = new Timeline(randomUUID)
    const media = { microphone: true, camera: true, screen: true }
    timeline.roster([participantOf(1)], 0)
    timeline.roster([participantOf(1, { media, handRaisedAt: 7 })], 1_000)
    timeline.roster([participantOf(1, { media, handRaisedAt: 7 })], 1_500)
    timeline.roster([participantOf(1, { handRaisedAt: null })], 4_000)
    timeline.roster([participantOf(1, { handRaisedAt: 9 })], 5_000)
    expect(told(timeline)).toEqual([
      ['joined', 'Person 1', 0, null],
      ['hand-raised', 'Person 1', 1_000, null],
      ['shared', 'Person 1', 1_000, 3_000],
      ['hand-raised', 'Person 1', 5_000, null],
    ])
  })

  test('who leaves ends what they did; everything is as the wire wants it', () => {
    const timeline = new Timeline(randomUUID)
    timeline.roster([participantOf(1, { media: { microphone: true, camera: false, screen: true } })], 0.4)
    speak(timeline, 0.5, 1_000.7, 2_000.7)
    timeline.roster([], 2_500.2)
    const events = timeline.take()
    expect(events.map(({ type }) => type)).toEqual(['joined', 'spoke', 'shared', 'left'])
    expect(recordedEvents.safeParse({ events }).success).toBe(true)
  })
})
