import { act, fireEvent, render, screen, waitFor } from '@testing-library/react'
import axe from 'axe-core'
import { AppRouterContext } from 'next/dist/shared/lib/app-router-context.shared-runtime'
import { ScheduleForm } from '#components/meetings/ScheduleForm.tsx'
import type { RecordingPolicy } from '#lib/protocol/recordings.ts'
import { installFakeApi, refusal } from '../../support/fakeApi.ts'

jest.setTimeout(60_000)

const CREATE = 'POST /api/meetings'
const TITLE = '<b>Planning</b> & "more"'

async function open(
  answers: Parameters<typeof installFakeApi>[0],
  meeting?: Omit<Parameters<typeof ScheduleForm>[0], 'policies'>,
  policies: readonly RecordingPolicy[] = ['never', 'ask'],
) {
  const sent = installFakeApi(answers)
  const push = jest.fn()
  const router = {
    push,
    refresh: jest.fn(),
    replace: jest.fn(),
    prefetch: jest.fn(),
    back: jest.fn(),
    forward: jest.fn(),
    experimental_gesturePush: jest.fn(),
    bfcacheId: '0',
  }
  const { container } = render(
    <AppRouterContext.Provider value={router as never}>
      <ScheduleForm {...meeting} policies={policies} />
    </AppRouterContext.Provider>,
  )
  await act(async () => {})
  return { sent, push, container }
}
const box = (name: string) => screen.getByRole('textbox', { name }) as HTMLInputElement
const set = (name: string, value: string) => fireEvent.change(box(name), { target: { value } })
const choose = (name: string, value: string) =>
  fireEvent.change(screen.getByRole('combobox', { name }), { target: { value } })
const press = (name: string) => act(async () => fireEvent.click(screen.getByRole('button', { name })))

test('[DESK-13] what is set is sent: title, date, time, duration, zone, repeats', async () => {
  const { sent, push, container } = await open({ [CREATE]: { body: { meeting: {} } } })
  set('Title', TITLE)
  set('Date', '2027-12-01')
  set('Start time', '14:30')
  choose('Duration', '90')
  choose('Repeats', 'weekly')
  choose('Time zone', 'Europe/Berlin')
  expect(screen.getByText('Every Wednesday at 14:30 (Berlin)')).toBeTruthy()
  // Next's Link takes note of itself while axe works; four hundred zones are four hundred times the same option.
  const { violations } = await act(() =>
    axe.run(
      { include: container, exclude: ['optgroup'] },
      { rules: { 'color-contrast': { enabled: false } } },
    ),
  )
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
  await press('Schedule')
  await waitFor(() => expect(push).toHaveBeenCalledWith('/meetings'))
  expect(sent.at(-1)?.body).toEqual({
    kind: 'scheduled',
    title: TITLE,
    date: '2027-12-01',
    time: '14:30',
    durationMinutes: 90,
    repeats: 'weekly',
    timeZone: 'Europe/Berlin',
    lobby: false,
    recordingPolicy: 'ask',
    recordingConsent: false,
    recordingKeepDays: null,
  })
})

test('[DESK-6] what is missing is said at its field, which takes the focus; nothing is sent', async () => {
  const { sent } = await open({ [CREATE]: {} })
  await press('Schedule')
  expect(screen.getByText('Give the meeting a title.')).toBeTruthy()
  expect(document.activeElement).toBe(box('Title'))
  set('Title', 'Planning')
  set('Date', '11/12/2027')
  await press('Schedule')
  expect(document.activeElement).toBe(box('Date'))
  set('Date', 'tomorrow')
  set('Start time', 'noonish')
  await press('Schedule')
  expect(document.activeElement).toBe(box('Start time'))
  expect(sent).toEqual([])
})

test('[DESK-6] what the server refuses stands above the form and loses nothing', async () => {
  const { push } = await open({ [CREATE]: refusal(400, 'Choose a date from today to 5 years ahead.') })
  set('Title', TITLE)
  set('Date', '2020-01-01')
  await press('Schedule')
  expect((await screen.findByRole('alert')).textContent).toContain('Choose a date from today')
  expect([box('Title').value, box('Date').value]).toEqual([TITLE, '2020-01-01'])
  expect(push).not.toHaveBeenCalled()
})

test('[DESK-13] editing begins with what is stored and changes the same meeting', async () => {
  const fields = {
    title: TITLE,
    date: '2027-03-02',
    time: '09:05',
    durationMinutes: 25,
    repeats: 'monthly',
    timeZone: 'Asia/Kolkata',
    lobby: true,
    recordingPolicy: 'never',
    recordingConsent: true,
    recordingKeepDays: 45,
  } as const
  const { sent } = await open({ 'PATCH /api/meetings/one': { body: {} } }, { meeting: { id: 'one', fields } })
  expect([box('Title').value, box('Date').value, box('Start time').value]).toEqual([
    TITLE,
    '2027-03-02',
    '09:05',
  ])
  set('Start time', '9.30')
  await press('Save')
  await waitFor(() => expect(sent.at(-1)?.body).toEqual({ ...fields, time: '09:30' }))
})

test('[REC-14] a meeting’s recording: policy, consent and days are sent; what the server rules out is not offered', async () => {
  const { sent } = await open({ [CREATE]: { body: { meeting: {} } } }, {}, ['never', 'ask', 'automatic'])
  set('Title', TITLE)
  choose('Recording', 'automatic')
  choose('Keep recordings', '30')
  fireEvent.click(screen.getByRole('switch', { name: 'Ask everyone for consent' }))
  await press('Schedule')
  await waitFor(() =>
    expect(sent.at(-1)?.body).toMatchObject({
      recordingPolicy: 'automatic',
      recordingConsent: true,
      recordingKeepDays: 30,
    }),
  )
  choose('Recording', 'never')
  expect(screen.queryByRole('combobox', { name: 'Keep recordings' })).toBeNull()
})

test('[REC-14] a server that records nothing asks nothing about it', async () => {
  await open({}, {}, ['never'])
  expect(screen.queryByRole('combobox', { name: 'Recording' })).toBeNull()
})
