import {
  followRecording,
  GIVEN_UP_AFTER_MS,
  INTERRUPTED_AFTER_MS,
  START_HELD_WITHIN_MS,
  START_WITHIN_MS,
  unreadRecording,
  type WatchedRecording,
  type WrittenRecording,
  watchRecording,
  withAnswer,
} from '#lib/domain/recordingWatch.ts'
import { participantId, recordingId } from '#lib/protocol/ids.ts'

const T = 1_000_000
const ID = recordingId.parse('00000000-0000-4000-8000-000000000001')
const ADA = participantId.parse('00000000-0000-4000-8000-00000000000a')
const written = (more: Partial<WrittenRecording> = {}): WrittenRecording => ({
  id: ID,
  kind: 'server',
  studio: false,
  copy: false,
  consent: 'told',
  startedBy: { id: ADA, name: 'Ada' },
  startedAt: null,
  lastChunkAt: null,
  held: false,
  stopReason: null,
  consents: [],
  ...more,
})
const chunkAt = (at: number, more: Partial<WrittenRecording> = {}) =>
  written({ startedAt: T, lastChunkAt: at, held: true, ...more })
const begun = watchRecording(written(), T)
/** @throws when it is over */
function follow(before: WatchedRecording, next: WrittenRecording | null, now: number): WatchedRecording {
  const step = followRecording(before, next, now)
  if (step.watched === null) throw new Error(step.stopped)
  return step.watched
}

test('[REC-2] it starts, and runs from the first chunk that is safe', () => {
  expect(begun.shown).toMatchObject({ status: 'starting', startedAt: null, by: 'Ada' })
  expect(follow(begun, written({ held: true }), T + START_HELD_WITHIN_MS).shown.status).toBe('starting')
  expect(follow(begun, chunkAt(T + 900), T + 1_000).shown).toMatchObject({ status: 'running', startedAt: T })
})

test.each([
  ['no-recorder', written(), START_WITHIN_MS],
  ['recorder-lost', written({ held: true }), START_HELD_WITHIN_MS],
  ['failed', written({ kind: 'local' }), START_HELD_WITHIN_MS],
  ['failed', written({ kind: 'device' }), START_HELD_WITHIN_MS],
] as const)('[REC-4] what does not start in time stops as %s', (reason, next, withinMs) => {
  expect(follow(begun, next, T + withinMs).shown.status).toBe('starting')
  expect(followRecording(begun, next, T + withinMs + 1)).toEqual({ watched: null, stopped: reason })
})

test('[REC-3] interrupted after four seconds without a chunk, not before, and running with the next', () => {
  const running = follow(begun, chunkAt(T + 900), T + 1_000)
  const last = chunkAt(T + 900)
  expect(follow(running, last, T + 900 + INTERRUPTED_AFTER_MS).shown.status).toBe('running')
  const interrupted = follow(running, last, T + 901 + INTERRUPTED_AFTER_MS)
  expect(interrupted.shown).toMatchObject({ status: 'interrupted', interruption: 'silent' })
  const lost = follow(interrupted, chunkAt(T + 900, { held: false }), T + 8_000)
  expect(lost.shown).toMatchObject({ status: 'interrupted', interruption: 'recorder-lost' })
  const again = follow(lost, chunkAt(T + 9_000), T + 9_100)
  expect(again.shown).toMatchObject({ status: 'running', interruption: null })
})

test.each([
  ['interrupted', true],
  ['recorder-lost', false],
] as const)('[REC-3] interrupted for ten minutes it stops as %s', (reason, held) => {
  const running = follow(begun, chunkAt(T), T)
  const interrupted = follow(running, chunkAt(T, { held }), T + 5_000)
  const later = T + 5_000 + GIVEN_UP_AFTER_MS
  expect(follow(interrupted, chunkAt(T, { held }), later).shown.status).toBe('interrupted')
  expect(followRecording(interrupted, chunkAt(T, { held }), later + 1).stopped).toBe(reason)
})

test.each([-60_000, 60_000])('[REC-3] a clock that is %i ms off elsewhere interrupts nothing', (skew) => {
  let watched = begun
  for (let second = 1; second <= 30; second += 1) {
    const now = T + second * 1_000
    watched = follow(watched, chunkAt(now + skew - 200), now)
    expect(watched.shown.status).toBe('running')
  }
})

test('[REC-6] while nothing can be read or written it is interrupted, and is given its time from when it can', () => {
  const running = follow(begun, chunkAt(T), T)
  expect(unreadRecording(running, T + INTERRUPTED_AFTER_MS)).toBe(running)
  const unread = unreadRecording(running, T + INTERRUPTED_AFTER_MS + 1)
  expect(unread.shown).toMatchObject({ status: 'interrupted', interruption: 'unwritable' })
  const back = T + 2 * GIVEN_UP_AFTER_MS
  const silent = follow(unreadRecording(unread, back), chunkAt(T), back)
  expect(silent.shown).toMatchObject({ status: 'interrupted', interruption: 'silent' })
  expect(follow(silent, chunkAt(back + 500), back + 1_000).shown.status).toBe('running')
  expect(unreadRecording(begun, back)).toBe(begun)
})

test('[REC-5] what others have written stands, and a row that is gone is a failure', () => {
  expect(followRecording(begun, written({ stopReason: 'quota' }), T).stopped).toBe('quota')
  expect(followRecording(begun, null, T).stopped).toBe('failed')
})

test('[REC-9] taken over, it is what is written: its answers, and interrupted when nothing came for long', () => {
  const consents = [{ id: ADA, agree: true }]
  expect(watchRecording(chunkAt(T, { consents }), T + 1_000).shown).toMatchObject({
    status: 'running',
    agreed: [ADA],
  })
  const late = watchRecording(chunkAt(T), T + GIVEN_UP_AFTER_MS * 2)
  expect(late.shown.status).toBe('interrupted')
  // A server that was away for long gives whoever records its time to come back.
  expect(follow(late, chunkAt(T), T + GIVEN_UP_AFTER_MS * 2 + 1_000).shown.status).toBe('interrupted')
})

test('[REC-13] the last answer counts', () => {
  const agreed = withAnswer(begun.shown, ADA, true)
  expect(withAnswer(agreed, ADA, true)).toMatchObject({ agreed: [ADA], declined: [] })
  expect(withAnswer(agreed, ADA, false)).toMatchObject({ agreed: [], declined: [ADA] })
})
