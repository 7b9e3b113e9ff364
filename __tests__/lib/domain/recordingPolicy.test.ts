import { effectivePolicy, policiesWithin, recordingNotice } from '#lib/domain/recordingPolicy.ts'

test.each([
  ['never', 'automatic', 'never'],
  ['ask', 'automatic', 'ask'],
  ['ask', 'never', 'never'],
  ['automatic', 'ask', 'ask'],
  ['automatic', 'automatic', 'automatic'],
] as const)('[REC-14] the server says %s, the host %s: %s', (server, meeting, effective) => {
  expect(effectivePolicy(server, meeting)).toBe(effective)
})

test('[REC-14] a host chooses within what the server allows', () => {
  expect(policiesWithin('never')).toEqual(['never'])
  expect(policiesWithin('ask')).toEqual(['never', 'ask'])
  expect(policiesWithin('automatic')).toEqual(['never', 'ask', 'automatic'])
})

test.each([
  ['ask', null, { state: 'none', asks: false }],
  ['ask', { asks: true }, { state: 'recorded', asks: true }],
  ['automatic', null, { state: 'automatic', asks: true }],
] as const)('[REC-15] said before joining: policy %s, recorded %j', (recordingPolicy, recorded, notice) => {
  const meeting = { recordingPolicy, recordingConsent: true, recorded }
  expect(recordingNotice('automatic', meeting)).toEqual(notice)
})
