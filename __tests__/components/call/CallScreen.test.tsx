import { act, fireEvent, screen, within } from '@testing-library/react'
import axe from 'axe-core'
import { toasts } from '#components/ui/showToast.ts'
import { message, person, roomOf, waiting } from '../../support/fakeCall.ts'
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
const linus = person(2, 'Linus', { media: { microphone: false, camera: false, screen: false } })

function inCall(people = [ada, grace, linus], more: Parameters<typeof roomOf>[1] = {}) {
  const call = createFakeCall()
  call.enter(roomOf(people, more))
  return { call, ...renderCall(call) }
}
const button = (name: string | RegExp): HTMLElement => screen.getByRole('button', { name })
const openMenu = (name: string): void => void fireEvent.keyDown(button(name), { key: 'Enter' })

describe('names and attributes that outside tests rely on', () => {
  test('[UI-1] the call is a main named "Call" that says its state and transport', () => {
    const { call } = inCall()
    const main = screen.getByRole('main', { name: 'Call' })
    expect(main.dataset).toMatchObject({ callState: 'inCall', transport: 'mesh' })
    act(() => call.enter(roomOf([ada, grace]), { connection: 'reconnecting' }))
    expect(main.dataset.callState).toBe('reconnecting')
  })

  test('[UI-1] each participant is a listitem with their name, id and path, and one video while the camera is on', () => {
    const { container } = inCall()
    expect(tileOf('Grace').dataset).toMatchObject({ participantId: grace.id, path: 'direct' })
    expect(tileOf('Grace').querySelectorAll('video')).toHaveLength(1)
    expect(tileOf('Linus').querySelectorAll('video')).toHaveLength(0)
    expect(tileOf('Ada').dataset.path).toBe('self')
    expect(container.querySelectorAll('[data-participant-id]')).toHaveLength(3)
  })

  test.each([
    'Turn off microphone',
    'Turn off camera',
    'Share screen',
    'Raise hand',
    'Reactions',
    'Chat',
    'People',
    'More',
    'Leave call',
  ])('[UI-1] the bar has the button "%s"', (name) => {
    inCall()
    expect(button(name)).toBeTruthy()
  })

  test('[UI-1] a press changes the name to what the next press does', () => {
    const { call } = inCall()
    fireEvent.click(button('Turn off microphone'))
    fireEvent.click(button('Turn off camera'))
    fireEvent.click(button('Share screen'))
    fireEvent.click(button('Raise hand'))
    for (const name of ['Turn on microphone', 'Turn on camera', 'Stop sharing', 'Lower hand']) {
      expect(button(name)).toBeTruthy()
    }
    expect(call.names).toEqual(['setMicrophone', 'setCamera', 'setScreen', 'setHand'])
  })
})

describe('leaving', () => {
  test('[UI-2] a plain participant leaves with one press', () => {
    const { call } = inCall([{ ...ada, role: 'member' }, grace])
    fireEvent.click(button('Leave call'))
    expect(call.names).toEqual(['leave'])
  })

  test('[UI-2] a host chooses between leaving and ending it for everyone', () => {
    const { call } = inCall()
    fireEvent.click(button('Leave call'))
    expect(call.names).toEqual([])
    openMenu('Leave call')
    expect(screen.getByRole('menuitem', { name: 'Leave' })).toBeTruthy()
    fireEvent.click(screen.getByRole('menuitem', { name: 'End for everyone' }))
    expect(call.names).toEqual(['endForEveryone'])
  })
})

describe('tiles', () => {
  test('[UI-3] a lost seat says "Reconnecting…" on its tile, for everyone else nothing changes', () => {
    inCall([ada, { ...grace, connected: false }, linus])
    expect(within(tileOf('Grace')).getByText('Reconnecting…')).toBeTruthy()
    expect(tileOf('Grace').dataset.path).toBe('lost')
    expect(within(tileOf('Linus')).queryByText('Reconnecting…')).toBeNull()
  })

  test('[UI-3] a share takes the stage; when it ends the grid returns', () => {
    const { call } = inCall()
    const before = tileOf('Ada').style.cssText
    act(() => call.enter(roomOf([ada, { ...grace, media: { ...grace.media, screen: true } }, linus])))
    const share = tileOf('Grace’s screen')
    expect(share.dataset).toMatchObject({ shareOf: grace.id })
    expect(share.querySelectorAll('video')).toHaveLength(1)
    expect(Number.parseFloat(share.style.width)).toBeGreaterThan(1280 * 0.7)
    act(() => call.enter(roomOf([ada, grace, linus])))
    expect(tileOf('Ada').style.cssText).toBe(before)
  })

  test('[UI-3] what is pinned keeps the stage when somebody shares', () => {
    const { call } = inCall()
    fireEvent.doubleClick(tileOf('Linus'))
    expect(within(tileOf('Linus')).getByText('Pinned')).toBeTruthy()
    const pinned = tileOf('Linus').style.width
    act(() => call.enter(roomOf([ada, { ...grace, media: { ...grace.media, screen: true } }, linus])))
    expect(tileOf('Linus').style.width).toBe(pinned)
  })

  test('[UI-4] speaking marks the tile without rendering it anew', () => {
    const { call } = inCall()
    const tile = tileOf('Grace')
    const html = tile.innerHTML
    call.levels.set(new Map([[grace.id, 0.4]]))
    expect(tile.hasAttribute('data-speaking')).toBe(true)
    expect(tileOf('Ada').hasAttribute('data-speaking')).toBe(false)
    expect(tile.innerHTML).toBe(html)
  })

  test('[UI-5] everybody is heard through an element of their own, also those on another page', () => {
    setScreenSize(400, 300)
    const people = Array.from({ length: 6 }, (_, seat) => person(seat, `Person ${seat}`))
    const { container } = inCall(people)
    expect(container.querySelectorAll('[data-participant-id]').length).toBeLessThan(6)
    expect(container.querySelectorAll('audio')).toHaveLength(5)
  })

  test('[UI-5] sound that the browser holds back is asked for with one button', async () => {
    const play = jest
      .spyOn(HTMLMediaElement.prototype, 'play')
      .mockImplementation(() => Promise.reject(new DOMException('no gesture', 'NotAllowedError')))
    inCall()
    const hear = await screen.findByRole('button', { name: 'Click to hear' })
    play.mockImplementation(() => Promise.resolve())
    await act(async () => void fireEvent.click(hear))
    expect(screen.queryByRole('button', { name: 'Click to hear' })).toBeNull()
    play.mockRestore()
  })

  test('[UI-6] the engine is told what is on the screen, ourselves excepted', async () => {
    const { call } = inCall()
    await act(async () => void (await new Promise((resolve) => setTimeout(resolve, 60))))
    expect([...call.visible.keys()].sort()).toEqual([grace.id, linus.id].sort())
    expect(call.visible.get(grace.id)?.width).toBeGreaterThan(100)
  })
})

describe('the door', () => {
  const guest = waiting(1, 'Joan')

  test('[UI-7] a host admits or declines from the line on the stage', () => {
    const { call } = inCall([ada, grace], { waiting: [guest] })
    fireEvent.click(button('Admit Joan'))
    fireEvent.click(button('Decline Joan'))
    expect(call.commands).toEqual([
      ['admit', guest.id],
      ['decline', guest.id],
    ])
    expect(button('People').getAttribute('aria-description')).toBe('1 waiting')
  })

  test('[UI-7] who is no host sees nobody at the door', () => {
    inCall([{ ...ada, role: 'member' }, grace], { waiting: [guest] })
    expect(screen.queryByRole('button', { name: /Admit/ })).toBeNull()
  })

  test('[UI-7] with the people panel open each name has its buttons once', () => {
    const { call } = inCall([ada, grace], { waiting: [guest, waiting(2, 'Ken')] })
    fireEvent.click(button('People'))
    expect(screen.getAllByRole('button', { name: 'Admit Ken' })).toHaveLength(1)
    fireEvent.click(button('Admit all'))
    expect(call.names).toEqual(['admit', 'admit'])
  })
})

describe('notices', () => {
  test('[UI-8] the connection is one line that lasts, with "Try now", and urgent for a screen reader', () => {
    const call = createFakeCall()
    call.enter(roomOf([ada, grace]), { connection: 'reconnecting' })
    const { container } = renderCall(call)
    expect(screen.getByText('Reconnecting…')).toBeTruthy()
    expect(container.querySelector('[data-announcer=urgent]')?.textContent).toMatch(/Reconnecting/)
    fireEvent.click(button('Try now'))
    expect(call.names).toEqual(['retryNow'])
    act(() => call.enter(roomOf([ada, grace])))
    expect(screen.queryByText('Reconnecting…')).toBeNull()
    expect(container.querySelector('[data-announcer=urgent]')?.textContent).toBe('')
  })

  test('[UI-8] news become toasts; a message does not while the chat is open; a reaction is announced', () => {
    const { call, container } = inCall()
    act(() => {
      call.notify({ type: 'joined', name: 'Joan' })
      call.notify({ type: 'message', name: 'Grace', text: 'Hello' })
      call.notify({ type: 'reaction', from: grace.id, name: 'Grace', emoji: '🎉' })
    })
    expect(toasts.get().map((toast) => toast.text)).toEqual(['Joan joined', 'Grace: Hello'])
    expect(container.querySelector('[data-announcer=polite]')?.textContent).toBe('Grace reacts with 🎉')
    fireEvent.click(button('Chat'))
    act(() => call.notify({ type: 'message', name: 'Grace', text: 'Again' }))
    expect(toasts.get()).toHaveLength(2)
  })

  test('[UI-8] alone in the call: a line with the link to copy', () => {
    const { call } = inCall([ada])
    expect(button('Copy link')).toBeTruthy()
    act(() => call.enter(roomOf([ada, grace])))
    expect(screen.queryByRole('button', { name: 'Copy link' })).toBeNull()
  })
})

describe('keyboard', () => {
  const press = (init: KeyboardEventInit, target: Element = document.body): void =>
    void fireEvent.keyDown(target, { bubbles: true, ...init })

  test('[UI-9] keys do what the table says', () => {
    const { call } = inCall()
    press({ code: 'KeyM', key: 'm' })
    press({ code: 'KeyE', key: 'e', ctrlKey: true })
    press({ code: 'KeyR', key: 'r' })
    press({ code: 'KeyD', key: 'd' })
    expect(call.names).toEqual(['setMicrophone', 'setCamera', 'setHand', 'setScreen'])
    press({ code: 'Digit1', key: '1' })
    expect(document.activeElement).toBe(tileOf('Grace'))
    press({ code: 'Digit0', key: '0' })
    expect(document.activeElement).toBe(tileOf('Ada'))
  })

  test('[UI-9] in a text field and on a button they do nothing', () => {
    const { call } = inCall()
    fireEvent.click(button('Chat'))
    press({ code: 'KeyM', key: 'm' }, screen.getByRole('textbox', { name: 'Message' }))
    press({ code: 'Space', key: ' ' }, button('Raise hand'))
    expect(call.names).toEqual([])
  })

  test('[UI-9] Space talks while held, and a window that loses the focus ends it', () => {
    const { call } = inCall()
    act(() => call.sendOwn({ microphone: false, camera: true, screen: false }))
    press({ code: 'Space', key: ' ' })
    press({ code: 'Space', key: ' ', repeat: true })
    fireEvent.keyUp(document.body, { code: 'Space', key: ' ' })
    press({ code: 'Space', key: ' ' })
    fireEvent.blur(window)
    fireEvent.keyUp(document.body, { code: 'Space', key: ' ' })
    expect(call.commands).toEqual([
      ['setMicrophone', true],
      ['setMicrophone', false],
      ['setMicrophone', true],
      ['setMicrophone', false],
    ])
  })

  test('[UI-9] "?" opens the help, whose switch turns the keys off for good', () => {
    const { call, unmount } = inCall()
    press({ code: 'Slash', key: '?', shiftKey: true })
    fireEvent.click(screen.getByRole('switch', { name: 'Use keyboard shortcuts' }))
    fireEvent.keyDown(screen.getByRole('dialog'), { key: 'Escape' })
    press({ code: 'KeyM', key: 'm' })
    unmount()
    renderCall(call)
    press({ code: 'KeyM', key: 'm' })
    expect(call.names).toEqual([])
  })

  test('[UI-9] who is in the room, and who speaks, can be asked for', () => {
    const { call, container } = inCall()
    press({ code: 'KeyI', key: 'i', ctrlKey: true, altKey: true })
    const said = (): string | null | undefined =>
      container.querySelector('[data-announcer=urgent]')?.textContent
    expect(said()).toBe('3 in the call: you, Grace, Linus')
    call.levels.set(new Map([[grace.id, 0.5]]))
    press({ code: 'KeyS', key: 's', ctrlKey: true, altKey: true })
    expect(said()).toBe('Speaking: Grace')
  })
})

describe('narrow bars', () => {
  test.each([
    [370, ['Share screen', 'Raise hand']],
    [250, ['Share screen', 'Raise hand', 'Chat', 'People']],
  ])('[UI-10] at %i px what has no room is in More', (width, moved) => {
    setScreenSize(width)
    inCall()
    for (const name of moved) expect(screen.queryByRole('button', { name })).toBeNull()
    openMenu('More')
    for (const name of moved)
      expect(screen.getByRole('menuitem', { name: new RegExp(`^${name}`) })).toBeTruthy()
  })

  test('[UI-10] where screens cannot be shared there is no such button', () => {
    Object.defineProperty(navigator, 'mediaDevices', { configurable: true, value: {} })
    inCall()
    expect(screen.queryByRole('button', { name: 'Share screen' })).toBeNull()
    installStageDomMediaDevices()
  })
})

function installStageDomMediaDevices(): void {
  Object.defineProperty(navigator, 'mediaDevices', {
    configurable: true,
    value: { getDisplayMedia: () => Promise.reject(new Error('not in a test')) },
  })
}

describe('people', () => {
  test('[UI-11] a host mutes, lowers a hand, and removes after one question', () => {
    const { call } = inCall([ada, { ...grace, handRaisedAt: 5 }, linus])
    fireEvent.click(button('People'))
    openMenu('Manage Grace')
    fireEvent.click(screen.getByRole('menuitem', { name: 'Mute for everyone' }))
    openMenu('Manage Grace')
    fireEvent.click(screen.getByRole('menuitem', { name: 'Lower hand' }))
    openMenu('Manage Grace')
    fireEvent.click(screen.getByRole('menuitem', { name: 'Remove from the call' }))
    expect(call.names).toEqual(['mute', 'lowerHand'])
    fireEvent.click(button('Remove'))
    expect(call.commands.at(-1)).toEqual(['remove', grace.id])
  })

  test('[UI-11] the lobby switch is the host’s', () => {
    const { call, unmount } = inCall()
    fireEvent.click(button('People'))
    fireEvent.click(screen.getByRole('switch', { name: 'People ask to join' }))
    expect(call.commands).toEqual([['setLobby', true]])
    unmount()
    inCall([{ ...ada, role: 'member' }, grace])
    fireEvent.click(button('People'))
    expect(screen.queryByRole('switch')).toBeNull()
    expect(screen.queryByRole('button', { name: /^Manage/ })).toBeNull()
  })

  test('[UI-11] raised hands come first, in their order', () => {
    inCall([ada, grace, { ...linus, handRaisedAt: 9 }, person(3, 'Joan', { handRaisedAt: 3 })])
    fireEvent.click(button('People'))
    const rows = within(screen.getByRole('region', { name: 'People list' })).getAllByRole('listitem')
    expect(rows.map((row) => row.querySelector('p')?.textContent)).toEqual(['Joan', 'Linus', 'Ada', 'Grace'])
  })
})

test('[UI-12] axe finds nothing in a full call with a panel open', async () => {
  const { container } = inCall([ada, grace, linus], {
    waiting: [waiting(1, 'Joan')],
    chat: [message(1, grace, 'Hello https://example.org')],
  })
  fireEvent.click(button('Chat'))
  // Colours need a browser: they are checked in __tests__/browser.
  const { violations } = await axe.run(container, { rules: { 'color-contrast': { enabled: false } } })
  expect(violations.map((violation) => `${violation.id}: ${violation.nodes[0]?.html}`)).toEqual([])
})
