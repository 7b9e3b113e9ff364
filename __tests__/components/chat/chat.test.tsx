import { act, fireEvent, screen, within } from '@testing-library/react'
import { linkify } from '#components/chat/linkify.ts'
import { message, person, roomOf } from '../../support/fakeCall.ts'
import { createFakeCall, installStageDom, renderCall } from '../../support/stageDom.tsx'

installStageDom()

const ada = person(0, 'Ada')
const grace = person(1, 'Grace')

function inCall(chat = [message(1, grace, 'Hello')]) {
  const call = createFakeCall()
  call.enter(roomOf([ada, grace], { chat }))
  return { call, ...renderCall(call) }
}
const openChat = (): void => void fireEvent.click(screen.getByRole('button', { name: 'Chat' }))
const box = (): HTMLElement => screen.getByRole('textbox', { name: 'Message' })
const log = (): HTMLElement => screen.getByRole('log', { name: 'Chat messages' })

test('[UI-13] Enter sends what was written, trimmed; Shift+Enter and an input method do not', () => {
  const { call } = inCall()
  openChat()
  expect(document.activeElement).toBe(box())
  fireEvent.change(box(), { target: { value: '  Good morning ' } })
  fireEvent.keyDown(box(), { key: 'Enter', shiftKey: true })
  fireEvent.keyDown(box(), { key: 'Enter', isComposing: true })
  expect(call.names).toEqual([])
  fireEvent.keyDown(box(), { key: 'Enter' })
  expect(call.commands).toEqual([['sendMessage', 'Good morning']])
  expect(box()).toHaveProperty('value', '')
})

test('[UI-13] the button "Send message" sends too, and nothing when there is nothing', () => {
  const { call } = inCall()
  openChat()
  const send = screen.getByRole('button', { name: 'Send message' })
  fireEvent.change(box(), { target: { value: '   ' } })
  expect(send).toHaveProperty('disabled', true)
  fireEvent.change(box(), { target: { value: 'Hi' } })
  fireEvent.click(send)
  expect(call.commands).toEqual([['sendMessage', 'Hi']])
})

test('[UI-13] a message on its way is shown at once; one that failed can be tried again', () => {
  const { call } = inCall()
  openChat()
  act(() =>
    call.enter(roomOf([ada, grace]), {
      pending: [
        { id: 'one', text: 'First', status: 'sending' },
        { id: 'two', text: 'Second', status: 'failed' },
      ],
    }),
  )
  expect(within(log()).getByText('Sending…')).toBeTruthy()
  fireEvent.click(within(log()).getByRole('button', { name: 'Try again' }))
  expect(call.commands).toEqual([['retryMessage', 'two']])
})

test('[UI-13] what is unread is counted while the chat is closed, our own excepted', () => {
  const { call } = inCall()
  const button = screen.getByRole('button', { name: 'Chat' })
  expect(button.getAttribute('aria-description')).toBeNull()
  const chat = [message(1, grace, 'Hello'), message(2, grace, 'There?'), message(3, ada, 'Yes')]
  act(() => call.change((room) => ({ ...room, chat })))
  expect(button.getAttribute('aria-description')).toBe('1 unread')
  openChat()
  expect(button.getAttribute('aria-description')).toBeNull()
  fireEvent.click(screen.getByRole('button', { name: 'Close chat' }))
  expect(button.getAttribute('aria-description')).toBeNull()
})

test('[UI-13] a draft outlives the panel, and Escape closes it', () => {
  inCall()
  openChat()
  fireEvent.change(box(), { target: { value: 'Half a thou' } })
  fireEvent.keyDown(box(), { key: 'Escape' })
  expect(screen.queryByRole('log')).toBeNull()
  openChat()
  expect(box()).toHaveProperty('value', 'Half a thou')
})

test('[UI-14] a link opens apart from us and tells nobody where from; markup stays text', () => {
  inCall([message(1, grace, '<b>bold</b> https://example.org/a?b=1.')])
  openChat()
  const link = within(log()).getByRole('link', { name: 'https://example.org/a?b=1' })
  expect(link.getAttribute('rel')).toBe('noopener noreferrer nofollow')
  expect(link.getAttribute('target')).toBe('_blank')
  expect(within(log()).getByText(/<b>bold<\/b>/)).toBeTruthy()
})

describe('[UI-14] what becomes a link', () => {
  const links = (text: string): string[] =>
    linkify(text).flatMap((part) => (part.type === 'link' ? [part.href] : []))

  test.each([
    ['see http://a.example, then', ['http://a.example/']],
    ['(https://en.example/wiki/Tile_(x))', ['https://en.example/wiki/Tile_(x)']],
    ['HTTPS://A.EXAMPLE/Path', ['https://a.example/Path']],
    ['https://a.example and https://b.example', ['https://a.example/', 'https://b.example/']],
    ['javascript:alert(1)', []],
    ['data:text/html,<script>', []],
    ['https://bank.example@evil.example/', []],
    ['https://', []],
    ['ftp://a.example', []],
  ])('%s', (text, expected) => {
    expect(links(text)).toEqual(expected)
  })

  test('nothing of the text is lost or changed', () => {
    for (const text of [
      '',
      'plain',
      'a https://b.example/ c',
      '🎉https://b.example\nnext',
      'https://x.example))',
    ]) {
      expect(
        linkify(text)
          .map((part) => part.text)
          .join(''),
      ).toBe(text)
    }
  })
})
