import { recordingNotices } from '#lib/call/recordingNotices.ts'
import type { RecordingInterruption, RoomRecording } from '#lib/protocol/recordings.ts'
import { recordingOf } from '../../support/FakeRecordingApi.ts'

const recording = (status: RoomRecording['status'], interruption: RecordingInterruption | null = null) => ({
  id: recordingOf(1),
  kind: 'server' as const,
  status,
  interruption,
  startedAt: 1_000,
  by: 'Ada',
  byId: null,
  studio: false,
  copy: false,
  consent: 'told' as const,
  agreed: [],
  declined: [],
})
const runs = recording('running')
const silent = recording('interrupted', 'silent')
const lost = recording('interrupted', 'recorder-lost')

test.each<[string, RoomRecording | null, RoomRecording | null, object[]]>([
  ['beginning', null, recording('starting'), [{ type: 'recordingStarting', by: 'Ada' }]],
  ['begun', recording('starting'), runs, [{ type: 'recordingStarted', where: 'server' }]],
  ['begun, with a copy', null, { ...runs, copy: true }, [{ type: 'recordingStarted', where: 'both' }]],
  ['interrupted', runs, silent, [{ type: 'recordingInterrupted', why: 'silent' }]],
  ['for another reason', silent, lost, [{ type: 'recordingInterrupted', why: 'recorder-lost' }]],
  ['for the same reason still', lost, { ...lost, agreed: [] }, []],
  ['going on', lost, runs, [{ type: 'recordingResumed' }]],
  ['interrupted, for who comes in', null, silent, [{ type: 'recordingInterrupted', why: 'silent' }]],
  ['running, for who comes in', null, runs, [{ type: 'recordingStarted', where: 'server' }]],
])('[REC-3] everybody reads it, and why: %s', (_, before, after, notices) => {
  expect(recordingNotices(before, after, null)).toEqual(notices)
})
