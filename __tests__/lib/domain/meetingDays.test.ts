import { arrangeMeetings, isRunning } from '#lib/domain/meetingDays.ts'
import type { MeetingSummary } from '#lib/domain/meetingSummary.ts'

const meeting = (over: Partial<MeetingSummary>): MeetingSummary => ({
  id: '1',
  code: 'calm-otter-0123456789abcdefghjkmnpqrs',
  title: 'Planning',
  startsAt: '2026-12-01T09:00:00.000Z',
  nextAt: '2026-12-01T09:00:00.000Z',
  durationMinutes: 30,
  timeZone: 'UTC',
  repeats: 'none',
  lobby: false,
  recordingPolicy: 'ask',
  recordingConsent: false,
  recordingKeepDays: null,
  ended: false,
  ...over,
})
const now = new Date('2026-11-30T12:00:00Z')

describe('arrangeMeetings', () => {
  it('[MEET-9] groups by the day on which each is next in the viewer’s own zone', () => {
    const late = meeting({ id: 'late', nextAt: '2026-11-30T22:30:00.000Z' })
    const inBerlin = arrangeMeetings([meeting({}), late], 'Europe/Berlin', now)
    expect(inBerlin.upcoming.map(({ label, meetings }) => [label, meetings.map(({ id }) => id)])).toEqual([
      ['Today', ['late']],
      ['Tomorrow', ['1']],
    ])
    const inKolkata = arrangeMeetings([meeting({}), late], 'Asia/Kolkata', now)
    expect(inKolkata.upcoming.map(({ label, meetings }) => [label, meetings.map(({ id }) => id)])).toEqual([
      ['Tomorrow', ['late', '1']],
    ])
  })

  it('[MEET-9] names a later day, with its year only when it is another one', () => {
    const days = arrangeMeetings(
      [meeting({ nextAt: '2026-12-04T09:00:00.000Z' }), meeting({ nextAt: '2027-01-04T09:00:00.000Z' })],
      'UTC',
      now,
    )
    expect(days.upcoming.map(({ label }) => label)).toEqual(['Friday 4 December', 'Monday 4 January 2027'])
  })

  it('[MEET-9] keeps what runs now with today, and links without a date apart', () => {
    const running = meeting({ nextAt: '2026-11-30T11:45:00.000Z' })
    const open = meeting({ id: 'open', startsAt: null, nextAt: null })
    const days = arrangeMeetings([running, open], 'UTC', now)
    expect(isRunning(running, now)).toBe(true)
    expect(isRunning(meeting({}), now)).toBe(false)
    expect(days.upcoming[0]?.meetings).toEqual([running])
    expect(days.anytime).toEqual([open])
    expect(days.past).toEqual([])
  })

  it('[MEET-9] what ended, also while the page was open, is past', () => {
    const over = meeting({ nextAt: '2026-11-30T11:30:00.000Z' })
    const ended = meeting({ startsAt: null, nextAt: null, ended: true })
    expect(arrangeMeetings([over, ended], 'UTC', now).past).toEqual([over, ended])
  })
})
