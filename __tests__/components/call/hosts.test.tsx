import { act, fireEvent, screen, within } from '@testing-library/react'
import axe from 'axe-core'
import { noticeText } from '#components/call/noticeText.ts'
import { toasts } from '#components/ui/showToast.ts'
import { PERMISSIONS } from '#lib/protocol/permissions.ts'
import { person, roomOf, waiting } from '../../support/fakeCall.ts'
import { createFakeCall, installStageDom, renderCall, tileOf } from '../../support/stageDom.tsx'

installStageDom()

const ada = person(0, 'Ada')
const grace = person(1, 'Grace')
const linus = person(2, 'Linus', { role: 'guest' })
const NOTHING = { microphone: false, camera: false, screen: false, chat: false }
const LOCKED = {
  settings: {
    lobby: false,
    mediaPolicy: 'automatic' as const,
    permissions: NOTHING,
    recording: [],
    unrecorded: false,
  },
}

function inCall(people = [ada, grace, linus], more: Parameters<typeof roomOf>[1] = {}) {
  const call = createFakeCall()
  call.enter(roomOf(people, more))
  return { call, ...renderCall(call) }
}
const button = (name: string | RegExp): HTMLElement => screen.getByRole('button', { name })
const openMenu = (name: string): void => void fireEvent.keyDown(button(name), { key: 'Enter' })
const items = (): (string | null)[] => screen.getAllByRole('menuitem').map((item) => item.textContent)
const close = (): void => void fireEvent.keyDown(screen.getByRole('menu'), { key: 'Escape' })

describe('co-hosts', () => {
  test('[HOST-1] the host makes somebody co-host in the people list, and takes it back', () => {
    const { call } = inCall()
    fireEvent.click(button('People'))
    openMenu('Manage Linus')
    fireEvent.click(screen.getByRole('menuitem', { name: 'Make co-host' }))
    expect(call.commands.at(-1)).toEqual(['setCoHost', linus.id, true])
    act(() => call.enter(roomOf([ada, grace, { ...linus, coHost: true }])))
    openMenu('Manage Linus')
    fireEvent.click(screen.getByRole('menuitem', { name: 'No longer a co-host' }))
    expect(call.commands.at(-1)).toEqual(['setCoHost', linus.id, false])
  })

  test('[HOST-1] and on the tile, where nobody else can', () => {
    inCall()
    openMenu('Options for Grace')
    expect(items()).toContain('Make co-host')
    close()
  })

  test('[HOST-2] a co-host has the menus, the door and the switch, and not what is the host’s alone', () => {
    const { call } = inCall(
      [{ ...ada, role: 'member', coHost: true }, person(1, 'Grace', { role: 'host' }), linus],
      {
        waiting: [waiting(1, 'Joan')],
      },
    )
    fireEvent.click(button('People'))
    openMenu('Manage Grace')
    expect(items()).toEqual(['Mute for everyone'])
    close()
    openMenu('Manage Linus')
    expect(items()).toEqual(['Mute for everyone', 'Remove from the call'])
    close()
    fireEvent.click(
      within(screen.getByRole('region', { name: 'Waiting' })).getByRole('button', { name: 'Admit Joan' }),
    )
    fireEvent.click(screen.getByRole('switch', { name: 'People ask to join' }))
    expect(call.names).toEqual(['admit', 'setLobby'])
    expect(screen.queryByRole('combobox', { name: 'Media path' })).toBeNull()
    fireEvent.click(button('Leave call'))
    expect(call.names.at(-1)).toBe('leave')
  })

  test.each([
    [['local'], false],
    [['server', 'local'], true],
  ] as const)('[HOST-2] where %j is offered a co-host finds "Start recording": %s', (recording, offered) => {
    const settings = { ...LOCKED.settings, recording: [...recording] }
    inCall([{ ...ada, role: 'member', coHost: true }, grace], { settings })
    openMenu('More')
    expect(items().includes('Start recording')).toBe(offered)
  })

  test('[HOST-5] list and tile say who runs the meeting', () => {
    inCall([ada, { ...grace, coHost: true }, { ...linus, coHost: true }])
    fireEvent.click(button('People'))
    const rows = within(screen.getByRole('region', { name: 'People list' })).getAllByRole('listitem')
    expect(rows.map((row) => row.querySelectorAll('p')[1]?.textContent)).toEqual([
      'You · Host',
      'Co-host',
      'Co-host · Guest',
    ])
    expect(within(tileOf('Grace')).getByText('Co-host')).toBeTruthy()
    expect(within(tileOf('Ada')).getByText('Host')).toBeTruthy()
  })

  test.each([
    ['madeCoHost', /You are a co-host now/],
    ['noLongerCoHost', /no longer a co-host/],
  ] as const)('[HOST-5] "%s" is told to the person, at once for a screen reader', (type, words) => {
    const { call } = inCall()
    act(() => call.notify({ type }))
    expect(toasts.get().at(-1)?.text).toMatch(words)
    expect(noticeText({ type })?.urgent).toBe(true)
  })
})

describe('host controls', () => {
  test.each([
    ['Share their screen', 'screen'],
    ['Send chat messages', 'chat'],
    ['Turn on their microphone', 'microphone'],
    ['Turn on their camera', 'camera'],
  ] as const)('[HOST-10] "%s" is a switch in the dialog "Host controls"', (name, what) => {
    const { call } = inCall()
    fireEvent.click(button('People'))
    fireEvent.click(button('Host controls'))
    const dialog = within(screen.getByRole('dialog', { name: 'Host controls' }))
    const toggle = dialog.getByRole('switch', { name })
    expect((toggle as HTMLInputElement).checked).toBe(true)
    fireEvent.click(toggle)
    expect(call.commands.at(-1)).toEqual(['setPermission', what, false])
  })

  test('[HOST-10] More leads there too, for whoever runs the meeting and for nobody else', () => {
    inCall([{ ...ada, role: 'member', coHost: true }, grace])
    openMenu('More')
    fireEvent.click(screen.getByRole('menuitem', { name: 'Host controls' }))
    expect(screen.getByRole('dialog', { name: 'Host controls' })).toBeTruthy()
  })

  test('[HOST-10] a plain participant has no host controls', () => {
    inCall([{ ...ada, role: 'member' }, grace])
    openMenu('More')
    expect(items()).not.toContain('Host controls')
  })

  test('[HOST-15] what is forbidden stays on the bar, says so, and a press still explains itself', () => {
    const { call } = inCall(
      [{ ...ada, role: 'member', media: { microphone: false, camera: false, screen: false } }, grace],
      LOCKED,
    )
    for (const name of ['Turn on microphone', 'Turn on camera', 'Share screen']) {
      expect(button(name).getAttribute('aria-disabled')).toBe('true')
      expect(button(name).getAttribute('aria-description')).toBe('Not allowed by the host')
      fireEvent.click(button(name))
    }
    expect(call.names).toEqual(['setMicrophone', 'setCamera', 'setScreen'])
    fireEvent.click(button('Chat'))
    expect(screen.getByText('Only the host and co-hosts can write now.')).toBeTruthy()
    expect(screen.queryByRole('textbox', { name: 'Message' })).toBeNull()
  })

  test('[HOST-15] the host is forbidden nothing', () => {
    inCall([ada, grace], LOCKED)
    expect(button('Turn off microphone').getAttribute('aria-disabled')).toBeNull()
    fireEvent.click(button('Chat'))
    expect(screen.getByRole('textbox', { name: 'Message' })).toBeTruthy()
  })

  test.each(PERMISSIONS)('[HOST-15] that "%s" was taken or given is told in words of its own', (what) => {
    const taken = noticeText({ type: 'forbidden', what })
    const given = noticeText({ type: 'allowed', what })
    expect(taken?.urgent).toBe(true)
    expect(new Set([taken?.text, given?.text])).toHaveProperty('size', 2)
  })

  test('[UI-12] axe finds nothing in the dialog, nor in a call where everything is forbidden', async () => {
    const { container } = inCall([ada, { ...grace, coHost: true }], LOCKED)
    fireEvent.click(button('People'))
    fireEvent.click(button('Host controls'))
    const rules = { rules: { 'color-contrast': { enabled: false } } }
    for (const place of [container, screen.getByRole('dialog', { name: 'Host controls' })]) {
      const { violations } = await axe.run(place, rules)
      expect(violations.map((violation) => `${violation.id}: ${violation.nodes[0]?.html}`)).toEqual([])
    }
  })
})
