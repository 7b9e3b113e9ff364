import { act, fireEvent, render, screen, within } from '@testing-library/react'
import axe from 'axe-core'
import { MeetingScreen } from '#components/lobby/MeetingScreen.tsx'
import { OpenCallError } from '#components/lobby/openCall.ts'
import { type CallState, NO_MEDIA } from '#lib/call/callState.ts'
import type { RecordingNotice } from '#lib/domain/recordingPolicy.ts'
import { ERROR_CODES } from '#lib/protocol/errors.ts'
import { endReason } from '#lib/protocol/events.ts'
import type { FakeCall } from '../../support/fakeCall.ts'
import { person, roomOf } from '../../support/fakeCall.ts'
import { createFakeCall, installStageDom } from '../../support/stageDom.tsx'

installStageDom()

const USER = { id: 'user-1', name: 'Ada Lovelace' }
const UNRECORDED = { state: 'none', asks: false } as const
type Options = {
  user?: typeof USER | null
  asks?: boolean
  recording?: RecordingNotice
  calls?: FakeCall[]
}

async function open({
  user = USER,
  asks = false,
  recording = UNRECORDED,
  calls = [createFakeCall()],
}: Options = {}) {
  const left = [...calls]
  const openCall = async () => {
    const next = left.shift()
    if (!next) throw new Error('no further call in this test')
    return next
  }
  const view = render(
    <MeetingScreen
      code="amber-otter"
      title="Weekly review"
      user={user}
      asks={asks}
      openIceServers={null}
      recording={recording}
      openCall={openCall}
    />,
  )
  await act(async () => undefined)
  const [call] = calls
  if (!call) throw new Error('a test needs a call')
  return { call, ...view }
}
const button = (name: string): HTMLElement => screen.getByRole('button', { name })

describe('green room', () => {
  test('[UI-15] opens the preview at once; "Join now" joins; nobody is asked for a name they gave', async () => {
    const { call } = await open()
    expect(screen.getByText(/You join as Ada Lovelace/)).toBeTruthy()
    expect(screen.queryByRole('textbox')).toBeNull()
    fireEvent.click(button('Join now'))
    expect(call.commands).toEqual([['prepare'], ['join', undefined]])
  })

  test('[UI-15] a guest gives a name, which is remembered; none is asked for again', async () => {
    const { call, unmount } = await open({ user: null, asks: true })
    fireEvent.click(button('Ask to join'))
    const name = screen.getByRole('textbox', { name: 'Your name' })
    expect(call.names).toEqual(['prepare'])
    expect(name.getAttribute('aria-invalid')).toBe('true')
    fireEvent.change(name, { target: { value: ' Joan ' } })
    fireEvent.click(button('Ask to join'))
    expect(call.commands.at(-1)).toEqual(['join', 'Joan'])
    unmount()
    await open({ user: null })
    expect(screen.getByRole('textbox', { name: 'Your name' })).toHaveProperty('value', 'Joan')
  })

  test.each([
    [false, [{ urls: ['stun:stun.example.org'] }]],
    [true, null],
  ])('[CALL-26] asked for at a door: %s; then nobody needs an offer before', async (asks, expected) => {
    const openCall = jest.fn(async () => createFakeCall())
    render(
      <MeetingScreen
        code="c"
        title="Review"
        user={USER}
        asks={asks}
        openIceServers={[{ urls: ['stun:stun.example.org'] }]}
        recording={UNRECORDED}
        openCall={openCall}
      />,
    )
    await act(async () => undefined)
    expect(openCall).toHaveBeenCalledWith(expect.objectContaining({ openIceServers: expected }))
  })

  test('[UI-15] pressed before the engine has arrived, "Join now" joins as soon as it has', async () => {
    const call = createFakeCall()
    let arrive: (call: FakeCall) => void = () => undefined
    const openCall = () => new Promise<FakeCall>((resolve) => (arrive = resolve))
    render(
      <MeetingScreen
        code="c"
        title="Review"
        user={USER}
        asks={false}
        openIceServers={null}
        recording={UNRECORDED}
        openCall={openCall}
      />,
    )
    fireEvent.click(button('Join now'))
    expect(button('Join now').getAttribute('aria-busy')).toBe('true')
    await act(async () => arrive(call))
    expect(call.names).toEqual(['prepare', 'join'])
  })

  test('[UI-16] toggles and device selects have the contract’s names and do what they say', async () => {
    const { call } = await open()
    act(() => call.sendOwn({ microphone: true, camera: true, screen: false }))
    fireEvent.click(button('Turn off microphone'))
    fireEvent.click(button('Turn off camera'))
    fireEvent.change(screen.getByRole('combobox', { name: 'Microphone' }), { target: { value: 'mic-2' } })
    fireEvent.change(screen.getByRole('combobox', { name: 'Camera' }), { target: { value: 'camera-2' } })
    expect(screen.getByRole('combobox', { name: 'Speaker' })).toBeTruthy()
    expect(button('Test speaker')).toBeTruthy()
    expect(call.commands.slice(1)).toEqual([
      ['setMicrophone', false],
      ['setCamera', false],
      ['chooseDevice', 'microphone', 'mic-2'],
      ['chooseDevice', 'camera', 'camera-2'],
    ])
  })

  test('[UI-16] the level meter follows the sound without a render', async () => {
    const { call, container } = await open()
    act(() => call.sendOwn({ microphone: true, camera: false, screen: false }))
    const bar = container.querySelector<HTMLElement>('[data-level-meter] > span')
    call.ownLevel.set(0.25)
    expect(bar?.style.transform).toBe('scaleX(0.700)')
    call.ownLevel.set(0)
    expect(bar?.style.transform).toBe('scaleX(0.000)')
  })

  test.each([
    ['denied', /blocks the microphone and camera/],
    ['no-device', /No microphone or camera found/],
    ['in-use', /Another program uses/],
    ['insecure-context', /not secure/],
    ['cancelled', /have not allowed/],
    ['unknown', /did not start/],
  ] as const)('[UI-17] %s says what happened, what it means and what to do', async (reason, title) => {
    const { call } = await open()
    act(() => {
      call.fail('microphone', reason)
      call.fail('camera', reason)
    })
    expect(screen.getByText(title)).toBeTruthy()
    expect(
      within(screen.getAllByRole('list')[0] ?? document.body).getAllByRole('listitem').length,
    ).toBeGreaterThan(0)
    expect(button('Join now')).toBeTruthy()
  })

  test('[UI-15] says that direct calls show network addresses (ME-1)', async () => {
    await open()
    expect(screen.getByText(/can see your network address/)).toBeTruthy()
  })

  test('[UI-15] an error while joining is read out and leaves everything as it was', async () => {
    const { call } = await open()
    act(() => call.state.set({ status: 'lobby', error: { code: 'unavailable', message: 'Try again soon.' } }))
    expect(screen.getByRole('alert').textContent).toBe('Try again soon.')
    expect(button('Join now')).toBeTruthy()
  })
})

describe('after the green room', () => {
  test('[UI-18] waiting says so; being let in shows the call by itself', async () => {
    const { call } = await open({ asks: true })
    act(() => call.state.set({ status: 'waiting' }))
    expect(screen.getByRole('heading', { name: 'Asking to join…' })).toBeTruthy()
    await act(async () => call.enter(roomOf([person(0, 'Ada', { role: 'member' })])))
    expect(await screen.findByRole('main', { name: 'Call' })).toBeTruthy()
  })

  const guests = [person(0, 'Ada'), person(1, 'Joan'), person(2, 'Grace')]
  const callShown = () => screen.queryByRole('main', { name: 'Call' }) !== null

  test('[UI-30] the call’s screen is drawn once the offers of all who send something are answered', async () => {
    const { call } = await open()
    await act(async () => call.enter(roomOf(guests)))
    expect(callShown()).toBe(true)
  })

  test('[UI-30] until then the green room says that we are joining, but not for long', async () => {
    const { call } = await open()
    const room = roomOf(guests)
    const media = { ...NO_MEDIA, link: 'running' } as const
    await act(async () =>
      call.state.set({ status: 'inCall', room, media, pending: [], connection: 'connected' }),
    )
    expect(callShown()).toBe(false)
    expect(button('Join now').getAttribute('aria-busy')).toBe('true')
    expect(await screen.findByRole('main', { name: 'Call' })).toBeTruthy()
  })

  test('[UI-30] who sends nothing, or is away, is not waited for', async () => {
    const off = { microphone: false, camera: false, screen: false }
    const { call } = await open()
    const room = roomOf([
      person(0, 'Ada'),
      person(1, 'Joan', { media: off }),
      person(2, 'Grace', { connected: false }),
    ])
    const media = { ...NO_MEDIA, link: 'running' } as const
    await act(async () =>
      call.state.set({ status: 'inCall', room, media, pending: [], connection: 'connected' }),
    )
    expect(callShown()).toBe(true)
  })

  const ends: CallState[] = [
    ...endReason.options.map((reason) => ({ status: 'ended', reason }) as const),
    { status: 'ended', reason: 'left' },
    ...ERROR_CODES.map((code) => ({ status: 'failed', error: { code, message: 'x' } }) as const),
  ]
  test.each(ends)('[UI-18] %j has a screen with words and something to do', async (state) => {
    const { call } = await open()
    act(() => call.state.set(state))
    const heading = screen.getByRole('heading', { level: 1 })
    expect(heading.textContent?.length).toBeGreaterThan(5)
    expect(heading.nextElementSibling?.textContent?.length).toBeGreaterThan(5)
    const main = screen.getByRole('main')
    expect(main.querySelectorAll('a[href], button').length).toBeGreaterThan(0)
  })

  test('[UI-18] a revoked session says that an administrator ended it, and leads to signing in and back', async () => {
    const { call } = await open()
    act(() => call.state.set({ status: 'ended', reason: 'session-revoked' }))
    expect(screen.getByText(/An administrator ended your session/)).toBeTruthy()
    expect(screen.getByRole('link', { name: 'Sign in' }).getAttribute('href')).toBe(
      '/sign-in?next=%2Fm%2Famber-otter',
    )
  })

  test('[UI-18] "Rejoin" is a new call; the old one is closed', async () => {
    const calls = [createFakeCall(), createFakeCall()]
    await open({ calls })
    act(() => calls[0]?.state.set({ status: 'ended', reason: 'seat-lost' }))
    await act(async () => void fireEvent.click(button('Rejoin')))
    expect(calls[0]?.names).toContain('close')
    expect(calls[1]?.names).toEqual(['prepare'])
    expect(button('Join now')).toBeTruthy()
  })

  test('[UI-19] a link that a guest may not use is one calm screen, whatever the reason', async () => {
    const openCall = () => Promise.reject(new OpenCallError('not-found'))
    render(
      <MeetingScreen
        code="c"
        title="Meeting"
        user={null}
        asks={false}
        openIceServers={null}
        recording={UNRECORDED}
        openCall={openCall}
      />,
    )
    expect(await screen.findByRole('heading', { name: 'This meeting link doesn’t work' })).toBeTruthy()
  })

  test('[UI-20] leaving the page ends the call, also one that arrives late', async () => {
    const call = createFakeCall()
    let arrive: (call: FakeCall) => void = () => undefined
    const openCall = () => new Promise<FakeCall>((resolve) => (arrive = resolve))
    const { unmount } = render(
      <MeetingScreen
        code="c"
        title="Review"
        user={USER}
        asks={false}
        openIceServers={null}
        recording={UNRECORDED}
        openCall={openCall}
      />,
    )
    unmount()
    await act(async () => arrive(call))
    expect(call.names).toEqual(['close'])
  })
})

test('[UI-12] axe finds nothing in the green room', async () => {
  const { container } = await open({ user: null, asks: true })
  const { violations } = await axe.run(container, { rules: { 'color-contrast': { enabled: false } } })
  expect(violations.map((violation) => `${violation.id}: ${violation.nodes[0]?.html}`)).toEqual([])
})
