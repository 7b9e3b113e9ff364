import {
  EVERYTHING,
  mayRecord,
  mayRemove,
  permits,
  permittedMedia,
  permittedSources,
  runsMeeting,
  type Standing,
} from '#lib/domain/authority.ts'
import { PERMISSIONS } from '#lib/protocol/permissions.ts'
import type { RecordingKind } from '#lib/protocol/recordings.ts'

const NOTHING = { microphone: false, camera: false, screen: false, chat: false }
const ALL_ON = { microphone: true, camera: true, screen: true }
const host: Standing = { role: 'host', coHost: false }
const coHost: Standing = { role: 'member', coHost: true }
const guestCoHost: Standing = { role: 'guest', coHost: true }
const member: Standing = { role: 'member', coHost: false }
const guest: Standing = { role: 'guest', coHost: false }
const recorder: Standing = { role: 'recorder', coHost: false }

test.each([
  ['a host', host, true],
  ['a member made co-host', coHost, true],
  ['a guest made co-host', guestCoHost, true],
  ['a member', member, false],
  ['a guest', guest, false],
  ['a recorder', recorder, false],
])('[HOST-2] %s runs the meeting: %#', (_, who, runs) => {
  expect(runsMeeting(who)).toBe(runs)
})

test.each([
  ['the host', host, [false, true, true, true, true]],
  ['a co-host', coHost, [false, false, false, true, true]],
  ['a member', member, [false, false, false, false, false]],
  ['a guest', guest, [false, false, false, false, false]],
])('[HOST-2] whom %s removes: host, co-host, guest co-host, member, guest', (_, by, expected) => {
  const targets = [host, coHost, guestCoHost, member, guest]
  expect(targets.map((target) => mayRemove(by, target))).toEqual(expected)
})

test.each([
  ['the host', host, true, true],
  ['a co-host', coHost, true, false],
  ['a member', member, false, false],
])('[HOST-2] %s starts a recording by the server, and one on their own device', (_, by, server, local) => {
  const may = (kind: RecordingKind, copy: boolean) => mayRecord(by, { kind, copy })
  expect([may('server', false), may('local', false), may('server', true)]).toEqual([server, local, local])
})

test('[HOST-10] what is forbidden is forbidden to those who do not run the meeting, each by itself', () => {
  for (const what of PERMISSIONS) {
    const rules = { ...EVERYTHING, [what]: false }
    for (const other of PERMISSIONS) {
      expect(permits(rules, guest, other)).toBe(other !== what)
      expect([permits(rules, host, other), permits(rules, guestCoHost, other)]).toEqual([true, true])
      expect(permits(rules, recorder, other)).toBe(false)
    }
  }
})

test('[HOST-11] of what somebody says they send, what they may not is off', () => {
  expect(permittedMedia({ ...EVERYTHING, camera: false }, guest, ALL_ON)).toEqual({
    ...ALL_ON,
    camera: false,
  })
  expect(permittedMedia(NOTHING, guest, ALL_ON)).toEqual({ microphone: false, camera: false, screen: false })
  expect(permittedMedia(NOTHING, host, ALL_ON)).toBe(ALL_ON)
  expect(permittedSources({ ...EVERYTHING, screen: false }, member)).toEqual(['microphone', 'camera'])
  expect(permittedSources(EVERYTHING, recorder)).toEqual([])
})
