import { render, screen, within } from '@testing-library/react'
import { MeetingList } from '#components/meetings/MeetingList.tsx'

const summary = {
  id: 'one',
  code: 'calm-otter-0123456789abcdefghjkmnpqrs',
  title: '<b>Planning</b>',
  startsAt: null,
  nextAt: null,
  durationMinutes: 60,
  timeZone: 'UTC',
  repeats: 'none',
  lobby: false,
  recordingPolicy: 'ask',
  recordingConsent: false,
  recordingKeepDays: null,
  ended: false,
} as const

describe('MeetingList', () => {
  it('[UI-3] a meeting is a listitem with its title as text, a link "Join" and a button "Copy link"', () => {
    render(<MeetingList first={{ meetings: [summary], nextCursor: null }} />)
    const item = screen.getByRole('listitem')
    expect(within(item).getByText('<b>Planning</b>')).toBeTruthy()
    expect(within(item).getByRole('link', { name: 'Join' }).getAttribute('href')).toBe(`/m/${summary.code}`)
    expect(within(item).getByRole('button', { name: 'Copy link' })).toBeTruthy()
  })

  it('[UI-4] without meetings says what to do', () => {
    render(<MeetingList first={{ meetings: [], nextCursor: null }} />)
    expect(screen.getByRole('heading', { name: 'No meetings yet' })).toBeTruthy()
  })
})
