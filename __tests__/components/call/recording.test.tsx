import { act, fireEvent, screen, within } from '@testing-library/react'
import axe from 'axe-core'
import { toasts } from '#components/ui/showToast.ts'
import { NOTHING_OF_OUR_OWN } from '#lib/call/recording/OwnRecording.ts'
import { EVERYTHING } from '#lib/domain/authority.ts'
import { recordingId } from '#lib/protocol/ids.ts'
import { type RoomRecording, recordingStopReason } from '#lib/protocol/recordings.ts'
import { person, roomOf, SERVER_TIME } from '../../support/fakeCall.ts'
import {
  createFakeCall,
  installStageDom,
  renderCall,
  setScreenSize,
  tileOf,
} from '../../support/stageDom.tsx'

installStageDom()

const ada = person(0, 'Ada')
const grace = person(1, 'Grace')
const recorder = person(2, 'Recording', { role: 'recorder' })
const OFFERS = {
  settings: {
    lobby: false,
    mediaPolicy: 'automatic' as const,
    permissions: EVERYTHING,
    recording: ['server' as const, 'local' as const],
    unrecorded: false,
  },
}

const recordingOf = (more: Partial<RoomRecording> = {}): RoomRecording => ({
  id: recordingId.parse('00000000-0000-4000-8000-000000000009'),
  kind: 'server',
  status: 'running',
  interruption: null,
  startedAt: SERVER_TIME - 65_000,
  by: 'Ada',
  byId: null,
  studio: false,
  copy: false,
  consent: 'told',
  agreed: [],
  declined: [],
  ...more,
})

function inCall(more: Parameters<typeof roomOf>[1] = {}, people = [ada, grace]) {
  const call = createFakeCall()
  call.enter(roomOf(people, more))
  return { call, ...renderCall(call) }
}
const button = (name: string): HTMLElement => screen.getByRole('button', { name })
const openMore = (): void => void fireEvent.keyDown(button('More'), { key: 'Enter' })
/** With what it leads to: an answer that comes back, a menu that gives the focus back. */
const press = (element: HTMLElement) => act(async () => void fireEvent.click(element))
const choose = (name: string) => press(screen.getByRole('menuitem', { name }))
const asMember = { ...ada, role: 'member' as const }

test('[REC-20] a host starts it from More: where, studio, consent; then the dialog is gone', async () => {
  const { call } = inCall(OFFERS)
  openMore()
  await choose('Start recording')
  const dialog = within(screen.getByRole('dialog', { name: 'Record this meeting?' }))
  expect(dialog.getByRole('radio', { name: /On the server/ })).toHaveProperty('checked', true)
  fireEvent.click(dialog.getByRole('radio', { name: /On this device/ }))
  fireEvent.click(dialog.getByRole('switch', { name: /own track/ }))
  fireEvent.click(dialog.getByRole('switch', { name: /consent/ }))
  await press(dialog.getByRole('button', { name: 'Start recording' }))
  expect(call.commands).toEqual([
    ['startRecording', { kind: 'local', studio: true, copy: false, consent: 'asked' }],
  ])
  expect(screen.queryByRole('dialog')).toBeNull()
})

test('[REC-220] beside the server’s the host can keep a copy, and beside nothing else', async () => {
  const { call } = inCall(OFFERS)
  openMore()
  await choose('Start recording')
  const copy = () => screen.queryByRole('switch', { name: 'Keep a copy on this device as well' })
  fireEvent.click(copy() ?? document.body)
  fireEvent.click(screen.getByRole('radio', { name: /On this device/ }))
  expect(copy()).toBeNull()
  fireEvent.click(screen.getByRole('radio', { name: /On the server/ }))
  expect(copy()).toHaveProperty('checked', true)
  await press(button('Start recording'))
  const choice = { kind: 'server', studio: false, copy: true, consent: 'told' }
  expect(call.commands).toEqual([['startRecording', choice]])
})

test('[REC-220] a copy that was wished for goes with no other kind', async () => {
  const { call } = inCall(OFFERS)
  openMore()
  await choose('Start recording')
  fireEvent.click(screen.getByRole('switch', { name: 'Keep a copy on this device as well' }))
  fireEvent.click(screen.getByRole('radio', { name: /On this device/ }))
  await press(button('Start recording'))
  const choice = { kind: 'local', studio: false, copy: false, consent: 'told' }
  expect(call.commands).toEqual([['startRecording', choice]])
})

test('[REC-221] everybody sees and hears that there is a copy, and whoever is asked reads it', () => {
  const copied = recordingOf({ copy: true, by: 'Grace', consent: 'asked', agreed: [grace.id] })
  const { call } = inCall({ recording: copied }, [asMember, grace])
  expect(screen.getByRole('status', { name: 'Recording' }).textContent).toContain('copy on Grace’s device')
  expect(screen.getByText(/on the server and with a copy on their own device/)).toBeTruthy()
  act(() => call.notify({ type: 'recordingStarted', where: 'both' }))
  expect(screen.getAllByText(/with a copy on the host’s device/).length).toBeGreaterThan(0)
})

test('[REC-20] without a recorder the server cannot be chosen, and the dialog says why', async () => {
  const { call } = inCall({ settings: { ...OFFERS.settings, recording: ['local'] } })
  openMore()
  await choose('Start recording')
  const server = screen.getByRole('radio', { name: /On the server/ })
  expect(server).toHaveProperty('disabled', true)
  expect(document.getElementById(server.getAttribute('aria-describedby') ?? '')?.textContent).toMatch(
    /no recorder is running/,
  )
  expect(screen.getByRole('radio', { name: /On this device/ })).toHaveProperty('checked', true)
  await press(button('Start recording'))
  expect(call.commands).toEqual([
    ['startRecording', { kind: 'local', studio: false, copy: false, consent: 'told' }],
  ])
})

test('[REC-20] a recorder that comes while the dialog is open changes nobody’s choice', async () => {
  const { call } = inCall({ settings: { ...OFFERS.settings, recording: ['local'] } })
  openMore()
  await choose('Start recording')
  fireEvent.click(screen.getByRole('radio', { name: /On this device/ }))
  act(() => call.enter(roomOf([ada, grace], OFFERS)))
  expect(screen.getByRole('radio', { name: /On the server/ })).toHaveProperty('disabled', false)
  await press(button('Start recording'))
  expect(call.commands).toEqual([
    ['startRecording', { kind: 'local', studio: false, copy: false, consent: 'told' }],
  ])
})

test.each([
  ['nothing can be recorded', {}, [ada, grace]],
  ['somebody is not the host', OFFERS, [asMember, grace]],
])('[REC-20] nothing is offered where %s', (_, more, people) => {
  inCall(more, people)
  openMore()
  expect(screen.queryByRole('menuitem', { name: /recording/ })).toBeNull()
})

test('[REC-20] stopping is asked once', async () => {
  const { call } = inCall({ ...OFFERS, recording: recordingOf() })
  openMore()
  await choose('Stop recording')
  const dialog = within(screen.getByRole('dialog', { name: 'Stop recording?' }))
  expect(call.commands).toEqual([])
  await press(dialog.getByRole('button', { name: 'Stop recording' }))
  expect(call.commands).toEqual([['stopRecording']])
})

test('[REC-208] a question that others have settled is gone, and does not come back by itself', async () => {
  const { call } = inCall(OFFERS)
  const noDialog = () => expect(screen.queryByRole('dialog')).toBeNull()
  const change = (recording: RoomRecording | null) =>
    act(async () => call.enter(roomOf([ada, grace], { ...OFFERS, recording })))
  openMore()
  await choose('Start recording')
  await change(recordingOf())
  noDialog()
  await change(null)
  noDialog()
  await change(recordingOf())
  openMore()
  await choose('Stop recording')
  await change(null)
  noDialog()
  await change(recordingOf())
  noDialog()
})

test.each([
  ['starting', null, /^Recording starts…$/],
  ['running', 65_000, /^Recording1:05$/],
  ['interrupted', 3_665_000, /^Recording interrupted1:01:05$/],
  ['stopping', 0, /^Recording stops…$/],
] as const)('[REC-21] while it is %s everybody finds the status "Recording"', (status, ageMs, words) => {
  const startedAt = ageMs === null ? null : SERVER_TIME - ageMs
  inCall({ recording: recordingOf({ status, startedAt }) }, [asMember, grace])
  const line = screen.getByRole('status', { name: 'Recording' })
  expect(line.textContent).toMatch(words)
  expect(line.getAttribute('aria-live')).toBe('off')
})

test('[REC-21] without a recording there is no such status, and its end takes it away', () => {
  const { call } = inCall({ recording: recordingOf() })
  act(() => call.enter(roomOf([ada, grace])))
  expect(screen.queryByRole('status', { name: 'Recording' })).toBeNull()
})

test('[REC-21] who comes into a recorded meeting hears it first', () => {
  const { container } = inCall({ recording: recordingOf() })
  expect(container.querySelector('[data-announcer="urgent"]')?.textContent).toBe(
    'This meeting is being recorded',
  )
})

test.each(
  recordingStopReason.options.flatMap((reason) => [[reason, false] as const, [reason, true] as const]),
)('[REC-5] everybody reads why it has stopped: %s (on the host’s device: %s)', (reason, onDevice) => {
  const { call } = inCall()
  act(() => call.notify({ type: 'recordingStopped', reason, onDevice }))
  expect(toasts.get().at(-1)?.text).toMatch(/^Recording /)
})

const ON_DEVICE = { ...OFFERS.settings, recording: ['local' as const, 'device' as const] }

test('[REC-84] a host keeps it on their device: own tracks cannot be chosen with it, and it says why', async () => {
  const { call } = inCall({ settings: ON_DEVICE })
  openMore()
  await choose('Start recording')
  const tracks = () => screen.getByRole('switch', { name: /own track/ })
  fireEvent.click(tracks())
  fireEvent.click(screen.getByRole('radio', { name: 'Keep it on this device only' }))
  expect(tracks()).toMatchObject({ disabled: true, checked: false })
  expect(document.getElementById(tracks().getAttribute('aria-describedby') ?? '')?.textContent).toMatch(
    /nothing is uploaded/,
  )
  await press(button('Start recording'))
  expect(call.commands).toEqual([
    ['startRecording', { kind: 'device', studio: false, copy: false, consent: 'told' }],
  ])
})

test('[REC-84] a co-host is not offered what is the host’s alone', async () => {
  const settings = { ...OFFERS.settings, recording: ['server' as const, 'local' as const, 'device' as const] }
  inCall({ settings }, [{ ...asMember, coHost: true }, grace])
  openMore()
  await choose('Start recording')
  expect(screen.getAllByRole('radio')).toHaveLength(1)
})

test('[REC-85] everybody reads on whose device it is kept: in the status, in the news, when asked, when it stops', async () => {
  const recording = recordingOf({ kind: 'device', consent: 'asked' })
  const { container } = inCall({ recording }, [asMember, grace])
  expect(screen.getByRole('status', { name: 'Recording' }).textContent).toBe('Recording on Ada’s device1:05')
  expect(container.querySelector('[data-announcer="urgent"]')?.textContent).toBe(
    'This meeting is being recorded, on the host’s device only',
  )
  expect(screen.getByRole('dialog', { name: 'May you be recorded?' }).textContent).toContain(
    'on their own device alone',
  )
})

test('[REC-85] who stops it reads where what was recorded is', async () => {
  inCall({ ...OFFERS, recording: recordingOf({ kind: 'device' }) })
  openMore()
  await choose('Stop recording')
  expect(screen.getByRole('dialog', { name: 'Stop recording?' }).textContent).toContain(
    'on the host’s device alone',
  )
})

test('[REC-12] a recorder has no tile, is counted nowhere and stands in no list', async () => {
  const { container } = inCall({ recording: recordingOf() }, [ada, grace, recorder])
  expect(container.querySelectorAll('[data-participant-id]')).toHaveLength(2)
  expect(screen.getByText('2 people')).toBeTruthy()
  await press(button('People'))
  expect(screen.getByText('In the call (2)')).toBeTruthy()
})

describe('[REC-22] consent', () => {
  const asked = recordingOf({ consent: 'asked', by: 'Grace', agreed: [grace.id] })
  const dialog = () => within(screen.getByRole('dialog', { name: 'May you be recorded?' }))

  test.each([
    ['Agree and stay', ['answerRecording', true]],
    ['Decline: stay unrecorded', ['answerRecording', false]],
    ['Leave', ['leave']],
    ['Close', ['answerRecording', false]],
  ])('%s', async (name, command) => {
    const { call } = inCall({ recording: asked }, [asMember, grace])
    await press(dialog().getByRole('button', { name }))
    expect(call.commands).toEqual([command])
  })

  test('an answer that stands is not asked for again, and can be changed in More', async () => {
    const { call } = inCall({ recording: { ...asked, declined: [ada.id] } }, [asMember, grace])
    expect(screen.queryByRole('dialog')).toBeNull()
    openMore()
    await choose('Agree to be recorded')
    act(() => call.enter(roomOf([asMember, grace], { recording: { ...asked, agreed: [ada.id] } })))
    openMore()
    await choose('Do not record me any more')
    expect(call.commands).toEqual([
      ['answerRecording', true],
      ['answerRecording', false],
    ])
  })

  test('[REC-205] who is recorded anyway answers for their own track alone, and reads so', async () => {
    const told = recordingOf({ studio: true, declined: [ada.id] })
    const { call } = inCall({ recording: told }, [asMember, grace])
    openMore()
    expect(screen.queryByRole('menuitem', { name: /to be recorded|record me/ })).toBeNull()
    await choose('Record my own track')
    act(() => call.enter(roomOf([asMember, grace], { recording: { ...told, agreed: [ada.id] } })))
    openMore()
    expect(screen.queryByRole('menuitem', { name: /to be recorded|record me/ })).toBeNull()
    await choose('Stop recording my own track')
    expect(call.commands).toEqual([
      ['answerRecording', true],
      ['answerRecording', false],
    ])
  })

  test('who is told is not asked, unless for their own track', async () => {
    const { call } = inCall({ recording: recordingOf() }, [asMember, grace])
    expect(screen.queryByRole('dialog')).toBeNull()
    act(() => call.enter(roomOf([asMember, grace], { recording: recordingOf({ studio: true }) })))
    const own = within(screen.getByRole('dialog', { name: 'Record your own track?' }))
    expect(own.getByText(/records this meeting, with you in it/)).toBeTruthy()
    await press(own.getByRole('button', { name: 'Agree' }))
    expect(call.commands).toEqual([['answerRecording', true]])
  })

  test('who has not agreed is marked on their tile for as long as that is so', () => {
    const { call } = inCall({ recording: { ...asked, declined: [ada.id] } })
    expect(within(tileOf('Ada')).getByText('Not recorded')).toBeTruthy()
    expect(within(tileOf('Grace')).queryByText('Not recorded')).toBeNull()
    act(() => call.enter(roomOf([ada, grace], { recording: recordingOf() })))
    expect(within(tileOf('Ada')).queryByText('Not recorded')).toBeNull()
  })
})

describe('[REC-83] what this browser records, to the person at it', () => {
  const waiting = { seconds: 40, bytes: 31_400_000 }
  const none = { seconds: 0, bytes: 0 }
  const spoken = () => screen.getByRole('status', { name: 'Your own recording' }).textContent

  test.each([
    ['nothing', {}, '', ''],
    [
      'own tracks',
      { tracks: { status: 'recording', waiting: none } },
      'Your own track is being recorded',
      'Your own track is being recorded',
    ],
    [
      'own tracks that are behind',
      { tracks: { status: 'recording', waiting } },
      'Your own track is being recorded. 32 MB left',
      'Your own track is being recorded',
    ],
    [
      '[REC-206] own tracks that cannot be recorded',
      { tracks: { status: 'failed', waiting } },
      'This browser cannot record all of your own track',
      'This browser cannot record all of your own track',
    ],
    [
      '[REC-206] own tracks for which there is no room',
      { tracks: { status: 'full', waiting } },
      'This device has no room to record your own track any further',
      'This device has no room to record your own track any further',
    ],
    [
      'own tracks afterwards',
      { tracks: { status: 'finishing', waiting } },
      'Uploading your track: 32 MB left. Keep this tab open.',
      'Uploading your track. Keep this tab open. If you close it, open this link again in this browser within twelve hours, or two as a guest: the rest is sent then.',
    ],
    [
      'the meeting afterwards',
      {
        meeting: { status: 'finishing', waiting, film: 'sent' },
        tracks: { status: 'finishing', waiting },
      },
      'Uploading the recording: 32 MB left. Keep this tab open.',
      'Uploading the recording. Keep this tab open. If you close it, open this link again in this browser within ten minutes: the rest is sent then.',
    ],
    [
      'the meeting, to stay here',
      { meeting: { status: 'recording', waiting, film: 'kept' } },
      'You record this meeting, on this device only',
      'You record this meeting, on this device only',
    ],
    [
      '[REC-220] a copy of the meeting',
      { meeting: { status: 'recording', waiting: none, film: 'copy' } },
      'A copy of the recording is kept on this device',
      'A copy of the recording is kept on this device',
    ],
    [
      '[REC-220] a copy, behind a track that is still uploaded',
      {
        meeting: { status: 'finishing', waiting: none, film: 'copy' },
        tracks: { status: 'finishing', waiting },
      },
      'Uploading your track: 32 MB left. Keep this tab open.',
      'Uploading your track. Keep this tab open. If you close it, open this link again in this browser within twelve hours, or two as a guest: the rest is sent then.',
    ],
    [
      '[REC-220] a copy for which there is no room',
      { meeting: { status: 'full', waiting: none, film: 'copy' } },
      'This device has no room for its copy of the recording any more. The server goes on recording',
      'This device has no room for its copy of the recording any more. The server goes on recording',
    ],
    [
      'what an earlier visit left',
      { leftover: waiting },
      'Uploading an earlier recording: 32 MB left. Keep this tab open.',
      'Uploading an earlier recording. Keep this tab open.',
    ],
  ] as const)('%s', (_, own, seen, heard) => {
    const { call, container } = inCall()
    act(() => call.ownRecording.set({ ...NOTHING_OF_OUR_OWN, ...own }))
    expect(spoken()).toBe(heard)
    if (seen !== '') expect(container.textContent).toContain(seen)
  })

  test('figures that change are not read out each time', () => {
    const { call } = inCall()
    act(() => call.ownRecording.set({ ...NOTHING_OF_OUR_OWN, tracks: { status: 'finishing', waiting } }))
    const before = spoken()
    const less = { seconds: 12, bytes: 9_000_000 }
    act(() =>
      call.ownRecording.set({ ...NOTHING_OF_OUR_OWN, tracks: { status: 'finishing', waiting: less } }),
    )
    expect(spoken()).toBe(before)
  })
})

test('[REC-181] a line says that it should be recorded and is not; who can have it recorded otherwise, is led there', async () => {
  const settings = { ...OFFERS.settings, recording: ['local' as const], unrecorded: true }
  const { call } = inCall({ settings })
  expect(screen.getByText(/not being recorded: no recorder is free/)).toBeTruthy()
  await press(button('Record another way'))
  expect(screen.getByRole('dialog', { name: 'Record this meeting?' })).toBeTruthy()
  await act(async () => call.enter(roomOf([asMember, grace], { settings })))
  expect(screen.getByText(/not being recorded: no recorder is free/)).toBeTruthy()
  expect(screen.queryByRole('button', { name: 'Record another way' })).toBeNull()
  await act(async () => call.enter(roomOf([ada, grace], OFFERS)))
  expect(screen.queryByText(/not being recorded/)).toBeNull()
})

test('[REC-182] that a recording begins is said before anything of it is recorded', async () => {
  const { call } = inCall()
  await act(async () => call.notify({ type: 'recordingStarting', by: 'Grace' }))
  expect(toasts.get().at(-1)).toMatchObject({ text: 'Grace starts a recording' })
  await act(async () => call.notify({ type: 'recordingStarting', by: null }))
  expect(toasts.get().at(-1)).toMatchObject({ text: 'A recording starts by itself' })
})

test.each([1280, 390])('[REC-23] axe finds nothing at %i px: status, marks, dialogs', async (width) => {
  setScreenSize(width)
  const { call, container } = inCall({ ...OFFERS, recording: recordingOf({ consent: 'asked' }) })
  const check = async (where: Element) => {
    // The clock goes on while axe works.
    const { violations } = await act(() =>
      axe.run(where, { rules: { 'color-contrast': { enabled: false } } }),
    )
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
  }
  await check(screen.getByRole('dialog', { name: 'May you be recorded?' }))
  const declined = recordingOf({ consent: 'asked', declined: [ada.id] })
  await act(async () => call.enter(roomOf([ada, grace], { ...OFFERS, recording: declined })))
  await check(container)
})

test('[REC-23] axe finds nothing in the dialog that starts it', async () => {
  inCall(OFFERS)
  openMore()
  await choose('Start recording')
  const { violations } = await axe.run(screen.getByRole('dialog'), {
    rules: { 'color-contrast': { enabled: false } },
  })
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
})
